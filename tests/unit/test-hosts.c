// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* test-hosts.c - hosts by flow: index and address lead to each other, entries agree with both. */
#include "hosts.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static struct ranges range(uint32_t first, uint32_t last)
{
	struct ranges r = { 0 };

	assert_int_equal(ranges_add(&r, addr_ip4(first), addr_ip4(last)), 0);
	ranges_settle(&r);
	return r;
}

enum { PATHS_MAX = FLOWS_MAX + 6 };

/* Paths, which must stay where they are: a group of hosts points to its own. */
struct ways {
	struct path v[PATHS_MAX];
	unsigned int n;
};

static struct path *new_path(struct ways *w, unsigned int way, uint32_t first, uint32_t last)
{
	struct path *path = &w->v[w->n++];

	assert_in_range(w->n, 1, PATHS_MAX);
	*path = (struct path){ .hop = BY_GATEWAY, .way = way, .hosts = range(first, last) };
	return path;
}

static void ways_free(struct ways *w)
{
	while (w->n)
		ranges_free(&w->v[--w->n].hosts);
}

static int add(struct hosts *h, const struct path *path)
{
	struct ranges all = range(0, UINT32_MAX);
	int code = hosts_add(h, &all, path);

	ranges_free(&all);
	return code;
}

/* Index and address lead to each other, on the path and the flow that the host belongs to. */
static void check_host(const struct hosts *h, uint64_t index, unsigned int *flow)
{
	const struct path *path;
	struct addr addr = hosts_at(h, index, &path);
	uint64_t found;

	assert_true(hosts_find(h, addr, &found));
	assert_int_equal(found, index);
	assert_true(ranges_find(&path->hosts, addr, NULL));
	while (index >= h->flows[*flow].first + h->flows[*flow].n)
		++*flow;
	assert_true(index >= h->flows[*flow].first);
	assert_int_equal(h->flows[*flow].way, path->way);
	assert_int_equal(hosts_flow_of(h, index), *flow);
}

static void check(const struct hosts *h)
{
	size_t n = hosts_entries_n(h), i;
	struct host_entry *entries = calloc(n, sizeof(*entries));
	uint64_t index, seen = 0;
	unsigned int flow = 0;
	uint32_t addr;

	for (index = 0; index < h->n; index++)
		check_host(h, index, &flow);
	hosts_entries(h, entries);
	for (i = 0; i < n; i++) {
		const struct hosts_flow *of = &h->flows[entries[i].flow];

		assert_true(i == 0 || entries[i - 1].last < entries[i].first);
		for (addr = entries[i].first; addr <= entries[i].last; addr++, seen++) {
			assert_true(hosts_find(h, addr_ip4(addr), &index));
			assert_int_equal(index, entries[i].base + (addr - entries[i].first));
			assert_true(index >= of->first && index < of->first + of->n);
		}
	}
	assert_int_equal(seen, h->n);
	free(entries);
}

/* A later flow may lie before, between and behind an earlier one. */
static void flows_interleave(void **state)
{
	struct ways w = { 0 };
	struct hosts h = { 0 };
	const struct path *path;
	struct path *first = new_path(&w, 0, 100, 200);
	uint64_t index;

	(void)state;
	assert_int_equal(ranges_add(&first->hosts, addr_ip4(400), addr_ip4(500)), 0);
	ranges_settle(&first->hosts);
	assert_int_equal(add(&h, first), 0);
	assert_int_equal(add(&h, new_path(&w, 1, 10, 20)), 0);
	assert_int_equal(add(&h, new_path(&w, 2, 300, 310)), 0);
	assert_int_equal(add(&h, new_path(&w, 3, 600, 600)), 0);
	assert_int_equal(h.n_flows, 4);
	assert_int_equal(h.n, 202 + 11 + 11 + 1);
	assert_true(addr_equal(hosts_at(&h, 202, &path), addr_ip4(10)));
	assert_ptr_equal(path, &w.v[1]);
	assert_false(hosts_find(&h, addr_ip4(250), &index));
	check(&h);
	hosts_free(&h);
	ways_free(&w);
}

/* Several source addresses lead the same way: one flow asks for both, each from its own. */
static void paths_of_one_way_are_one_flow(void **state)
{
	struct ways w = { 0 };
	struct hosts h = { 0 };

	(void)state;
	assert_int_equal(add(&h, new_path(&w, 0, 100, 109)), 0);
	assert_int_equal(add(&h, new_path(&w, 0, 50, 54)), 0);
	assert_int_equal(add(&h, new_path(&w, 2, 70, 72)), 0);
	assert_int_equal(h.n_groups, 3);
	assert_int_equal(h.n_flows, 2);
	assert_int_equal(h.flows[0].n, 15);
	assert_int_equal(h.flows[1].first, 15);
	assert_int_equal(h.flows[1].n, 3);
	assert_int_equal(h.flows[1].way, 2);
	check(&h);
	hosts_free(&h);
	ways_free(&w);
}

