/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * recheck.h - has a host that answered some questions, and not others, gone away? Before a new try
 * such hosts are asked for their MAC address again: one that answers from another address is asked
 * there from now on; one that does not answer is gone, and what it did not answer stays unknown.
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
	uint64_t host;	  /* among those of the ask */
	uint32_t sweep;	  /* its index among those of the sweep */
	bool over;	  /* it has answered, or is gone */
	uint64_t unknown; /* how many questions it has not answered */
	struct neighbour before;
};

enum recheck_state { RECHECK_IDLE, RECHECK_ASKING, RECHECK_OVER };

/* Zero-initialised: nothing to check yet. */
struct recheck {
	enum recheck_state state;
	struct recheck_host *hosts; /* by `sweep` */
	size_t n;
	unsigned int tries;
	size_t next;	 /* of the hosts, to be asked in this try */
	uint64_t due_ns; /* of the next try, or the end of the wait for the last */
};

/*
 * To be called until it is over: chooses hosts at first, asks them at the pace of their way, takes in
 * their answers. *next_ns is when to call again. 1: it is over; 0: not yet; or a negative errno with the reason in err.
 */
int recheck_turn(struct ask *a, struct pacer *pacer, uint64_t now_ns, uint64_t *next_ns,
		 struct err *err);

/* The ask ends: what is known of hosts that have not answered is as it was before. */
void recheck_abandon(struct ask *a);

/* Is host `sweep` of the sweep being asked again? Then its answer is no news. */
bool recheck_has(const struct recheck *r, uint64_t sweep);

/* A new try begins, or the ask is over. */
void recheck_free(struct recheck *r);

#endif
