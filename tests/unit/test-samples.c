// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* test-samples.c - the share and the capacity of a path, from stretches of several rates. */
#include "samples.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const double shares[] = { 1, 0.5, 0.1, 0.02 };

enum { SHARES = sizeof(shares) / sizeof(shares[0]) };

/* A stretch with 200 answers, if nothing is lost, over a path of this capacity. */
static void add(struct samples *s, double rate, double share, double capacity)
{
	const double asked = 200 / share;
	const double through = rate > capacity ? capacity / rate : 1;

	samples_add(s, rate, (uint64_t)asked, (uint64_t)(asked * share * through + 0.5));
}

/* Law: rates on both sides of a limit show it and the share, whatever the share is. */
static void limit_and_share_are_found(void **state)
{
	static const double capacities[] = { 120, 1000, 27000, 3e6 };
	double rate;
	int i, k;

	(void)state;
	for (i = 0; i < SHARES; i++) {
		for (k = 0; k < 4; k++) {
			struct samples s = { 0 };

			for (rate = capacities[k] / 4; rate <= 4 * capacities[k]; rate *= 2)
				add(&s, rate, shares[i], capacities[k]);
			assert_true(fabs(log(samples_capacity(&s) / capacities[k])) < 0.2);
			assert_true(fabs(log(samples_share(&s, capacities[k]) / shares[i])) < 0.05);
			assert_false(samples_is_lowest(&s, samples_capacity(&s)));
		}
	}
}

/* Law: silence alone is no limit. Faster stretches are expected to answer as much. */
static void silence_is_no_limit(void **state)
{
	double rate, share;
	int i;

	(void)state;
	for (i = 0; i < SHARES; i++) {
		struct samples s = { 0 };

		assert_true(samples_capacity(&s) == 0);
		for (rate = 1000; rate < 1e6; rate *= 2)
			add(&s, rate, shares[i], INFINITY);
		assert_true(samples_capacity(&s) == 0);
		assert_true(fabs(samples_expect(&s, 1e7, 1000, &share) - 1000 * share) < 1e-6);
		assert_true(fabs(log(share / shares[i])) < 0.05);
	}
}

/* One rate alone cannot tell loss from silence; a limit below all rates tried may be lower still. */
static void what_was_not_tried_is_not_known(void **state)
{
	struct samples s = { 0 };

	(void)state;
	add(&s, 32000, 0.3, 20000);
	assert_true(samples_capacity(&s) == 0);
	add(&s, 128000, 0.3, 20000);
	assert_true(samples_capacity(&s) > 0);
	assert_true(samples_is_lowest(&s, samples_capacity(&s)));
	add(&s, 5000, 0.3, 20000);
	assert_false(samples_is_lowest(&s, samples_capacity(&s)));
}

/* The path is forgotten, the share is not: the next stretches show the new limit at once. */
static void another_path_has_the_same_share(void **state)
{
	struct samples s = { 0 };
	double rate, share;

	(void)state;
	for (rate = 1000; rate < 1e5; rate *= 2)
		add(&s, rate, 0.25, 20000);
	samples_expect(&s, 1000, 1, &share);
	samples_forget_path(&s, share);
	assert_true(samples_capacity(&s) == 0);
	assert_true(fabs(samples_share(&s, INFINITY) - 0.25) < 0.02);
	add(&s, 64000, 0.25, 5000);
	assert_true(fabs(log(samples_capacity(&s) / 5000)) < 0.25);
}

/* Law: the newest stretches decide. */
static void old_stretches_fade(void **state)
{
	struct samples s = { 0 };
	int i;

	(void)state;
	for (i = 0; i < 200; i++)
		add(&s, 10000, 0.9, INFINITY);
	for (i = 0; i < 60; i++)
		add(&s, 10000, 0.3, INFINITY);
	assert_true(fabs(samples_share(&s, INFINITY) - 0.3) < 0.01);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(limit_and_share_are_found),
		cmocka_unit_test(silence_is_no_limit),
		cmocka_unit_test(what_was_not_tried_is_not_known),
		cmocka_unit_test(another_path_has_the_same_share),
		cmocka_unit_test(old_stretches_fade),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
