// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* paths.c - walk over targets and routes side by side. */
#include "paths.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static bool is_way_of(const struct path *path, const struct route *route)
{
	return path->ifindex == route->ifindex && path->hop == route->hop &&
	       addr_equal(path->source, route->source) &&
	       (path->hop == ON_LINK || (addr_equal(path->gateway, route->gateway) &&
					 hops_equal(&path->others, &route->others)));
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
		.ifindex = route->ifindex,
		.hop = route->hop,
		.gateway = route->gateway,
		.source = route->source,
		.others = route->others,
	};
	size_t i;

	for (i = 0; i < p->n; i++)
		if (is_way_of(&p->v[i], route))
			return &p->v[i];
	return paths_add(p, &path) ? NULL : &p->v[p->n - 1];
}

static int compare_hops(const struct hops *a, const struct hops *b)
{
	int order = (a->n > b->n) - (a->n < b->n);
	unsigned int i;

	for (i = 0; i < a->n && !order; i++)
		order = addr_cmp(a->v[i], b->v[i]);
	return order;
}

static int by_next_hop(const void *a, const void *b)
{
	const struct path *x = a, *y = b;
	int order = (x->hop > y->hop) - (x->hop < y->hop);

	if (!order)
		order = (x->ifindex > y->ifindex) - (x->ifindex < y->ifindex);
	if (!order && x->hop == BY_GATEWAY)
		order = addr_cmp(x->gateway, y->gateway);
	if (!order && x->hop == BY_GATEWAY)
		order = compare_hops(&x->others, &y->others);
	return order ? order : addr_cmp(x->source, y->source);
}

static bool same_way(const struct path *a, const struct path *b)
{
	return a->ifindex == b->ifindex && a->hop == b->hop &&
	       (a->hop == ON_LINK ||
		(addr_equal(a->gateway, b->gateway) && hops_equal(&a->others, &b->others)));
}

void paths_number(struct paths *p)
{
	size_t i;

	if (p->n)
		qsort(p->v, p->n, sizeof(*p->v), by_next_hop);
	p->n_ways = p->n_outlets ?: 1;
	for (i = 0; i < p->n; i++) {
		ranges_settle(&p->v[i].hosts);
		if (p->v[i].hop == BY_GATEWAY && (!i || !same_way(&p->v[i - 1], &p->v[i])))
			p->n_ways++;
		p->v[i].way = p->v[i].hop == ON_LINK ? p->v[i].outlet : p->n_ways - 1;
	}
}

int paths_assign(struct paths *out, const struct routes *routes, const struct ranges *targets)
{
	struct path *path = NULL;
	size_t t = 0, r = 0;
	int err = 0;

	*out = (struct paths){ 0 };
	while (t < targets->n && r < routes->n && !err) {
		const struct range *target = &targets->v[t];
		const struct route *route = &routes->v[r];
		const struct addr first = addr_max(target->first, route->first);
		const struct addr last = addr_min(target->last, route->last);

		if (!addr_less(last, first) && route->kind == ROUTE_OUT) {
			if (!path || !is_way_of(path, route))
				path = path_for(out, route);
			err = path ? ranges_add(&path->hosts, first, last) : -ENOMEM;
		}
		if (addr_less(target->last, route->last))
			t++;
		else
			r++;
	}
	paths_number(out);
	return err;
}

bool path_is_own_gateway(const struct path *path)
{
	return path->hop == BY_GATEWAY && path->has_mac &&
	       ranges_find(&path->hosts, path->gateway, NULL);
}

/* The path on the link that has this neighbour as a target; NULL: none. */
static struct path *path_to(const struct paths *p, const struct known *known)
{
	size_t i;

	for (i = 0; i < p->n; i++) {
		struct path *path = &p->v[i];

		if (path->hop == ON_LINK && path->ifindex == known->ifindex &&
		    ranges_find(&path->hosts, known->addr, NULL))
			return path;
	}
	return NULL;
}

/* Take a known target off the link. */
static int split(struct paths *p, const struct known *known)
{
	struct path *from = path_to(p, known), path;
	struct ranges one = { 0 };
	int err;

	if (!from)
		return 0;
	path = (struct path){
		.ifindex = from->ifindex,
		.outlet = from->outlet,
		.hop = BY_GATEWAY,
		.gateway = known->addr,
		.source = from->source,
	};
	err = ranges_add(&one, known->addr, known->addr);
	ranges_settle(&one);
	if (!err)
		err = ranges_subtract(&from->hosts, &one);
	path.hosts = one;
	if (!err)
		err = paths_add(p, &path);
	if (err)
		ranges_free(&one);
	return err;
}

/* Remove paths without hosts. */
static void remove_empty(struct paths *p)
{
	size_t i, n = 0;

	for (i = 0; i < p->n; i++) {
		if (p->v[i].hosts.n)
			p->v[n++] = p->v[i];
		else
			ranges_free(&p->v[i].hosts);
	}
	p->n = n;
}

int paths_know(struct paths *p, const struct known_list *list)
{
	const struct known *known;
	size_t i;
	int err = 0;

	for (i = 0; i < list->n && !err; i++)
		err = split(p, &list->v[i]);
	for (i = 0; i < p->n; i++) {
		struct path *path = &p->v[i];

		known = path->hop == BY_GATEWAY ? known_find(list, path->ifindex, path->gateway)
						: NULL;
		if (!known)
			continue;
		path->has_mac = true;
		memcpy(path->mac, known->mac, sizeof(path->mac));
	}
	remove_empty(p);
	paths_number(p);
	return err;
}

size_t paths_know_gateways(struct paths *p, const uint8_t mac[6])
{
	size_t i, n = 0;

	for (i = 0; i < p->n; i++) {
		struct path *path = &p->v[i];

		if (path->hop != BY_GATEWAY || path_is_own_gateway(path))
			continue;
		path->has_mac = true;
		memcpy(path->mac, mac, sizeof(path->mac));
		n++;
	}
	return n;
}

void paths_free(struct paths *p)
{
	size_t i;

	for (i = 0; i < p->n; i++)
		ranges_free(&p->v[i].hosts);
	free(p->v);
	*p = (struct paths){ 0 };
}
