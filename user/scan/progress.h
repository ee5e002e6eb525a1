/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * progress.h - how far a scan has come: what the parts that are done amount to, the part under way;
 * and --resume, which keeps that for a later run, or takes up what an earlier one has kept.
 */
#ifndef XSCAN_PROGRESS_H
#define XSCAN_PROGRESS_H

#include "portscan.h"
#include "resume.h"
#include "sweep.h"

struct progress {
	const struct engine *engine;
	const struct sweep *sweep;
	const struct portscan *portscan; /* the slice of hosts under way, or NULL */
	uint64_t first_host;		 /* of that slice */
	struct ledger ports;		 /* of the slices before it; in the end of all */
	struct resume_tally tally;	 /* likewise */
	struct resume from;		 /* where an earlier run left off, if `goes_on` */
	bool goes_on;
	int fd; /* the file of --resume, locked; -1: none */
	uint64_t save_due_ns;
};

/*
 * Read the file of --resume, if there is one. *seed becomes that of the earlier run. 0 or a negative
 * errno with the reason in err; progress_free in either case.
 */
int progress_begin(struct progress *p, const struct engine *e, const struct sweep *sweep,
		   uint64_t *seed, struct err *err);
void progress_free(struct progress *p);

/*
 * If an earlier run got that far: the initialised sweep goes on there; so does the port scan, first
 * at the slice from p->first_host on, which progress_enter_ports sets, then within that slice.
 */
int progress_enter_sweep(const struct progress *p, struct sweep *sweep, struct err *err);
void progress_enter_ports(struct progress *p);
int progress_enter_slice(struct progress *p, struct portscan *portscan, struct err *err);

/* The slice under way has ended: add what it amounts to. */
void progress_leave_slice(struct progress *p);

/* Leave to a later run what this one has found so far, its results being on the disk. */
int progress_save(struct progress *p, struct err *err);

/* The same if it is time; a disk that is full now may have room later. */
void progress_save_now_and_then(struct progress *p);

/*
 * The same when a scan breaks off with `code`. Returns the code to go on with: the first error is the
 * one to tell, but an interruption is none.
 */
int progress_save_at_last(struct progress *p, int code, struct err *err);

/* The scan is complete: nothing is kept. */
void progress_end(struct progress *p);

#endif
