// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * pacer.c - a token bucket: time earns tokens, a probe costs one.
 *
 * A sender that wakes up late loses no token if the bucket holds two things: the tokens waited for,
 * and those earned since. The one extra token is for slow rates, which every late wakeup would else
 * delay.
 */
#include "pacer.h"

static const double NS_PER_S = 1e9;

/*
 * Rounding may leave a token this much short of whole; count it as whole. Else a sleep until
 * pacer_ready_ns might end with nothing to take. The debt stays in the bucket.
 */
static const double TOKEN_SLACK = 1e-6;

/* The number of tokens at now_ns. Time before last_ns has earned its tokens already. */
static double tokens_at(const struct pacer *p, uint64_t now_ns)
{
	double tokens;

	if (now_ns <= p->last_ns)
		return p->tokens;
	tokens = p->tokens + (double)(now_ns - p->last_ns) * (p->rate_pps / NS_PER_S);
	return tokens < p->depth ? tokens : p->depth;
}

static double depth_of(double rate_pps)
{
	double depth = rate_pps * ((double)PACER_DEPTH_NS / NS_PER_S);
	double slow = 10 * depth < PACER_BURST ? 10 * depth : PACER_BURST;

	return 1 + (depth > slow ? depth : slow);
}

void pacer_init(struct pacer *p, double rate_pps, uint64_t now_ns)
{
	p->rate_pps = rate_pps;
	p->depth = depth_of(rate_pps);
	p->tokens = 1;
	p->last_ns = now_ns;
}

void pacer_set_rate(struct pacer *p, double rate_pps, uint64_t now_ns)
{
	double tokens = tokens_at(p, now_ns);

	pacer_init(p, rate_pps, now_ns > p->last_ns ? now_ns : p->last_ns);
	p->tokens = tokens < p->depth ? tokens : p->depth;
}

unsigned int pacer_take(struct pacer *p, uint64_t now_ns, unsigned int want)
{
	double whole;

	p->tokens = tokens_at(p, now_ns);
	if (now_ns > p->last_ns)
		p->last_ns = now_ns;
	whole = p->tokens + TOKEN_SLACK;
	if (whole < want)
		want = whole > 0 ? (unsigned int)whole : 0;
	p->tokens -= want;
	return want;
}

void pacer_charge(struct pacer *p, unsigned int sent)
{
	p->tokens -= sent;
}

void pacer_return(struct pacer *p, unsigned int unused)
{
	p->tokens += unused;
	if (p->tokens > p->depth)
		p->tokens = p->depth;
}

uint64_t pacer_ready_ns(const struct pacer *p, uint64_t now_ns, unsigned int want)
{
	double goal = want < p->depth ? want : p->depth;
	double missing = goal - tokens_at(p, now_ns);
	uint64_t start_ns = now_ns > p->last_ns ? now_ns : p->last_ns;
	double wait_ns;

	if (missing <= TOKEN_SLACK)
		return now_ns;
	wait_ns = missing * (NS_PER_S / p->rate_pps);
	if (wait_ns >= (double)(UINT64_MAX - start_ns)) /* less than one probe in centuries */
		return UINT64_MAX;
	return start_ns + (uint64_t)wait_ns + 1;
}
