/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * capturing.h - hand frames to the outputs (--capture): those that the matcher has kept, and with
 * --capture-flow the probes that the packet socket has sent.
 */
#ifndef XSCAN_CAPTURING_H
#define XSCAN_CAPTURING_H

#include "engine.h"
#include "result.h"
#include "tx.h"

/* Probes whose copies wait to be told in the order of their times. */
enum { CAPTURING_WAITING = 64 };

struct capturing {
	struct capture_config config; /* of the plan that is asked now */
	uint64_t second;	      /* of CLOCK_MONOTONIC, */
	unsigned int in_second;	      /* and frames kept in it */
	uint64_t kept, left_out;      /* left_out: here, not in the matcher */
	struct tx_copy waiting[CAPTURING_WAITING];
	unsigned int n_waiting, next;
	unsigned int outlet; /* that they left by */
	char title[ADDR_TEXT + 32];
};

/* Is --capture given? */
bool capturing_is_on(const struct config *c);

/* What is kept, for the record that begins a run; NULL: near misses. */
const char *capturing_title(struct engine *e);

/*
 * Call before a matcher is loaded: set the capture's config, which depends on the plan. 0 or a negative
 * errno, reason in err.
 */
int capturing_prepare(struct engine *e, struct err *err);

/* A matcher_event (matcher.h) for frames; ctx is the engine. */
int capturing_frame(void *ctx, void *data, size_t size);

/*
 * Hand all events and frames to the asks and outputs. 0 or a negative errno; its reason is in
 * e->event_err.
 */
int capturing_consume(struct engine *e);

void capturing_sum_up(const struct engine *e, struct result_summary *sum);

#endif
