/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * ranges.h - a set of addresses as sorted, disjoint ranges. It translates between an address and
 * its index in the set. No range holds addresses of both families. Pure; while one thread changes a
 * set, no other may use it.
 *
 * Indices have 64 bits. A larger set counts as UINT64_MAX; the addresses behind have no index.
 */
#ifndef XSCAN_RANGES_H
#define XSCAN_RANGES_H

#include "addr.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Addresses first..last, inclusive. `base` is the index of `first` among all addresses of the set.
 */
struct range {
	struct addr first;
	struct addr last;
	uint64_t base;
};

/* Zero-initialised: the empty set. The owner calls ranges_free. */
struct ranges {
	struct range *v; /* sorted and disjoint, base filled in */
	size_t n;
	size_t room;
};

/*
 * Add first..last (first <= last), in any order, overlapping or not. Adding ascending addresses is
 * amortised O(1). Call ranges_settle afterwards. 0 or -ENOMEM.
 */
int ranges_add(struct ranges *r, struct addr first, struct addr last);

/* Add every range of `from`. 0 or -ENOMEM. */
int ranges_add_all(struct ranges *to, const struct ranges *from);

/*
 * Sort, merge ranges that overlap or touch (in one family), fill in `base`. Call after ranges_add.
 */
void ranges_settle(struct ranges *r);

/* All functions below need settled sets. */

/* Remove `minus` from `r`; the result is settled. 0 or -ENOMEM (then `r` is unchanged). */
int ranges_subtract(struct ranges *r, const struct ranges *minus);

/* Put the addresses in both `a` and `b` into `out` (empty before), settled. 0 or -ENOMEM. */
int ranges_intersect(const struct ranges *a, const struct ranges *b, struct ranges *out);

/* Put up to `n` addresses from index `first` on into `out` (empty before). 0 or -ENOMEM. */
int ranges_slice(const struct ranges *r, uint64_t first, uint64_t n, struct ranges *out);

/* Leave out what is in fe80::/10. `r` is settled. 0 or -ENOMEM. */
int ranges_drop_link_local(struct ranges *r);

/*
 * Put the addresses of `from` into `out` (empty before), settled, the link-local ones with a scope
 * (addr.h). Addresses in fe80::/10 that take none are left out. 0 or -ENOMEM.
 */
int ranges_scoped(const struct ranges *from, uint32_t scope, struct ranges *out);

uint64_t ranges_count(const struct ranges *r);

/* The index behind the range's last address. */
static inline uint64_t range_end(const struct range *range)
{
	uint64_t end;

	if (__builtin_add_overflow(range->base, addr_distance(range->first, range->last), &end))
		return UINT64_MAX;
	return end == UINT64_MAX ? end : end + 1;
}

/* The address with index i < ranges_count(r). */
struct addr ranges_at(const struct ranges *r, uint64_t i);

/*
 * Is `addr` in the set? If so, *index is its index (`index` may be NULL); UINT64_MAX: it has none.
 */
bool ranges_find(const struct ranges *r, struct addr addr, uint64_t *index);

void ranges_free(struct ranges *r);

/* The shortest text that is read as this range: an address, a prefix, or FIRST-LAST. Returns `buf`. */
enum { RANGE_TEXT = 2 * ADDR_TEXT };
const char *range_text(const struct range *range, char buf[RANGE_TEXT]);

#endif
