// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* test-ledger.c - sums and shares of the ledger. */
#include "ledger.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define assert_near(a, b) assert_true(fabs((a) - (b)) < 1e-9)

/* Every figure of the struct is in the sum: two halves of random bytes give the whole. */
static void add_is_complete(void **state)
{
	struct ledger a, sum;
	uint64_t figures[sizeof(a) / sizeof(uint64_t)], i;

	(void)state;
	for (i = 0; i < sizeof(figures) / sizeof(figures[0]); i++)
		figures[i] = i * i + 1;
	memcpy(&a, figures, sizeof(a));
	sum = a;
	ledger_add(&sum, &a);
	memcpy(figures, &sum, sizeof(sum));
	for (i = 0; i < sizeof(figures) / sizeof(figures[0]); i++)
		assert_int_equal(figures[i], 2 * (i * i + 1));
}

static void coverage_of_known_cases(void **state)
{
	static const struct {
		struct ledger l;
		unsigned int tries;
		double coverage;
	} cases[] = {
		/* Nothing to ask, nothing missing; no answer at all shows no loss. */
		{ { .questions = 0 }, 2, 1 },
		{ { .questions = 100, .asked = 100 }, 2, 1 },
		{ { .questions = 100, .asked = 100, .answers = 100, .answers_early = 100 }, 2, 1 },
		/* Each try loses a tenth of 1,000 answers: 900, 990, 999. */
		{ { .questions = 2000, .asked = 2000, .answers = 990, .answers_early = 900 },
		  2,
		  0.99 },
		{ { .questions = 2000, .asked = 2000, .answers = 999, .answers_early = 900 },
		  3,
		  0.999 },
		/* Each loses most of 10,000: 1,000, 1,900. */
		{ { .questions = 10000, .asked = 10000, .answers = 1900, .answers_early = 1000 },
		  2,
		  0.19 },
		/* Half was not asked. */
		{ { .questions = 200, .asked = 100, .answers = 90, .answers_early = 90 }, 2, 0.5 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_near(ledger_coverage(&cases[i].l, cases[i].tries), cases[i].coverage);
}

static void unanswered_and_rate(void **state)
{
	const struct ledger l = { .asked = 10, .answers = 7, .sent = 13, .elapsed_ns = 500000000 };

	(void)state;
	assert_int_equal(ledger_unanswered(&l), 3);
	assert_near(ledger_rate_pps(&l), 26);
	assert_near(ledger_rate_pps(&(struct ledger){ .sent = 1 }), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(add_is_complete),
		cmocka_unit_test(coverage_of_known_cases),
		cmocka_unit_test(unanswered_and_rate),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
