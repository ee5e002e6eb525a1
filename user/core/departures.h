/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * departures.h - when the frames of a batch left. A sender reads the clock every few frames. Between two
 * readings, frames leave at equal distances. Pure.
 */
#ifndef XSCAN_DEPARTURES_H
#define XSCAN_DEPARTURES_H

#include <stdint.h>

/* More readings than a batch of either sender takes. */
enum { DEPARTURES_MAX = 64 };

/* Zero-initialised: nothing has left. */
struct departures {
	unsigned int frames; /* that have left */
	unsigned int n;
	struct departure {
		unsigned int frame; /* the next to leave */
		uint64_t time_ns;
	} v[DEPARTURES_MAX];
};

/* So many frames have left by now, since the last reading. Readings that find no room are left out. */
void departures_add(struct departures *d, unsigned int frames, uint64_t time_ns);

/* When frame `frame` left, from 0. 0: unknown. */
uint64_t departures_time(const struct departures *d, unsigned int frame);

#endif
