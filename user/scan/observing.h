/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* observing.h - measure the scan itself (--cost), and tell the outputs. */
#ifndef XSCAN_OBSERVING_H
#define XSCAN_OBSERVING_H

#include "budget.h"
#include "checkpoint.h"
#include "cost.h"
#include "drop_counters.h"
#include "engine.h"
#include "result.h"

/* Of round trips, there is one for each kind of question and of answer. */
enum { OBSERVED_YES, OBSERVED_CLOSED, OBSERVED_FILTERED, OBSERVED_ANSWERS };

struct observing {
	bool keeps_histograms;
	struct hist round_trips[PROBE_KINDS_N][OBSERVED_ANSWERS]; /* in us */
	struct hist ring;    /* how long events have waited in the ring, in us */
	struct hist batches; /* questions that are sent at once */
	struct result_histogram histograms[PROBE_KINDS_N * OBSERVED_ANSWERS + 2];
	uint64_t own_answers; /* frames that answered the scan, by the kernel's count */
	struct cost cost;
	struct result_cost cost_result;
	struct drop_counters drop_counters;
	enum budget_reason gives_way; /* since gives_way_ns */
	uint64_t gives_way_ns;
	struct drops drops_before; /* when the first probe was about to leave */
	struct result_drops drops;
};

/* Open what needs the rights of setup. 0 or a negative errno, reason in err. */
int observing_open(struct engine *e, struct err *err);
void observing_close(struct engine *e);

/* An answer has come in an event. `rtt_us` -1: unknown, or that of a canary, which is no result. */
void observing_answer(struct engine *e, enum probe_kind kind, const struct event *event,
		      int64_t rtt_us);

/* So many questions have been sent at once. */
void observing_batch(struct engine *e, unsigned int n);

/* The first probe is about to leave. */
void observing_start(struct engine *e);

/* Tell the outputs of what took from begin_ns to end_ns. `path`: of a way. */
void observing_span(struct engine *e, enum result_span_what what, const char *name,
		    uint64_t begin_ns, uint64_t end_ns, const struct path *path);

/* The same of an ask that has ended. start_ns 0: it had not begun. */
void observing_ask(const struct ask *a, uint64_t start_ns);

/* The scan begins to give way, for this reason, or ends to. */
void observing_gives_way(struct engine *e, enum budget_reason reason);

/* Leave in the summary what the kernel has dropped so far, and the histograms. */
void observing_look(struct engine *e, struct result_summary *sum);

/* The counters of this lane of the matcher are about to be set back. */
void observing_lane(struct engine *e, enum lane lane);

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
