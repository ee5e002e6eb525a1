/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * scan.h - a whole scan: matcher up, sweep, port scan, ledger, matcher down.
 */
#ifndef XSCAN_SCAN_H
#define XSCAN_SCAN_H

#include "config.h"
#include "plan.h"
#include "result.h"

/*
 * Run it. Results go to the outputs as they come. 0: complete; -EINTR: interrupted; another
 * negative errno with the reason in err: it could not run or broke off. `summary` is filled in, and
 * `started` says whether it means anything.
 */
int scan_run(const struct config *c, const struct plan *p, struct result_summary *summary,
	     bool *started, struct err *err);

#endif
