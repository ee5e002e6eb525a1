/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * portscan.h - the SYN scan of every port of every host that can be reached.
 */
#ifndef XSCAN_PORTSCAN_H
#define XSCAN_PORTSCAN_H

#include "phase.h"
#include "sweep.h"

/* Answers of a port scan by state, and the hosts that gave any. */
struct portscan_tally {
	uint64_t open, closed, filtered;
	uint64_t hosts_up; /* answered ARP, or a SYN by itself */
};

struct portscan {
	const struct engine *engine;
	const struct sweep *sweep;
	struct phase phase;  /* question i is port i % ports of host i / ports */
	struct ranges hosts; /* who is asked: on link and up, or behind a gateway that is */
	struct tx *tx;	     /* the engine's, or one of its own */
	struct err *err;     /* where on_event puts a reason */
};

/*
 * After the sweep: choose the hosts, load and attach the matcher. 0 or a negative errno with the reason in err;
 * portscan_free in either case.
 */
int portscan_init(struct portscan *s, const struct engine *e, const struct sweep *sweep,
		  const struct probe_tcp *probe, struct err *err);
void portscan_free(struct portscan *s);

/* phase_run, reporting each port as wanted; in the end, if all are, what never answered. */
int portscan_run(struct portscan *s, struct err *err);

/* Count the answers in the map. */
struct portscan_tally portscan_count(const struct portscan *s);

#endif
