/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * portscan.h - the SYN scan of every port of every host that can be reached.
 */
#ifndef XSCAN_PORTSCAN_H
#define XSCAN_PORTSCAN_H

#include "phase.h"
#include "sweep.h"

struct portscan {
	const struct engine *engine;
	const struct sweep *sweep;
	struct hosts hosts;
	uint8_t *answering; /* a bit a host: it has answered, as of the last new try */
	struct phase phase; /* question i is port i % ports of host i / ports */
	struct tx *tx;	    /* the engine's, or one of its own */
	struct err *err;    /* where on_event puts a reason */
};

/*
 * After the sweep: who can be scanned, on-link targets that are up and all targets behind a gateway
 * that is. `out` is empty before. 0 or -ENOMEM.
 */
int portscan_choose_hosts(const struct engine *e, const struct sweep *sweep, struct ranges *out);

/* How many hosts one portscan can take: the answer map has a byte for each of their ports. */
uint64_t portscan_hosts_max(const struct engine *e);

/*
 * Load and attach the matcher for `hosts`. 0 or a negative errno with the
 * reason in err; portscan_free in either case.
 */
int portscan_init(struct portscan *s, const struct engine *e, const struct sweep *sweep,
		  const struct ranges *hosts, const struct probe_tcp *probe, struct err *err);
void portscan_free(struct portscan *s);

/* phase_run, reporting each port as wanted; in the end, if all are, what never answered. */
int portscan_run(struct portscan *s, struct err *err);

/* Count the answers in the map, adding to `tally`. */
void portscan_count(const struct portscan *s, struct resume_tally *tally);

#endif
