/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * checkpoint_file.h - the file from which an interrupted scan goes on (--resume). Pure but for the
 * file.
 *
 * It is the head below as it is in memory and some tables, compressed by zlib, whose checksum shows
 * whether they are whole. It is written aside, made durable and renamed: whatever happens, the old
 * file or the new one is there. An open one is locked, so that no second xscan takes it.
 *
 * A file is understood by the xscan that wrote it, on the machine that wrote it or one like it;
 * another one is refused by the size and the name of the structs.
 */
#ifndef XSCAN_CHECKPOINT_FILE_H
#define XSCAN_CHECKPOINT_FILE_H

#include "abi.h"
#include "err.h"
#include "flow.h"
#include "ledger.h"
#include "ranges.h"

#include <stddef.h>

/* One set of questions. */
struct checkpoint_ask {
	struct ledger ledger;
	struct stats stats;
	struct flow_saved flows[FLOWS_MAX];
	uint64_t n_flows;
};

/* States, counted: those of the slices that are done. */
struct checkpoint_tally {
	uint64_t open, closed, filtered;
	uint64_t hosts_up; /* of those that the sweep does not ask */
};

enum checkpoint_table {
	CHECKPOINT_NEIGHBOURS, /* struct neighbour: the answers to the sweep */
	CHECKPOINT_TAKEN,      /* uint64_t: how many hosts of each path slices have had, by phase */
	CHECKPOINT_FOUND,      /* struct range: who has answered beyond the link */
	CHECKPOINT_GONE,      /* struct result_gone: hosts that went away */
	CHECKPOINT_SLICE,      /* struct range: the hosts of the slice under way */
	CHECKPOINT_ANSWERS,    /* enum answer_state: those of the slice */
	CHECKPOINT_TABLES
};

struct checkpoint_head {
	char magic[16];
	uint64_t scan; /* checkpoint_mix of everything that makes it this scan and no other */
	uint64_t seed;
	uint64_t elapsed_ns;
	uint64_t in_slice;	    /* 1: a slice is under way; else `slice` means nothing */
	uint64_t phase;		    /* of that slice: which of the plan's */
	struct ledger hosts, ports; /* the sums of the slices before, by what they asked for */
	struct checkpoint_tally tally;
	struct checkpoint_ask sweep, slice;
	uint64_t table_size[CHECKPOINT_TABLES]; /* bytes */
};

struct checkpoint {
	struct checkpoint_head head;
	void *tables[CHECKPOINT_TABLES];
};

/* Add a number to the fingerprint of a scan. */
uint64_t checkpoint_mix(uint64_t fingerprint, uint64_t number);

/*
 * Read `path` into `r`, whose tables the caller frees by checkpoint_free. *lock_fd is the file, locked
 * until it is closed. 0; -ENOENT: there is none, a new scan begins; another negative errno with the
 * reason in err.
 */
int checkpoint_read(const char *path, struct checkpoint *r, int *lock_fd, struct err *err);

/* What is being written has this after its name. */
#define CHECKPOINT_ASIDE ".new"

/* Write it; *lock_fd (-1: none yet) becomes the new file. 0 or a negative errno, reason in err. */
int checkpoint_write(const char *path, const struct checkpoint *r, int *lock_fd, struct err *err);

/* The scan is complete: there is nothing to go on with. */
void checkpoint_remove(const char *path, int *lock_fd);

void checkpoint_free(struct checkpoint *r);

#endif
