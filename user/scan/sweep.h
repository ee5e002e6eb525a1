/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * sweep.h - the ARP sweep: who is on link, and with which MAC address?
 */
#ifndef XSCAN_SWEEP_H
#define XSCAN_SWEEP_H

#include "phase.h"

struct sweep {
	const struct engine *engine;
	struct hosts hosts; /* plan->sweep, as one flow */
	struct phase phase; /* question i is address i of plan->sweep */
	struct err *err;    /* where on_event puts a reason */
};

/* 0 or a negative errno with the reason in err; sweep_free in either case. */
int sweep_init(struct sweep *s, const struct engine *e, struct err *err);
void sweep_free(struct sweep *s);

/* phase_run, reporting each host that answers. */
int sweep_run(struct sweep *s, struct err *err);

/* How many targets answered; gateways that are none do not count. */
uint64_t sweep_hosts_up(const struct sweep *s);

/*
 * The MAC address of a swept address, or NULL if it did not answer. Without Ethernet nobody is
 * swept, and everybody has the same.
 */
const uint8_t *sweep_mac(const struct sweep *s, struct addr addr);

#endif
