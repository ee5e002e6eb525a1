// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* test-hosts.c - hosts by flow: index and address lead to each other, entries agree with both. */
#include "hosts.h"

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

static void add(struct hosts *h, uint32_t first, uint32_t last)
{
	struct ranges all = range(0, UINT32_MAX), some = range(first, last);

	assert_int_equal(hosts_add(h, &all, &some), 0);
	ranges_free(&all);
	ranges_free(&some);
}

static void check(const struct hosts *h)
{
	size_t n = hosts_entries_n(h), i;
	struct host_entry *entries = calloc(n, sizeof(*entries));
	uint64_t index, seen = 0;
	uint32_t addr;

	for (index = 0; index < h->n; index++) {
		assert_true(hosts_find(h, hosts_at(h, index), &seen));
		assert_int_equal(seen, index);
	}
	hosts_entries(h, entries);
	for (i = 0, seen = 0; i < n; i++) {
		assert_true(i == 0 || entries[i - 1].last < entries[i].first);
		for (addr = entries[i].first; addr <= entries[i].last; addr++, seen++) {
			assert_true(hosts_find(h, addr_ip4(addr), &index));
			assert_int_equal(index, entries[i].base + (addr - entries[i].first));
			assert_true(ranges_find(&h->flows[entries[i].flow], addr_ip4(addr), NULL));
		}
	}
	assert_int_equal(seen, h->n);
	free(entries);
}

/* A later flow may lie before, between and behind an earlier one. */
static void flows_interleave(void **state)
{
	struct ranges all = range(0, UINT32_MAX), some = range(100, 200);
	struct hosts h = { 0 };
	uint64_t index;

	(void)state;
	assert_int_equal(ranges_add(&some, addr_ip4(400), addr_ip4(500)), 0);
	ranges_settle(&some);
	assert_int_equal(hosts_add(&h, &all, &some), 0);
	add(&h, 10, 20);
	add(&h, 300, 310);
	add(&h, 600, 600);
	assert_int_equal(h.n_flows, 4);
	assert_int_equal(h.n, 202 + 11 + 11 + 1);
	assert_true(addr_equal(hosts_at(&h, 202), addr_ip4(10)));
	assert_false(hosts_find(&h, addr_ip4(250), &index));
	check(&h);
	hosts_free(&h);
	ranges_free(&all);
	ranges_free(&some);
}

static void empty_flows_are_none(void **state)
{
	struct ranges a = range(1, 5), b = range(6, 9);
	struct hosts h = { 0 };

	(void)state;
	assert_int_equal(hosts_add(&h, &a, &b), 0);
	assert_int_equal(h.n_flows, 0);
	assert_int_equal(h.n, 0);
	assert_int_equal(hosts_entries_n(&h), 0);
	ranges_free(&a);
	ranges_free(&b);
}

static void too_many_flows_join_the_last(void **state)
{
	struct hosts h = { 0 };
	uint32_t i;

	(void)state;
	for (i = 0; i < FLOWS_MAX + 5; i++)
		add(&h, 1000 - 10 * i, 1003 - 10 * i);
	assert_int_equal(h.n_flows, FLOWS_MAX);
	assert_int_equal(h.n, 4 * (FLOWS_MAX + 5));
	check(&h);
	hosts_free(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(flows_interleave),
		cmocka_unit_test(empty_flows_are_none),
		cmocka_unit_test(too_many_flows_join_the_last),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
