/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * phase.h - run asks (ask.h), one in each lane: give them turns, take in the answers, and end them
 * in an order that loses no answer.
 */
#ifndef XSCAN_PHASE_H
#define XSCAN_PHASE_H

#include "ask.h"
#include "engine.h"

/*
 * Load a matcher for these asks (NULL: none in that lane). Without questions the sweep is a new
 * one; with questions it is that of the matcher before. The matcher before works on until
 * phase_attach. Call ask_restore between the two. 0 or a negative errno, reason in err.
 */
int phase_load(struct engine *e, const struct ask *sweep, const struct ask *questions,
	       struct err *err);
int phase_attach(struct engine *e, struct err *err);

/* Use the attached matcher for other questions of the same kind: see matcher_refill. */
void phase_refill(struct engine *e, const struct ask *questions);

/*
 * Called after each look at the answers, every few milliseconds. 0: go on; 1: stop running; a
 * negative errno with the reason in err: break off.
 */
typedef int (*phase_look)(void *ctx, uint64_t now_ns, struct err *err);

/*
 * Run the asks of the engine. 0: `look` stopped them, or all asks are done. -EINTR: a signal
 * stopped them. Another negative errno: broken off, with the reason in err.
 */
int phase_run(struct engine *e, phase_look look, void *ctx, struct err *err);

/*
 * End an ask that has run: stop its lane, drain the ring, read the tables, count. `code` is the
 * result of phase_run. Returns `code`; if that is 0 or -EINTR, the first error of the end instead.
 */
int phase_end(struct engine *e, struct ask *a, int code, struct err *err);

/* Close the matcher, and the matcher before it. */
void phase_close(struct engine *e);

#endif
