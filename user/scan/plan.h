/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * plan.h - what a command line means on this host: which hosts are asked, in which order, by which
 * way. Pure.
 */
#ifndef XSCAN_PLAN_H
#define XSCAN_PLAN_H

#include "config.h"
#include "paths.h"
#include "route.h"

#include <stdio.h>

/* Questions of one kind for every host that is up. */
struct plan_phase {
	enum probe_kind kind;
	struct ports *each; /* of each host; port 0 for kinds without ports */
};

struct plan {
	const struct iface *iface;
	struct paths paths;	/* every target, sorted by the way to it */
	struct ranges on_link;	/* targets that ARP reaches; none without Ethernet */
	struct ranges told;	/* targets reported as hosts; other shards report the rest */
	struct paths sweep;	/* hosts asked by ARP: on_link, and the gateways needed */
	uint64_t hosts;		/* number of targets */
	uint64_t self;		/* number of our own addresses among the targets; left out */
	struct addr self_first; /* one of our own */
	struct plan_phase phases[PROBE_KINDS_N]; /* after the sweep, in this order */
	unsigned int n_phases;
};

/*
 * Plan a scan from this interface, as the kernel describes it. The plan refers to `iface`. 0 or a
 * negative errno with the reason in err; call plan_free in either case.
 */
int plan_make(struct plan *p, const struct config *c, const struct iface *iface, struct err *err);
void plan_free(struct plan *p);

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
