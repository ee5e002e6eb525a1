// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * test-ranges.c - sets of addresses, compared with a model: an array of cells.
 *
 * A space is all addresses between two. Its lowest and its highest 64 addresses have a cell each;
 * one cell stands for all between them. So a few random cells make sets that touch the first
 * address, the last, both, and everything.
 */
#include "ranges.h"
#include "targets.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum { EDGE = 64, CELLS = 2 * EDGE + 1, ROUNDS = 2000 };

struct model {
	bool has[CELLS];
};

static uint32_t prng(uint64_t *state, uint32_t below)
{
	*state = *state * 6364136223846793005ULL + 1442695040888963407ULL;
	return (uint32_t)(*state >> 33) % below;
}

/* The last two hold the edges of IPv4: half of their lowest addresses are of the other family. */
static const struct space {
	struct addr first, last;
} spaces[] = {
	{ ADDR_IP4(0), ADDR_IP4(UINT32_MAX) },
	{ { 0x20010db800000000, 0 }, { 0x20010db800000000, UINT64_MAX } },
	{ { 0x20010db800000000, UINT64_MAX - 99 }, { 0x20010db800000001, 99 } },
	{ { UINT64_MAX, 0 }, ADDR_LAST },
	{ { 0, 0 }, ADDR_LAST },
	{ { 0, 0xfffeffffffe0 }, { 0, 0xffff000000ff } },
	{ { 0, 0xffffffffffe0 }, { 0, 0x10000000000ff } },
};
enum { SPACES = sizeof(spaces) / sizeof(spaces[0]) };

static struct addr cell_first(const struct space *space, int cell)
{
	struct addr addr = space->last;

	if (cell <= EDGE)
		return addr_add(space->first, (uint64_t)cell);
	for (; cell < CELLS - 1; cell++)
		addr = addr_prev(addr);
	return addr;
}

static struct addr cell_last(const struct space *space, int cell)
{
	return cell == EDGE ? addr_prev(cell_first(space, cell + 1)) : cell_first(space, cell);
}

static void add_addrs(struct ranges *r, struct addr first, struct addr last)
{
	assert_int_equal(ranges_add(r, first, last), 0);
}

static void add(struct ranges *r, uint32_t first, uint32_t last)
{
	add_addrs(r, addr_ip4(first), addr_ip4(last));
}

static void check_at(const struct ranges *r, uint64_t i, struct addr addr)
{
	assert_true(addr_equal(ranges_at(r, i), addr));
}

static void make_random(uint64_t *state, const struct space *space, struct ranges *r,
			struct model *m)
{
	uint32_t adds = prng(state, 20), i;

	*r = (struct ranges){};
	*m = (struct model){};
	for (i = 0; i < adds; i++) {
		int a = (int)prng(state, CELLS);
		int b = a + (int)prng(state, prng(state, 8) ? 6 : CELLS);
		int cell;

		b = b < CELLS ? b : CELLS - 1;
		add_addrs(r, cell_first(space, a), cell_last(space, b));
		for (cell = a; cell <= b; cell++)
			m->has[cell] = true;
	}
	ranges_settle(r);
}

typedef unsigned __int128 u128;

static u128 number_of(struct addr addr)
{
	return (u128)addr.hi << 64 | addr.lo;
}

/* An index, or the number of addresses, as 64 bits tell it. */
static uint64_t told(u128 n)
{
	return n < UINT64_MAX ? (uint64_t)n : UINT64_MAX;
}

static void check_form(const struct ranges *r)
{
	u128 base = 0;
	size_t i;

	for (i = 0; i < r->n; i++) {
		const struct range *v = &r->v[i];

		assert_true(number_of(v->first) <= number_of(v->last));
		assert_int_equal(addr_is_ip4(v->first), addr_is_ip4(v->last));
		if (i && addr_is_ip4(v[-1].last) == addr_is_ip4(v->first))
			assert_true(number_of(v->first) > number_of(v[-1].last) + 1);
		else if (i)
			assert_true(number_of(v->first) > number_of(v[-1].last));
		assert_true(v->base == told(base));
		base += number_of(v->last) - number_of(v->first) + 1;
		/* The whole space counts 2^128, which is 0. */
		assert_true(range_end(v) == told(base ? base : base - 1));
	}
	assert_true(ranges_count(r) == told(r->n && !base ? base - 1 : base));
}

/* The set has `addr`, with this index. */
static void check_index(const struct ranges *r, struct addr addr, u128 expected)
{
	uint64_t index;

	assert_true(ranges_find(r, addr, &index) && index == told(expected));
	if (expected < UINT64_MAX)
		check_at(r, index, addr);
}

