/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * resume.h - the file from which an interrupted scan goes on (--resume). Pure but for the file.
 *
 * It is the structs below as they are in memory and two tables, compressed by zlib, whose checksum
 * shows whether they are whole. It is written aside, made durable and renamed: whatever happens, the
 * old file or the new one is there. An open one is locked, so that no second xscan takes it.
 *
 * A file is understood by the xscan that wrote it, on the machine that wrote it or one like it;
 * another one is refused by the size and the name of the structs.
 */
#ifndef XSCAN_RESUME_H
#define XSCAN_RESUME_H

#include "abi.h"
#include "err.h"
#include "ledger.h"

#include <stddef.h>

/* Where a flow (flow.h) goes on. */
struct resume_flow {
	uint64_t position; /* of the first question whose answer may have been missed */
	uint64_t reached;  /* questions before this position have been asked in this try */
	uint64_t found;
	uint32_t attempt;
	uint32_t sampled;
	uint32_t done;
	uint32_t pad;
};

struct resume_phase {
	struct ledger ledger;
	struct stats stats;
	struct resume_flow flows[FLOWS_MAX];
	uint64_t n_flows;
	uint64_t table_size; /* of its answers, in bytes */
};

/* States of ports, counted: those of the slices that are done. */
struct resume_tally {
	uint64_t open, closed, filtered;
	uint64_t hosts_up; /* behind a gateway, answering; those on link are the sweep's */
};

struct resume_head {
	char magic[16];
	uint64_t scan; /* resume_mix of everything that makes it this scan and no other */
	uint64_t seed;
	uint64_t ports_begun; /* 1: the sweep is over, `ports` means something */
	uint64_t first_host;  /* of the slice of hosts under way */
	struct ledger slices; /* the sum of those before */
	struct resume_tally tally;
	struct resume_phase sweep, ports;
};

struct resume {
	struct resume_head head;
	void *neighbours; /* head.sweep.table_size bytes */
	void *answers;	  /* head.ports.table_size bytes */
};

/* Add a number to the fingerprint of a scan. */
uint64_t resume_mix(uint64_t fingerprint, uint64_t number);

/*
 * Read `path` into `r`, whose tables the caller frees by resume_free. *lock_fd is the file, locked
 * until it is closed. 0; -ENOENT: there is none, a new scan begins; another negative errno with the
 * reason in err.
 */
int resume_read(const char *path, struct resume *r, int *lock_fd, struct err *err);

/* What is being written has this after its name. */
#define RESUME_ASIDE ".new"

/* Write it; *lock_fd (-1: none yet) becomes the new file. 0 or a negative errno, reason in err. */
int resume_write(const char *path, const struct resume *r, int *lock_fd, struct err *err);

/* The scan is complete: there is nothing to go on with. */
void resume_remove(const char *path, int *lock_fd);

void resume_free(struct resume *r);

#endif
