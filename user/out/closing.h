/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * closing.h - what a person is told when a scan is over: a line and, on demand, the whole ledger,
 * with its sums. Pure.
 */
#ifndef XSCAN_CLOSING_H
#define XSCAN_CLOSING_H

#include "result.h"

#include <stdio.h>

void closing_print(const struct result_summary *s, bool verbose, FILE *file);

#endif
