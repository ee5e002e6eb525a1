/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * scan.h - a whole scan: the sweep, and while it listens on, the phases of the plan, slice by slice.
 */
#ifndef XSCAN_SCAN_H
#define XSCAN_SCAN_H

#include "config.h"
#include "plan.h"
#include "result.h"

/*
 * Would the scan be refused, as far as that shows without rights? Changes and sends nothing. 0 or a
 * negative errno with the reason in err.
 */
int scan_check(const struct config *c, const struct plan *p, struct err *err);

/*
 * Run the scan. Results go to the outputs as they come. At the end call `told` with the summary,
 * unless the scan could not begin. 0: complete; -EINTR: interrupted; another negative errno with
 * the reason in err: the scan could not run or broke off.
 */
typedef void (*scan_told)(void *ctx, const struct result_summary *summary);
int scan_run(const struct config *c, const struct plan *p, scan_told told, void *ctx,
	     struct err *err);

#endif
