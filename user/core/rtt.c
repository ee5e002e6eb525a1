// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* rtt.c - the round trip estimator of RFC 6298. */
#include "rtt.h"

#define GROWN_NS 8e6

void rtt_add(struct rtt *r, uint64_t rtt_ns)
{
	double sample = (double)rtt_ns, deviation;

	r->last_ns = rtt_ns;
	if (rtt_ns > r->longest_ns)
		r->longest_ns = rtt_ns;
	if (!r->samples || rtt_ns < r->shortest_ns)
		r->shortest_ns = rtt_ns;
	if (!r->lately_ns || rtt_ns < r->lately_ns)
		r->lately_ns = rtt_ns;
	if (!r->samples++) {
		r->smoothed_ns = sample;
		r->variation_ns = sample / 2;
		return;
	}
	deviation = sample > r->smoothed_ns ? sample - r->smoothed_ns : r->smoothed_ns - sample;
	r->variation_ns += (deviation - r->variation_ns) / 4;
	r->smoothed_ns += (sample - r->smoothed_ns) / 8;
}

/* Half as long again as the shortest, and longer than a busy host or a radio link explains. */
bool rtt_has_grown(const struct rtt *r)
{
	return (double)r->last_ns > 1.5 * (double)r->shortest_ns + GROWN_NS;
}

double rtt_queue_ns(struct rtt *r)
{
	if (r->lately_ns)
		r->queue_ns = (double)(r->lately_ns - r->shortest_ns);
	r->lately_ns = 0;
	return r->queue_ns;
}

uint64_t rtt_timeout_ns(const struct rtt *r, uint64_t floor_ns, uint64_t ceiling_ns)
{
	double wait = r->smoothed_ns + 4 * r->variation_ns;

	if (!r->samples)
		return ceiling_ns;
	if (wait < 2.0 * (double)r->longest_ns)
		wait = 2.0 * (double)r->longest_ns;
	if (wait < (double)floor_ns)
		wait = (double)floor_ns;
	return wait < (double)ceiling_ns ? (uint64_t)wait : ceiling_ns;
}
