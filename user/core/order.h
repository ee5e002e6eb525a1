/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * order.h - the order of a try: the questions of all hosts at random. Pure.
 *
 * The last questions of each host may go ahead: at random too, but before all others.
 */
#ifndef XSCAN_ORDER_H
#define XSCAN_ORDER_H

#include "permute.h"

struct order {
	uint64_t each, ahead; /* questions of a host, and how many of them go ahead */
	uint64_t n_ahead;     /* of all hosts */
	struct permute first, others;
};

/* `n` questions, `each` to a host, which follow each other. n > 0, ahead < each, n a multiple of each. */
void order_init(struct order *o, uint64_t n, uint64_t each, uint64_t ahead, uint64_t seed);

/* The index of the question at position i < n. */
uint64_t order_at(const struct order *o, uint64_t i);

/* The position of the question with index x < n: order_at's inverse. */
uint64_t order_position(const struct order *o, uint64_t x);

#endif
