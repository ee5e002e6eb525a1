/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * slices.h - who is asked next. Each phase of the plan asks hosts in slices: all who are up by now and
 * have not been asked yet, as many as one table of answers holds and FLOWS_MAX ways lead to. So hosts
 * are asked as soon as they are found, and the longest scan takes no more memory than a short one.
 */
#ifndef XSCAN_SLICES_H
#define XSCAN_SLICES_H

#include "ask.h"
#include "engine.h"

struct slices {
	struct engine *engine;
	const struct ask *sweep; /* NULL: without Ethernet there is none */
	uint64_t *taken;	 /* [phase * paths + path]: hosts beyond the link that were asked */
	struct ranges *found; /* [path]: hosts beyond the link that answered a KIND_HOSTS phase */
	bool looked;	      /* nobody else was there to ask, with so many answers to the sweep: */
	uint64_t answers;
};

/* 0 or -ENOMEM; slices_free in either case. */
int slices_init(struct slices *s, struct engine *e, const struct ask *sweep);
void slices_free(struct slices *s);

/* May slices_next find somebody that it did not find before? */
bool slices_changed(const struct slices *s);

/*
 * Choose the hosts of the next slice, at most `most`, and its phase. 1; 0: there is nobody to ask now;
 * or -ENOMEM.
 */
int slices_next(struct slices *s, uint64_t most, unsigned int *phase, struct hosts *hosts);

/* The slice has ended: who answered is up, if that was the question. 0 or -ENOMEM. */
int slices_learn(struct slices *s, const struct ask *slice);

/* The hosts of a slice that an earlier run had chosen. 0 or a negative errno. */
int slices_again(const struct slices *s, const struct range *v, size_t n, struct hosts *hosts);

/* How many hosts the phases could not ask, since a gateway did not answer. */
uint64_t slices_hidden(const struct slices *s, const struct path **path);

#endif
