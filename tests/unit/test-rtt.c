// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* test-rtt.c - the wait for answers follows the round trips, within its bounds. */
#include "rtt.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define MS 1000000ULL

static void nothing_known_waits_longest(void **state)
{
	struct rtt r = { 0 };

	(void)state;
	assert_int_equal(rtt_timeout_ns(&r, RTT_FLOOR_NS, 2000 * MS), 2000 * MS);
}

/* RFC 6298, 2.2 and 2.3, worked by hand: 400 ms, then 800 ms. */
static void known_values(void **state)
{
	struct rtt r = { 0 };

	(void)state;
	rtt_add(&r, 400 * MS);
	assert_true(r.smoothed_ns == 400e6 && r.variation_ns == 200e6);
	assert_int_equal(rtt_timeout_ns(&r, RTT_FLOOR_NS, 9000 * MS), 1200 * MS);
	rtt_add(&r, 800 * MS);
	assert_true(r.smoothed_ns == 450e6 && r.variation_ns == 250e6);
	assert_int_equal(rtt_timeout_ns(&r, RTT_FLOOR_NS, 9000 * MS),
			 1600 * MS); /* twice the longest */
}

static void bounds_hold(void **state)
{
	struct rtt r = { 0 };
	int i;

	(void)state;
	for (i = 0; i < 1000; i++)
		rtt_add(&r, MS / 10);
	assert_int_equal(rtt_timeout_ns(&r, RTT_FLOOR_NS, 2000 * MS), RTT_FLOOR_NS);
	assert_int_equal(rtt_timeout_ns(&r, RTT_FLOOR_NS, 100 * MS), 100 * MS);
	rtt_add(&r, 1500 * MS);
	assert_int_equal(rtt_timeout_ns(&r, RTT_FLOOR_NS, 2000 * MS), 2000 * MS);
}

/* One far host among many near ones keeps its time. */
static void far_host_is_waited_for(void **state)
{
	struct rtt r = { 0 };
	int i;

	(void)state;
	rtt_add(&r, 700 * MS);
	for (i = 0; i < 100000; i++)
		rtt_add(&r, MS);
	assert_true(rtt_timeout_ns(&r, RTT_FLOOR_NS, 5000 * MS) >= 1400 * MS);
}

static void growth_is_noticed(void **state)
{
	struct rtt r = { 0 };
	int i;

	(void)state;
	assert_false(rtt_has_grown(&r));
	for (i = 0; i < 20; i++)
		rtt_add(&r, 20 * MS + (uint64_t)(i % 3) * MS);
	assert_false(rtt_has_grown(&r));
	for (i = 0; i < 20; i++)
		rtt_add(&r, 60 * MS);
	assert_true(rtt_has_grown(&r));
}

/* A queue delays all. A host that is far away delays only its own answers. */
static void queue_is_what_delays_all(void **state)
{
	struct rtt r = { 0 };

	(void)state;
	assert_true(rtt_queue_ns(&r) == 0);
	rtt_add(&r, 2 * MS);
	rtt_add(&r, 300 * MS);
	assert_true(rtt_queue_ns(&r) == 0);
	rtt_add(&r, 300 * MS);
	rtt_add(&r, 12 * MS);
	assert_true(rtt_queue_ns(&r) == 10 * MS);
	assert_true(rtt_queue_ns(&r) == 10 * MS); /* none came since */
	rtt_add(&r, 3 * MS);
	assert_true(rtt_queue_ns(&r) == MS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_known_waits_longest),
		cmocka_unit_test(known_values),
		cmocka_unit_test(bounds_hold),
		cmocka_unit_test(far_host_is_waited_for),
		cmocka_unit_test(growth_is_noticed),
		cmocka_unit_test(queue_is_what_delays_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
