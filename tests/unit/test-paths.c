// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* test-paths.c - each target goes the way that the kernel's routing table would send it. */
#include "paths.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define NET	0xc6120000U /* 198.18.0.0 */
#define GATEWAY 0xc61200feU
#define OTHER	0xc61200fdU
#define SOURCE	0xc6120001U

static struct ranges range(uint32_t first, uint32_t last)
{
	struct ranges r = { 0 };

	assert_int_equal(ranges_add(&r, first, last), 0);
	ranges_settle(&r);
	return r;
}

/* The gateway that `addr` is sent to; UINT32_MAX: it is not sent anywhere. */
static uint32_t way_of(const struct route *table, size_t n, bool forced, uint32_t addr)
{
	struct ranges targets = range(addr, addr), unrouted = { 0 };
	struct route routes[8];
	struct paths paths;
	const struct path *path;
	uint32_t gateway = UINT32_MAX;
	size_t i;

	for (i = 0; i < n; i++)
		routes[i] = table[i];
	assert_int_equal(paths_assign(&paths, routes, n, forced, &targets, &unrouted), 0);
	path = paths_find(&paths, addr);
	assert_int_equal(ranges_count(&unrouted), path ? 0 : 1);
	if (path) {
		gateway = path->gateway;
		assert_int_equal(path->source, SOURCE);
	}
	paths_free(&paths);
	ranges_free(&targets);
	ranges_free(&unrouted);
	return gateway;
}

static const struct route table[] = {
	{ ROUTE_OURS, 0, 0, 100, GATEWAY, SOURCE },
	{ ROUTE_OURS, 0, 0, 50, OTHER, SOURCE },
	{ ROUTE_OURS, NET, 24, 0, 0, SOURCE },
	{ ROUTE_ELSEWHERE, NET + 0x100, 24, 0, 0, SOURCE },
	{ ROUTE_REFUSED, NET + 0x200, 24, 0, 0, 0 },
	{ ROUTE_OURS, NET + 0x210, 32, 0, GATEWAY, SOURCE },
	{ ROUTE_OURS, NET + 8, 29, 0, OTHER, SOURCE },
};
enum { ROUTES = sizeof(table) / sizeof(table[0]) };

static void longest_prefix_wins(void **state)
{
	static const struct {
		uint32_t addr, gateway, forced_gateway;
	} cases[] = {
		{ NET + 5, 0, 0 },
		{ NET + 9, OTHER, OTHER },
		{ NET + 16, 0, 0 },
		{ 0x01020304, OTHER, OTHER }, /* two default routes: the lower metric */
		{ NET + 0x105, UINT32_MAX, OTHER },
		{ NET + 0x205, UINT32_MAX, UINT32_MAX },
		{ NET + 0x210, GATEWAY, GATEWAY },
		{ 0, OTHER, OTHER },
		{ UINT32_MAX, OTHER, OTHER },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(way_of(table, ROUTES, false, cases[i].addr), cases[i].gateway);
		assert_int_equal(way_of(table, ROUTES, true, cases[i].addr),
				 cases[i].forced_gateway);
	}
	assert_int_equal(way_of(table, 0, false, NET + 5), UINT32_MAX);
}

/* Law: every target is on exactly one path, or unrouted. */
static void targets_are_divided(void **state)
{
	struct ranges targets = range(NET - 300, NET + 1000), unrouted = { 0 };
	struct route routes[ROUTES];
	struct paths paths;
	uint64_t sum;
	size_t i;

	(void)state;
	for (i = 0; i < ROUTES; i++)
		routes[i] = table[i];
	assert_int_equal(paths_assign(&paths, routes, ROUTES, false, &targets, &unrouted), 0);
	sum = ranges_count(&unrouted);
	assert_int_equal(sum, 256 + 255);
	for (i = 0; i < paths.n; i++)
		sum += ranges_count(&paths.v[i].hosts);
	assert_int_equal(sum, 1301);
	assert_int_equal(paths.n, 3); /* on link, and one a gateway */
	paths_free(&paths);
	ranges_free(&targets);
	ranges_free(&unrouted);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(longest_prefix_wins),
		cmocka_unit_test(targets_are_divided),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
