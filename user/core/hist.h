/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * hist.h - a histogram of 32-bit values. Each power of two has four slots, so a slot knows its values to
 * 12.5 %. Pure.
 */
#ifndef XSCAN_HIST_H
#define XSCAN_HIST_H

#include <stdint.h>

enum { HIST_BITS = 2, HIST_SLOTS = 31 << HIST_BITS, HIST_POWERS = 33 };

/* Zero-initialised: empty. */
struct hist {
	uint64_t n;
	uint64_t sum;
	uint32_t least, most; /* of all values */
	uint64_t slots[HIST_SLOTS];
};

/* The slot of a value, and the least value of a slot. */
unsigned int hist_slot(uint32_t value);
uint32_t hist_slot_first(unsigned int slot);

/* Larger values count as the largest of 32 bits. */
void hist_add(struct hist *h, uint64_t value);
void hist_merge(struct hist *to, const struct hist *from);

/* `share` of the values are not above this one, to 12.5 %. 0: the histogram is empty. */
uint32_t hist_percentile(const struct hist *h, double share);

/* By power: values of 0, of 1, then from 2^(i-1) to 2^i - 1. */
void hist_powers(const struct hist *h, uint64_t powers[HIST_POWERS]);

#endif
