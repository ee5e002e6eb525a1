// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* shard.c - every n-th address or port. */
#include "shard.h"

#include <string.h>

enum { BLOCKS = 4096 }; /* blocks of addresses in a share, about */

/* The work of the largest share, relative to a fair share; 1 is fair. */
static double unevenness(uint64_t things, uint32_t n)
{
	return (double)((things + n - 1) / n) * n / (double)things;
}

bool shard_by_ports(const struct shard *s, uint64_t hosts, uint64_t ports)
{
	return hosts && ports && unevenness(ports, s->n) < unevenness(hosts, s->n);
}

/* The first index >= i in a block of the share; UINT64_MAX: none. */
static uint64_t next_of_share(const struct shard *s, uint64_t block, uint64_t i)
{
	uint64_t k = i / block, ahead = (s->index + s->n - k % s->n) % s->n, next;

	if (!ahead)
		return i;
	return __builtin_mul_overflow(k + ahead, block, &next) ? UINT64_MAX : next;
}

int shard_of_hosts(const struct shard *s, const struct ranges *all, struct ranges *out)
{
	uint64_t block = ranges_count(all) / s->n / BLOCKS, from, to, end;
	size_t r;
	int code;

	if (!block)
		block = 1;
	for (r = 0; r < all->n; r++) {
		const struct range *v = &all->v[r];

		end = range_end(v);
		for (from = next_of_share(s, block, v->base); from < end;
		     from = next_of_share(s, block, to)) {
			to = block - from % block;
			to = to < end - from ? from + to : end;
			code = ranges_add(out, addr_add(v->first, from - v->base),
					  addr_add(v->first, to - 1 - v->base));
			if (code)
				return code;
		}
	}
	ranges_settle(out);
	return 0;
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
