/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * permute.h - a keyed bijection on [0, n): the order of a scan, with nothing kept in memory.
 *
 * Neighbouring positions map to distant indices, so that no host or subnet gets its probes in a
 * burst. The same seed gives the same order. Pure.
 */
#ifndef XSCAN_PERMUTE_H
#define XSCAN_PERMUTE_H

#include <stdint.h>

struct permute {
	uint64_t n;
	uint64_t key[4];	/* one a round, drawn from the seed */
	unsigned int left_bits; /* the smallest power of two >= n is cut in these two halves */
	unsigned int right_bits;
};

/* 1 <= n <= 2^48. */
void permute_init(struct permute *p, uint64_t n, uint64_t seed);

/* The index at position i < n. */
uint64_t permute_at(const struct permute *p, uint64_t i);

/* The position of index x < n: permute_at's inverse. */
uint64_t permute_position(const struct permute *p, uint64_t x);

#endif
