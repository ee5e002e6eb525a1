// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* candidates.c - from sightings and prefixes to candidates. */
#include "candidates.h"

enum { LOW_BYTES = 255, HALF = 64 };

bool candidates_may_be(struct addr addr)
{
	const bool multicast = addr.hi >> 56 == 0xff;

	return !multicast && !addr_is_ip4(addr) && (addr.hi || addr.lo > 1);
}

bool candidates_is_group(struct addr addr)
{
	return addr.hi == 0xff02ULL << 48 && addr.lo >> 24 == 0x1ff;
}

uint64_t candidates_eui64(const uint8_t mac[6])
{
	return (uint64_t)(mac[0] ^ 2) << 56 | (uint64_t)mac[1] << 48 | (uint64_t)mac[2] << 40 |
	       0xfffeULL << 24 | (uint64_t)mac[3] << 16 | (uint64_t)mac[4] << 8 | mac[5];
}

static int add_one(struct ranges *to, struct addr addr)
{
	return candidates_may_be(addr) ? ranges_add(to, addr, addr) : 0;
}

/* Add the address of a prefix that ends with `bits` bits of `low`, if the prefix has room for them. */
static int add_low(struct ranges *to, const struct link_prefix *prefix, uint64_t low,
		   unsigned int bits)
{
	if (prefix->len + bits > 128)
		return 0;
	return add_one(to, (struct addr){ prefix->first.hi, prefix->first.lo | low });
}

/* Add what a sighting hints at within a prefix. */
static int add_hints(struct ranges *to, const struct link_prefix *prefix, const struct sighting *s)
{
	int code;

	if (candidates_is_group(s->addr))
		return add_low(to, prefix, s->addr.lo & 0xffffff, 24);
	code = add_low(to, prefix, candidates_eui64(s->mac), HALF);
	if (code)
		return code;
	if (addr_is_ip4(s->addr))
		return add_low(to, prefix, addr_to_ip4(s->addr), 32);
	return add_low(to, prefix, s->addr.lo, HALF);
}

/* A short prefix has fewer addresses than LOW_BYTES. */
static int add_low_bytes(struct ranges *to, const struct link_prefix *prefix)
{
	const struct addr last = addr_prefix_last(prefix->first, prefix->len);
	const struct addr first = addr_add(prefix->first, 1);

	if (prefix->len == 128)
		return 0;
	return ranges_add(to, first, addr_min(addr_add(prefix->first, LOW_BYTES), last));
}

int candidates_make(const struct sightings *s, const struct link_prefix *prefixes, size_t n,
		    struct ranges *out)
{
	size_t i, p;
	int code = 0;

	for (p = 0; p < n && !code; p++) {
		code = add_low_bytes(out, &prefixes[p]);
		for (i = 0; i < s->n && !code; i++)
			code = add_hints(out, &prefixes[p], &s->v[i]);
	}
	for (i = 0; i < s->n && !code; i++)
		code = add_one(out, s->v[i].addr);
	ranges_settle(out);
	return code;
}
