/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * network.h - the interfaces to scan from, and the way to each target. The interfaces are those of
 * --iface, or those by which the kernel sends packets to the targets.
 */
#ifndef XSCAN_NETWORK_H
#define XSCAN_NETWORK_H

#include "config.h"
#include "known.h"
#include "paths.h"
#include "route.h"
#include "routes.h"

struct network {
	/* Those of --iface, or of the routes; at least one. If one has neighbours, the first has. */
	struct iface ifaces[IFACES_MAX];
	unsigned int n;
	int down[IFACES_MAX]; /* numbers of those of --iface that are down or have no carrier */
	unsigned int n_down;
	int vrf;	  /* whose routes count; 0: none */
	struct err unfit; /* why an interface cannot carry a scan, if one cannot; else empty */
	struct routes ip4, ip6;	 /* of the targets */
	struct known_list known; /* neighbours entered by hand */
};

/*
 * Ask the kernel for the interfaces and the routes. Targets behind an interface that cannot carry a
 * scan have no route, unless nothing else is left. 0 or a negative errno, reason in err. The caller
 * calls network_free in either case.
 */
int network_read(const struct config *c, struct network *out, struct err *err);

/*
 * Add the interfaces' own IPv4 subnets. A subnet of IPv6 is too large to ask each of its addresses. 0
 * or -ENOMEM.
 */
int network_add_subnets(const struct network *net, struct ranges *to);

/* The interface with this number; NULL: none of ours. */
const struct iface *network_iface(const struct network *net, int ifindex);

/* Say which outlet of the scan each path leaves by: interfaces have the order of `net`. */
void network_place(const struct network *net, struct paths *paths);

/* The names of all interfaces. */
enum { NETWORK_NAMES = IFACES_MAX * (IF_NAMESIZE + 1) };
const char *network_names(const struct network *net, char out[NETWORK_NAMES]);

void network_free(struct network *net);

#endif
