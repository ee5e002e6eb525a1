/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * ranges.h - a set of IPv4 addresses as sorted, disjoint ranges, with both ways between an address
 * and its index in the set. Addresses are in host order. Pure; no function is thread-safe on one
 * set while another changes it.
 */
#ifndef XSCAN_RANGES_H
#define XSCAN_RANGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Addresses first..last, inclusive. `base` is the index of `first` among all addresses of the set.
 */
struct host_range {
	uint32_t first;
	uint32_t last;
	uint64_t base;
};

/* Zero-initialised is the empty set. The owner calls ranges_free. */
struct ranges {
	struct host_range *v; /* sorted and disjoint, base filled in */
	size_t n;
	size_t room;
};

/*
 * Add first..last (first <= last), in any order and overlapping as they come; adding ascending
 * addresses is amortised O(1), the set is put in order by ranges_settle. 0 or -ENOMEM.
 */
int ranges_add(struct ranges *r, uint32_t first, uint32_t last);

/* Add every range of `from`. 0 or -ENOMEM. */
int ranges_add_all(struct ranges *to, const struct ranges *from);

/* Sort, merge what overlaps or touches, fill in `base`. Must follow the last ranges_add. */
void ranges_settle(struct ranges *r);

/* All below need settled sets. */

/* Take `minus` out of `r`; the result is settled. 0 or -ENOMEM (then `r` is unchanged). */
int ranges_subtract(struct ranges *r, const struct ranges *minus);

/* Put what `a` and `b` share into `out` (empty before), settled. 0 or -ENOMEM. */
int ranges_intersect(const struct ranges *a, const struct ranges *b, struct ranges *out);

/* Put `n` addresses from index `first` on, or as many as there are, into `out` (empty before). */
int ranges_slice(const struct ranges *r, uint64_t first, uint64_t n, struct ranges *out);

uint64_t ranges_count(const struct ranges *r);

/* The address with index i < ranges_count(r). */
uint32_t ranges_at(const struct ranges *r, uint64_t i);

/* Whether `addr` is in the set, and if so its index (`index` may be NULL). */
bool ranges_find(const struct ranges *r, uint32_t addr, uint64_t *index);

void ranges_free(struct ranges *r);

#endif
