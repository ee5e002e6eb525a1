/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* ceiling.h - the sink's counts of dropped frames, in each CPU's slot of its map. */
#ifndef XSCAN_CEILING_H
#define XSCAN_CEILING_H

#include "net.h"

/* The clock is read for one frame in this many. */
enum { ARRIVALS_A_STAMP = 1024 };

/* Times are CLOCK_MONOTONIC in ns; 0: no such frame yet. */
struct arrivals {
	__u64 frames;	/* IPv4 */
	__u64 stamped;	/* frames between first_ns and last_ns */
	__u64 first_ns; /* of the first frame */
	__u64 last_ns;	/* of the last frame whose time was read */
	__u64 first_arp_ns;
};

#endif
