/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * slices.h - choose who is asked next. Each phase of the plan asks hosts in slices. A slice has all
 * hosts that are up and not asked yet, as many as one table of answers holds and FLOWS_MAX ways
 * lead to. So hosts are asked as soon as they are found, and a long scan takes no more memory than
 * a short one.
 */
#ifndef XSCAN_SLICES_H
#define XSCAN_SLICES_H

#include "ask.h"
#include "engine.h"

struct slices {
	struct engine *engine;
	const struct ask *sweep; /* NULL: no sweep (no Ethernet) */
	uint64_t *taken;	 /* [phase * paths + path]: hosts beyond the link that were asked */
	struct ranges *found; /* [path]: hosts beyond the link that answered a KIND_HOSTS phase */
	bool looked;	      /* no host was left to ask when the sweep had `answers` answers */
	uint64_t answers;
};

/* 0 or -ENOMEM; slices_free in either case. */
int slices_init(struct slices *s, struct engine *e, const struct ask *sweep);
void slices_free(struct slices *s);

/* Can slices_next find hosts that it did not find before? */
bool slices_changed(const struct slices *s);

/*
 * Choose the next slice: its phase, and at most `most` hosts. 1; 0: nobody to ask now; or -ENOMEM.
 */
int slices_next(struct slices *s, uint64_t most, unsigned int *phase, struct hosts *hosts);

/* Learn from a slice that has ended: after KIND_HOSTS, hosts that answered are up. 0 or -ENOMEM. */
int slices_learn(struct slices *s, const struct ask *slice);

/* Rebuild the hosts of a slice that an earlier run chose. 0 or a negative errno. */
int slices_again(const struct slices *s, const struct range *v, size_t n, struct hosts *hosts);

/* How many hosts lie behind gateways that did not answer. *path is the first such path. */
uint64_t slices_hidden(const struct slices *s, const struct path **path);

#endif
