// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* test-decisions.c - changes of a rate are kept until they are read, the same rate only once. */
#include "decisions.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void add(struct decisions *d, double rate_pps)
{
	const struct decision decision = { .rate_pps = rate_pps, .why = DECISION_ANSWERS };

	decisions_add(d, &decision);
}

static void the_same_rate_is_no_decision(void **state)
{
	struct decisions d = { 0 };
	struct decision out;

	(void)state;
	assert_false(decisions_take(&d, &out));
	add(&d, 1000);
	add(&d, 1005);
	add(&d, 2000);
	add(&d, 1000);
	assert_true(decisions_take(&d, &out) && out.rate_pps == 1000);
	assert_true(decisions_take(&d, &out) && out.rate_pps == 2000);
	assert_true(decisions_take(&d, &out) && out.rate_pps == 1000);
	assert_false(decisions_take(&d, &out));
}

static void the_oldest_is_forgotten(void **state)
{
	struct decisions d = { 0 };
	struct decision out;
	unsigned int i;

	(void)state;
	for (i = 1; i <= 3 * DECISIONS_MAX; i++)
		add(&d, i);
	for (i = 2 * DECISIONS_MAX + 1; i <= 3 * DECISIONS_MAX; i++)
		assert_true(decisions_take(&d, &out) && out.rate_pps == i);
	assert_false(decisions_take(&d, &out));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_rate_is_no_decision),
		cmocka_unit_test(the_oldest_is_forgotten),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
