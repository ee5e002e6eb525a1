/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * scan.h - a whole scan: the sweep, and while it listens on, the phases of the plan, slice by
 * slice. A scan of both families has two plans from the same interfaces, and does so twice. Plans of the
 * link (plan_link) are made anew when it has been searched.
 */
#ifndef XSCAN_SCAN_H
#define XSCAN_SCAN_H

#include "config.h"
#include "plan.h"
#include "result.h"

/* Whom to tell how the scan goes. */
struct scan_listener {
	void *ctx;
	void (*told)(void *ctx, const struct result_summary *summary); /* at the end */
	void (*warned)(void *ctx, const struct err *err);	       /* the scan goes on */
};

/*
 * Would the scan be refused, as far as that shows without rights? Changes and sends nothing. 0 or a
 * negative errno with the reason in err.
 */
int scan_check(const struct config *c, struct plan *plans, unsigned int n_plans, struct err *err);

/*
 * Run the scan. Results go to the outputs as they come. At the end call `told` with the summary,
 * unless the scan could not begin. 0: complete; -EINTR: interrupted; another negative errno with
 * the reason in err: the scan could not run or broke off.
 */
int scan_run(const struct config *c, struct plan *plans, unsigned int n_plans,
	     const struct scan_listener *listener, struct err *err);

#endif
