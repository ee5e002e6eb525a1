/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * apart.h - refuse an output that is a file which the run reads, or writes otherwise. Files are
 * compared, not names: a file may have several.
 */
#ifndef XSCAN_APART_H
#define XSCAN_APART_H

#include "report.h"

#include <sys/stat.h>

bool apart_is_same(const struct stat *file, const char *path);

/* Check all outputs before any is opened. 0 or a negative errno, the reason in err. */
int apart_check(const struct report_wish *wish, struct err *err);

/* Check one. Call again when it is open: two names of a file that was missing show only then. */
int apart_check_file(const struct report_wish *wish, const char *path, struct err *err);

#endif
