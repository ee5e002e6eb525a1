/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * recheck.h - find hosts that went away during a scan. Before each new try, ask hosts that answered
 * some questions and not others for their MAC address again. A host with a new MAC address is asked
 * there from now on. A host that does not answer is gone: its unanswered questions are unknown.
 */
#ifndef XSCAN_RECHECK_H
#define XSCAN_RECHECK_H

#include "abi.h"
#include "err.h"

#include <stdbool.h>
#include <stdint.h>

struct ask;
struct pacer;

struct recheck_host {
	uint64_t host;	  /* index in the ask */
	uint32_t sweep;	  /* index in the sweep */
	bool over;	  /* it has answered or is gone */
	uint64_t unknown; /* how many questions it has not answered */
	struct neighbour before;
};

enum recheck_state { RECHECK_IDLE, RECHECK_ASKING, RECHECK_OVER };

/* Zero-initialised: nothing to check. */
struct recheck {
	enum recheck_state state;
	struct recheck_host *hosts; /* by `sweep` */
	size_t n;
	unsigned int tries;
	size_t next;	 /* hosts before it have been asked in this try */
	uint64_t due_ns; /* when the next try is due, or the wait for the last one ends */
};

/*
 * Call until it returns 1. The first call chooses hosts; later ones ask them at the pace of their
 * way and take in answers. *next_ns is when to call again. 1: over; 0: not yet; or a negative errno
 * with the reason in err.
 */
int recheck_turn(struct ask *a, struct pacer *pacer, uint64_t now_ns, uint64_t *next_ns,
		 struct err *err);

/* Stop early: hosts that have not answered keep the MAC address that was known before. */
void recheck_abandon(struct ask *a);

/* Is host `sweep` of the sweep being asked again? Then its answer is no news. */
bool recheck_has(const struct recheck *r, uint64_t sweep);

/* Call when a new try begins, or when the ask is over. */
void recheck_free(struct recheck *r);

#endif
