/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * trouble.h - hosts that the user must hear of at the end: several machines answer for one address,
 * a host went away, or the interface refused probes to a host. Addresses have their zone, as in results.
 */
#ifndef XSCAN_TROUBLE_H
#define XSCAN_TROUBLE_H

#include "result.h"

enum { CONFLICTS_MAX = 256, CONFLICT_MACS_MAX = 4, GONE_MAX = 4096 };

struct trouble {
	struct result_conflict conflicts[CONFLICTS_MAX];
	uint8_t macs[CONFLICTS_MAX][CONFLICT_MACS_MAX]
		    [6]; /* of each conflict; the first MAC address first */
	size_t n_conflicts;
	struct result_gone gone[GONE_MAX];
	const char *gone_zones[GONE_MAX]; /* of these; a state of a scan (--resume) has none */
	size_t n_gone;
	struct addr refused_first; /* one of the targets to which a probe never left */
	const char *refused_zone;
	uint64_t refused; /* how many there are */
};

/*
 * A machine with address `mac` answers for `addr`, as machine `first` did before. Returns the
 * conflict if `mac` is new in it, else NULL. A MAC address or conflict without room is not kept.
 */
const struct result_conflict *trouble_conflict(struct trouble *t, struct addr addr,
					       const char *zone, const uint8_t first[6],
					       const uint8_t mac[6]);

/* A host went away or fell silent; `unknown` of its questions have no answer. */
void trouble_gone(struct trouble *t, struct addr addr, const char *zone, uint64_t unknown,
		  enum result_loss why);

/* Probes to a target never left. Call once for each target. */
void trouble_refused(struct trouble *t, struct addr addr, const char *zone);

#endif
