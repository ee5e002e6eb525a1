// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* trouble.c - keep each conflict, and each host that went away, once; count refused targets. */
#include "trouble.h"

#include "sinks.h"

#include <string.h>

static struct result_conflict *find(struct trouble *t, struct addr addr, const char *zone)
{
	size_t i;

	for (i = 0; i < t->n_conflicts; i++)
		if (!sink_place_cmp(t->conflicts[i].addr, t->conflicts[i].zone, addr, zone))
			return &t->conflicts[i];
	return NULL;
}

/* NULL: no room. */
static struct result_conflict *begin(struct trouble *t, struct addr addr, const char *zone,
				     const uint8_t first[6])
{
	const size_t i = t->n_conflicts;

	if (i == CONFLICTS_MAX)
		return NULL;
	t->n_conflicts++;
	memcpy(t->macs[i][0], first, 6);
	t->conflicts[i] = (struct result_conflict){
		.addr = addr,
		.zone = zone,
		.macs = (const uint8_t(*)[6])t->macs[i],
		.n = 1,
	};
	return &t->conflicts[i];
}

const struct result_conflict *trouble_conflict(struct trouble *t, struct addr addr,
					       const char *zone, const uint8_t first[6],
					       const uint8_t mac[6])
{
	struct result_conflict *c = find(t, addr, zone);
	uint8_t(*macs)[6];
	unsigned int i;

	if (!c && memcmp(first, mac, 6)) /* one machine alone is no conflict */
		c = begin(t, addr, zone, first);
	if (!c || c->n == CONFLICT_MACS_MAX)
		return NULL;
	macs = t->macs[c - t->conflicts];
	for (i = 0; i < c->n; i++)
		if (!memcmp(macs[i], mac, 6))
			return NULL;
	memcpy(macs[c->n++], mac, 6);
	return c;
}

void trouble_gone(struct trouble *t, struct addr addr, const char *zone, uint64_t unknown,
		  enum result_loss why)
{
	size_t i;

	for (i = 0; i < t->n_gone; i++)
		if (!sink_place_cmp(t->gone[i].addr, t->gone_zones[i], addr, zone))
			break;
	if (i == GONE_MAX)
		return;
	t->gone[i] = (struct result_gone){ .addr = addr, .unknown = unknown, .why = why };
	t->gone_zones[i] = zone;
	t->n_gone += i == t->n_gone;
}

void trouble_refused(struct trouble *t, struct addr addr, const char *zone)
{
	if (t->refused++)
		return;
	t->refused_first = addr;
	t->refused_zone = zone;
}
