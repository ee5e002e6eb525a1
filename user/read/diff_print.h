/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* diff_print.h - differences as rows, and as JSON lines. Pure. */
#ifndef XSCAN_DIFF_PRINT_H
#define XSCAN_DIFF_PRINT_H

#include "diff.h"

#include <stdio.h>

/*
 * One row: change, kind of thing, address, thing, detail, and where it is in doubt, why. Separated by
 * tabs, or, with `aligned`, by blanks.
 */
void diff_print_heading(FILE *file); /* for aligned rows */
void diff_print_row(FILE *file, const struct difference *d, bool aligned);

/* One JSON object, without an end of line. */
void diff_print_json(FILE *file, const struct difference *d);

#endif
