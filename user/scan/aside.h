/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * aside.h - leave native XDP to those whom it disturbs: look at the interface's counters, and go over to
 * tc when others come.
 *
 * A scan stays on tc then. Each change of the driver may lose frames of the host, and who came once comes
 * again.
 */
#ifndef XSCAN_ASIDE_H
#define XSCAN_ASIDE_H

#include "err.h"
#include "link_stats.h"
#include "traffic.h"

#include <stdbool.h>
#include <stdint.h>

struct engine;

struct aside {
	struct link_stats_reader counters;
	struct traffic at; /* the last look */
	uint64_t since_ns; /* when aside_open was called */
	bool stays;	   /* never step aside, or no more */
};

/* Take the first look. Call early: aside_is_quiet compares with it. */
void aside_open(struct aside *a, int ifindex, uint64_t now_ns);
void aside_close(struct aside *a);

/* Has the interface been quiet since the first look? False if nobody knows. */
bool aside_is_quiet(struct aside *a, uint64_t now_ns);

/*
 * Attach the loaded matcher: at tc, if the driver refuses it or others have come since the choice. 0 or a
 * negative errno, reason in err.
 */
int aside_attach(struct engine *e, struct err *err);

/* May the scan have to step aside? Then it needs the program for tc. */
bool aside_is_possible(const struct engine *e);

/*
 * Is it too early to load the program for tc? Most scans are over before others come: these need not
 * spend the milliseconds.
 */
bool aside_waits(const struct engine *e, uint64_t now_ns);

/*
 * Load the program for tc, if the scan may have to step aside: call before the rights to load are
 * dropped. If that fails, the scan stays where it is.
 */
void aside_prepare(struct engine *e);

/* Look, and step aside if others have come. Call several times a second. */
void aside_look(struct engine *e, uint64_t now_ns);

#endif
