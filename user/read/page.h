/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * page.h - results as one page of HTML that loads nothing. Pure.
 *
 * The page is the files of user/read/page/ with the data between them, as JSON: tools/embed-page.
 */
#ifndef XSCAN_PAGE_H
#define XSCAN_PAGE_H

#include "results.h"

#include <stdio.h>

/* The page before its data, and the data up to the list of results. */
void page_begin(FILE *file, const char *version);

/* One result, the oldest first. `first`: nothing is before it. */
void page_result(FILE *file, const struct results *r, bool first);

/* The differences between two results, in their order. `first` as above. */
void page_changes_begin(FILE *file);
void page_changes(FILE *file, const struct results *old, const struct results *new, bool first);

/* The hosts of the last result, and the rest of the page. */
void page_end(FILE *file, const struct results *last);

#endif
