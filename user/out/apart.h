/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * apart.h - refuse an output that is a file which the run reads, or writes otherwise. Files are
 * compared, not names: a file may have several. Opens and changes nothing.
 */
#ifndef XSCAN_APART_H
#define XSCAN_APART_H

#include "report.h"

/* Check all outputs before any is opened. 0 or -ENOTUNIQ, the reason in err. */
int apart_check(const struct report_wish *wish, struct err *err);

/* Check the i-th file. Call again when it is open: only then shows where a dangling link leads. */
int apart_check_file(const struct report_wish *wish, unsigned int i, struct err *err);

#endif
