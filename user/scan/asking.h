/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * asking.h - ask everybody: who is on the link, and slice after slice (slices.h) what is asked of who
 * is up.
 */
#ifndef XSCAN_ASKING_H
#define XSCAN_ASKING_H

#include "ask.h"
#include "checkpoint.h"
#include "slices.h"

struct asking {
	struct engine *engine;
	struct ask sweep, slice;
	struct ports once; /* what each neighbour is asked for */
	struct slices slices;
	struct totals totals;
	struct checkpoint_parts parts; /* which of these there are */
	struct checkpoint_keeper keeper;
	struct tx *xdp;	  /* the sender of --tx xdp, which is part of the matcher; NULL: none */
	bool closed;	  /* no more programs can be loaded */
	bool in_between;  /* a slice could not begin: what there is fits no checkpoint */
	uint64_t idle_ns; /* since when no slice is under way */
};

/* Zero it; asking_free is right from then on. */
void asking_init(struct asking *a, struct engine *e);
void asking_free(struct asking *a);

/* Load what the sweep needs. 0 or a negative errno with the reason in err. */
int asking_prepare(struct asking *a, struct err *err);

/* Go on where an earlier run has left off, if it has; attach the matcher. Likewise. */
int asking_begin(struct asking *a, struct err *err);

/* What rights are for (enum privilege_use), with those to load programs or without. */
unsigned int asking_uses(const struct asking *a, bool load);

/* Ask. 0: everybody has been asked; -EINTR: interrupted; another negative errno, reason in err. */
int asking_run(struct asking *a, struct err *err);

#endif
