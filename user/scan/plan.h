/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * plan.h - what a command line means on this host: interface, sources, gateways, who is asked.
 */
#ifndef XSCAN_PLAN_H
#define XSCAN_PLAN_H

#include "config.h"
#include "paths.h"
#include "route.h"

#include <stdio.h>

struct plan {
	struct iface iface;
	struct paths paths;    /* every target, sorted by the way to it */
	struct ranges on_link; /* targets that ARP reaches; none without Ethernet */
	struct ranges told;    /* the targets that results tell of as hosts; another shard of the
				  same scan tells of the others */
	struct ranges sweep;   /* who is asked by ARP: on_link, and the gateways needed */
	uint64_t hosts;	       /* how many targets in all */
	struct ports *ports;   /* NULL: none is asked for */
};

/* 0 or a negative errno with the reason in err. Sends nothing, needs no privilege. */
int plan_make(struct plan *p, const struct config *c, struct err *err);

/* The address from which a swept address is asked. */
struct addr plan_source(const struct plan *p, struct addr addr);

/* Print it for --dry-run. */
void plan_print(const struct plan *p, const struct config *c, FILE *file);

void plan_free(struct plan *p);

#endif