/* The hosts of each link come before those behind gateways, and are a flow. */
static void links_come_first(void **state)
{
	struct ways w = { 0 };
	struct hosts h = { 0 };
	struct path *link;
	unsigned int way;

	(void)state;
	for (way = 0; way < 2; way++) {
		link = new_path(&w, way, 10 * way, 10 * way + 3);
		link->hop = ON_LINK;
		assert_int_equal(add(&h, link), 0);
	}
	assert_int_equal(add(&h, new_path(&w, 3, 100, 109)), 0);
	assert_int_equal(h.n_flows, 3);
	assert_int_equal(hosts_on_link(&h), 8);
	assert_true(h.flows[0].on_link && h.flows[1].on_link);
	assert_false(h.flows[2].on_link);
	check(&h);
	hosts_free(&h);
	ways_free(&w);
}

static void only_the_wanted_are_added(void **state)
{
	struct ranges wanted = range(5, 7);
	struct ways w = { 0 };
	struct hosts h = { 0 };

	(void)state;
	assert_int_equal(hosts_add(&h, &wanted, new_path(&w, 0, 1, 100)), 0);
	assert_int_equal(h.n, 3);
	check(&h);
	hosts_free(&h);
	ways_free(&w);
	ranges_free(&wanted);
}

static void empty_flows_are_none(void **state)
{
	struct ranges wanted = range(1, 5);
	struct ways w = { 0 };
	struct hosts h = { 0 };

	(void)state;
	assert_int_equal(hosts_add(&h, &wanted, new_path(&w, 0, 6, 9)), 0);
	assert_int_equal(h.n_flows, 0);
	assert_int_equal(h.n, 0);
	assert_int_equal(hosts_entries_n(&h), 0);
	hosts_free(&h);
	ways_free(&w);
	ranges_free(&wanted);
}

/* Refused, and what was there before is whole; a path of the last way still has room. */
static void too_many_flows_are_refused(void **state)
{
	struct ways w = { 0 };
	struct hosts h = { 0 };
	uint32_t i;

	(void)state;
	for (i = 0; i < FLOWS_MAX; i++)
		assert_int_equal(add(&h, new_path(&w, i, 1000 - 10 * i, 1003 - 10 * i)), 0);
	assert_int_equal(add(&h, new_path(&w, i, 2000, 2003)), -ENOSPC);
	assert_int_equal(h.n_flows, FLOWS_MAX);
	assert_int_equal(h.n, 4 * FLOWS_MAX);
	check(&h);
	assert_int_equal(add(&h, new_path(&w, FLOWS_MAX - 1, 3000, 3003)), 0);
	assert_int_equal(h.n_flows, FLOWS_MAX);
	assert_int_equal(h.n, 4 * (FLOWS_MAX + 1));
	check(&h);
	hosts_free(&h);
	ways_free(&w);
}

/* Over IPv6 an entry is an address and how many follow, also across the halves of a number. */
static void entries_over_ip6(void **state)
{
	static const struct addr first[] = { { 7, UINT64_MAX - 2 }, { 0x20010db800000000, 1 } };
	struct ways w = { 0 };
	struct hosts h = { 0 };
	struct path *path;
	struct host_entry6 entries[2];
	uint64_t i, index;
	size_t k;

	(void)state;
	for (k = 0; k < 2; k++) {
		path = new_path(&w, (unsigned int)(1 - k), 1, 1);
		ranges_free(&path->hosts);
		ranges_add(&path->hosts, first[1 - k], addr_add(first[1 - k], 9));
		ranges_settle(&path->hosts);
		assert_int_equal(hosts_add(&h, &path->hosts, path), 0);
	}
	assert_int_equal(hosts_entries_n(&h), 2);
	hosts_entries6(&h, entries);
	for (k = 0; k < 2; k++) {
		const struct addr at = { entries[k].first_hi, entries[k].first_lo };

		assert_true(addr_equal(at, first[k]));
		assert_int_equal(entries[k].n_behind, 9);
		assert_int_equal(entries[k].flow, 1 - k);
		for (i = 0; i <= 9; i++) {
			assert_true(hosts_find(&h, addr_add(at, i), &index));
			assert_int_equal(index, entries[k].base + i);
		}
	}
	hosts_free(&h);
	ways_free(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(flows_interleave),
		cmocka_unit_test(paths_of_one_way_are_one_flow),
		cmocka_unit_test(links_come_first),
		cmocka_unit_test(only_the_wanted_are_added),
		cmocka_unit_test(empty_flows_are_none),
		cmocka_unit_test(too_many_flows_are_refused),
		cmocka_unit_test(entries_over_ip6),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
