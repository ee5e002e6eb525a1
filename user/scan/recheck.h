/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * recheck.h - find next hops that went away during a scan: hosts on the link, and gateways. Before
 * each new try of a flow, and after the last, they are asked for their MAC address again. One with a
 * new MAC address is asked there from now on. One that does not answer is gone: its unanswered
 * questions are unknown.
 *
 * Of the hosts on the link, those are asked that answered some questions and left many unanswered,
 * and a sample of the others. If one of them is gone or has moved, all others are asked too.
 */
#ifndef XSCAN_RECHECK_H
#define XSCAN_RECHECK_H

#include "abi.h"
#include "chance.h"
#include "err.h"

#include <stdbool.h>
#include <stdint.h>

struct ask;

struct recheck_host {
	uint64_t first,
		n;	  /* hosts of the ask that are reached by it: itself, or all of a gateway */
	uint32_t sweep;	  /* index in the sweep */
	bool over;	  /* it has answered or is gone */
	uint64_t unknown; /* how many questions are not answered */
	struct neighbour before;
};

enum recheck_state { RECHECK_IDLE, RECHECK_ASKING, RECHECK_OVER };

enum recheck_purpose {
	RECHECK_BETWEEN_TRIES,
	RECHECK_LAST,	/* no try follows: what was asked at an old MAC address stays unknown */
	RECHECK_OUTAGE, /* the way is silent: only look for new MAC addresses, and give up nobody */
};

/* Zero-initialised: nothing to check. */
struct recheck {
	enum recheck_state state;
	struct recheck_host *hosts; /* by `sweep`, as far as sorted */
	size_t n, n_sorted;
	bool alarm; /* one is gone or has moved */
	bool all;   /* hosts outside the sample have been chosen too */
	unsigned int tries;
	struct chance loss; /* of requests to hosts that have answered */
	size_t next;	    /* hosts before it have been asked in this try */
	uint64_t began_ns;
	uint64_t due_ns; /* when the next try is due; 0: not all have been asked yet */
};

/*
 * Call for a flow until it returns 1. The first call chooses hosts; later ones ask them at the pace
 * of the sweep and take in answers. *next_ns is when to call again. 1: over; 0: not yet; or a negative
 * errno, reason in err.
 */
int recheck_turn(struct ask *a, unsigned int flow, enum recheck_purpose purpose, uint64_t now_ns,
		 uint64_t *next_ns, struct err *err);

/*
 * Call when a new try begins, or when the ask ends. Hosts that have not answered by then keep the MAC
 * address that was known before.
 */
void recheck_end(struct ask *a, unsigned int flow);

/* Is host `sweep` of the sweep being asked again? Then its answer is no news. */
bool recheck_has(const struct ask *a, uint64_t sweep);

/* Is any host being asked again? Then the table of neighbours lacks it. */
bool recheck_is_asking(const struct ask *a);

#endif
