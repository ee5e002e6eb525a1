/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * ranges.h - a set of addresses as sorted, disjoint ranges, with both ways between an address and
 * its index in the set. No range holds addresses of both families. Pure; no function is thread-safe
 * on one set while another changes it.
 *
 * Indices have 64 bits. A set of more addresses counts UINT64_MAX; those behind have no index.
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

/* Zero-initialised is the empty set. The owner calls ranges_free. */
struct ranges {
	struct range *v; /* sorted and disjoint, base filled in */
	size_t n;
	size_t room;
};

/*
 * Add first..last (first <= last), in any order and overlapping as they come; adding ascending
 * addresses is amortised O(1), the set is put in order by ranges_settle. 0 or -ENOMEM.
 */
int ranges_add(struct ranges *r, struct addr first, struct addr last);

/* Add every range of `from`. 0 or -ENOMEM. */
int ranges_add_all(struct ranges *to, const struct ranges *from);

/*
 * Sort, merge what overlaps or touches (in one family), fill in `base`. Must follow the last
 * ranges_add.
 */
void ranges_settle(struct ranges *r);

/* All below need settled sets. */

/* Take `minus` out of `r`; the result is settled. 0 or -ENOMEM (then `r` is unchanged). */
int ranges_subtract(struct ranges *r, const struct ranges *minus);

/* Put what `a` and `b` share into `out` (empty before), settled. 0 or -ENOMEM. */
int ranges_intersect(const struct ranges *a, const struct ranges *b, struct ranges *out);

/* Put `n` addresses from index `first` on, or as many as there are, into `out` (empty before). */
int ranges_slice(const struct ranges *r, uint64_t first, uint64_t n, struct ranges *out);

uint64_t ranges_count(const struct ranges *r);

/* The index behind that of the range's last address. */
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
 * Whether `addr` is in the set, and if so its index (`index` may be NULL); UINT64_MAX: it has none.
 */
bool ranges_find(const struct ranges *r, struct addr addr, uint64_t *index);

void ranges_free(struct ranges *r);

#endif
