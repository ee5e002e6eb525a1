/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * checkpoint.h - keep how far a scan has come in the file of --resume, or go on where an earlier run
 * has left off.
 */
#ifndef XSCAN_CHECKPOINT_H
#define XSCAN_CHECKPOINT_H

#include "checkpoint_file.h"
#include "slices.h"

/* What the slices that are done amount to. */
struct totals {
	struct ledger hosts, ports; /* of phases that ask for hosts, and for ports */
	struct checkpoint_tally tally;
	uint64_t elapsed_ns; /* of earlier runs */
};

/* The parts of a scan that are kept. */
struct checkpoint_parts {
	struct engine *engine;
	struct ask *sweep; /* NULL: there is none */
	struct slices *slices;
	struct ask *slice;  /* under way, or NULL */
	unsigned int phase; /* of the slice */
	struct totals *totals;
	uint64_t start_ns; /* of this run */
};

struct checkpoint_keeper {
	const struct engine *engine;
	struct checkpoint from; /* what an earlier run has left */
	bool goes_on;		/* there is such */
	bool pending;		/* its slice has not been entered yet: keep it as it is */
	int fd;			/* the file, locked; -1: none */
	uint64_t save_due_ns;
};

/*
 * Read the file of --resume, if there is one; the engine's seed becomes that of the earlier run. 0 or
 * a negative errno with the reason in err; checkpoint_close in either case.
 */
int checkpoint_open(struct checkpoint_keeper *k, struct engine *e, struct err *err);
void checkpoint_close(struct checkpoint_keeper *k);

/*
 * If an earlier run got that far: the initialised sweep goes on there; so do the totals and the
 * choice of hosts; then the slice that was under way, whose phase and hosts checkpoint_slice gives
 * (1; 0: there was none). 0 or a negative errno with the reason in err.
 */
int checkpoint_enter_sweep(struct checkpoint_keeper *k, const struct checkpoint_parts *p,
			   struct err *err);
int checkpoint_slice(const struct checkpoint_keeper *k, const struct checkpoint_parts *p,
		     unsigned int *phase, struct hosts *hosts, struct err *err);
int checkpoint_enter_slice(struct checkpoint_keeper *k, const struct checkpoint_parts *p,
			   struct err *err);

/* Leave to a later run what this one has found so far, its results being on the disk. */
int checkpoint_save(struct checkpoint_keeper *k, const struct checkpoint_parts *p, struct err *err);

/* The same if it is time; a disk that is full now may have room later. */
void checkpoint_save_now_and_then(struct checkpoint_keeper *k, const struct checkpoint_parts *p);

/*
 * The same when a scan breaks off with `code`. Returns the code to go on with: the first error is the
 * one to tell, but an interruption is none.
 */
int checkpoint_save_at_last(struct checkpoint_keeper *k, const struct checkpoint_parts *p, int code,
			    struct err *err);

/* The scan is complete: nothing is kept. */
void checkpoint_end(struct checkpoint_keeper *k);

#endif
