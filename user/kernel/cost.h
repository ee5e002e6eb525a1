/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * cost.h - what the matcher costs this host, by the kernel's own count (--cost): BPF_ENABLE_STATS makes
 * the kernel count the runs of each BPF program, and their time.
 */
#ifndef XSCAN_COST_H
#define XSCAN_COST_H

#include "err.h"
#include "host_load.h"

#include <stdbool.h>
#include <stdint.h>

struct cost {
	bool on;
	int stats_fd; /* the kernel counts while it is open */
	struct host_load host;
	struct budget_look start;
	char program[16]; /* the last one that ran */
	uint32_t jited_bytes, verified_insns;
	uint64_t runs, run_ns;
	uint64_t before_runs, before_ns; /* of a dispatcher: not of this scan */
	uint32_t before_id;
};

/*
 * Make the kernel count, with the rights of setup. 0 or a negative errno, reason in err; call cost_close
 * in either case.
 */
int cost_open(struct cost *c, struct err *err);
void cost_close(struct cost *c);

/* The scan begins. */
void cost_start(struct cost *c);

/*
 * A program is about to run. Call while rights are there: the kernel tells its length to nobody else.
 * What it has counted before is not of this scan.
 */
void cost_watch(struct cost *c, int program_fd);

/* Add what a program has counted, once, when it runs no more. */
void cost_add(struct cost *c, int program_fd);

/* What CPUs have done since the scan began. */
struct budget_look cost_of_host(const struct cost *c);

#endif
