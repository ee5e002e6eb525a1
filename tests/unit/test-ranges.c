// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * test-ranges.c - sets of addresses, compared with a model: an array of cells.
 *
 * The lowest and the highest 64 addresses have a cell each; one cell stands for all between them.
 * So a few random cells make sets that touch 0.0.0.0, 255.255.255.255, both, and everything.
 */
#include "ranges.h"

#include <setjmp.h>
#include <stdarg.h>
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

static uint32_t cell_first(int cell)
{
	return cell <= EDGE ? (uint32_t)cell : 0U - (uint32_t)(CELLS - cell);
}

static uint32_t cell_last(int cell)
{
	return cell == EDGE ? 0U - EDGE - 1 : cell_first(cell);
}

static void add(struct ranges *r, uint32_t first, uint32_t last)
{
	assert_int_equal(ranges_add(r, first, last), 0);
}

static void make_random(uint64_t *state, struct ranges *r, struct model *m)
{
	uint32_t adds = prng(state, 20), i;

	*r = (struct ranges){};
	*m = (struct model){};
	for (i = 0; i < adds; i++) {
		int a = (int)prng(state, CELLS);
		int b = a + (int)prng(state, prng(state, 8) ? 6 : CELLS);
		int cell;

		b = b < CELLS ? b : CELLS - 1;
		add(r, cell_first(a), cell_last(b));
		for (cell = a; cell <= b; cell++)
			m->has[cell] = true;
	}
	ranges_settle(r);
}

static void check_form(const struct ranges *r)
{
	uint64_t base = 0;
	size_t i;

	for (i = 0; i < r->n; i++) {
		assert_true(r->v[i].first <= r->v[i].last);
		if (i)
			assert_true(r->v[i].first > (uint64_t)r->v[i - 1].last + 1);
		assert_true(r->v[i].base == base);
		base += (uint64_t)r->v[i].last - r->v[i].first + 1;
	}
	assert_true(ranges_count(r) == base);
}

/* The set holds what the model holds, and index and address lead to each other. */
static void check_model(const struct ranges *r, const struct model *m)
{
	uint64_t next = 0, index;
	int cell;

	check_form(r);
	for (cell = 0; cell < CELLS; cell++) {
		uint32_t first = cell_first(cell), last = cell_last(cell);

		assert_int_equal(ranges_find(r, first, NULL), m->has[cell]);
		assert_int_equal(ranges_find(r, last, NULL), m->has[cell]);
		if (!m->has[cell])
			continue;
		assert_true(ranges_find(r, first, &index) && index == next);
		assert_int_equal(ranges_at(r, next), first);
		next += (uint64_t)last - first;
		assert_true(ranges_find(r, last, &index) && index == next);
		assert_int_equal(ranges_at(r, next), last);
		next++;
	}
	assert_true(ranges_count(r) == next);
}

static void union_is_the_model(void **unused)
{
	uint64_t state = 1;
	struct ranges r;
	struct model m;
	int i;

	(void)unused;
	for (i = 0; i < ROUNDS; i++) {
		make_random(&state, &r, &m);
		check_model(&r, &m);
		ranges_settle(&r); /* once more changes nothing */
		check_model(&r, &m);
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
		make_random(&state, &a, &in_a);
		make_random(&state, &b, &in_b);
		for (cell = 0; cell < CELLS; cell++) {
			both.has[cell] = in_a.has[cell] && in_b.has[cell];
			only_a.has[cell] = in_a.has[cell] && !in_b.has[cell];
		}
		count = ranges_count(&a);
		shared = (struct ranges){};
		assert_int_equal(ranges_intersect(&a, &b, &shared), 0);
		check_model(&shared, &both);
		assert_int_equal(ranges_subtract(&a, &b), 0);
		check_model(&a, &only_a);
		check_model(&b, &in_b);
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
	assert_false(ranges_find(&none, 0, NULL));
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
	assert_int_equal(ranges_at(&all, UINT32_MAX), UINT32_MAX);
	assert_true(ranges_find(&all, UINT32_MAX, &index) && index == UINT32_MAX);

	add(&hole, 1, UINT32_MAX - 1);
	ranges_settle(&hole);
	assert_int_equal(ranges_subtract(&all, &hole), 0);
	check_form(&all);
	assert_int_equal(all.n, 2); /* the first and the last address are no neighbours */
	assert_int_equal(ranges_at(&all, 0), 0);
	assert_int_equal(ranges_at(&all, 1), UINT32_MAX);
	ranges_free(&all);
	ranges_free(&hole);
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
	assert_int_equal(ranges_at(&r, 65535), 0xc612ffff);
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
		assert_int_equal(ranges_at(&up, i), 4 * i);
		assert_true(ranges_find(&up, 4 * i, &index) && index == i);
		assert_false(ranges_find(&up, 4 * i + 1, NULL));
	}
	assert_int_equal(ranges_subtract(&down, &up), 0);
	check_form(&down);
	assert_true(ranges_count(&down) == MANY);
	assert_int_equal(ranges_at(&down, MANY - 1), 4 * (MANY - 1) + 1);
	ranges_free(&up);
	ranges_free(&down);
}

/* Law: slices of any size, one behind the other, are the set in its order. */
static void slices_join_to_the_set(void **state)
{
	uint64_t random = 11, i, k;
	int round;

	(void)state;
	for (round = 0; round < 200; round++) {
		uint64_t size = 1 + prng(&random, 40), count;
		struct ranges r = {}, part;

		for (i = prng(&random, 30); i; i--) {
			uint32_t first = prng(&random, 1000);

			add(&r, first, first + prng(&random, 9));
		}
		ranges_settle(&r);
		count = ranges_count(&r);
		for (i = 0; i <= count; i += size) {
			part = (struct ranges){};
			assert_int_equal(ranges_slice(&r, i, size, &part), 0);
			assert_int_equal(ranges_count(&part), count - i < size ? count - i : size);
			for (k = 0; k < ranges_count(&part); k++)
				assert_int_equal(ranges_at(&part, k), ranges_at(&r, i + k));
			ranges_free(&part);
		}
		ranges_free(&r);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(union_is_the_model),
		cmocka_unit_test(subtract_and_intersect_are_the_model),
		cmocka_unit_test(empty),
		cmocka_unit_test(every_address),
		cmocka_unit_test(ascending_neighbours_take_no_room),
		cmocka_unit_test(slices_join_to_the_set),
		cmocka_unit_test(many_ranges),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
