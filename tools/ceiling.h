/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * ceiling.h - what the sink says about the frames it dropped, in each CPU's slot of its map.
 */
#ifndef XSCAN_CEILING_H
#define XSCAN_CEILING_H

#include "net.h"

/* The clock is read for one frame in so many. */
enum { ARRIVALS_A_STAMP = 1024 };

/* Times are CLOCK_MONOTONIC; 0: no such frame yet. */
struct arrivals {
	__u64 frames;	/* IPv4 */
	__u64 stamped;	/* how many came between first_ns and last_ns */
	__u64 first_ns; /* of the first frame */
	__u64 last_ns;	/* of the last one that was stamped */
	__u64 first_arp_ns;
};

#endif