/* The set holds what the model holds, and index and address lead to each other. */
static void check_model(const struct ranges *r, const struct space *space, const struct model *m)
{
	u128 next = 0;
	int cell;

	check_form(r);
	for (cell = 0; cell < CELLS; cell++) {
		struct addr first = cell_first(space, cell), last = cell_last(space, cell);

		assert_int_equal(ranges_find(r, first, NULL), m->has[cell]);
		assert_int_equal(ranges_find(r, last, NULL), m->has[cell]);
		if (!m->has[cell])
			continue;
		check_index(r, first, next);
		next += number_of(last) - number_of(first);
		check_index(r, last, next);
		next++;
	}
}

static void union_is_the_model(void **unused)
{
	uint64_t state = 1;
	struct ranges r;
	struct model m;
	int i;

	(void)unused;
	for (i = 0; i < ROUNDS; i++) {
		const struct space *space = &spaces[i % SPACES];

		make_random(&state, space, &r, &m);
		check_model(&r, space, &m);
		ranges_settle(&r); /* once more changes nothing */
		check_model(&r, space, &m);
		ranges_free(&r);
	}
}

static void subtract_and_intersect_are_the_model(void **unused)
{
	struct model in_a, in_b, both, only_a;
	struct ranges a, b, shared;
	uint64_t state = 2, count;
	int i, cell;

	(void)unused;
	for (i = 0; i < ROUNDS; i++) {
		const struct space *space = &spaces[i % SPACES];

		make_random(&state, space, &a, &in_a);
		make_random(&state, space, &b, &in_b);
		for (cell = 0; cell < CELLS; cell++) {
			both.has[cell] = in_a.has[cell] && in_b.has[cell];
			only_a.has[cell] = in_a.has[cell] && !in_b.has[cell];
		}
		count = ranges_count(&a);
		shared = (struct ranges){};
		assert_int_equal(ranges_intersect(&a, &b, &shared), 0);
		check_model(&shared, space, &both);
		assert_int_equal(ranges_subtract(&a, &b), 0);
		check_model(&a, space, &only_a);
		check_model(&b, space, &in_b);
		if (count < UINT64_MAX)
			assert_true(count == ranges_count(&shared) + ranges_count(&a));
		ranges_free(&shared);
		ranges_free(&a);
		ranges_free(&b);
	}
}

static void empty(void **unused)
{
	struct ranges none = {}, some = {}, shared = {};

	(void)unused;
	ranges_settle(&none);
	assert_true(ranges_count(&none) == 0);
	assert_false(ranges_find(&none, addr_ip4(0), NULL));
	assert_false(ranges_find(&none, (struct addr){ 0, 0 }, NULL));
	assert_int_equal(ranges_subtract(&none, &none), 0);
	assert_int_equal(ranges_intersect(&none, &none, &shared), 0);
	add(&some, 5, 9);
	ranges_settle(&some);
	assert_int_equal(ranges_subtract(&some, &none), 0);
	assert_true(ranges_count(&some) == 5);
	assert_int_equal(ranges_intersect(&some, &none, &shared), 0);
	assert_true(ranges_count(&shared) == 0);
	assert_int_equal(ranges_subtract(&some, &some), 0);
	assert_true(ranges_count(&some) == 0);
	ranges_free(&some);
	ranges_free(&some);
	ranges_free(&none);
}

static void every_address(void **unused)
{
	struct ranges all = {}, hole = {};
	uint64_t index;

	(void)unused;
	add(&all, 0, UINT32_MAX);
	add(&all, 7, 7);
	add(&all, UINT32_MAX, UINT32_MAX);
	add(&all, 0, 0);
	ranges_settle(&all);
	assert_int_equal(all.n, 1);
	assert_true(ranges_count(&all) == 1ULL << 32);
	check_at(&all, UINT32_MAX, addr_ip4(UINT32_MAX));
	assert_true(ranges_find(&all, addr_ip4(UINT32_MAX), &index) && index == UINT32_MAX);

	add(&hole, 1, UINT32_MAX - 1);
	ranges_settle(&hole);
	assert_int_equal(ranges_subtract(&all, &hole), 0);
	check_form(&all);
	assert_int_equal(all.n, 2); /* the first and the last address are no neighbours */
	check_at(&all, 0, addr_ip4(0));
	check_at(&all, 1, addr_ip4(UINT32_MAX));
	ranges_free(&all);
	ranges_free(&hole);
}

