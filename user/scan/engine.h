/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * engine.h - what the parts of a scan work with; scan.c makes it and lends it to them.
 */
#ifndef XSCAN_ENGINE_H
#define XSCAN_ENGINE_H

#include "config.h"
#include "loop.h"
#include "matcher.h"
#include "pacer.h"
#include "plan.h"
#include "report.h"
#include "tx.h"
#include "way.h"

struct ask;
struct attach;
struct names;
struct trouble;

struct engine {
	const struct config *config;
	const struct plan *plan;
	struct loop *loop;
	struct attach *attach;
	struct report *report;
	struct names *names;
	struct tx *tx; /* AF_PACKET */
	struct probe_config probe;
	struct matcher matcher;	 /* the one that is attached, or is about to be */
	struct matcher before;	 /* the one that it replaces, while both are there */
	struct ask *asks[LANES]; /* that run; NULL: none */
	struct way *ways;	 /* plan->paths.n_ways of them */
	struct pacer pacer;	 /* of all flows together, when the rate is given */
	struct trouble *trouble;
	struct err *event_err; /* where an event puts a reason */
	uint64_t tick_due_ns, check_due_ns;
	uint64_t seed;	   /* of the order of questions */
	uint64_t epoch_us; /* what to add to CLOCK_MONOTONIC for the time of day */
};

#endif
