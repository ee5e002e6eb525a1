// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* test-attach-traffic.c - is an interface quiet, by two looks at its counters? */
#include "traffic.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { MS = 1000000, PROBE = 60, ANSWER_AND_RESET = 114 };

static struct traffic after_ms(unsigned int ms, uint64_t bytes, uint64_t sent, uint64_t answers)
{
	return (struct traffic){ (uint64_t)ms * MS, bytes, sent, answers, 0 };
}

static bool is_quiet(unsigned int ms, uint64_t bytes, uint64_t sent, uint64_t answers)
{
	const struct traffic before = { 0 }, now = after_ms(ms, bytes, sent, answers);

	return traffic_is_quiet(&before, &now);
}

static void the_limit_is_a_megabit(void **state)
{
	static const struct {
		unsigned int ms;
		uint64_t bytes;
		bool quiet;
	} rows[] = {
		{ 200, 0, true },	{ 200, 20000, true },	 { 200, 40000, false },
		{ 1, 1514, true },	{ 1, 2 * 1514, false },	 { 0, 0, true },
		{ 1000, 120000, true }, { 1000, 140000, false }, { 1000, 1000000000, false },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(is_quiet(rows[i].ms, rows[i].bytes, 0, 0), rows[i].quiet);
}

/* At no rate does a scan take itself for others, whoever answers, and resets. */
static void a_scan_is_not_others(void **state)
{
	static const uint64_t rates[] = { 1, 100, 10000, 1000000, 10000000 };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rates) / sizeof(rates[0]); i++) {
		const uint64_t n = rates[i] / 5;

		assert_true(is_quiet(200, n * 42, n, 0));
		assert_true(is_quiet(200, n * PROBE, n, 0));
		assert_true(is_quiet(200, n * (PROBE + ANSWER_AND_RESET), n, n));
	}
}

/* Nor does a scan of long datagrams. */
static void long_probes_are_not_others(void **state)
{
	const struct traffic before = { 0 };
	struct traffic now = after_ms(200, 20000 * 1242, 20000, 0);

	(void)state;
	assert_false(traffic_is_quiet(&before, &now));
	now.more_bytes = 20000 * (1242 - 60);
	assert_true(traffic_is_quiet(&before, &now));
}

/* Bulk traffic is found beside any scan. */
static void bulk_is_found_beside_a_scan(void **state)
{
	static const uint64_t rates[] = { 0, 1000, 100000, 1000000 };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rates) / sizeof(rates[0]); i++) {
		const uint64_t n = rates[i] / 5, others = 250000000 / 5; /* 2 Gbit/s */

		assert_false(is_quiet(200, n * (PROBE + ANSWER_AND_RESET) + others, n, n));
	}
}

/* A new slice, or a driver that begins anew, is no traffic. */
static void counters_that_begin_anew(void **state)
{
	const struct traffic before = { MS, 1000000, 1000, 1000, 0 };
	const struct traffic now = { 201 * MS, 5000, 10, 10, 0 };

	(void)state;
	assert_true(traffic_is_quiet(&before, &now));
	assert_int_equal(traffic_of_others(&before, &now), 0);
}

static void others_are_measured(void **state)
{
	const struct traffic before = { 0 }, now = after_ms(200, 25000000, 0, 0);

	(void)state;
	assert_int_equal(traffic_of_others(&before, &now), 125000000);
	assert_int_equal(traffic_of_others(&now, &now), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_limit_is_a_megabit),
		cmocka_unit_test(a_scan_is_not_others),
		cmocka_unit_test(long_probes_are_not_others),
		cmocka_unit_test(bulk_is_found_beside_a_scan),
		cmocka_unit_test(counters_that_begin_anew),
		cmocka_unit_test(others_are_measured),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