/* The last IPv4 address and ::1:0:0:0 follow each other, but are no neighbours. */
static void families_do_not_touch(void **unused)
{
	const struct addr behind = { 0, 0x1000000000000 };
	struct ranges all = {}, ip4 = {};

	(void)unused;
	assert_true(addr_equal(addr_next(addr_ip4(UINT32_MAX)), behind));
	add(&all, UINT32_MAX, UINT32_MAX);
	add_addrs(&all, behind, behind);
	add_addrs(&all, addr_prev(addr_ip4(0)), addr_prev(addr_ip4(0)));
	add(&all, 0, 0);
	ranges_settle(&all);
	assert_int_equal(all.n, 4);

	add_addrs(&all, (struct addr){ 0, 0 }, ADDR_LAST);
	ranges_settle(&all);
	check_form(&all);
	assert_int_equal(all.n, 3);
	assert_true(ranges_count(&all) == UINT64_MAX);
	add(&ip4, 0, UINT32_MAX);
	ranges_settle(&ip4);
	assert_int_equal(ranges_subtract(&all, &ip4), 0);
	assert_int_equal(all.n, 2);
	assert_false(ranges_find(&all, addr_ip4(7), NULL));
	assert_true(ranges_find(&all, ADDR_LAST, NULL));
	ranges_free(&all);
	ranges_free(&ip4);
}

/* A set of more than 2^64 addresses: slices reach as far as indices do. */
static void slices_of_a_large_set(void **unused)
{
	const struct addr first = { 0x20010db800000000, 5 };
	struct ranges r = {}, part = {};

	(void)unused;
	add(&r, 0, 9);
	add_addrs(&r, first, (struct addr){ 0x20010db8ffffffff, 0 });
	ranges_settle(&r);
	check_form(&r);
	assert_int_equal(ranges_slice(&r, 8, 4, &part), 0);
	check_at(&part, 1, addr_ip4(9));
	check_at(&part, 3, addr_next(first));
	assert_true(ranges_count(&part) == 4);
	ranges_free(&part);
	assert_int_equal(ranges_slice(&r, UINT64_MAX - 3, UINT64_MAX, &part), 0);
	assert_true(ranges_count(&part) == 3);
	check_at(&part, 2, addr_add(first, UINT64_MAX - 11));
	check_at(&r, UINT64_MAX - 1, addr_add(first, UINT64_MAX - 11));
	ranges_free(&part);
	assert_int_equal(ranges_slice(&r, UINT64_MAX, 1, &part), 0);
	assert_int_equal(part.n, 0);
	ranges_free(&part);
	ranges_free(&r);
}

/* A scope moves fe80::/64, leaves out the rest of fe80::/10, and keeps all else. */
static void scopes_move_a_link(void **unused)
{
	const struct addr local = { ADDR_LINK_LOCAL_HI, 0 };
	const struct addr before = { ADDR_LINK_LOCAL_HI - 1, UINT64_MAX - 1 };
	const struct addr behind = { 0xfecULL << 52, 7 };
	struct ranges r = { 0 }, out = { 0 }, same = { 0 };

	(void)unused;
	add_addrs(&r, before, addr_add(local, 3));
	add_addrs(&r, addr_add(local, 9), (struct addr){ ADDR_LINK_LOCAL_HI | 2, 5 });
	add_addrs(&r, addr_prefix_last(local, 10), behind);
	add(&r, 1, 4);
	ranges_settle(&r);
	assert_int_equal(ranges_scoped(&r, 0, &same), 0);
	assert_int_equal(same.n, r.n);
	assert_int_equal(ranges_scoped(&r, 6, &out), 0);
	check_form(&out);
	assert_int_equal(out.n, 5);
	assert_true(addr_equal(out.v[0].last, addr_ip4(4)));
	assert_true(addr_equal(out.v[1].first, before));
	assert_true(addr_equal(out.v[1].last, addr_prev(local)));
	assert_true(addr_equal(out.v[2].first, (struct addr){ ADDR_LINK_LOCAL_HI | 6, 0 }));
	assert_true(addr_equal(out.v[2].last, (struct addr){ ADDR_LINK_LOCAL_HI | 6, 3 }));
	assert_true(addr_equal(out.v[3].first, (struct addr){ ADDR_LINK_LOCAL_HI | 6, 9 }));
	assert_true(addr_equal(out.v[3].last, (struct addr){ ADDR_LINK_LOCAL_HI | 6, UINT64_MAX }));
	assert_true(addr_equal(out.v[4].first, (struct addr){ 0xfecULL << 52, 0 }));
	assert_true(addr_equal(out.v[4].last, behind));
	ranges_free(&r);
	ranges_free(&out);
	ranges_free(&same);
}

static void ascending_neighbours_take_no_room(void **unused)
{
	struct ranges r = {};
	uint32_t i;

	(void)unused;
	for (i = 0; i < 65536; i++)
		add(&r, 0xc6120000 + i, 0xc6120000 + i);
	assert_int_equal(r.n, 1);
	ranges_settle(&r);
	assert_true(ranges_count(&r) == 65536);
	check_at(&r, 65535, addr_ip4(0xc612ffff));
	ranges_free(&r);
}

