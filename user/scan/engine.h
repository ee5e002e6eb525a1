/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* engine.h - what all parts of a scan use; scan.c makes the engine and lends it to them. */
#ifndef XSCAN_ENGINE_H
#define XSCAN_ENGINE_H

#include "config.h"
#include "loop.h"
#include "matcher.h"
#include "pacer.h"
#include "plan.h"
#include "report.h"
#include "way.h"
#include "words.h"

struct aside;
struct ask;
struct capturing;
struct checkpoint_parts;
struct names;
struct observing;
struct outlets;
struct search;
struct trouble;
struct yield;

struct engine {
	const struct config *config;
	struct plan *plans; /* one after the other: IPv4, then IPv6 or the rounds of search.h */
	unsigned int n_plans;
	const struct plan *plan; /* the one that is asked now */
	struct loop *loop;
	struct outlets *outlets;
	struct aside *aside;
	struct yield *yield;
	struct report *report;
	struct names *names;
	struct words infos; /* what answers have told of services */
	struct observing *observing;
	struct capturing *capturing;
	const struct checkpoint_parts *parts; /* of the whole scan */
	struct search *search;		      /* NULL: nobody is searched for or heard */
	struct probe_config probe; /* of the first outlet; others have other MAC addresses */
	struct try_ports ports;
	struct matcher matcher;	 /* the one that is attached, or is about to be */
	struct matcher before;	 /* the one that it replaces, while both are there */
	struct ask *asks[LANES]; /* asks that run; NULL: none in this lane */
	struct way *ways;	 /* plan->paths.n_ways of them */
	struct pacer pacer;	 /* shared by all flows when --rate gives a number */
	struct trouble *trouble;
	struct err *event_err; /* where an event handler puts the reason of an error */
	uint64_t tick_due_ns, check_due_ns;
	uint64_t sent;	     /* probes of this scan so far */
	uint64_t more_bytes; /* of these, as budget.h counts them */
	bool one_program;    /* the program that is attached first serves the whole scan */
	enum fate synack;    /* of a matched SYN-ACK */
	uint64_t seed;	     /* of the order of questions */
	uint64_t epoch_us;   /* add to CLOCK_MONOTONIC to get the time of day, in microseconds */
};

#endif
