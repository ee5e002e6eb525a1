// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* routes.c - walk over targets and cuts side by side. */
#include "routes.h"

#include <errno.h>
#include <stdlib.h>

static int add_cut(struct cuts *c, struct addr addr)
{
	struct addr *grown;

	if (c->n == c->room) {
		grown = reallocarray(c->v, c->room ? 2 * c->room : 64, sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		c->v = grown;
		c->room = c->room ? 2 * c->room : 64;
	}
	c->v[c->n++] = addr;
	return 0;
}

int cuts_add(struct cuts *c, struct addr first, struct addr last)
{
	int err = add_cut(c, first);

	return err || addr_equal(last, ADDR_LAST) ? err : add_cut(c, addr_next(last));
}

static int by_address(const void *a, const void *b)
{
	const struct addr *x = a, *y = b;

	return addr_cmp(*x, *y);
}

void cuts_settle(struct cuts *c)
{
	size_t i, n = 0;

	if (!c->n)
		return;
	qsort(c->v, c->n, sizeof(*c->v), by_address);
	for (i = 1; i < c->n; i++)
		if (!addr_equal(c->v[i], c->v[n]))
			c->v[++n] = c->v[i];
	c->n = n + 1;
}

void cuts_free(struct cuts *c)
{
	free(c->v);
	*c = (struct cuts){ 0 };
}

bool hops_equal(const struct hops *a, const struct hops *b)
{
	unsigned int i;

	for (i = 0; i < a->n && i < b->n; i++)
		if (!addr_equal(a->v[i], b->v[i]))
			return false;
	return a->n == b->n;
}

static bool same_way(const struct route *a, const struct route *b)
{
	if (a->kind != b->kind || a->kind != ROUTE_OUT)
		return a->kind == b->kind;
	return a->ifindex == b->ifindex && a->hop == b->hop && addr_equal(a->source, b->source) &&
	       (a->hop == ON_LINK ||
		(addr_equal(a->gateway, b->gateway) && hops_equal(&a->others, &b->others)));
}

/* Add a route behind the others. The gap before it has no targets, so that a route may cover it. */
static int add_route(struct routes *r, const struct route *route)
{
	struct route *last = r->n ? &r->v[r->n - 1] : NULL, *grown;

	if (last && same_way(last, route) &&
	    addr_is_ip4(last->first) == addr_is_ip4(route->first)) {
		last->last = route->last;
		return 0;
	}
	if (r->n == r->room) {
		grown = reallocarray(r->v, r->room ? 2 * r->room : 16, sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		r->v = grown;
		r->room = r->room ? 2 * r->room : 16;
	}
	r->v[r->n++] = *route;
	return 0;
}

/* How many cuts lie at or before `addr`, from the number `i` on, which is not too high. */
static size_t pass(const struct cuts *cuts, size_t i, struct addr addr)
{
	size_t low = i, high = cuts->n, middle;

	if (low < high && addr_less(addr, cuts->v[low]))
		return low;
	while (low < high) {
		middle = low + (high - low) / 2;
		if (addr_less(addr, cuts->v[middle]))
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

int routes_walk(struct routes *r, const struct ranges *targets, const struct cuts *cuts,
		routes_ask ask, void *ctx, struct err *err)
{
	struct route route = { 0 };
	size_t i, cut, asked = SIZE_MAX; /* with so many cuts before it was asked last */
	struct addr first, last;
	int code;

	for (i = 0, cut = 0; i < targets->n; i++) {
		for (first = targets->v[i].first;; first = addr_next(last)) {
			cut = pass(cuts, cut, first);
			last = targets->v[i].last;
			if (cut < cuts->n && !addr_less(last, cuts->v[cut]))
				last = addr_prev(cuts->v[cut]);
			code = cut == asked ? 0 : ask(ctx, first, &route, err);
			if (code)
				return code;
			asked = cut;
			route.first = first;
			route.last = last;
			if (add_route(r, &route))
				return err_set(err, -ENOMEM, "out of memory");
			if (addr_equal(last, targets->v[i].last))
				break;
		}
	}
	return 0;
}

void routes_free(struct routes *r)
{
	free(r->v);
	*r = (struct routes){ 0 };
}
