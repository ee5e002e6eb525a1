/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* report_parts.h - what report.c and report_open.c share. */
#ifndef XSCAN_REPORT_PARTS_H
#define XSCAN_REPORT_PARTS_H

#include "report.h"

/* Say that a sink cannot be written, by this negative errno. Returns the errno. */
int report_failed(struct sink *s, int code, struct err *err);

#endif
