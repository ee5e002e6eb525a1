// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* test-resolved.c - which addresses of a name are said, and how many are only counted. */
#include "resolved.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define NET 0xc6120000U /* 198.18.0.0 */

enum { ADDRS_MAX = 5000, LINE_MAX_LEN = 512 };

/* The line for a name with these last octets of its addresses; NULL: none is made. */
static void check(const char *name, const uint8_t *octets, size_t n, const char *expected)
{
	struct addr addrs[16];
	char *line = "";
	size_t i;

	for (i = 0; i < n; i++)
		addrs[i] = addr_ip4(NET + octets[i]);
	assert_int_equal(resolved_line(name, addrs, n, &line), 0);
	if (expected)
		assert_string_equal(line, expected);
	else
		assert_null(line);
	free(line);
}

#define CHECK(expected, ...)                                   \
	check("www.example", (const uint8_t[]){ __VA_ARGS__ }, \
	      sizeof((const uint8_t[]){ __VA_ARGS__ }), expected)

static void one_address_is_not_worth_a_line(void **unused)
{
	(void)unused;
	CHECK(NULL, 10);
	CHECK(NULL, 10, 10, 10);
}

static void several_addresses_are_all_said(void **unused)
{
	(void)unused;
	CHECK("www.example resolves to 198.18.0.10, 198.18.0.11: scanning 198.18.0.10", 10, 11);
	CHECK("www.example resolves to 198.18.0.12, 198.18.0.11: scanning 198.18.0.12", 12, 11, 12,
	      11);
	CHECK("www.example resolves to 198.18.0.8, 198.18.0.7, 198.18.0.6, 198.18.0.5, "
	      "198.18.0.4, 198.18.0.3, 198.18.0.2, 198.18.0.1: scanning 198.18.0.8",
	      8, 7, 6, 5, 4, 3, 2, 1);
}

static void of_many_addresses_some_are_counted(void **unused)
{
	(void)unused;
	CHECK("www.example resolves to 198.18.0.9, 198.18.0.8, 198.18.0.7, 198.18.0.6, "
	      "198.18.0.5, 198.18.0.4, 198.18.0.3, 198.18.0.2 and 1 more: scanning 198.18.0.9",
	      9, 8, 9, 7, 6, 5, 4, 3, 2, 2, 1, 1);
}

/* Whatever the name and the number of its addresses, the line has its bounds. */
static void no_line_is_long(void **unused)
{
	struct addr *addrs = calloc(ADDRS_MAX, sizeof(*addrs));
	char name[255], more[64], *line;
	uint32_t i;

	(void)unused;
	assert_non_null(addrs);
	memset(name, 'a', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	for (i = 0; i < ADDRS_MAX; i++)
		addrs[i] = addr_ip4(0xc612ffffU - i);
	assert_int_equal(resolved_line(name, addrs, ADDRS_MAX, &line), 0);
	assert_true(strlen(line) < LINE_MAX_LEN);
	snprintf(more, sizeof(more), "248 and %d more: scanning 198.18.255.255",
		 ADDRS_MAX - RESOLVED_NAMED);
	assert_string_equal(line + strlen(line) - strlen(more), more);
	free(line);
	free(addrs);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_address_is_not_worth_a_line),
		cmocka_unit_test(several_addresses_are_all_said),
		cmocka_unit_test(of_many_addresses_some_are_counted),
		cmocka_unit_test(no_line_is_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
