/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * paths.h - sort targets by the way to them (on link, or through a gateway) and by source address.
 * Pure.
 */
#ifndef XSCAN_PATHS_H
#define XSCAN_PATHS_H

#include "ranges.h"

enum route_kind {
	ROUTE_OURS,	 /* leads out of the interface that scans */
	ROUTE_ELSEWHERE, /* leads out of another one */
	ROUTE_REFUSED,	 /* leads nowhere: blackhole, unreachable, prohibit */
};

enum next_hop { ON_LINK, BY_GATEWAY };

/* A line of the routing table. The IPv6 default route does not lead to IPv4 addresses. */
struct route {
	enum route_kind kind;
	struct addr dst;
	uint8_t prefix_len; /* of 128 bits, as in addr.h */
	uint32_t metric;
	enum next_hop hop;
	struct addr gateway; /* if BY_GATEWAY */
	struct addr source;
};

/* Targets with the same next hop and the same source address. */
struct path {
	enum next_hop hop;
	struct addr gateway; /* if BY_GATEWAY */
	struct addr source;
	struct ranges hosts; /* settled */
	unsigned int way;    /* number of the next hop: WAY_LINK, or 1 and more for gateways */
};

enum { WAY_LINK };

struct paths {
	struct path *v; /* by way; on the link first */
	size_t n;
	unsigned int n_ways; /* with the link, even if no path is on it */
};

/*
 * Give each target the route with the longest prefix, then the lowest metric. Put targets without a
 * route of the interface in `unrouted` (empty before). With `forced`, ignore routes by other
 * interfaces: the user wants this one. Targets must be settled; `routes` gets sorted. 0 or -ENOMEM;
 * the caller frees `out` and `unrouted` in either case.
 */
int paths_assign(struct paths *out, struct route *routes, size_t n_routes, bool forced,
		 const struct ranges *targets, struct ranges *unrouted);

/* Add a path for a next hop and a source address; take over its `hosts`. 0 or -ENOMEM. */
int paths_add(struct paths *p, const struct path *path);

/* Sort the paths and number their ways. Call after the last path, before hosts_add. */
void paths_number(struct paths *p);

void paths_free(struct paths *p);

#endif
