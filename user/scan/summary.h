/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* summary.h - the totals of a scan, for the outputs and the closing lines. */
#ifndef XSCAN_SUMMARY_H
#define XSCAN_SUMMARY_H

#include "checkpoint.h"
#include "result.h"

/*
 * Add up the sweep and the slices, with one that is under way. `code` is how the scan ended. The
 * summary refers to the engine's trouble.
 */
void summary_fill(struct result_summary *sum, const struct checkpoint_parts *p, int code);

/* How many targets are up by the sweep; gateways that are no targets do not count. */
uint64_t summary_neighbours_up(const struct ask *sweep);

#endif