/* Far more ranges than a quadratic algorithm could take in the time of a test. */
static void many_ranges(void **unused)
{
	enum { MANY = 1 << 18 };
	struct ranges up = {}, down = {};
	uint64_t index;
	uint32_t i;

	(void)unused;
	for (i = 0; i < MANY; i++) {
		add(&up, 4 * i, 4 * i);
		add(&down, 4 * (MANY - 1 - i), 4 * (MANY - 1 - i) + 1);
	}
	ranges_settle(&up);
	ranges_settle(&down);
	check_form(&up);
	check_form(&down);
	assert_int_equal(up.n, MANY);
	for (i = 0; i < MANY; i++) {
		check_at(&up, i, addr_ip4(4 * i));
		assert_true(ranges_find(&up, addr_ip4(4 * i), &index) && index == i);
		assert_false(ranges_find(&up, addr_ip4(4 * i + 1), NULL));
	}
	assert_int_equal(ranges_subtract(&down, &up), 0);
	check_form(&down);
	assert_true(ranges_count(&down) == MANY);
	check_at(&down, MANY - 1, addr_ip4(4 * (MANY - 1) + 1));
	ranges_free(&up);
	ranges_free(&down);
}

/* Law: slices of any size, one behind the other, are the set in its order. */
static void slices_join_to_the_set(void **state)
{
	const struct addr ip6 = { 0x20010db800000000, UINT64_MAX - 500 };
	uint64_t random = 11, i, k;
	int round;

	(void)state;
	for (round = 0; round < 200; round++) {
		uint64_t size = 1 + prng(&random, 40), count;
		struct ranges r = {}, part;

		for (i = prng(&random, 30); i; i--) {
			struct addr first =
				addr_add(round % 2 ? addr_ip4(0) : ip6, prng(&random, 1000));

			add_addrs(&r, first, addr_add(first, prng(&random, 9)));
		}
		ranges_settle(&r);
		count = ranges_count(&r);
		for (i = 0; i <= count; i += size) {
			part = (struct ranges){};
			assert_int_equal(ranges_slice(&r, i, size, &part), 0);
			assert_int_equal(ranges_count(&part), count - i < size ? count - i : size);
			for (k = 0; k < ranges_count(&part); k++)
				check_at(&part, k, ranges_at(&r, i + k));
			ranges_free(&part);
		}
		ranges_free(&r);
	}
}

/* Law: the text of a range is read as this range. A prefix is written as one. */
static void the_text_of_a_range_reads_back(void **state)
{
	const struct range ip6[] = { { { 0x20010db800000000, 0 }, { 0x20010db800000000, 0xff } },
				     { { 0x20010db800000000, 1 }, { 0x20010db800000000, 0xff } },
				     { { 0x20010db800000000, 1 }, { 0x20010db800000000, 1 } },
				     { { 0, 0 }, ADDR_LAST } };
	const char *const texts[] = { "2001:db8::/120", "2001:db8::1-2001:db8::ff", "2001:db8::1",
				      "::/0" };
	uint64_t random = 17;
	char text[RANGE_TEXT];
	int i;

	(void)state;
	for (i = 0; i < 20000; i++) {
		struct range range = { .first = addr_ip4(0xc6120000 + prng(&random, 64)) };
		struct ranges read = { 0 };
		struct err err;

		range.last = addr_add(range.first, prng(&random, 64));
		assert_int_equal(targets_parse(range_text(&range, text), NULL, &read, &err), 0);
		ranges_settle(&read);
		assert_int_equal(read.n, 1);
		assert_true(addr_equal(read.v[0].first, range.first));
		assert_true(addr_equal(read.v[0].last, range.last));
		ranges_free(&read);
	}
	for (i = 0; i < 4; i++)
		assert_string_equal(range_text(&ip6[i], text), texts[i]);
	for (i = ADDR_IP4_PREFIX; i <= 128; i++) {
		const struct range prefix = { .first = addr_prefix_first(addr_ip4(0xc6120102), i),
					      .last = addr_prefix_last(addr_ip4(0xc6120102), i) };
		const char *slash = strchr(range_text(&prefix, text), '/');

		assert_int_equal(slash ? atoi(slash + 1) : 32, i - ADDR_IP4_PREFIX);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(union_is_the_model),
		cmocka_unit_test(subtract_and_intersect_are_the_model),
		cmocka_unit_test(empty),
		cmocka_unit_test(every_address),
		cmocka_unit_test(families_do_not_touch),
		cmocka_unit_test(slices_of_a_large_set),
		cmocka_unit_test(ascending_neighbours_take_no_room),
		cmocka_unit_test(scopes_move_a_link),
		cmocka_unit_test(slices_join_to_the_set),
		cmocka_unit_test(many_ranges),
		cmocka_unit_test(the_text_of_a_range_reads_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
