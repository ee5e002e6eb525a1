// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* test-drops.c - counters of lost frames: differences, and what they print. */
#include "capture.h"

#include "observed.h"

#include <string.h>

/* Law: whatever the counters were before, a counter that grows by n has counted n. */
static void differences_survive_a_wrap(void **state)
{
	static const uint64_t begins[] = { 0, 1, UINT32_MAX - 1, UINT32_MAX, UINT64_MAX - 1 };
	unsigned int i, k;

	(void)state;
	for (i = 0; i < DROPS_PLACES_N; i++)
		for (k = 0; k < sizeof(begins) / sizeof(begins[0]); k++) {
			const uint64_t mask = UINT64_MAX >> (64 - drops_places[i].bits);
			struct drops before = { 0 }, after = { 0 }, d;

			drops_set(&before, i, begins[k] & mask);
			drops_set(&after, i, (begins[k] + 1000 + i) & mask);
			d = drops_between(&before, &after);
			assert_int_equal(drops_get(&d, i), 1000 + i);
		}
}

/* What one of two looks did not find is unknown. */
static void unknown_stays_unknown(void **state)
{
	const struct drops none = { 0 };
	struct drops some = { 0 }, d;
	unsigned int i;

	(void)state;
	drops_set(&some, DROPS_qdisc_dropped, 5);
	d = drops_between(&none, &some);
	for (i = 0; i < DROPS_PLACES_N; i++)
		assert_false(drops_knows(&d, i));
	d = drops_between(&some, &none);
	assert_int_equal(d.known, 0);
	d = drops_between(&some, &some);
	assert_int_equal(d.known, 1U << DROPS_qdisc_dropped);
}

static void cpus_are_added_up(void **state)
{
	struct drops d = { 0 };

	(void)state;
	drops_read_softnet(&d, "00000005 0000000a 00000001 00000000\n"
			       "000000ff ffffffff 00000010 00000000\n");
	assert_int_equal(d.softnet_dropped, 10 + (uint64_t)UINT32_MAX);
	assert_int_equal(d.softnet_squeezed, 17);
	assert_true(drops_knows(&d, DROPS_softnet_dropped));
}

/* Another kernel's text, or half of it, is no zero. */
static void other_text_is_unknown(void **state)
{
	static const char *const texts[] = { "words\n", "00000005\n",
					     "00000005 00000001 00000001\n00000005 0000" };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct drops d = { 0 };

		drops_read_softnet(&d, texts[i]);
		assert_int_equal(d.known, 0);
	}
}

static void as_json(void **state)
{
	struct result_drops d = { .time_us = TIME_US };
	struct capture c;

	(void)state;
	drops_set(&d.drops, DROPS_socket_full, 3);
	drops_set(&d.drops, DROPS_softnet_dropped, 0);
	capture_open(&c, &out_json, false);
	assert_int_equal(out_json.drops(&c.sink, &d), 0);
	capture_close(&c, "{\"type\":\"drops\",\"time\":\"" TIME
			  "\",\"socket_full\":3,\"softnet_dropped\":0}\n");
}

static void assert_text(const struct result_drops *d, const char *want)
{
	char *text = NULL;
	size_t size;
	FILE *file = open_memstream(&text, &size);

	assert_non_null(file);
	observed_print_drops(d, file);
	fclose(file);
	assert_string_equal(text, want);
	free(text);
}

static void as_text(void **state)
{
	struct result_drops d = { 0 };

	(void)state;
	assert_text(&d, "drops        none by the kernel's queues and the interface\n");
	drops_set(&d.drops, DROPS_qdisc_dropped, 12);
	drops_set(&d.drops, DROPS_interface_tx_dropped, 0);
	drops_set(&d.drops, DROPS_softnet_dropped, 1);
	assert_text(&d, "drops        12 dropped by the queueing discipline, "
			"1 dropped by full queues of CPUs\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(differences_survive_a_wrap),
		cmocka_unit_test(unknown_stays_unknown),
		cmocka_unit_test(cpus_are_added_up),
		cmocka_unit_test(other_text_is_unknown),
		cmocka_unit_test(as_json),
		cmocka_unit_test(as_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
