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

/* The table names every figure of the struct once, in the order of the struct. */
static void table_is_complete(void **state)
{
	struct ledger l;
	unsigned int i;

	(void)state;
	assert_int_equal(sizeof(l), LEDGER_FIGURES_N * sizeof(uint64_t));
	assert_string_equal(ledger_figures[LEDGER_asked].name, "asked");
	for (i = 0; i < LEDGER_FIGURES_N; i++) {
		assert_int_equal(ledger_figures[i].offset, i * sizeof(uint64_t));
		assert_true(ledger_figures[i].meaning[0]);
		memset(&l, 0, sizeof(l));
		((uint64_t *)&l)[i] = i + 1;
		assert_int_equal(ledger_get(&l, i), i + 1);
	}
}

/* A sum names what it adds up: only a number alone on its left side needs no words. */
static void sums_have_words(void **state)
{
	unsigned int i, k;

	(void)state;
	for (k = 0; k < LEDGER_SUMS_N; k++) {
		uint32_t left = ledger_sums[k].left;
		uint32_t named = ledger_sums[k].right | (left & (left - 1) ? left : 0);

		for (i = 0; i < LEDGER_FIGURES_N; i++)
			if (named & 1U << i)
				assert_true(ledger_figures[i].words[0]);
	}
}

static void sums_close(void **state)
{
	static const struct ledger whole = {
		.questions = 20,
		.asked = 10,
		.sent = 9,
		.refused = 2,
		.dropped = 1,
		.retransmits = 2,
		.seen = 12,
		.answers = 8,
		.late = 3,
		.duplicates = 3,
		.rejected = 1,
		.events_lost = 4,
		.recovered = 4,
	};
	static const int64_t rests[LEDGER_SUMS_N] = { 10, 2, 0, 0, 5, 0 };
	struct ledger broken = whole;
	unsigned int k;

	(void)state;
	for (k = 0; k < LEDGER_SUMS_N; k++)
		assert_int_equal(ledger_rest(&whole, &ledger_sums[k]), rests[k]);
	broken.sent++;
	assert_int_equal(ledger_rest(&broken, &ledger_sums[2]), -1);
}

/* `missing` and `missing_most` are in thousandths. */
static void coverage_of_known_cases(void **state)
{
	static const struct {
		struct ledger l;
		double coverage, low;
		bool lossy;
	} cases[] = {
		/* Nothing to ask, nothing missing. */
		{ { .questions = 0 }, 1, 1, false },
		{ { .questions = 100, .asked = 100, .answers = 100, .firm = 100 }, 1, 1, false },
		/* No loss has shown, but one cannot be sure. */
		{ { .asked = 100, .answers = 60, .firm = 60, .missing_most = 500 },
		  1,
		  60 / 60.5,
		  false },
		/* A tenth of what there is seems to be missing. */
		{ { .asked = 2000,
		    .answers = 950,
		    .firm = 900,
		    .missing = 100000,
		    .missing_most = 300000 },
		  0.9,
		  0.75,
		  true },
		/* One of two thousand is too many, and so is a doubt of one in a hundred. */
		{ { .asked = 4000, .answers = 1999, .firm = 1999, .missing = 1000 },
		  1999 / 2000.0,
		  1,
		  true },
		{ { .asked = 40, .answers = 10, .firm = 10, .missing = 10 }, 10 / 10.01, 1, true },
		{ { .asked = 40, .answers = 10, .firm = 10, .missing = 2 }, 10 / 10.002, 1, false },
		{ { .asked = 40000, .answers = 21000, .firm = 21000, .missing = 2000 },
		  21000 / 21002.0,
		  1,
		  false },
		/* What the device drops is asked again, and the evidence tells whether that was enough. */
		{ { .asked = 10, .answers = 9, .firm = 9, .dropped = 2 }, 1, 1, false },
	};
	static const struct ledger unknown = { .asked = 10, .answers = 5, .unjudged = 5 };
	/* UDP ports that are all silent say nothing; beside answers of others they take nothing away. */
	static const struct ledger silent = { .asked = 10, .silent = 10 };
	static const struct ledger beside = { .asked = 20, .answers = 5, .firm = 5, .silent = 10 };
	static const struct ledger dropped = {
		.asked = 10, .answers = 9, .dropped = 2, .unjudged = 1
	};
	static const struct ledger refused = {
		.asked = 10, .answers = 9, .refused = 1, .unjudged = 1
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_near(ledger_coverage(&cases[i].l), cases[i].coverage);
		assert_near(ledger_coverage_low(&cases[i].l), cases[i].low);
		assert_int_equal(ledger_lossy(&cases[i].l), cases[i].lossy);
	}
	assert_true(isnan(ledger_coverage(&silent)));
	assert_false(ledger_lossy(&silent));
	assert_near(ledger_coverage(&beside), 1);
	assert_true(isnan(ledger_coverage(&unknown)));
	assert_true(isnan(ledger_coverage_low(&unknown)));
	assert_false(ledger_lossy(&unknown));
	/* Where nothing is asked again, that is all there is to know. */
	assert_true(ledger_lossy(&dropped));
	assert_true(ledger_lossy(&refused));
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
		cmocka_unit_test(add_is_complete),	   cmocka_unit_test(table_is_complete),
		cmocka_unit_test(sums_have_words),	   cmocka_unit_test(sums_close),
		cmocka_unit_test(coverage_of_known_cases), cmocka_unit_test(unanswered_and_rate),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
