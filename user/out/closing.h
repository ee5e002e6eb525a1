/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * closing.h - the lines for people when a scan is over: the summary and, on request, the whole
 * ledger with its sums. Pure.
 */
#ifndef XSCAN_CLOSING_H
#define XSCAN_CLOSING_H

#include "result.h"

#include <stdio.h>

void closing_print(const struct result_summary *s, bool verbose, FILE *file);

#endif
