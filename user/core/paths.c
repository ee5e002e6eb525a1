// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* paths.c - longest-prefix match for whole sets of addresses. */
#include "paths.h"

#include <errno.h>
#include <stdlib.h>

static int by_preference(const void *a, const void *b)
{
	const struct route *x = a, *y = b;

	if (x->prefix_len != y->prefix_len)
		return x->prefix_len > y->prefix_len ? -1 : 1;
	return (x->metric > y->metric) - (x->metric < y->metric);
}

static bool is_way_of(const struct path *path, const struct route *route)
{
	return path->hop == route->hop && addr_equal(path->source, route->source) &&
	       (path->hop == ON_LINK || addr_equal(path->gateway, route->gateway));
}

int paths_add(struct paths *p, const struct path *path)
{
	struct path *grown = reallocarray(p->v, p->n + 1, sizeof(*grown));

	if (!grown)
		return -ENOMEM;
	p->v = grown;
	p->v[p->n++] = *path;
	return 0;
}

/* The path with this gateway and source, made if missing. NULL: out of memory. */
static struct path *path_for(struct paths *p, const struct route *route)
{
	const struct path path = {
		.hop = route->hop,
		.gateway = route->gateway,
		.source = route->source,
	};
	size_t i;

	for (i = 0; i < p->n; i++)
		if (is_way_of(&p->v[i], route))
			return &p->v[i];
	return paths_add(p, &path) ? NULL : &p->v[p->n - 1];
}

/* The addresses of the route's prefix; an IPv6 route covers no IPv4 addresses. */
static int cover(const struct route *route, struct ranges *out)
{
	const struct addr first = addr_prefix_first(route->dst, route->prefix_len);
	const struct addr last = addr_prefix_last(route->dst, route->prefix_len);
	struct ranges ip4 = { 0 };
	int err;

	err = ranges_add(out, first, last);
	ranges_settle(out);
	if (err || route->prefix_len >= ADDR_IP4_PREFIX)
		return err;
	err = ranges_add(&ip4, addr_ip4(0), addr_ip4(UINT32_MAX));
	ranges_settle(&ip4);
	if (!err)
		err = ranges_subtract(out, &ip4);
	ranges_free(&ip4);
	return err;
}

/* Move what `route` covers from `rest` to its path, or to `unrouted`. */
static int take(struct paths *p, const struct route *route, struct ranges *rest,
		struct ranges *unrouted)
{
	struct ranges covered = { 0 }, taken = { 0 };
	struct ranges *to;
	struct path *path;
	int err;

	err = cover(route, &covered);
	if (!err)
		err = ranges_intersect(rest, &covered, &taken);
	if (err || !taken.n)
		goto out;
	to = unrouted;
	if (route->kind == ROUTE_OURS) {
		path = path_for(p, route);
		if (!path) {
			err = -ENOMEM;
			goto out;
		}
		to = &path->hosts;
	}
	err = ranges_add_all(to, &taken);
	if (!err)
		err = ranges_subtract(rest, &taken);
out:
	ranges_free(&covered);
	ranges_free(&taken);
	return err;
}

static int by_next_hop(const void *a, const void *b)
{
	const struct path *x = a, *y = b;
	int order = (x->hop > y->hop) - (x->hop < y->hop);

	if (!order && x->hop == BY_GATEWAY)
		order = addr_cmp(x->gateway, y->gateway);
	return order ? order : addr_cmp(x->source, y->source);
}

static bool same_way(const struct path *a, const struct path *b)
{
	return a->hop == b->hop && (a->hop == ON_LINK || addr_equal(a->gateway, b->gateway));
}

void paths_number(struct paths *p)
{
	size_t i;

	if (p->n)
		qsort(p->v, p->n, sizeof(*p->v), by_next_hop);
	p->n_ways = 1;
	for (i = 0; i < p->n; i++) {
		ranges_settle(&p->v[i].hosts);
		if (p->v[i].hop == BY_GATEWAY && (!i || !same_way(&p->v[i - 1], &p->v[i])))
			p->n_ways++;
		p->v[i].way = p->v[i].hop == ON_LINK ? WAY_LINK : p->n_ways - 1;
	}
}

int paths_assign(struct paths *out, struct route *routes, size_t n_routes, bool forced,
		 const struct ranges *targets, struct ranges *unrouted)
{
	struct ranges rest = { 0 };
	size_t i;
	int err;

	*out = (struct paths){ 0 };
	err = ranges_add_all(&rest, targets);
	ranges_settle(&rest);
	if (n_routes)
		qsort(routes, n_routes, sizeof(*routes), by_preference);
	for (i = 0; i < n_routes && !err && rest.n; i++)
		if (!forced || routes[i].kind != ROUTE_ELSEWHERE)
			err = take(out, &routes[i], &rest, unrouted);
	paths_number(out);
	if (!err)
		err = ranges_add_all(unrouted, &rest);
	ranges_settle(unrouted);
	ranges_free(&rest);
	return err;
}

void paths_free(struct paths *p)
{
	size_t i;

	for (i = 0; i < p->n; i++)
		ranges_free(&p->v[i].hosts);
	free(p->v);
	*p = (struct paths){ 0 };
}
