// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* test-doubt.c - which signs make an open port doubtful, and that hosts with many real ones are not. */
#include "doubt.h"
#include "random.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void each_sign_is_a_reason(void **state)
{
	(void)state;
	assert_null(doubt_of(&(struct doubt_signs){ .open = 1, .asked = 0 }));
	assert_null(doubt_of(&(struct doubt_signs){ .open = DOUBT_PORTS, .asked = 1 }));
	assert_string_equal(doubt_of(&(struct doubt_signs){ .no_window = true, .asked = 1 }),
			    "window 0");
	assert_string_equal(doubt_of(&(struct doubt_signs){ .random_open = true, .asked = 1 }),
			    "random ports answer too");
	assert_string_equal(doubt_of(&(struct doubt_signs){ .open = DOUBT_PORTS + 1, .asked = 1 }),
			    "too many open ports");
	/* What an answer itself shows goes first. */
	assert_string_equal(doubt_of(&(struct doubt_signs){ true, true, 65535, 1 }), "window 0");
}

/* A host with so many open of `ports` is asked in random order: how many of them are doubtful? */
static unsigned int doubtful(unsigned int ports, unsigned int open, uint64_t *random)
{
	unsigned int asked, left = open, n = 0;

	for (asked = 1; asked <= ports; asked++) {
		struct doubt_signs signs = { .asked = (double)asked / ports };

		if (next_random(random) % (ports - asked + 1) >= left)
			continue;
		signs.open = open - --left;
		n += doubt_of(&signs) != NULL;
	}
	return n;
}

static void two_hundred_real_ports_are_not_doubtful(void **state)
{
	uint64_t random = 7;
	unsigned int i;

	(void)state;
	for (i = 0; i < 2000; i++) {
		assert_int_equal(doubtful(1000, 200, &random), 0);
		assert_int_equal(doubtful(65535, 200, &random), 0);
	}
}

/* Nor are as many as no host should have, or hardly ever: whatever part of them is asked. */
static void the_limit_is_kept(void **state)
{
	unsigned int i, wrong = 0, right = 0;
	uint64_t random = 9;

	(void)state;
	for (i = 0; i < 2000; i++) {
		wrong += doubtful(7200, DOUBT_PORTS, &random) > 0;
		right += doubtful(7200, DOUBT_PORTS * 6 / 5, &random) > 0;
	}
	assert_in_range(wrong, 0, 20);
	assert_int_equal(right, 2000);
}

static void all_ports_are_doubtful_but_the_first(void **state)
{
	uint64_t random = 8;

	(void)state;
	assert_in_range(doubtful(1000, 1000, &random), 930, 999);
	assert_in_range(doubtful(65535, 65535, &random), 65465, 65534);
	/* Not each port: half of them. */
	assert_in_range(doubtful(10000, 5000, &random), 4900, 4999);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_sign_is_a_reason),
		cmocka_unit_test(two_hundred_real_ports_are_not_doubtful),
		cmocka_unit_test(the_limit_is_kept),
		cmocka_unit_test(all_ports_are_doubtful_but_the_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
