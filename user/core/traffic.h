/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * traffic.h - do others use an interface? Compare two looks at its counters, and take off what the
 * scan itself has sent and received.
 *
 * Below 1 Mbit/s the interface is quiet. That is a session of ssh, name lookups and the chatter of a
 * link. XDP slows down who wants many Gbit/s, and such traffic notices nothing of it. The limit is low
 * nevertheless: traffic grows, and tc costs a scan little.
 *
 * What a scan receives is known only roughly: an answer may be followed by a reset, and an ICMP error
 * is longer. So some of the scan's own traffic may look like that of others. Hence the limit grows by
 * a quarter of the scan's own traffic.
 *
 * Time is an argument. Pure.
 */
#ifndef XSCAN_TRAFFIC_H
#define XSCAN_TRAFFIC_H

#include <stdbool.h>
#include <stdint.h>

/* A look at an interface. Counters only grow. */
struct traffic {
	uint64_t time_ns;
	uint64_t bytes;	     /* of everybody, in both directions */
	uint64_t sent;	     /* frames of the scan */
	uint64_t answers;    /* to the scan */
	uint64_t more_bytes; /* as in budget.h */
};

/* The bytes a second of others between two looks, as far as they are certain. */
uint64_t traffic_of_others(const struct traffic *before, const struct traffic *now);

/* Do others leave the interface alone? */
bool traffic_is_quiet(const struct traffic *before, const struct traffic *now);

#endif
