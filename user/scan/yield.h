/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* yield.h - give way to the host's own work: look at the host, and limit the flows (budget.h). */
#ifndef XSCAN_YIELD_H
#define XSCAN_YIELD_H

#include "budget.h"
#include "host_load.h"
#include "link_stats.h"
#include "route.h"

#include <stdbool.h>
#include <stdint.h>

struct engine;

struct yield {
	bool on;
	struct host_load host;
	struct link_stats_reader counters[IFACES_MAX];
	unsigned int n_counters;
	struct budget budget;
	struct budget_look at; /* the last look */
	uint64_t due_ns;       /* of the next look */
	enum budget_reason told;
	uint64_t gave_way_ns[BUDGET_REASONS]; /* how long a limit was below what the scan wanted */
};

/* Begin to look. Call while files can be opened. */
void yield_open(struct engine *e, uint64_t now_ns);
void yield_close(struct yield *y);

/* Look if that is due, and set the limits of all flows. */
void yield_look(struct engine *e, uint64_t now_ns);

#endif
