/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * paths.h - sort targets by the way to them (interface; on link, or through a gateway) and by source
 * address. Pure.
 */
#ifndef XSCAN_PATHS_H
#define XSCAN_PATHS_H

#include "known.h"
#include "routes.h"

/* Targets with the same interface, the same next hop and the same source address. */
struct path {
	int ifindex;
	enum next_hop hop;
	struct addr gateway; /* if BY_GATEWAY */
	struct addr source;
	struct ranges hosts; /* settled */
	bool has_mac;	     /* BY_GATEWAY: nobody need ask for the gateway's MAC address */
	uint8_t mac[6];
	struct hops others;  /* further gateways: one may take the gateway's place (gateways.h) */
	unsigned int outlet; /* the interface's place among those of the scan */
	unsigned int way;    /* number of the next hop: see struct paths */
};

/* Way i is the link of outlet i, even if no path is on that link. Gateways are the ways behind. */
struct paths {
	struct path *v; /* by way; those on a link first */
	size_t n;
	unsigned int n_outlets; /* of the scan; 0 counts as one */
	unsigned int n_ways;
};

/*
 * Put each target (settled) on the path of its route. Targets whose route does not lead out stay
 * where they are; look at the routes for them. 0 or -ENOMEM; the caller frees `out` in either case.
 */
int paths_assign(struct paths *out, const struct routes *routes, const struct ranges *targets);

/*
 * Tell the paths which neighbours are known. A target on the link that is known gets a path of its
 * own, as if it were the gateway to itself. Call after paths_assign. 0 or -ENOMEM.
 */
int paths_know(struct paths *p, const struct known_list *list);

/* All gateways have this MAC address. Call after paths_know. Returns how many paths have one. */
size_t paths_know_gateways(struct paths *p, const uint8_t mac[6]);

/* Is this the path of a known neighbour? */
bool path_is_own_gateway(const struct path *path);

/* Add a path for a next hop and a source address; take over its `hosts`. 0 or -ENOMEM. */
int paths_add(struct paths *p, const struct path *path);

/*
 * Sort the paths and number their ways. Call after the last path and when their outlets are known,
 * before hosts_add.
 */
void paths_number(struct paths *p);

void paths_free(struct paths *p);

#endif
