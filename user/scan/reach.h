/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* reach.h - leave out targets that no packet of a scan can reach. Pure. */
#ifndef XSCAN_REACH_H
#define XSCAN_REACH_H

struct plan;
struct ranges;

/*
 * Leave them out of `targets` and p->told. Count our own addresses, and those without a route, in
 * the plan. 0 or -ENOMEM.
 */
int reach_leave_out(struct plan *p, struct ranges *targets);

#endif
