/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* misses.h - words for frames of --capture: why a frame is no answer, or what it is. Pure. */
#ifndef XSCAN_MISSES_H
#define XSCAN_MISSES_H

#include "abi.h"

#include <stdbool.h>

enum { MISS_TEXT = 160 };

/* Returns `text`. `p` is that of the scan's probes; bare: frames have no Ethernet header. */
const char *miss_text(const struct captured *frame, const struct probe_config *p, bool bare,
		      char text[MISS_TEXT]);

#endif
