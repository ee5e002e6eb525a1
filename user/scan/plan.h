/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * plan.h - what a command line means on this host, for one family: which hosts are asked, in which
 * order, by which way. A scan of both families is two plans, one after the other. The search of links over
 * IPv6 has one for each round. Pure.
 */
#ifndef XSCAN_PLAN_H
#define XSCAN_PLAN_H

#include "candidates.h"
#include "config.h"
#include "network.h"
#include "paths.h"

#include <stdio.h>

/* Questions of one kind for every host that is up. */
struct plan_phase {
	enum probe_kind kind;
	struct ports *each;	 /* of each host; port 0 for kinds without ports */
	const struct ports *all; /* that the command line asks for, all shards together */
};

struct plan {
	const struct network *net;
	const struct iface *iface;   /* the first of `net` */
	const struct routes *routes; /* of the plan's family */
	bool ip6;
	bool silent;		      /* nobody is asked (plan_silent) */
	bool gateways_given;	      /* --gateway-mac says the MAC address of a gateway */
	bool link;		      /* the targets are found on links, not named (plan_link) */
	struct paths paths;	      /* every target, sorted by the way to it */
	struct ranges on_link;	      /* targets that the sweep reaches: on links with Ethernet */
	struct ranges told;	      /* targets reported as hosts; other shards report the rest */
	struct paths sweep;	      /* hosts asked by ARP, or over IPv6 by neighbour discovery:
				   on_link, and the gateways needed */
	uint64_t hosts;		      /* number of targets */
	uint64_t self;		      /* number of our own addresses among the targets; left out */
	struct addr self_first;	      /* one of our own */
	uint64_t unroutable;	      /* number of targets without a route; left out */
	struct addr unroutable_first; /* one of them */
	struct plan_phase phases[PROBE_KINDS_N]; /* after the sweep, in this order */
	unsigned int n_phases;
};

/*
 * Does the scan ask over IPv4, over IPv6? Targets say so. Without targets, each family of which the
 * interface has an address is asked, or that of -4 or -6.
 */
bool plan_is_for(const struct config *c, const struct network *net, bool ip6);

/*
 * Plan a scan over one family in this network, as the kernel describes it. The plan refers to
 * `net`. 0 or a negative errno with the reason in err; call plan_free in either case.
 */
int plan_make(struct plan *p, const struct config *c, const struct network *net, bool ip6,
	      struct err *err);
void plan_free(struct plan *p);

/*
 * The same for candidates on the links of IPv6 (search.h), a set for each interface of `net`: each is asked from
 * our address in its prefix, or from a link-local one. No address is in two sets, but a link-local one. None: a
 * plan without hosts.
 */
int plan_link(struct plan *p, const struct config *c, const struct network *net,
	      const struct ranges *candidates, struct err *err);

/*
 * If the links of several interfaces are searched, link-local targets of interface i have this scope (addr.h) in
 * all sets of the plan. 0: they have none.
 */
uint32_t plan_scope(const struct plan *p, unsigned int i);

/* An address of a path, as packets have it. *zone: the interface of a link-local one, else NULL. */
struct addr plan_place(const struct plan *p, const struct path *path, struct addr addr,
		       const char **zone);

/* A plan that asks nobody (--listen alone). */
struct plan plan_silent(const struct network *net);

/* An address of ours to ask the link from, and its prefix. */
struct link_source {
	struct addr addr;
	struct link_prefix prefix;
};

/* Our IPv6 addresses, one of each prefix; a link-local one first. Returns how many. */
size_t plan_link_sources(const struct iface *iface, struct link_source out[LINK_PREFIXES_MAX]);

/* Does any interface have one? */
bool plan_link_has_source(const struct network *net);

/* Does a plan_link search the link of interface i? Of several, those that can be searched. */
bool plan_searches(const struct plan *p, unsigned int i);

/*
 * For plan.c alone: collect candidates that are not excluded; put each of `targets` on a path of its source. 0
 * or -ENOMEM.
 */
int plan_link_targets(const struct plan *p, const struct config *c, const struct ranges *candidates,
		      struct ranges *targets);
int plan_link_paths(struct plan *p, const struct ranges *candidates, const struct ranges *targets);

/*
 * For plan.c alone: add canaries to the ports of each phase; `all`: results have silent ports too. Call when all
 * machines of --shard have their ports.
 */
void plan_add_canaries(struct plan *p, bool all);

/*
 * Refuse plans without any target, or without the gateways of --gateway-mac. An empty share makes a scan of
 * nothing. Errors as above; -EDESTADDRREQ: exclusions leave none.
 */
int plan_need_targets(const struct plan *plans, unsigned int n, const struct config *c,
		      struct err *err);

/* The kind of question of the sweep, and in words for people what asks them: "ARP". */
enum probe_kind plan_sweep_kind(const struct plan *p);
const char *plan_sweep_name(const struct plan *p);

/*
 * Does the kernel look for the MAC address of the gateway (gateways.h)? The sweep cannot ask one of the
 * other family, nor choose one of several.
 */
bool plan_kernel_asks(const struct plan *p, const struct path *path);

/* Can the sweep ask on the link of this path? It has Ethernet. */
bool plan_sweeps(const struct plan *p, const struct path *path);

/* How many addresses the sweep asks. */
uint64_t plan_sweep_n(const struct plan *p);

/* Does any phase ask for ports? */
bool plan_asks_ports(const struct plan *p);

/*
 * Does the sweep (near), do other phases (far) report this host? Never a gateway that is no target.
 */
bool plan_tells_near(const struct plan *p, struct addr addr);
bool plan_tells_far(const struct plan *p, struct addr addr);

/* Print the plan for --dry-run. */
void plan_print(const struct plan *p, const struct config *c, FILE *file);

#endif
