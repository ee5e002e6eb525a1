/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * plan.h - what a command line means on this host: who is asked what, in which order, by which way.
 * Pure.
 */
#ifndef XSCAN_PLAN_H
#define XSCAN_PLAN_H

#include "config.h"
#include "paths.h"
#include "route.h"

#include <stdio.h>

/* Questions of one kind, put to everybody who is up. */
struct plan_phase {
	enum probe_kind kind;
	struct ports *each; /* what each host is asked for; kinds without ports ask for port 0 */
};

struct plan {
	const struct iface *iface;
	struct paths paths;	/* every target, sorted by the way to it */
	struct ranges on_link;	/* targets that ARP reaches; none without Ethernet */
	struct ranges told;	/* the targets that results tell of as hosts; another shard of the
				  same scan tells of the others */
	struct paths sweep;	/* who is asked by ARP: on_link, and the gateways needed */
	uint64_t hosts;		/* how many targets in all */
	uint64_t self;		/* addresses of this host that would be targets */
	struct addr self_first; /* one of them */
	struct plan_phase phases[PROBE_KINDS_N]; /* after the sweep, in this order */
	unsigned int n_phases;
};

/*
 * Plan a scan from this interface, of which the kernel has said all this. 0 or a negative errno with
 * the reason in err; plan_free in either case. The interface is used as long as the plan.
 */
int plan_make(struct plan *p, const struct config *c, const struct iface *iface, struct err *err);
void plan_free(struct plan *p);

/* How many addresses are asked by ARP. */
uint64_t plan_sweep_n(const struct plan *p);

/* Does any phase ask for ports? */
bool plan_asks_ports(const struct plan *p);

/* Is a host told of by the sweep, and by the other phases? A gateway that is no target is not. */
bool plan_tells_near(const struct plan *p, struct addr addr);
bool plan_tells_far(const struct plan *p, struct addr addr);

/* Print it for --dry-run. */
void plan_print(const struct plan *p, const struct config *c, FILE *file);

#endif
