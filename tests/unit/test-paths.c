// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* test-paths.c - each target goes the way that the kernel's routing table would send it. */
#include "paths.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define NET	0xc6120000U /* 198.18.0.0 */
#define GATEWAY ADDR_IP4(0xc61200fe)
#define OTHER	ADDR_IP4(0xc61200fd)
#define SOURCE	ADDR_IP4(0xc6120001)

#define IP6(hi, lo) ((struct addr){ 0x20010db800000000 + (hi), (lo) })
#define GATEWAY6    ((struct addr){ 0xfe80000000000000, 0xfe })
#define OTHER6	    IP6(0, 0xfd)
#define SOURCE6	    IP6(0, 1)

/* Where an address is sent: nowhere, on link (as itself), or to a gateway. */
enum sent { NOWHERE, DIRECT, TO_GATEWAY, TO_OTHER };

static struct ranges range(struct addr first, struct addr last)
{
	struct ranges r = { 0 };

	assert_int_equal(ranges_add(&r, first, last), 0);
	ranges_settle(&r);
	return r;
}

static enum sent sent_by(const struct path *path)
{
	const bool ip4 = addr_is_ip4(path->source);

	assert_true(addr_equal(path->source, ip4 ? SOURCE : SOURCE6));
	if (path->hop == ON_LINK)
		return DIRECT;
	if (addr_equal(path->gateway, ip4 ? GATEWAY : GATEWAY6))
		return TO_GATEWAY;
	assert_true(addr_equal(path->gateway, ip4 ? OTHER : OTHER6));
	return TO_OTHER;
}

/* The path that holds an address, or NULL. */
static const struct path *path_of(const struct paths *paths, struct addr addr)
{
	size_t i;

	for (i = 0; i < paths->n; i++)
		if (ranges_find(&paths->v[i].hosts, addr, NULL))
			return &paths->v[i];
	return NULL;
}

static enum sent way_of(const struct route *table, size_t n, bool forced, struct addr addr)
{
	struct ranges targets = range(addr, addr), unrouted = { 0 };
	enum sent sent = NOWHERE;
	struct route routes[16];
	struct paths paths;
	const struct path *path;
	size_t i;

	for (i = 0; i < n; i++)
		routes[i] = table[i];
	assert_int_equal(paths_assign(&paths, routes, n, forced, &targets, &unrouted), 0);
	path = path_of(&paths, addr);
	assert_int_equal(ranges_count(&unrouted), path ? 0 : 1);
	if (path) {
		assert_int_equal(addr_is_ip4(path->source), addr_is_ip4(addr));
		sent = sent_by(path);
	}
	paths_free(&paths);
	ranges_free(&targets);
	ranges_free(&unrouted);
	return sent;
}

static const struct route table[] = {
	{ ROUTE_OURS, ADDR_IP4(0), 96, 100, BY_GATEWAY, GATEWAY, SOURCE },
	{ ROUTE_OURS, ADDR_IP4(0), 96, 50, BY_GATEWAY, OTHER, SOURCE },
	{ ROUTE_OURS, ADDR_IP4(NET), 96 + 24, 0, ON_LINK, { 0 }, SOURCE },
	{ ROUTE_ELSEWHERE, ADDR_IP4(NET + 0x100), 96 + 24 },
	{ ROUTE_REFUSED, ADDR_IP4(NET + 0x200), 96 + 24 },
	{ ROUTE_OURS, ADDR_IP4(NET + 0x210), 96 + 32, 0, BY_GATEWAY, GATEWAY, SOURCE },
	{ ROUTE_OURS, ADDR_IP4(NET + 8), 96 + 29, 0, BY_GATEWAY, OTHER, SOURCE },
};
enum { ROUTES = sizeof(table) / sizeof(table[0]) };

/* The same in IPv6. */
static const struct route table6[] = {
	{ ROUTE_OURS, { 0, 0 }, 0, 100, BY_GATEWAY, GATEWAY6, SOURCE6 },
	{ ROUTE_OURS, { 0, 0 }, 0, 50, BY_GATEWAY, OTHER6, SOURCE6 },
	{ ROUTE_OURS, IP6(0, 0), 64, 0, ON_LINK, { 0 }, SOURCE6 },
	{ ROUTE_ELSEWHERE, IP6(1, 0), 64 },
	{ ROUTE_REFUSED, IP6(2, 0), 64 },
	{ ROUTE_OURS, IP6(2, 0x10), 128, 0, BY_GATEWAY, GATEWAY6, SOURCE6 },
	{ ROUTE_OURS, IP6(0, 8), 125, 0, BY_GATEWAY, OTHER6, SOURCE6 },
};
_Static_assert(sizeof(table6) == sizeof(table), "as many routes");

