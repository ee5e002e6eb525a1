// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* departures.c - find the two readings around a frame. */
#include "departures.h"

void departures_add(struct departures *d, unsigned int frames, uint64_t time_ns)
{
	d->frames += frames;
	if (d->n < DEPARTURES_MAX)
		d->v[d->n++] = (struct departure){ d->frames, time_ns };
}

uint64_t departures_time(const struct departures *d, unsigned int frame)
{
	const struct departure *before = d->v, *after;
	unsigned int i = d->n;

	while (i && d->v[i - 1].frame > frame)
		i--;
	if (!i)
		return 0;
	before = &d->v[i - 1];
	if (i == d->n)
		return before->time_ns;
	after = &d->v[i];
	return before->time_ns + (after->time_ns - before->time_ns) * (frame - before->frame) /
					 (after->frame - before->frame);
}
