/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * asking.h - ask everybody: find who is on the link (the sweep), and ask hosts that are up, slice
 * after slice (slices.h). Plan after plan: one for each family.
 */
#ifndef XSCAN_ASKING_H
#define XSCAN_ASKING_H

#include "ask.h"
#include "checkpoint.h"
#include "slices.h"

struct asking {
	struct engine *engine;
	struct ask sweep, slice;
	struct ports once; /* the sweep asks each neighbour one question */
	struct slices slices;
	struct totals totals;
	struct checkpoint_parts parts; /* the sweep, the slices and the totals */
	struct checkpoint_keeper keeper;
	struct tx *xdp;	  /* the sender of --tx xdp, part of the matcher; NULL: none */
	bool closed;	  /* the program that is attached serves all that is still to be asked */
	bool limited;	  /* no program can be loaded any more: the rights are dropped */
	bool runs;	  /* a plan has begun to be asked */
	bool in_between;  /* a slice could not begin: the state fits no checkpoint */
	uint64_t idle_ns; /* since when no slice is under way */
};

/* Set everything to zero. Call asking_free in any case from now on. */
void asking_init(struct asking *a, struct engine *e);
void asking_free(struct asking *a);

/* Make the ways of the engine's plan, in place of those of the plan before. 0 or -ENOMEM. */
int asking_make_ways(struct engine *e);

/* Load what the sweep needs. 0 or a negative errno with the reason in err. */
int asking_prepare(struct asking *a, struct err *err);

/* Go on where an earlier run left off, if it did; attach the matcher. Errors as above. */
int asking_begin(struct asking *a, struct err *err);

/* The rights needed from now on (enum privilege_use). `load`: those to load programs too. */
unsigned int asking_uses(const struct asking *a, bool load);

/* Ask. 0: everybody has been asked; -EINTR: interrupted; another negative errno, reason in err. */
int asking_run(struct asking *a, struct err *err);

/*
 * The plan before is done: keep its sums, and begin this one. Then call asking_run again. Errors as
 * above.
 */
int asking_go_on(struct asking *a, const struct plan *plan, struct err *err);

#endif
