// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* test-sightings.c - each address once, the best way to find it, and a limit that holds. */
#include "../random.h"
#include "sightings.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const struct cookie_key key = { 1, 2 };
static const uint8_t mac[6] = { 2, 0, 0, 0, 0, 1 }, other[6] = { 2, 0, 0, 0, 0, 2 };

static struct addr nth(uint64_t i)
{
	return (struct addr){ 0x20010db8ULL << 32, i };
}

static void the_first_way_counts(void **state)
{
	enum sighted a, b;

	(void)state;
	for (a = SIGHTED_ECHO; a <= SIGHTED_ASKED; a++)
		for (b = SIGHTED_ECHO; b <= SIGHTED_ASKED; b++) {
			struct sightings s;

			assert_int_equal(sightings_init(&s, &key), 0);
			assert_null(sightings_find(&s, nth(1)));
			sightings_add(&s, nth(1), mac, a);
			sightings_add(&s, nth(1), other, b);
			assert_int_equal(s.n, 1);
			assert_int_equal(sightings_find(&s, nth(1))->how, a < b ? a : b);
			assert_memory_equal(sightings_find(&s, nth(1))->mac, other, 6);
			sightings_free(&s);
		}
}

static void a_flood_is_bounded(void **state)
{
	struct sightings s;
	uint64_t i;

	(void)state;
	assert_int_equal(sightings_init(&s, &key), 0);
	for (i = 0; i < SIGHTINGS_MAX + 1000; i++)
		sightings_add(&s, nth(i * 0x10001), mac, SIGHTED_HEARD);
	assert_int_equal(s.n, SIGHTINGS_MAX);
	assert_int_equal(s.left_out, 1000);
	for (i = 0; i < SIGHTINGS_MAX + 1000; i++)
		assert_int_equal(!!sightings_find(&s, nth(i * 0x10001)), i < SIGHTINGS_MAX);
	/* Known addresses still change. */
	sightings_add(&s, nth(0), mac, SIGHTED_ECHO);
	assert_int_equal(sightings_find(&s, nth(0))->how, SIGHTED_ECHO);
	assert_int_equal(s.left_out, 1000);
	sightings_free(&s);
}

static void ways_have_their_words(void **state)
{
	(void)state;
	assert_string_equal(sighted_word(SIGHTED_ECHO), "multicast-echo");
	assert_string_equal(sighted_word(SIGHTED_OPTION), "unknown-option");
	assert_string_equal(sighted_word(SIGHTED_MLD), "mld");
	assert_string_equal(sighted_word(SIGHTED_HEARD), "heard");
	assert_null(sighted_word(SIGHTED_KNOWN));
	assert_null(sighted_word(SIGHTED_ASKED));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_way_counts),
		cmocka_unit_test(a_flood_is_bounded),
		cmocka_unit_test(ways_have_their_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
