// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* test-routes.c - a walk finds for each target what a look-up of that one address would find. */
#include "routes.h"

#include "random.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { SPACE = 512, PREFIXES_MAX = 24 };

#define BASE6 ((struct addr){ 0x20010db8ULL << 32, 0 })

/* A routing table of up to 24 prefixes of 512 addresses. */
struct table {
	bool ip6;
	unsigned int n;
	struct {
		uint32_t first, len;
		struct route route;
	} rows[PREFIXES_MAX];
	unsigned int asked;
	unsigned int fails; /* at the question with this number; 0: none */
};

static uint32_t random_below(uint64_t *seed, uint32_t n)
{
	return (uint32_t)(next_random(seed) % n);
}

static struct addr at(const struct table *t, uint32_t i)
{
	return t->ip6 ? addr_add(BASE6, i) : addr_ip4(0xc6120000 + i);
}

static uint32_t index_of(const struct table *t, struct addr addr)
{
	return (uint32_t)addr_distance(at(t, 0), addr);
}

/* A routes_ask: the longest prefix that holds the address. */
static int look_up(void *ctx, struct addr addr, struct route *out, struct err *err)
{
	struct table *t = ctx;
	const uint32_t i = index_of(t, addr);
	uint32_t best = UINT32_MAX;
	unsigned int row;

	*out = (struct route){ .kind = ROUTE_NONE };
	if (++t->asked == t->fails)
		return err_set(err, -EIO, "broken");
	for (row = 0; row < t->n; row++) {
		if (i - t->rows[row].first >= t->rows[row].len || t->rows[row].len >= best)
			continue;
		best = t->rows[row].len;
		*out = t->rows[row].route;
	}
	return 0;
}

static void make_table(struct table *t, uint64_t *seed)
{
	unsigned int i;

	*t = (struct table){ .ip6 = random_below(seed, 2), .n = random_below(seed, PREFIXES_MAX) };
	for (i = 0; i < t->n; i++) {
		t->rows[i].len = 1U << random_below(seed, 10);
		t->rows[i].first = random_below(seed, SPACE) & ~(t->rows[i].len - 1);
		t->rows[i].route = (struct route){
			.kind = random_below(seed, 4),
			.ifindex = 1 + (int)random_below(seed, 2),
			.hop = random_below(seed, 2),
			.gateway = at(t, random_below(seed, 2)),
			.source = at(t, random_below(seed, 2)),
		};
	}
}

static void make_targets(const struct table *t, struct ranges *targets, uint64_t *seed)
{
	unsigned int n = 1 + random_below(seed, 40);
	uint32_t first, len;

	while (n--) {
		first = random_below(seed, SPACE);
		len = 1 + random_below(seed, 20);
		if (first + len > SPACE)
			len = SPACE - first;
		assert_int_equal(ranges_add(targets, at(t, first), at(t, first + len - 1)), 0);
	}
	ranges_settle(targets);
}

static void make_cuts(const struct table *t, struct cuts *cuts)
{
	unsigned int i;

	for (i = 0; i < t->n; i++)
		assert_int_equal(cuts_add(cuts, at(t, t->rows[i].first),
					  at(t, t->rows[i].first + t->rows[i].len - 1)),
				 0);
	cuts_settle(cuts);
}

static const struct route *route_of(const struct routes *routes, struct addr addr)
{
	const struct route *found = NULL;
	size_t i;

	for (i = 0; i < routes->n; i++) {
		if (addr_less(addr, routes->v[i].first) || addr_less(routes->v[i].last, addr))
			continue;
		assert_null(found);
		found = &routes->v[i];
	}
	return found;
}

static void assert_same(const struct route *a, const struct route *b)
{
	assert_int_equal(a->kind, b->kind);
	if (a->kind != ROUTE_OUT)
		return;
	assert_int_equal(a->ifindex, b->ifindex);
	assert_int_equal(a->hop, b->hop);
	assert_true(addr_equal(a->source, b->source));
	assert_true(a->hop == ON_LINK || addr_equal(a->gateway, b->gateway));
}

