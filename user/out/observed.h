/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* observed.h - what was measured of the scan itself, as text for people. Pure. */
#ifndef XSCAN_OBSERVED_H
#define XSCAN_OBSERVED_H

#include "result.h"

#include <stdio.h>

/* As bpftrace prints them; then their percentiles. */
void observed_print_histograms(const struct result_histogram *h, size_t n, FILE *file);

void observed_print_cost(const struct result_cost *cost, FILE *file);

/* One line: the places that have counted something. */
void observed_print_drops(const struct result_drops *drops, FILE *file);

#endif
