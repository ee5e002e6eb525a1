/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* start.h - tell the outputs what this run is about to do. */
#ifndef XSCAN_START_H
#define XSCAN_START_H

#include "engine.h"

/* `goes_on`: with the scan of an earlier run. 0 or a negative errno, reason in err. */
int start_report(struct engine *e, bool goes_on, struct err *err);

#endif
