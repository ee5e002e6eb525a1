/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* observing.h - measure the scan itself (--cost), and tell the outputs. */
#ifndef XSCAN_OBSERVING_H
#define XSCAN_OBSERVING_H

#include "checkpoint.h"
#include "cost.h"
#include "engine.h"
#include "result.h"

struct observing {
	struct cost cost;
	struct result_cost cost_result;
};

/* Open what needs the rights of setup. 0 or a negative errno, reason in err. */
int observing_open(struct engine *e, struct err *err);
void observing_close(struct engine *e);

/* The first probe is about to leave. */
void observing_start(struct engine *e);

/* A matcher has been loaded, or is about to be closed. */
void observing_load(struct engine *e, const struct matcher *m);
void observing_unload(struct engine *e, const struct matcher *m);

/*
 * The scan is over and nothing is closed yet: tell the outputs, and leave the results in the summary.
 * `again`: it went on from an earlier run. 0 or a negative errno, reason in err.
 */
int observing_end(struct engine *e, const struct checkpoint_parts *parts, bool again,
		  struct result_summary *sum, struct err *err);

#endif
