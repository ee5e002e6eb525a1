// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* test-hist.c - the laws of histograms. */
#include "hist.h"

#include "random.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { VALUES = 5000 };

/* Of all sizes alike. */
static uint32_t random_value(uint64_t *state)
{
	return (uint32_t)next_random(state) >> next_random(state) % 32;
}

static void a_slot_holds_its_values(void **unused)
{
	uint64_t random = 1;
	unsigned int i;

	(void)unused;
	assert_int_equal(hist_slot(0), 0);
	assert_int_equal(hist_slot(UINT32_MAX), HIST_SLOTS - 1);
	for (i = 0; i < HIST_SLOTS; i++) {
		const uint32_t first = hist_slot_first(i);

		assert_int_equal(hist_slot(first), i);
		if (!i)
			continue;
		assert_int_equal(hist_slot(first - 1), i - 1);
		/* No wider than a quarter of its values. */
		assert_true(first - hist_slot_first(i - 1) <= hist_slot_first(i - 1) / 4 + 1);
	}
	for (i = 0; i < 100000; i++) {
		const uint32_t v = random_value(&random);

		assert_true(hist_slot_first(hist_slot(v)) <= v);
	}
}

static int compare(const void *a, const void *b)
{
	const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

static void percentiles_are_near(void **unused)
{
	static const double shares[] = { 0, 0.01, 0.5, 0.9, 0.99, 1 };
	uint32_t values[VALUES];
	uint64_t random = 2;
	unsigned int round, i;

	(void)unused;
	for (round = 1; round < 60; round++) {
		const unsigned int n = round < 10 ? round : VALUES;
		struct hist h = { 0 };

		for (i = 0; i < n; i++) {
			values[i] = random_value(&random);
			hist_add(&h, values[i]);
		}
		qsort(values, n, sizeof(values[0]), compare);
		assert_int_equal(h.n, n);
		assert_int_equal(h.least, values[0]);
		assert_int_equal(h.most, values[n - 1]);
		for (i = 0; i < sizeof(shares) / sizeof(shares[0]); i++) {
			const unsigned int rank = (unsigned int)ceil(shares[i] * n);
			const double exact = values[rank ? rank - 1 : 0];

			assert_true(fabs(hist_percentile(&h, shares[i]) - exact) <= exact * 0.125);
		}
	}
}

static void merging_is_adding(void **unused)
{
	struct hist parts[2] = { 0 }, whole = { 0 }, none = { 0 };
	uint64_t random = 3, sum = 0;
	unsigned int i;

	(void)unused;
	assert_int_equal(hist_percentile(&none, 0.5), 0);
	for (i = 0; i < VALUES; i++) {
		const uint32_t v = random_value(&random);

		hist_add(&parts[next_random(&random) % 2], v);
		hist_add(&whole, v);
		sum += v;
	}
	hist_merge(&parts[0], &none);
	hist_merge(&parts[0], &parts[1]);
	assert_memory_equal(&parts[0], &whole, sizeof(whole));
	assert_true(whole.sum == sum);
	hist_merge(&none, &whole);
	assert_memory_equal(&none, &whole, sizeof(whole));
}

static void powers_of_two(void **unused)
{
	uint64_t powers[HIST_POWERS], random = 4, sum = 0;
	struct hist h = { 0 };
	unsigned int i;

	(void)unused;
	hist_add(&h, 0);
	hist_add(&h, 1);
	for (i = 1; i < 32; i++) { /* 2, 3; 4, 7; ... */
		hist_add(&h, 1U << i);
		hist_add(&h, (2ULL << i) - 1);
	}
	hist_add(&h, UINT64_MAX);
	hist_powers(&h, powers);
	assert_int_equal(powers[0], 1);
	assert_int_equal(powers[1], 1);
	for (i = 2; i < HIST_POWERS - 1; i++)
		assert_int_equal(powers[i], 2);
	assert_int_equal(powers[i], 3);
	for (i = 0; i < VALUES; i++)
		hist_add(&h, random_value(&random));
	hist_powers(&h, powers);
	for (i = 0; i < HIST_POWERS; i++)
		sum += powers[i];
	assert_int_equal(sum, h.n);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_slot_holds_its_values),
		cmocka_unit_test(percentiles_are_near),
		cmocka_unit_test(merging_is_adding),
		cmocka_unit_test(powers_of_two),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
