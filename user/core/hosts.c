// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* hosts.c - find hosts by flow and by index. */
#include "hosts.h"

#include <errno.h>
#include <stdlib.h>

/* The flow of a way: the last one or a new one. NULL: there are FLOWS_MAX already. */
static struct hosts_flow *flow_for(struct hosts *h, const struct path *path)
{
	if (h->n_flows && h->flows[h->n_flows - 1].way == path->way)
		return &h->flows[h->n_flows - 1];
	if (h->n_flows == FLOWS_MAX)
		return NULL;
	h->flows[h->n_flows] = (struct hosts_flow){
		.way = path->way,
		.on_link = path->hop == ON_LINK,
		.outlet = path->outlet,
		.first = h->n,
	};
	return &h->flows[h->n_flows++];
}

int hosts_add(struct hosts *h, const struct ranges *wanted, const struct path *path)
{
	struct ranges both = { 0 };
	struct hosts_group *grown;
	struct hosts_flow *flow;
	int err;

	err = ranges_intersect(wanted, &path->hosts, &both);
	if (err || !both.n)
		return err;
	grown = reallocarray(h->groups, h->n_groups + 1, sizeof(*grown));
	if (grown)
		h->groups = grown;
	flow = grown ? flow_for(h, path) : NULL;
	if (!flow) {
		ranges_free(&both);
		return grown ? -ENOSPC : -ENOMEM;
	}
	h->groups[h->n_groups++] = (struct hosts_group){
		.path = path,
		.addrs = both,
		.base = h->n,
		.flow = h->n_flows - 1,
	};
	flow->n += ranges_count(&both);
	h->n += ranges_count(&both);
	return 0;
}

struct addr hosts_at(const struct hosts *h, uint64_t i, const struct path **path)
{
	size_t group = h->n_groups - 1;

	while (h->groups[group].base > i)
		group--;
	*path = h->groups[group].path;
	return ranges_at(&h->groups[group].addrs, i - h->groups[group].base);
}

unsigned int hosts_flow_of(const struct hosts *h, uint64_t i)
{
	unsigned int flow = h->n_flows - 1;

	while (h->flows[flow].first > i)
		flow--;
	return flow;
}

bool hosts_find(const struct hosts *h, struct addr addr, uint64_t *index)
{
	size_t group;

	for (group = 0; group < h->n_groups; group++) {
		if (ranges_find(&h->groups[group].addrs, addr, index)) {
			*index += h->groups[group].base;
			return true;
		}
	}
	return false;
}

uint64_t hosts_on_link(const struct hosts *h)
{
	unsigned int i;
	uint64_t n = 0;

	for (i = 0; i < h->n_flows && h->flows[i].on_link; i++)
		n += h->flows[i].n;
	return n;
}

size_t hosts_entries_n(const struct hosts *h)
{
	size_t group, n = 0;

	for (group = 0; group < h->n_groups; group++)
		n += h->groups[group].addrs.n;
	return n;
}

static int by_address(const void *a, const void *b)
{
	const struct host_entry *x = a, *y = b;

	return x->first < y->first ? -1 : x->first > y->first;
}

void hosts_entries(const struct hosts *h, struct host_entry *out)
{
	size_t group, i, n = 0;

	for (group = 0; group < h->n_groups; group++) {
		const struct hosts_group *g = &h->groups[group];

		for (i = 0; i < g->addrs.n; i++) {
			const struct range *range = &g->addrs.v[i];

			out[n++] = (struct host_entry){
				.first = addr_to_ip4(range->first),
				.last = addr_to_ip4(range->last),
				.base = (__u32)(g->base + range->base),
				.flow = g->flow,
			};
		}
	}
	if (h->n_groups > 1)
		qsort(out, n, sizeof(*out), by_address);
}

static int by_address6(const void *a, const void *b)
{
	const struct host_entry6 *x = a, *y = b;

	return addr_cmp((struct addr){ x->first_hi, x->first_lo },
			(struct addr){ y->first_hi, y->first_lo });
}

void hosts_entries6(const struct hosts *h, struct host_entry6 *out)
{
	size_t group, i, n = 0;

	for (group = 0; group < h->n_groups; group++) {
		const struct hosts_group *g = &h->groups[group];

		for (i = 0; i < g->addrs.n; i++) {
			const struct range *range = &g->addrs.v[i];

			out[n++] = (struct host_entry6){
				.first_hi = range->first.hi,
				.first_lo = range->first.lo,
				.n_behind = (__u32)addr_distance(range->first, range->last),
				.base = (__u32)(g->base + range->base),
				.flow = g->flow,
			};
		}
	}
	if (h->n_groups > 1)
		qsort(out, n, sizeof(*out), by_address6);
}

void hosts_free(struct hosts *h)
{
	size_t group;

	for (group = 0; group < h->n_groups; group++)
		ranges_free(&h->groups[group].addrs);
	free(h->groups);
	*h = (struct hosts){ 0 };
}
