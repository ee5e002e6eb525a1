// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* test-paths.c - targets with one way are on one path. */
#include "paths.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define NET	0xc6120000U /* 198.18.0.0 */
#define GATEWAY ADDR_IP4(0xc61200fe)
#define OTHER	ADDR_IP4(0xc61200fd)

enum { LENGTH = 200 };

/* The way of an address in this test: some have none, and paths differ in all that makes one. */
static struct route way_of(uint32_t addr)
{
	static const enum route_kind kinds[] = { ROUTE_OUT, ROUTE_OUT, ROUTE_NONE, ROUTE_SELF };

	return (struct route){
		.first = addr_ip4(addr),
		.last = addr_ip4(addr),
		.kind = kinds[addr / 4 % 4],
		.ifindex = 1 + (int)(addr / 2 % 2),
		.hop = addr / 8 % 2 ? BY_GATEWAY : ON_LINK,
		.gateway = addr / 16 % 2 ? GATEWAY : OTHER,
		.source = ADDR_IP4(1 + addr / 32 % 2),
	};
}

/* Law: each target with a way is on one path, which is that way; no other address is on any. */
static void check_divided(uint32_t step, uint32_t len, uint32_t route_len)
{
	struct ranges targets = { 0 };
	struct route rows[LENGTH];
	struct routes routes = { .v = rows };
	struct paths paths;
	unsigned int found;
	uint32_t i;
	size_t p;

	for (i = 0; i < LENGTH; i += step)
		assert_int_equal(
			ranges_add(&targets, addr_ip4(NET + i), addr_ip4(NET + i + len - 1)), 0);
	ranges_settle(&targets);
	for (i = 0; i < LENGTH; i += route_len) {
		rows[routes.n] = way_of(NET + i);
		rows[routes.n++].last = addr_ip4(NET + i + route_len - 1);
	}
	assert_int_equal(paths_assign(&paths, &routes, &targets), 0);
	for (i = 0; i < LENGTH; i++) {
		const struct route way = way_of(NET + i / route_len * route_len);

		found = 0;
		for (p = 0; p < paths.n; p++) {
			const struct path *path = &paths.v[p];

			if (!ranges_find(&path->hosts, addr_ip4(NET + i), NULL))
				continue;
			found++;
			assert_int_equal(path->ifindex, way.ifindex);
			assert_int_equal(path->hop, way.hop);
			assert_true(addr_equal(path->source, way.source));
			assert_true(path->hop == ON_LINK || addr_equal(path->gateway, way.gateway));
		}
		assert_int_equal(found, way.kind == ROUTE_OUT && i % step < len);
	}
	paths_free(&paths);
	ranges_free(&targets);
}

static void targets_are_divided(void **state)
{
	(void)state;
	check_divided(1, 1, 1);
	check_divided(5, 3, 1);
	check_divided(5, 3, 2);
	check_divided(8, 1, 4);
	check_divided(LENGTH, LENGTH, 1);
	check_divided(LENGTH, LENGTH, 8);
}

/* One way for each next hop, whatever the source address; the link is the first. */
static void ways_are_numbered(void **state)
{
	static const struct path rows[] = {
		{ 1, BY_GATEWAY, OTHER, ADDR_IP4(2) },	 { 1, ON_LINK, { 0 }, ADDR_IP4(2) },
		{ 1, BY_GATEWAY, GATEWAY, ADDR_IP4(1) }, { 1, BY_GATEWAY, OTHER, ADDR_IP4(1) },
		{ 1, ON_LINK, OTHER, ADDR_IP4(1) }, /* on the link the gateway means nothing */
	};
	static const unsigned int ways[] = { 0, 0, 1, 1, 2 };
	struct paths paths = { 0 };
	size_t i;

	(void)state;
	paths_number(&paths);
	assert_int_equal(paths.n_ways, 1);
	assert_int_equal(paths_add(&paths, &rows[0]), 0);
	paths_number(&paths);
	assert_int_equal(paths.n_ways, 2);
	assert_int_equal(paths.v[0].way, 1);
	paths_free(&paths);
	for (i = 0; i < 5; i++)
		assert_int_equal(paths_add(&paths, &rows[i]), 0);
	paths_number(&paths);
	assert_int_equal(paths.n_ways, 3);
	for (i = 0; i < 5; i++) {
		assert_int_equal(paths.v[i].way, ways[i]);
		assert_int_equal(paths.v[i].hop, ways[i] ? BY_GATEWAY : ON_LINK);
	}
	assert_true(addr_equal(paths.v[2].gateway, OTHER));
	assert_true(addr_equal(paths.v[3].gateway, OTHER));
	assert_true(addr_equal(paths.v[4].gateway, GATEWAY));
	paths_free(&paths);
}

/* With several interfaces, each has a way for its link, whether a path is on it or not. */
static void each_interface_has_a_link(void **state)
{
	static const struct path rows[] = {
		{ 5, BY_GATEWAY, OTHER, ADDR_IP4(2), .outlet = 2 },
		{ 5, ON_LINK, { 0 }, ADDR_IP4(2), .outlet = 2 },
		{ 9, BY_GATEWAY, OTHER, ADDR_IP4(1), .outlet = 1 },
		{ 9, ON_LINK, { 0 }, ADDR_IP4(1), .outlet = 1 },
	};
	struct paths paths = { .n_outlets = 3 };
	size_t i;

	(void)state;
	for (i = 0; i < 4; i++)
		assert_int_equal(paths_add(&paths, &rows[i]), 0);
	paths_number(&paths);
	assert_int_equal(paths.n_ways, 3 + 2);
	for (i = 0; i < 4; i++) {
		const struct path *path = &paths.v[i];

		assert_int_equal(path->hop, i < 2 ? ON_LINK : BY_GATEWAY);
		if (path->hop == ON_LINK)
			assert_int_equal(path->way, path->outlet);
		else
			assert_in_range(path->way, 3, 4);
	}
	assert_int_not_equal(paths.v[2].way, paths.v[3].way);
	paths_free(&paths);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(targets_are_divided),
		cmocka_unit_test(ways_are_numbered),
		cmocka_unit_test(each_interface_has_a_link),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
