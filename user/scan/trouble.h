/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * trouble.h - what the user must be told of hosts at the end: several machines answer for one
 * address, or a host went away.
 */
#ifndef XSCAN_TROUBLE_H
#define XSCAN_TROUBLE_H

#include "result.h"

enum { CONFLICTS_MAX = 256, CONFLICT_MACS_MAX = 4, GONE_MAX = 4096 };

struct trouble {
	struct result_conflict conflicts[CONFLICTS_MAX];
	uint8_t macs[CONFLICTS_MAX][CONFLICT_MACS_MAX]
		    [6]; /* of each conflict, the first one first */
	size_t n_conflicts;
	struct result_gone gone[GONE_MAX];
	size_t n_gone;
};

/*
 * A machine with this MAC address answers for the address of `first`. Returns the conflict if that is
 * new, else NULL. What does not fit is not kept.
 */
const struct result_conflict *trouble_conflict(struct trouble *t, struct addr addr,
					       const uint8_t first[6], const uint8_t mac[6]);

/* A host went away; so many of its questions are unknown. */
void trouble_gone(struct trouble *t, struct addr addr, uint64_t unknown);

#endif
