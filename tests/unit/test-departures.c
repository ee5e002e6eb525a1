// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* test-departures.c - frames leave at the times that were read, and evenly in between. */
#include "departures.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void nothing_is_unknown(void **state)
{
	const struct departures none = { 0 };

	(void)state;
	assert_int_equal(departures_time(&none, 0), 0);
	assert_int_equal(departures_time(&none, 7), 0);
}

static void frames_leave_evenly_between_readings(void **state)
{
	struct departures d = { 0 };
	unsigned int i;

	(void)state;
	departures_add(&d, 0, 1000);
	departures_add(&d, 16, 2600);
	departures_add(&d, 0, 9000); /* a pause: the sender began again */
	departures_add(&d, 8, 9080);
	for (i = 0; i < 16; i++)
		assert_int_equal(departures_time(&d, i), 1000 + i * 100);
	for (i = 16; i < 24; i++)
		assert_int_equal(departures_time(&d, i), 9000 + (i - 16) * 10);
	assert_int_equal(departures_time(&d, 24), 9080);
	assert_int_equal(departures_time(&d, 25), 9080);
	assert_int_equal(d.frames, 24);
}

/* Without room for readings, frames count, and time does not go back. */
static void too_many_readings(void **state)
{
	struct departures d = { 0 };
	uint64_t before = 0;
	unsigned int i;

	(void)state;
	for (i = 0; i <= 2 * DEPARTURES_MAX; i++)
		departures_add(&d, i ? 3 : 0, 1000 + i * 30);
	assert_int_equal(d.frames, 6 * DEPARTURES_MAX);
	for (i = 0; i < d.frames; i++) {
		assert_true(departures_time(&d, i) >= before);
		before = departures_time(&d, i);
	}
	assert_int_equal(before, 1000 + (DEPARTURES_MAX - 1) * 30);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_unknown),
		cmocka_unit_test(frames_leave_evenly_between_readings),
		cmocka_unit_test(too_many_readings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