static void longest_prefix_wins(void **state)
{
	static const struct {
		struct addr addr;
		enum sent sent, forced;
	} cases[] = {
		{ ADDR_IP4(NET + 5), DIRECT, DIRECT },
		{ ADDR_IP4(NET + 9), TO_OTHER, TO_OTHER },
		{ ADDR_IP4(NET + 16), DIRECT, DIRECT },
		{ ADDR_IP4(0x01020304), TO_OTHER, TO_OTHER }, /* the lower metric */
		{ ADDR_IP4(NET + 0x105), NOWHERE, TO_OTHER },
		{ ADDR_IP4(NET + 0x205), NOWHERE, NOWHERE },
		{ ADDR_IP4(NET + 0x210), TO_GATEWAY, TO_GATEWAY },
		{ ADDR_IP4(0), TO_OTHER, TO_OTHER },
		{ ADDR_IP4(UINT32_MAX), TO_OTHER, TO_OTHER },
		{ IP6(0, 5), DIRECT, DIRECT },
		{ IP6(0, 9), TO_OTHER, TO_OTHER },
		{ IP6(0, 16), DIRECT, DIRECT },
		{ IP6(0, UINT64_MAX), DIRECT, DIRECT },
		{ IP6(3, 0), TO_OTHER, TO_OTHER },
		{ IP6(1, 5), NOWHERE, TO_OTHER },
		{ IP6(2, 5), NOWHERE, NOWHERE },
		{ IP6(2, 0x10), TO_GATEWAY, TO_GATEWAY },
		{ { 0, 0 }, TO_OTHER, TO_OTHER },
		{ ADDR_LAST, TO_OTHER, TO_OTHER },
	};
	struct route both[2 * ROUTES];
	size_t i;

	(void)state;
	for (i = 0; i < ROUTES; i++) {
		both[2 * i] = table6[i];
		both[2 * i + 1] = table[i];
	}
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct addr addr = cases[i].addr;
		const struct route *own = addr_is_ip4(addr) ? table : table6;
		const struct route *others = addr_is_ip4(addr) ? table6 : table;

		assert_int_equal(way_of(own, ROUTES, false, addr), cases[i].sent);
		assert_int_equal(way_of(own, ROUTES, true, addr), cases[i].forced);
		/* Routes of the other family change nothing, nor do they lead there. */
		assert_int_equal(way_of(both, 2 * ROUTES, false, addr), cases[i].sent);
		assert_int_equal(way_of(others, ROUTES, true, addr), NOWHERE);
		assert_int_equal(way_of(NULL, 0, false, addr), NOWHERE);
	}
}

/* Law: every target is on exactly one path, or unrouted. */
static void check_divided(const struct route *from, struct addr first, struct addr last,
			  uint64_t elsewhere)
{
	struct ranges targets = range(first, last), unrouted = { 0 };
	struct route routes[ROUTES];
	struct paths paths;
	uint64_t sum;
	size_t i;

	for (i = 0; i < ROUTES; i++)
		routes[i] = from[i];
	assert_int_equal(paths_assign(&paths, routes, ROUTES, false, &targets, &unrouted), 0);
	sum = ranges_count(&unrouted);
	assert_int_equal(sum, elsewhere);
	for (i = 0; i < paths.n; i++)
		sum += ranges_count(&paths.v[i].hosts);
	assert_int_equal(sum, ranges_count(&targets));
	assert_int_equal(paths.n, 3); /* on link, and one a gateway */
	paths_free(&paths);
	ranges_free(&targets);
	ranges_free(&unrouted);
}

static void targets_are_divided(void **state)
{
	/* IPv6 routes to networks of 256 addresses, so that the set can be counted. */
	struct route small[ROUTES];
	size_t i;

	(void)state;
	check_divided(table, ADDR_IP4(NET - 300), ADDR_IP4(NET + 1000), 256 + 255);
	for (i = 0; i < ROUTES; i++) {
		small[i] = table6[i];
		small[i].dst.lo += small[i].dst.hi ? (small[i].dst.hi & 3) << 8 : 0;
		small[i].dst.hi &= ~3ULL;
		if (small[i].prefix_len == 64)
			small[i].prefix_len = 120;
	}
	check_divided(small, addr_add(IP6(-1ULL, 0), UINT64_MAX - 299), IP6(0, 1000), 256 + 255);
}

/* One way for each next hop, whatever the source address; the link is the first. */
static void ways_are_numbered(void **state)
{
	static const struct path rows[] = {
		{ BY_GATEWAY, OTHER, ADDR_IP4(2) },   { ON_LINK, { 0 }, ADDR_IP4(2) },
		{ BY_GATEWAY, GATEWAY, ADDR_IP4(1) }, { BY_GATEWAY, OTHER, ADDR_IP4(1) },
		{ ON_LINK, OTHER, ADDR_IP4(1) }, /* on the link the gateway means nothing */
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(longest_prefix_wins),
		cmocka_unit_test(targets_are_divided),
		cmocka_unit_test(ways_are_numbered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
