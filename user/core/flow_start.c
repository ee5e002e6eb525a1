// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * flow_start.c - the start of a flow whose way is unknown: send a window of questions, wait for its
 * answers, send a larger one. control.h has the law.
 */
#include "flow_parts.h"

#define LAG_LEAST_NS 4e6   /* RFC 9406, 4.2: MIN_RTT_THRESH, */
#define LAG_MOST_NS  16e6  /* MAX_RTT_THRESH, */
#define LAG_SHARE    0.125 /* and 1 / MIN_RTT_DIVISOR */
#define SURE	     4.0

enum {
	CLOCK_NS = 20000000, /* while no answer has shown a round trip */
	NEAR_NS = 1000000,   /* what a host takes to answer, beside the round trip */
	WINDOWS_MOST = 16,
};

/*
 * How late the last answer came at least, beyond the shortest round trip. It came after the last look
 * that missed it: whoever looks late must not think that the answer was late.
 */
static double lag_ns(const struct flow *f, const struct flow_stretch *s)
{
	if (f->looked_ns <= s->end_ns + f->rtt.shortest_ns)
		return 0;
	return (double)(f->looked_ns - s->end_ns - f->rtt.shortest_ns);
}

/* More than this is a queue. */
static double usual_lag_ns(const struct flow *f)
{
	const double lag = LAG_SHARE * (double)f->rtt.shortest_ns;

	if (lag < LAG_LEAST_NS)
		return LAG_LEAST_NS;
	return lag < LAG_MOST_NS ? lag : LAG_MOST_NS;
}

/* When answers to the window must be there, if nothing holds them up. */
static uint64_t due_ns(const struct flow *f, const struct flow_stretch *s)
{
	const struct rtt *r = &f->rtt;

	if (!r->samples)
		return s->end_ns + CLOCK_NS;
	return s->end_ns + NEAR_NS + (uint64_t)(2 * r->smoothed_ns + 4 * r->variation_ns);
}

/* All have answered, so the last answer tells how fast they came. */
static void judge_whole(struct flow *f, const struct flow_stretch *s, uint64_t n)
{
	const double lag = lag_ns(f, s);
	const double took_ns = (double)(s->end_ns - s->start_ns) + lag;

	control_judge(&f->control, s->rate_pps, n, n, false);
	if (lag > usual_lag_ns(f))
		control_lag(&f->control, (double)(s->end - s->first) * FLOW_NS / took_ns,
			    lag > SURE * usual_lag_ns(f));
}

/*
 * Some are missing. If all came before, a queue may hold them up; else some are silent, and there is
 * nothing to wait for.
 */
static bool is_too_early(const struct flow *f, const struct flow_stretch *s, uint64_t looked,
			 uint64_t had, uint64_t now_ns)
{
	if (now_ns < due_ns(f, s))
		return true;
	if (!f->all_came || !f->windows)
		return control_is_less(&f->control, s->rate_pps, looked, had) &&
		       now_ns < s->end_ns + flow_patience_ns(f);
	return now_ns < s->end_ns + flow_patience_ns(f) + FLOW_QUEUE_NS;
}

void flow_judge_window(struct flow *f, const struct flow_view *view, uint64_t now_ns)
{
	const struct flow_stretch *s = &f->waiting[f->n_judged % FLOW_STRETCHES];
	uint64_t looked, had = flow_look(f, s, view, &looked);

	if (had == looked) {
		judge_whole(f, s, looked);
	} else if (is_too_early(f, s, looked, had, now_ns)) {
		f->looked_ns = now_ns;
		return;
	} else {
		control_judge(&f->control, s->rate_pps, looked, had, false);
		f->all_came = false;
	}
	f->n_judged++;
	f->paused = false;
	f->looked_ns = 0;
	f->starting &= ++f->windows < WINDOWS_MOST &&
		       control_starts(&f->control, s->rate_pps, had * 10 >= looked * 9);
	flow_begin_stretch(f, now_ns);
	pacer_set_rate(f->pacer, f->control.rate_pps, now_ns);
	flow_decide(f, DECISION_START, looked, had, now_ns);
}
