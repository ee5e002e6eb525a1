/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * addr.h - an address of either family, in host order; IPv4 is ::ffff:a.b.c.d. Pure.
 *
 * Prefix lengths count all 128 bits: the IPv4 prefix 10.0.0.0/8 has length ADDR_IP4_PREFIX + 8.
 */
#ifndef XSCAN_ADDR_H
#define XSCAN_ADDR_H

#include <stdbool.h>
#include <stdint.h>

struct addr {
	uint64_t hi, lo;
};

enum {
	ADDR_IP4_PREFIX = 96, /* the length of ::ffff:0:0/96, which holds IPv4 */
	ADDR_TEXT = 46,	      /* the longest text of an address, with its NUL */
};

/* An IPv4 address (host order); a constant expression. */
#define ADDR_IP4(host_order) ((struct addr){ 0, 0xffff00000000ULL | (uint32_t)(host_order) })
#define ADDR_LAST	     ((struct addr){ UINT64_MAX, UINT64_MAX })

/* The upper half of fe80::/64, in which link-local addresses are (RFC 4291, 2.5.6). */
#define ADDR_LINK_LOCAL_HI (0xfe80ULL << 48)

static inline struct addr addr_ip4(uint32_t host_order)
{
	return ADDR_IP4(host_order);
}

static inline bool addr_is_ip4(struct addr a)
{
	return !a.hi && a.lo >> 32 == 0xffff;
}

/* The IPv4 address in host order; `a` must be one. */
static inline uint32_t addr_to_ip4(struct addr a)
{
	return (uint32_t)a.lo;
}

/* In fe80::/10: means something on one link alone. */
static inline bool addr_is_link_local(struct addr a)
{
	return a.hi >> 54 == 0xfe80 >> 6;
}

/*
 * The same link-local address may be on several links: with the number of its interface as `scope`, it is
 * an address of its own. Scope 0 changes nothing. No packet has such an address.
 */
static inline struct addr addr_scoped(struct addr a, uint32_t scope)
{
	if (a.hi == ADDR_LINK_LOCAL_HI)
		a.hi |= scope;
	return a;
}

/* The address that packets have. */
static inline struct addr addr_unscoped(struct addr a, uint32_t scope)
{
	if (a.hi == (ADDR_LINK_LOCAL_HI | scope))
		a.hi = ADDR_LINK_LOCAL_HI;
	return a;
}

static inline bool addr_equal(struct addr a, struct addr b)
{
	return a.hi == b.hi && a.lo == b.lo;
}

static inline bool addr_less(struct addr a, struct addr b)
{
	/* Compare numbers of 128 bits without a branch: a binary search would mispredict it. */
	return ((unsigned __int128)a.hi << 64 | a.lo) < ((unsigned __int128)b.hi << 64 | b.lo);
}

/* Below, at or above 0, as qsort needs it. */
static inline int addr_cmp(struct addr a, struct addr b)
{
	return addr_less(b, a) - addr_less(a, b);
}

static inline struct addr addr_min(struct addr a, struct addr b)
{
	return addr_less(b, a) ? b : a;
}

static inline struct addr addr_max(struct addr a, struct addr b)
{
	return addr_less(a, b) ? b : a;
}

/*
 * The address n behind `a`. The caller knows that the result is not behind ADDR_LAST; no IPv4
 * address is behind 255.255.255.255.
 */
static inline struct addr addr_add(struct addr a, uint64_t n)
{
	uint64_t lo = a.lo + n;

	return (struct addr){ a.hi + (lo < n), lo };
}

static inline struct addr addr_next(struct addr a)
{
	return addr_add(a, 1);
}

/* The address before `a`; not for `::`. */
static inline struct addr addr_prev(struct addr a)
{
	return (struct addr){ a.hi - !a.lo, a.lo - 1 };
}

/* How many steps lead from `from` to `to` (from <= to); UINT64_MAX: so many or more. */
static inline uint64_t addr_distance(struct addr from, struct addr to)
{
	uint64_t hi = to.hi - from.hi - (to.lo < from.lo);

	return hi ? UINT64_MAX : to.lo - from.lo;
}

/* `prefix_len` ones, then zeros. */
static inline struct addr addr_mask(unsigned int prefix_len)
{
	if (prefix_len <= 64)
		return (struct addr){ prefix_len ? UINT64_MAX << (64 - prefix_len) : 0, 0 };
	return (struct addr){ UINT64_MAX, UINT64_MAX << (128 - prefix_len) };
}

/* The first and the last address of the prefix that holds `a`. */
static inline struct addr addr_prefix_first(struct addr a, unsigned int prefix_len)
{
	struct addr mask = addr_mask(prefix_len);

	return (struct addr){ a.hi & mask.hi, a.lo & mask.lo };
}

static inline struct addr addr_prefix_last(struct addr a, unsigned int prefix_len)
{
	struct addr mask = addr_mask(prefix_len);

	return (struct addr){ a.hi | ~mask.hi, a.lo | ~mask.lo };
}

/* Print into `buf` and return `buf`: a.b.c.d, or IPv6 as in RFC 5952. */
const char *addr_text(struct addr a, char buf[ADDR_TEXT]);

/* Read one address of either family, the whole text. False: `text` is no address. */
bool addr_parse(const char *text, struct addr *out);

#endif
