// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* test-shard.c - shares are disjoint, together the whole, and about as large as each other. */
#include "shard.h"
#include "values.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Whatever the set: a lone address, scattered ones, a block, several blocks. */
static struct ranges make_set(unsigned int which, struct addr first, uint32_t n)
{
	struct ranges set = { 0 };
	uint32_t i;

	switch (which) {
	case 0:
		assert_false(ranges_add(&set, first, addr_add(first, n - 1)));
		break;
	case 1:
		for (i = 0; i < n; i++)
			assert_false(
				ranges_add(&set, addr_add(first, 3 * i), addr_add(first, 3 * i)));
		break;
	default:
		for (i = 0; i < n; i += 7)
			assert_false(ranges_add(&set, addr_add(first, 100 * i),
						addr_add(first, 100 * i + 6)));
	}
	ranges_settle(&set);
	return set;
}

static void check_hosts(const struct ranges *all, uint32_t n)
{
	uint64_t total = ranges_count(all), sum = 0, least = UINT64_MAX, most = 0, count;
	struct ranges together = { 0 };
	struct shard s = { .n = n };

	for (s.index = 0; s.index < n; s.index++) {
		struct ranges share = { 0 };

		assert_false(shard_of_hosts(&s, all, &share));
		count = ranges_count(&share);
		sum += count;
		least = count < least ? count : least;
		most = count > most ? count : most;
		assert_false(ranges_add_all(&together, &share));
		ranges_free(&share);
	}
	ranges_settle(&together);
	/* As many in the sum as in the union: disjoint. The union is the whole: complete. */
	assert_int_equal(sum, total);
	assert_int_equal(ranges_count(&together), total);
	assert_int_equal(together.n, all->n);
	assert_memory_equal(together.v, all->v, all->n * sizeof(*all->v));
	assert_true(most - least <= total / n / 1024 + 1);
	ranges_free(&together);
}

static void hosts_are_divided(void **state)
{
	static const struct addr firsts[] = { ADDR_IP4(0xc6120000),
					      { 0x20010db800000000, 0xffffffffffffff00 } };
	static const uint32_t sizes[] = { 1, 2, 253, 4096, 65536 };
	unsigned int which;
	uint32_t i, n;

	(void)state;
	for (which = 0; which < 6; which++)
		for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
			struct ranges all = make_set(which % 3, firsts[which / 3], sizes[i]);

			for (n = 1; n <= 20; n++)
				check_hosts(&all, n);
			check_hosts(&all, 256);
			check_hosts(&all, 1000);
			ranges_free(&all);
		}
}

static void a_large_share_has_few_ranges(void **state)
{
	const struct shard s = { .index = 1, .n = 3 };
	struct ranges all = { 0 }, share = { 0 };

	(void)state;
	assert_false(ranges_add(&all, addr_ip4(0x01000000), addr_ip4(0xdfffffff)));
	ranges_settle(&all);
	assert_false(shard_of_hosts(&s, &all, &share));
	assert_in_range(share.n, 1, 5000);
	assert_true(ranges_count(&share) > ranges_count(&all) / 3 - 1000000);
	ranges_free(&all);
	ranges_free(&share);
}

/* Of so many addresses that indices end, each that has an index is in one share. */
static void the_whole_space_is_divided(void **state)
{
	struct ranges all = { 0 }, together = { 0 }, some = { 0 };
	struct shard s = { .n = 3 };

	(void)state;
	assert_false(ranges_add(&all, (struct addr){ 0, 0 }, ADDR_LAST));
	ranges_settle(&all);
	assert_false(ranges_slice(&all, 0, UINT64_MAX, &some));
	for (s.index = 0; s.index < s.n; s.index++) {
		struct ranges share = { 0 };

		assert_false(shard_of_hosts(&s, &all, &share));
		assert_in_range(share.n, 1, 5000);
		assert_true(ranges_count(&share) > UINT64_MAX / 4);
		assert_false(ranges_add_all(&together, &share));
		ranges_free(&share);
	}
	ranges_settle(&together);
	assert_int_equal(together.n, some.n);
	assert_memory_equal(together.v, some.v, some.n * sizeof(*some.v));
	ranges_free(&all);
	ranges_free(&some);
	ranges_free(&together);
}

static void ports_are_divided(void **state)
{
	static const char *const lists[] = { "22", "1-1024", "22,80,443,8000-8100", "-" };
	struct ports *all = malloc(sizeof(*all)), *share = malloc(sizeof(*share));
	uint8_t *seen = malloc(65536);
	struct err err;
	struct shard s;
	uint32_t i, j, total;

	(void)state;
	assert_true(all && share && seen);
	for (i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		assert_false(ports_parse(lists[i], NULL, all, &err));
		for (s.n = 1; s.n <= 33; s.n++) {
			memset(seen, 0, 65536);
			total = 0;
			for (s.index = 0; s.index < s.n; s.index++) {
				shard_of_ports(&s, all, share);
				total += share->n;
				for (j = 0; j < share->n; j++) {
					assert_int_equal(share->slot[share->list[j]], j + 1);
					assert_false(seen[share->list[j]]++);
					assert_true(all->slot[share->list[j]]);
				}
			}
			assert_int_equal(total, all->n);
		}
	}
	free(all);
	free(share);
	free(seen);
}

static void the_even_way_is_chosen(void **state)
{
	static const struct {
		uint64_t hosts, ports;
		uint32_t n;
		bool by_ports;
	} cases[] = {
		{ 65536, 30, 4, false }, { 1, 65535, 4, true },	  { 17, 1000, 16, true },
		{ 256, 0, 4, false },	 { 256, 1024, 8, false }, { 3, 5, 4, false },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct shard s = { .n = cases[i].n };

		assert_int_equal(shard_by_ports(&s, cases[i].hosts, cases[i].ports),
				 cases[i].by_ports);
	}
}

static void shard_values(void **state)
{
	static const char *const wrong[] = { "",
					     "1",
					     "0/4",
					     "5/4",
					     "1/0",
					     "a/4",
					     "1/b",
					     "1/4x",
					     "/",
					     "1/",
					     "/4",
					     "-1/4",
					     "1//4",
					     "1/1048577",
					     " 1/4",
					     "1/ 4",
					     "99999999999999999999/4" };
	struct shard s;
	struct err err;
	size_t i;

	(void)state;
	assert_false(values_shard("1/1", &s, &err));
	assert_int_equal(s.index, 0);
	assert_int_equal(s.n, 1);
	assert_false(values_shard("12/1048576", &s, &err));
	assert_int_equal(s.index, 11);
	assert_int_equal(s.n, 1048576);
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_true(values_shard(wrong[i], &s, &err) < 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hosts_are_divided),
		cmocka_unit_test(a_large_share_has_few_ranges),
		cmocka_unit_test(the_whole_space_is_divided),
		cmocka_unit_test(ports_are_divided),
		cmocka_unit_test(the_even_way_is_chosen),
		cmocka_unit_test(shard_values),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
