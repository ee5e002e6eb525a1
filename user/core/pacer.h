/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * pacer.h - a token bucket that holds a rate from one probe in many seconds to millions a second.
 *
 * Time is an argument (nanoseconds of one monotonic clock), so tests run without waiting. Pure.
 */
#ifndef XSCAN_PACER_H
#define XSCAN_PACER_H

#include <stdint.h>

struct pacer {
	double rate_pps;
	double depth; /* tokens the bucket holds at most */
	double tokens;
	uint64_t last_ns;
};

/*
 * rate_pps > 0. The bucket starts with one token and holds one more than what PACER_DEPTH_NS earns:
 * enough to make up for a sleep that took too long, too little for a burst that hurts. At slow rates
 * it is ten times as long, but no more than PACER_BURST: twice what flow.c sends at once, so that a
 * wakeup may be late by as much again.
 */
#define PACER_DEPTH_NS 2000000ULL
#define PACER_BURST    128.0
void pacer_init(struct pacer *p, double rate_pps, uint64_t now_ns);

/* Another rate from now on; the tokens that are there stay, as far as the new depth allows. */
void pacer_set_rate(struct pacer *p, double rate_pps, uint64_t now_ns);

/* How many probes of `want` may leave now; takes that many tokens. A clock that stands still or
 * steps back earns nothing and breaks nothing. */
unsigned int pacer_take(struct pacer *p, uint64_t now_ns, unsigned int want);

/* Give back tokens that were taken for probes that need not be sent after all. */
void pacer_return(struct pacer *p, unsigned int unused);

/* When `want` (at most what the bucket holds) tokens will be there: now_ns or later. */
uint64_t pacer_ready_ns(const struct pacer *p, uint64_t now_ns, unsigned int want);

#endif
