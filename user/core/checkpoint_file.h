/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * checkpoint_file.h - the file that an interrupted scan goes on from (--resume). Pure but for the
 * file.
 *
 * The file is the head below, as in memory (host order), and some tables, compressed by zlib.
 * zlib's checksum shows whether they are whole. A new file is written aside, made durable and
 * renamed: after a crash the old or the new file is there. An open file is locked, so that no
 * second xscan takes it.
 *
 * Only a file of ours is read or replaced: a regular file of the effective user, with one name.
 * xscan believes what it reads there, and others could have written it. Under sudo the owner is
 * root, as for each file that xscan makes. SUDO_UID is no owner: that user may be allowed to run
 * xscan as root, and nothing else. With file capabilities the owner is the user who runs xscan.
 * Symbolic links are refused: renaming would replace the link, not the file.
 *
 * Only the xscan that wrote a file can read it, on a machine of the same kind. The size and the
 * name of the structs refuse others.
 */
#ifndef XSCAN_CHECKPOINT_FILE_H
#define XSCAN_CHECKPOINT_FILE_H

#include "abi.h"
#include "err.h"
#include "flow.h"
#include "ledger.h"
#include "ranges.h"

#include <limits.h>
#include <stddef.h>

/* The state of one ask. */
struct checkpoint_ask {
	struct ledger ledger;
	struct stats stats;
	struct flow_saved flows[FLOWS_MAX];
	uint64_t n_flows;
	uint64_t asked_anew[FLOWS_MAX]; /* of the sweep: so many hosts have answered more than
					   once, when asked anew */
	uint64_t pulse_answers;		/* of the sweep */
};

/* Counts of states in the slices that are done. */
struct checkpoint_tally {
	uint64_t open, closed, filtered;
	uint64_t hosts_up; /* hosts that the sweep does not ask */
};

enum checkpoint_table {
	CHECKPOINT_NEIGHBOURS, /* struct neighbour: the answers to the sweep */
	CHECKPOINT_TAKEN,      /* uint64_t: how many hosts of each path the slices took, by phase */
	CHECKPOINT_FOUND,      /* struct range: hosts beyond the link that have answered */
	CHECKPOINT_GONE,       /* struct result_gone: hosts that went away */
	CHECKPOINT_SLICE,      /* struct range: the hosts of the slice under way */
	CHECKPOINT_ANSWERS,    /* enum answer_state: the answers of the slice */
	CHECKPOINT_TABLES
};

/* The number changes with the structs and with what they mean. */
#define CHECKPOINT_MAGIC "xscan resume 6\n"

struct checkpoint_head {
	char magic[16]; /* CHECKPOINT_MAGIC */
	uint64_t scan;	/* checkpoint_mix of everything that distinguishes this scan from others */
	uint64_t seed;
	uint64_t elapsed_ns;
	uint64_t plan;		    /* the plan under way: those before it are done */
	uint64_t in_slice;	    /* 1: a slice is under way; else `slice` means nothing */
	uint64_t phase;		    /* of that slice: an index in that plan */
	struct ledger hosts, ports; /* the sums of earlier slices, by KIND_HOSTS and KIND_PORTS */
	struct checkpoint_tally tally;
	struct checkpoint_ask sweep, slice;
	uint64_t table_size[CHECKPOINT_TABLES]; /* bytes */
};

struct checkpoint {
	struct checkpoint_head head;
	void *tables[CHECKPOINT_TABLES];
};

/* Mix a number into the fingerprint of a scan. */
uint64_t checkpoint_mix(uint64_t fingerprint, uint64_t number);

/*
 * Read `path` into `r`; free its tables by checkpoint_free. *lock_fd becomes the file, locked until
 * closed. Wait a second for another run to let go of it. 0; -ENOENT: no file, a new scan begins; another negative errno with the reason in err.
 */
int checkpoint_read(const char *path, struct checkpoint *r, int *lock_fd, struct err *err);

/* The suffix of the file that is being written, before it is renamed. */
#define CHECKPOINT_ASIDE ".new"

/* The name of that file. 0 or -ENAMETOOLONG. */
int checkpoint_aside(const char *path, char aside[PATH_MAX]);

/*
 * Could checkpoint_write write `path`, as far as that shows without opening a file? 0 or a negative
 * errno with the reason in err.
 */
int checkpoint_check(const char *path, struct err *err);

/*
 * Write it; *lock_fd (-1: none yet) becomes the new file. 0 or a negative errno, reason in err.
 * -EBUSY: another xscan writes the file, or has written it since checkpoint_read found none. Of
 * what is left of a killed run, a file of ours is removed; anything else is refused.
 */
int checkpoint_write(const char *path, const struct checkpoint *r, int *lock_fd, struct err *err);

/* Remove the file: the scan is complete. 0, also if it is gone, or a negative errno as above. */
int checkpoint_remove(const char *path, int *lock_fd, struct err *err);

void checkpoint_free(struct checkpoint *r);

#endif
