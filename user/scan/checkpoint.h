/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * checkpoint.h - save the state of a scan in the file of --resume, or go on from the state that an
 * earlier run saved.
 */
#ifndef XSCAN_CHECKPOINT_H
#define XSCAN_CHECKPOINT_H

#include "checkpoint_file.h"
#include "slices.h"

/* The sums of the slices that are done. */
struct totals {
	struct ledger hosts, ports; /* of KIND_HOSTS and of KIND_PORTS phases */
	struct checkpoint_tally tally;
	uint64_t elapsed_ns; /* spent by earlier runs */
};

/* The parts of a scan that are saved. */
struct checkpoint_parts {
	struct engine *engine;
	struct ask *sweep; /* NULL: no sweep */
	struct slices *slices;
	struct ask *slice;  /* under way, or NULL */
	unsigned int phase; /* of the slice, in the plan */
	struct totals *totals;
	uint64_t start_ns; /* of this run */
};

/* Tell the user at once; the scan goes on. */
typedef void (*checkpoint_warn)(void *ctx, const struct err *err);

struct checkpoint_keeper {
	const struct engine *engine;
	checkpoint_warn warn;
	void *warn_ctx;
	bool warned;		/* of a save that failed */
	uint64_t saved_ns;	/* when the file was last written */
	struct checkpoint from; /* the state of an earlier run */
	uint64_t scan;		/* the fingerprint; gateways may change afterwards */
	bool goes_on;		/* `from` holds one, */
	bool restores;		/* and it has not been restored yet */
	bool pending;		/* its slice has not begun in this run: keep it as it is */
	int fd;			/* the file, locked; -1: none */
	uint64_t save_due_ns;
};

/*
 * Read the file of --resume, if there is one. The engine's seed and plan become those of the earlier run.
 * 0 or a negative errno with the reason in err; call checkpoint_close in either case. `warn` is
 * called with `ctx` for errors that do not end the scan.
 */
int checkpoint_open(struct checkpoint_keeper *k, struct engine *e, checkpoint_warn warn, void *ctx,
		    struct err *err);
void checkpoint_close(struct checkpoint_keeper *k);

/*
 * Restore the state of an earlier run, if there is one. checkpoint_enter_sweep restores the
 * initialised sweep, the totals and the choice of hosts. checkpoint_slice gives the phase and the
 * hosts of the slice that was under way (1; 0: there was none). 0 or a negative errno with the
 * reason in err.
 */
int checkpoint_enter_sweep(struct checkpoint_keeper *k, const struct checkpoint_parts *p,
			   struct err *err);
int checkpoint_slice(const struct checkpoint_keeper *k, const struct checkpoint_parts *p,
		     unsigned int *phase, struct hosts *hosts, struct err *err);
int checkpoint_enter_slice(struct checkpoint_keeper *k, const struct checkpoint_parts *p,
			   struct err *err);

/* Sync the outputs, then save the state for a later run. 0 or a negative errno, reason in err. */
int checkpoint_save(struct checkpoint_keeper *k, const struct checkpoint_parts *p, struct err *err);

/* Save now: a plan is done, and another one follows. Errors as below. */
void checkpoint_save_in_between(struct checkpoint_keeper *k, const struct checkpoint_parts *p);

/*
 * Save if it is time. The scan goes on after an error: a full disk may have room later. The first
 * error is told at once.
 */
void checkpoint_save_now_and_then(struct checkpoint_keeper *k, const struct checkpoint_parts *p);

/*
 * Save when a scan breaks off with `code`. Returns the code to go on with: the first error counts,
 * but an interruption is no error. If the file cannot be saved after another error, tell that at
 * once.
 */
int checkpoint_save_at_last(struct checkpoint_keeper *k, const struct checkpoint_parts *p, int code,
			    struct err *err);

/* Remove the file: the scan is complete. If that fails, tell it. */
void checkpoint_end(struct checkpoint_keeper *k);

#endif
