// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * flow_try.c - when a try ends, and whether another one follows.
 *
 * Each question is asked in tries.least tries at least, if it is not answered. Further tries follow
 * while the evidence says that answers may be missing.
 */
#include "flow_parts.h"

#include <string.h>

/* Further tries may take so long together, or so often as long as the first, if that is longer. */
#define FURTHER_NS 60000000000ULL
#define FURTHER	   8

enum {
	FEW = 64,	    /* of so many questions, one is few */
	ROUTERS_LEAST = 16, /* questions that a router has answered are asked again, */
	ROUTERS_SHARE = 128 /* and one of so many */
};

static uint64_t later(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

/* Count what this try has brought. */
static void count(struct flow *f, const struct flow_view *view)
{
	struct evidence_try *t = &f->evidence.tries[f->attempt];
	uint64_t firm, before;

	memset(f->evidence.few, 0, sizeof(f->evidence.few));
	firm = view->count(view->ctx, f->first, f->n, f->evidence.few);
	t->answers = 0;
	t->thorough = f->attempt == 0 || f->thorough;
	before = evidence_answers(&f->evidence);
	t->answers = firm > before ? firm - before : 0;
}

/* Questions without an answer of the target itself. */
static uint64_t not_firm(const struct flow *f)
{
	return f->n - evidence_answers(&f->evidence);
}

/* A further try had nothing to ask: what is left is lost, or answered by routers and nothing is lost. */
static bool is_nothing_left(const struct flow *f)
{
	return f->attempt && !f->try_sent && (f->again_not_firm || !evidence_of_loss(&f->evidence));
}

static bool has_taken_long(const struct flow *f)
{
	const uint64_t first_ns = f->first_try_ns - f->began_ns;

	return f->attempt && f->sent_ns > f->first_try_ns + later(FURTHER_NS, FURTHER * first_ns);
}

static bool is_another_try_wanted(const struct flow *f)
{
	const unsigned int had = f->attempt + 1;
	const unsigned int most = f->slower_is_vain ? f->tries.lossy : f->tries.most;

	if (is_nothing_left(f))
		return false;
	if (f->certain.again)
		return true;
	if (f->certain.active || has_taken_long(f))
		return false;
	if (had < f->tries.least)
		return true;
	/* Where so few are left that pulses cannot tell, ask these once more: it costs nothing. */
	if (had == f->tries.least && had < f->tries.most && not_firm(f) * FEW <= f->n)
		return true;
	return had < most && !evidence_suffices(&f->evidence, not_firm(f));
}

bool flow_is_last_try(const struct flow *f)
{
	return f->settled;
}

/*
 * A router that rejects for a moment, while its routes change, leaves no silence that would show it. So
 * ask some of what routers have answered once more: a target that answers now shows that others may.
 */
static double share_for_routers(const struct flow *f, uint64_t answers)
{
	const uint64_t by_routers = answers - evidence_answers(&f->evidence);

	if (f->attempt || answers < evidence_answers(&f->evidence) || !by_routers)
		return 0;
	return 1.0 / ROUTERS_SHARE + (double)ROUTERS_LEAST / (double)by_routers;
}

/* Which questions a further try asks again, by what the earlier tries have shown. */
static void choose_again(struct flow *f)
{
	f->again_not_firm = evidence_of_loss(&f->evidence);
	f->thorough = f->each <= f->silent_again ||
		      evidence_missing_of_silent(&f->evidence) > evidence_tolerance(0) / 2;
}

void flow_resume_try(struct flow *f, uint64_t now_ns)
{
	f->evidence.n = f->attempt;
	choose_again(f);
	f->evidence.n = f->attempt + 1;
	flow_begin_pulses(f, not_firm(f), now_ns);
}

static void begin_next_try(struct flow *f, const struct flow_view *view, uint64_t answers,
			   uint64_t now_ns)
{
	flow_choose_rate(f, not_firm(f), now_ns);
	choose_again(f);
	f->again_share = share_for_routers(f, answers);
	f->attempt++;
	f->evidence.n = f->attempt + 1;
	flow_set_order(f);
	f->position = f->reached = 0;
	f->try_sent = 0;
	f->try_began_ns = now_ns;
	flow_certain_begin(f, now_ns);
	f->state = FLOW_SENDING;
	flow_begin_pulses(f, not_firm(f), now_ns);
	if (f->host_pps > 0) {
		f->most_pps = f->host_pps * (double)(flow_hosts_left(f, view) ?: 1);
		flow_set_brake(f, now_ns);
	}
	flow_decide(f, DECISION_TRY, 0, 0, now_ns);
}

static enum flow_want finish(struct flow *f, const struct flow_view *view)
{
	count(f, view);
	f->state = FLOW_DONE;
	return FLOW_WANTS_NOTHING;
}

/*
 * How long to listen after the first try. Where tries follow each other before their answers are due, no round
 * trip tells of late answers. So listen twice as long as the last answer took.
 */
static uint64_t linger_ns(const struct flow *f, uint64_t ceiling_ns)
{
	const uint64_t took = f->heard_ns > f->first_try_ns ? f->heard_ns - f->first_try_ns : 0;
	const uint64_t wanted = 2 * took < ceiling_ns ? 2 * took : ceiling_ns;

	return f->again_ns ? later(f->linger_ns, wanted) : f->linger_ns;
}

/* The last answers to this try must be there when? */
static uint64_t deadline_ns(const struct flow *f, uint64_t ceiling_ns)
{
	const bool unknown = !f->rtt.samples && f->unknown_ns < ceiling_ns;
	const uint64_t most_ns = unknown ? f->unknown_ns : ceiling_ns;
	const uint64_t floor_ns = f->settled ? RTT_FLOOR_NS : RTT_FLOOR_AGAIN_NS;
	const uint64_t usual_ns = f->sent_ns + rtt_timeout_ns(&f->rtt, floor_ns, most_ns);

	if (f->settled)
		return later(usual_ns, f->first_try_ns + linger_ns(f, ceiling_ns));
	return f->attempt + 1 < f->tries.least ? later(usual_ns, f->sent_ns + f->again_ns)
					       : usual_ns;
}

/*
 * Has the target itself answered every question? A firewall may have answered for it, and the better
 * answer comes right after, or was lost.
 */
static bool is_all_firm(struct flow *f, const struct flow_view *view)
{
	if (!f->all_answered) {
		f->all_answered = true;
		count(f, view);
	}
	return !not_firm(f);
}

/* Is there nothing to wait for? Where silence is usual, `answers` does not count all of them. */
static bool is_all_told(struct flow *f, const struct flow_view *view, uint64_t answers)
{
	if (view->all)
		return view->all(view->ctx, f->first, f->n);
	return answers >= f->n && is_all_firm(f, view);
}

/* The try is sent: wait for its answers; then check what is in doubt, and go on or end. */
static enum flow_want wait(struct flow *f, const struct flow_view *view, uint64_t answers,
			   uint64_t now_ns, uint64_t ceiling_ns)
{
	if (is_all_told(f, view, answers))
		return finish(f, view);
	if (flow_owes_pulses(f))
		return FLOW_WANTS_CHECK;
	if (now_ns < deadline_ns(f, ceiling_ns) || f->pulses.n)
		return FLOW_WANTS_TIME;
	flow_judge_rest(f, view);
	count(f, view);
	flow_certain_judge(f, view);
	/* Nothing is silent, and pulses show no loss: no need to wait longer. */
	if (answers >= f->n && is_nothing_left(f))
		return finish(f, view);
	if (!f->settled && !is_another_try_wanted(f)) {
		f->settled = true;
		return FLOW_WANTS_TIME;
	}
	if (!f->hops_known)
		return FLOW_WANTS_HOPS;
	if (f->settled)
		flow_doubt_quiet(f, view, now_ns);
	if (flow_doubts_hosts(f, now_ns))
		return FLOW_WANTS_CHECK;
	if (!is_another_try_wanted(f))
		return finish(f, view);
	begin_next_try(f, view, answers, now_ns);
	return FLOW_WANTS_QUESTIONS;
}

enum flow_want flow_step(struct flow *f, const struct flow_view *view, uint64_t answers,
			 uint64_t now_ns, uint64_t ceiling_ns)
{
	if (f->state == FLOW_DONE)
		return FLOW_WANTS_NOTHING;
	flow_judge(f, view, now_ns);
	flow_certain_watch(f, view, now_ns);
	flow_watch(f, view, answers, now_ns, ceiling_ns);
	if (f->state == FLOW_SENDING && flow_doubts_way(f, now_ns, ceiling_ns))
		return FLOW_WANTS_HOPS;
	if (f->state == FLOW_WAITING)
		return wait(f, view, answers, now_ns, ceiling_ns);
	if (f->state == FLOW_SENDING)
		return FLOW_WANTS_QUESTIONS;
	if (f->checks_way && !f->hops_known)
		return FLOW_WANTS_HOPS;
	if (!flow_check_is_over(f))
		return FLOW_WANTS_CHECK;
	flow_end_check(f, now_ns);
	return f->state == FLOW_DONE ? finish(f, view) : FLOW_WANTS_TIME;
}

void flow_hops_known(struct flow *f)
{
	f->hops_known = true;
}

uint64_t flow_remaining(const struct flow *f, uint64_t answers)
{
	const uint64_t asked = f->attempt ? f->n : f->position, rest = f->n - f->position;
	const double silent = answers < asked ? 1 - (double)answers / (double)asked : 0;
	double left = f->attempt ? silent * (double)rest : (double)rest;

	if (f->state == FLOW_DONE)
		return 0;
	if (f->attempt + 1 < f->tries.least)
		left += silent * (double)f->n * (f->tries.least - 1 - f->attempt);
	return (uint64_t)(left + 0.5);
}
