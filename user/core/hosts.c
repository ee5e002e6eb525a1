// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* hosts.c - hosts by flow and index. */
#include "hosts.h"

#include <errno.h>
#include <stdlib.h>

int hosts_add(struct hosts *h, const struct ranges *wanted, const struct ranges *reached)
{
	struct ranges both = { 0 };
	struct ranges *flow;
	int err;

	err = ranges_intersect(wanted, reached, &both);
	if (err || !both.n)
		return err;
	if (h->n_flows < FLOWS_MAX) {
		h->base[h->n_flows] = h->n;
		h->flows[h->n_flows++] = both;
		h->n += ranges_count(&both);
		return 0;
	}
	flow = &h->flows[FLOWS_MAX - 1];
	err = ranges_add_all(flow, &both);
	ranges_settle(flow);
	ranges_free(&both);
	h->n = h->base[FLOWS_MAX - 1] + ranges_count(flow);
	return err;
}

struct addr hosts_at(const struct hosts *h, uint64_t i)
{
	unsigned int flow = h->n_flows - 1;

	while (h->base[flow] > i)
		flow--;
	return ranges_at(&h->flows[flow], i - h->base[flow]);
}

bool hosts_find(const struct hosts *h, struct addr addr, uint64_t *index)
{
	unsigned int flow;

	for (flow = 0; flow < h->n_flows; flow++) {
		if (ranges_find(&h->flows[flow], addr, index)) {
			*index += h->base[flow];
			return true;
		}
	}
	return false;
}

size_t hosts_entries_n(const struct hosts *h)
{
	unsigned int flow;
	size_t n = 0;

	for (flow = 0; flow < h->n_flows; flow++)
		n += h->flows[flow].n;
	return n;
}

static int by_address(const void *a, const void *b)
{
	const struct host_entry *x = a, *y = b;

	return x->first < y->first ? -1 : x->first > y->first;
}

void hosts_entries(const struct hosts *h, struct host_entry *out)
{
	unsigned int flow;
	size_t i, n = 0;

	for (flow = 0; flow < h->n_flows; flow++) {
		for (i = 0; i < h->flows[flow].n; i++) {
			const struct range *range = &h->flows[flow].v[i];

			out[n++] = (struct host_entry){
				.first = addr_to_ip4(range->first),
				.last = addr_to_ip4(range->last),
				.base = (__u32)(h->base[flow] + range->base),
				.flow = flow,
			};
		}
	}
	if (h->n_flows > 1)
		qsort(out, n, sizeof(*out), by_address);
}

void hosts_free(struct hosts *h)
{
	unsigned int flow;

	for (flow = 0; flow < h->n_flows; flow++)
		ranges_free(&h->flows[flow]);
	*h = (struct hosts){ 0 };
}
