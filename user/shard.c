// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* shard.c - every n-th, of addresses or ports. */
#include "shard.h"

#include <string.h>

enum { BLOCKS = 4096 }; /* of addresses in a share, about */

/* How much more than a fair share the largest one is, as work for all: 1 is fair. */
static double unevenness(uint64_t things, uint32_t n)
{
	return (double)((things + n - 1) / n) * n / (double)things;
}

bool shard_by_ports(const struct shard *s, uint64_t hosts, uint64_t ports)
{
	return hosts && ports && unevenness(ports, s->n) < unevenness(hosts, s->n);
}

int shard_of_hosts(const struct shard *s, const struct ranges *all, struct ranges *out)
{
	uint64_t n = ranges_count(all), block = n / s->n / BLOCKS, first;
	int code = 0;

	if (!block)
		block = 1;
	for (first = s->index * block; first < n && !code; first += s->n * block) {
		struct ranges some = { 0 };

		code = ranges_slice(all, first, block, &some);
		if (!code)
			code = ranges_add_all(out, &some);
		ranges_free(&some);
	}
	ranges_settle(out);
	return code;
}

void shard_of_ports(const struct shard *s, const struct ports *all, struct ports *out)
{
	uint32_t i;

	memset(out, 0, sizeof(*out));
	for (i = s->index; i < all->n; i += s->n) {
		out->list[out->n++] = all->list[i];
		out->slot[all->list[i]] = (uint16_t)out->n;
	}
}
