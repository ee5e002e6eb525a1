// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* traffic.c - subtract, and compare with a limit. */
#include "traffic.h"

enum {
	SENT_BYTES = 60,    /* a probe */
	ANSWER_BYTES = 120, /* an answer with the reset that follows it, or an ICMP error */
	DOUBT = 4,	    /* a quarter of the scan's own traffic may be somebody else's, or not */
	BURST_BYTES = 1514, /* one full frame may come between two looks, however short the time */
	QUIET_BYTES = 125000, /* a second: 1 Mbit/s */
	SECOND_NS = 1000000000,
};

/* Counters that went back began anew: the scan's with a slice, the interface's with its driver. */
static uint64_t grown(uint64_t before, uint64_t now)
{
	return now > before ? now - before : 0;
}

static uint64_t bytes_of_others(const struct traffic *before, const struct traffic *now)
{
	const uint64_t all = grown(before->bytes, now->bytes);
	const uint64_t own = grown(before->sent, now->sent) * SENT_BYTES +
			     grown(before->more_bytes, now->more_bytes) +
			     grown(before->answers, now->answers) * ANSWER_BYTES;

	return grown(own + own / DOUBT, all);
}

static double seconds(const struct traffic *before, const struct traffic *now)
{
	return (double)grown(before->time_ns, now->time_ns) / SECOND_NS;
}

uint64_t traffic_of_others(const struct traffic *before, const struct traffic *now)
{
	const double time = seconds(before, now);

	return time > 0 ? (uint64_t)((double)bytes_of_others(before, now) / time) : 0;
}

bool traffic_is_quiet(const struct traffic *before, const struct traffic *now)
{
	return (double)bytes_of_others(before, now) <=
	       BURST_BYTES + QUIET_BYTES * seconds(before, now);
}
