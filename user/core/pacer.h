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
 * rate_pps > 0. The bucket starts with one token. It holds one more than PACER_DEPTH_NS earns:
 * enough to make up for a long sleep, too little for a harmful burst. At slow rates the depth is
 * ten times as long, but at most PACER_BURST: twice what flow.c sends at once, so that a wakeup may
 * be late by that much.
 */
#define PACER_DEPTH_NS 2000000ULL
#define PACER_BURST    128.0
void pacer_init(struct pacer *p, double rate_pps, uint64_t now_ns);

/* Change the rate from now on. The tokens stay, as far as the new depth allows. */
void pacer_set_rate(struct pacer *p, double rate_pps, uint64_t now_ns);

/*
 * How many of `want` probes may leave now. Takes as many tokens. A clock that stands still or steps
 * back earns nothing and breaks nothing.
 */
unsigned int pacer_take(struct pacer *p, uint64_t now_ns, unsigned int want);

/* These probes leave now, with or without tokens: what follows waits for them. */
void pacer_charge(struct pacer *p, unsigned int sent);

/* Give back tokens of probes that were not sent. */
void pacer_return(struct pacer *p, unsigned int unused);

/* When `want` tokens (at most what the bucket holds) will be there: now_ns or later. */
uint64_t pacer_ready_ns(const struct pacer *p, uint64_t now_ns, unsigned int want);

#endif
