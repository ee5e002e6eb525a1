// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* test-order.c - a try asks each question once, those that go ahead first. */
#include "order.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { N_MAX = 4096 };

static void check(uint64_t hosts, uint64_t each, uint64_t ahead)
{
	const uint64_t n = hosts * each;
	uint8_t seen[N_MAX] = { 0 };
	struct order o;
	uint64_t i, x;

	order_init(&o, n, each, ahead, 7);
	for (i = 0; i < n; i++) {
		x = order_at(&o, i);
		assert_in_range(x, 0, n - 1);
		assert_int_equal(seen[x], 0);
		seen[x] = 1;
		assert_int_equal(order_position(&o, x), i);
		assert_int_equal(x % each >= each - ahead, i < hosts * ahead);
	}
}

static void each_question_has_one_position(void **state)
{
	uint64_t hosts, each, ahead;

	(void)state;
	for (hosts = 1; hosts <= 64; hosts += 1 + hosts / 4)
		for (each = 1; each <= 64; each += 1 + each / 4)
			for (ahead = 0; ahead < each && ahead < 9; ahead++)
				check(hosts, each, ahead);
}

static void with_none_ahead_it_is_the_permutation(void **state)
{
	struct permute p;
	struct order o;
	uint64_t i;

	(void)state;
	permute_init(&p, 1000, 7);
	order_init(&o, 1000, 10, 0, 7);
	for (i = 0; i < 1000; i++)
		assert_int_equal(order_at(&o, i), permute_at(&p, i));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_question_has_one_position),
		cmocka_unit_test(with_none_ahead_it_is_the_permutation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