/* Law: for each target the walk finds what its look-up says, with no more questions than cells. */
static void check_walk(struct table *t, uint64_t *seed)
{
	struct ranges targets = { 0 };
	struct routes routes = { 0 };
	struct cuts cuts = { 0 };
	struct route expected;
	struct err err;
	unsigned int asked;
	uint64_t i;

	make_targets(t, &targets, seed);
	make_cuts(t, &cuts);
	assert_int_equal(routes_walk(&routes, &targets, &cuts, look_up, t, &err), 0);
	asked = t->asked;
	assert_in_range(asked, 1, cuts.n + 1);
	assert_in_range(asked, 1, ranges_count(&targets));
	for (i = 0; i < ranges_count(&targets); i++) {
		const struct route *found = route_of(&routes, ranges_at(&targets, i));

		assert_non_null(found);
		assert_int_equal(look_up(t, ranges_at(&targets, i), &expected, &err), 0);
		assert_same(found, &expected);
	}
	cuts_free(&cuts);
	ranges_free(&targets);
	routes_free(&routes);
}

static void walks_find_what_look_ups_find(void **state)
{
	uint64_t seed = 41;
	struct table t;
	int i;

	(void)state;
	for (i = 0; i < 2000; i++) {
		make_table(&t, &seed);
		check_walk(&t, &seed);
	}
}

/* Two prefixes of ten thousand addresses each; addresses far apart share one question. */
static void one_question_serves_a_cell(void **state)
{
	struct ranges targets = { 0 };
	struct routes routes = { 0 };
	struct cuts cuts = { 0 };
	struct table t = { .n = 1 };
	struct err err;
	uint32_t i;

	(void)state;
	t.rows[0].len = 1 << 16;
	for (i = 0; i < 20000; i += 2)
		assert_int_equal(ranges_add(&targets, at(&t, i), at(&t, i)), 0);
	ranges_settle(&targets);
	assert_int_equal(cuts_add(&cuts, at(&t, 10000), at(&t, 1 << 16)), 0);
	cuts_settle(&cuts);
	assert_int_equal(routes_walk(&routes, &targets, &cuts, look_up, &t, &err), 0);
	assert_int_equal(t.asked, 2);
	assert_int_equal(routes.n, 1); /* both have the same way */
	cuts_free(&cuts);
	ranges_free(&targets);
	routes_free(&routes);
}

static void failures_end_the_walk(void **state)
{
	struct ranges targets = { 0 };
	struct routes routes = { 0 };
	struct cuts cuts = { 0 };
	struct table t = { .n = 0, .fails = 2 };
	struct err err;

	(void)state;
	assert_int_equal(ranges_add(&targets, at(&t, 0), at(&t, 99)), 0);
	ranges_settle(&targets);
	assert_int_equal(cuts_add(&cuts, at(&t, 10), at(&t, 19)), 0);
	cuts_settle(&cuts);
	assert_int_equal(routes_walk(&routes, &targets, &cuts, look_up, &t, &err), -EIO);
	assert_string_equal(err.text, "broken");
	cuts_free(&cuts);
	ranges_free(&targets);
	routes_free(&routes);
}

/* The last address of all has nothing behind it. */
static void the_last_address_has_a_route(void **state)
{
	const struct addr first = { UINT64_MAX, UINT64_MAX - 7 };
	struct table t = { .ip6 = true };
	struct ranges targets = { 0 };
	struct routes routes = { 0 };
	struct cuts cuts = { 0 };
	struct err err;

	(void)state;
	assert_int_equal(ranges_add(&targets, first, ADDR_LAST), 0);
	ranges_settle(&targets);
	assert_int_equal(cuts_add(&cuts, addr_add(first, 3), ADDR_LAST), 0);
	cuts_settle(&cuts);
	assert_int_equal(cuts.n, 1);
	assert_int_equal(routes_walk(&routes, &targets, &cuts, look_up, &t, &err), 0);
	assert_int_equal(t.asked, 2);
	assert_int_equal(routes.n, 1);
	assert_true(addr_equal(routes.v[0].last, ADDR_LAST));
	cuts_free(&cuts);
	ranges_free(&targets);
	routes_free(&routes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(walks_find_what_look_ups_find),
		cmocka_unit_test(one_question_serves_a_cell),
		cmocka_unit_test(failures_end_the_walk),
		cmocka_unit_test(the_last_address_has_a_route),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
