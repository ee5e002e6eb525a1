// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* flow_rate.c - the rate of a flow: stretches of the first try for control.h, and slower tries. */
#include "flow_parts.h"

#define DOUBT	    4.0
#define CRUISE	    0.9	  /* after a try with loss, of the rate that came through; */
#define SLOWER	    0.5	  /* or of the rate that may have, if that is not sure */
#define SLOWEST	    0.125 /* the next try, of this one's rate, */
#define SLOWEST_PPS 4.0	  /* and no less: no limit of a host is so low */
#define LOSS	    0.2	  /* of pulses: then the next try is slower */
#define GENTLE_S    5.0	  /* a further try where nobody has answered, */
#define GENTLE_PPS  400.0 /* but not slower */
#define FEW	    0.5	  /* of a try's pulses answered */
#define VAIN	    1.3	  /* a slower try answers less than so many times as much: in vain */

enum {
	SAMPLE = 2048, /* questions of a stretch that are looked at to judge it */
	MARGIN_NS = 5000000,
	LOOK_AGAIN_NS = 5000000,
	UNKNOWN_RTT_NS = 250000000,
	PULSES_LEAST = 3, /* to judge the loss of a try */
	VAIN_TRIES = 2,
	ALIVE_LEAST = 5,
	TRY_LEAST_NS = 5000000,
	TRY_MOST_S = 25, /* no try is slowed down to more */
	PORTS_MANY = 64, /* of one host */
};

static void lower(double *least, double rate)
{
	if (rate > 0 && (*least <= 0 || rate < *least))
		*least = rate;
}

static double limit_of(const struct flow *f)
{
	double least = f->most_pps;

	lower(&least, f->polite_pps);
	lower(&least, f->gentle_pps);
	return least;
}

void flow_set_brake(struct flow *f, uint64_t now_ns)
{
	const double rate = limit_of(f);

	if (rate <= 0)
		f->brake.rate_pps = 0;
	else if (f->brake.rate_pps > 0)
		pacer_set_rate(&f->brake, rate, now_ns);
	else
		pacer_init(&f->brake, rate, now_ns);
}

void flow_decide(struct flow *f, enum decision_why why, uint64_t asked, uint64_t answered,
		 uint64_t now_ns)
{
	const bool controlled = f->automatic && f->attempt == 0;
	struct decision d = {
		.time_ns = now_ns,
		.rate_pps = controlled ? f->control.rate_pps : f->pacer->rate_pps,
		.limit_pps = f->control.limit_pps,
		.asked = asked,
		.answered = answered,
		.why = why,
	};

	lower(&d.rate_pps, limit_of(f));
	decisions_add(&f->decisions, &d);
}

void flow_give_way(struct flow *f, double most_pps, uint64_t now_ns)
{
	f->polite_pps = most_pps;
	flow_set_brake(f, now_ns);
	flow_decide(f, DECISION_OTHERS, 0, 0, now_ns);
}

double flow_wish_pps(const struct flow *f)
{
	double wish = f->pacer->rate_pps;

	lower(&wish, f->most_pps);
	lower(&wish, f->gentle_pps);
	return wish;
}

static double rate_now(const struct flow *f)
{
	return f->in_doubt ? f->control.rate_pps / DOUBT : f->control.rate_pps;
}

void flow_begin_stretch(struct flow *f, uint64_t now_ns)
{
	f->now = (struct flow_stretch){ .first = f->position,
					.rate_pps = rate_now(f),
					.start_ns = f->starting ? 0 : now_ns };
	f->now.end = f->position + (f->starting ? control_window(&f->control, f->rtt.smoothed_ns)
						: control_stretch(&f->control));
	if (f->now.end > f->n)
		f->now.end = f->n;
}

/* End the stretch: put it by, and begin the next one at the current rate. */
void flow_end_stretch(struct flow *f, uint64_t now_ns)
{
	double took = (double)(now_ns - f->now.start_ns);
	double came_to = (double)(f->now.end - f->now.first) * FLOW_NS / (took > 1 ? took : 1);

	/* The sender may be slower than the pace. Then the stretch proves only the slower rate. */
	if (came_to < f->now.rate_pps)
		f->now.rate_pps = came_to;
	f->now.end_ns = f->now.look_ns = now_ns;
	if (f->n_stretches - f->n_judged < FLOW_STRETCHES)
		f->waiting[f->n_stretches++ % FLOW_STRETCHES] = f->now;
	f->paused = f->starting;
	flow_begin_stretch(f, now_ns);
	pacer_set_rate(f->pacer, rate_now(f), now_ns);
}

void flow_forget_stretches(struct flow *f, uint64_t position, uint64_t now_ns)
{
	while (f->n_stretches > f->n_judged &&
	       f->waiting[(f->n_stretches - 1) % FLOW_STRETCHES].end > position)
		f->n_stretches--;
	f->in_doubt = f->starting = f->paused = false;
	flow_begin_stretch(f, now_ns);
	pacer_set_rate(f->pacer, rate_now(f), now_ns);
}

uint64_t flow_patience_ns(const struct flow *f)
{
	const struct rtt *r = &f->rtt;
	double rtt = r->smoothed_ns > (double)r->last_ns ? r->smoothed_ns : (double)r->last_ns;

	return MARGIN_NS +
	       (r->samples ? (uint64_t)(2 * rtt + 4 * r->variation_ns) : UNKNOWN_RTT_NS);
}

uint64_t flow_look(const struct flow *f, const struct flow_stretch *s, const struct flow_view *view,
		   uint64_t *looked)
{
	const flow_says shows = view->shows ?: view->answered;
	uint64_t n = s->end - s->first, had = 0, i;

	*looked = n < SAMPLE ? n : SAMPLE;
	for (i = 0; i < *looked; i++) {
		uint64_t position = s->first + i * n / *looked;

		had += shows(view->ctx, f->first + order_at(&f->order, position));
	}
	return had;
}

/*
 * Judge a stretch. False: too early. While a queue builds up, each answer is later than all before.
 * So believe few answers later than many.
 */
static bool judge(struct flow *f, struct flow_stretch *s, const struct flow_view *view,
		  uint64_t now_ns)
{
	uint64_t looked, had = flow_look(f, s, view, &looked);

	if (control_is_less(&f->control, s->rate_pps, looked, had) &&
	    now_ns < s->end_ns + flow_patience_ns(f) + FLOW_QUEUE_NS) {
		s->look_ns = now_ns + LOOK_AGAIN_NS;
		return false;
	}
	control_note_queue(&f->control, rtt_queue_ns(&f->rtt));
	control_judge(&f->control, s->rate_pps, looked, had, rtt_has_grown(&f->rtt));
	flow_decide(f, DECISION_ANSWERS, looked, had, now_ns);
	return true;
}

void flow_judge(struct flow *f, const struct flow_view *view, uint64_t now_ns)
{
	struct flow_stretch *s;

	if (f->paused) {
		flow_judge_window(f, view, now_ns);
		return;
	}
	for (; f->n_judged < f->n_stretches; f->n_judged++) {
		s = &f->waiting[f->n_judged % FLOW_STRETCHES];
		if (f->attempt)
			continue;
		if (s->look_ns > now_ns || s->end_ns + flow_patience_ns(f) > now_ns)
			break;
		f->in_doubt = !judge(f, s, view, now_ns);
		if (f->in_doubt)
			break;
	}
	/* Do not send the rest of a stretch slowly once a faster rate is known to go well. */
	if (f->automatic && f->attempt == 0 && f->state == FLOW_SENDING &&
	    (rate_now(f) > 1.5 * f->now.rate_pps || rate_now(f) < 0.5 * f->now.rate_pps)) {
		f->now.end = f->position;
		flow_end_stretch(f, now_ns);
	}
}

void flow_judge_rest(struct flow *f, const struct flow_view *view)
{
	uint64_t looked, had;

	for (; f->attempt == 0 && f->n_judged < f->n_stretches; f->n_judged++) {
		const struct flow_stretch *s = &f->waiting[f->n_judged % FLOW_STRETCHES];

		had = flow_look(f, s, view, &looked);
		control_judge(&f->control, s->rate_pps, looked, had, false);
	}
}

/*
 * The try that has ended lost many pulses. If a target or a firewall limits its answers, then the share
 * that it answers grows as the rate falls. If the share stays the same, so many are lost at any rate,
 * and slower tries only take longer. Where few answered, that must be so twice: the share may be that of a
 * dozen pulses, and a pulse right behind a question meets a limit more often than the questions do.
 */
static void brake(struct flow *f, const struct evidence_try *t)
{
	const uint64_t took = f->sent_ns > f->try_began_ns + TRY_LEAST_NS
				      ? f->sent_ns - f->try_began_ns
				      : TRY_LEAST_NS;
	const double frames = (double)(f->try_sent + f->pulses_sent);
	const double rate = frames * FLOW_NS / (double)took;
	const double share = (double)t->alive / (double)t->pulses;
	const bool known = t->alive >= ALIVE_LEAST;
	double next = known ? CRUISE * share : SLOWER * share;

	if (known && f->share_before > 0)
		f->in_vain += share < VAIN * f->share_before
				      ? (f->share_before < FEW ? 1 : VAIN_TRIES)
				      : 0;
	if (f->in_vain >= VAIN_TRIES) {
		f->slower_is_vain = true;
		f->gentle_pps = 0;
		return;
	}
	f->share_before = known ? share : 0;
	next = rate * (next > SLOWEST ? next : SLOWEST);
	if (next < frames / TRY_MOST_S)
		next = frames / TRY_MOST_S;
	f->gentle_pps = next > SLOWEST_PPS ? next : SLOWEST_PPS;
}

/* Not so fast that the try is over before its pulses, which would then tell of the calm behind it. */
static void make_room_for_pulses(struct flow *f, uint64_t left)
{
	const double take_ns = (double)flow_pulses_take_ns(f);
	const double rate = take_ns > 0 ? (double)left * FLOW_NS / take_ns : 0;

	if (rate < f->pacer->rate_pps)
		lower(&f->gentle_pps, rate);
}

/*
 * Nobody has answered for any port. Perhaps nobody is there; or the first try has exceeded what a
 * target lets through. So ask slowly enough that a part gets through in either case.
 */
static void ask_gently(struct flow *f)
{
	const uint64_t each = f->each < f->silent_again ? f->each : f->silent_again;
	double rate = (double)(f->n / f->each * each) / GENTLE_S;

	if (f->quiet || f->heard || f->each < PORTS_MANY)
		return;
	f->gentle_pps = rate > GENTLE_PPS ? rate : GENTLE_PPS;
}

void flow_choose_rate(struct flow *f, uint64_t left, uint64_t now_ns)
{
	const struct evidence_try *t = &f->evidence.tries[f->attempt];

	if (f->automatic) {
		control_settle(&f->control);
		pacer_set_rate(f->pacer, f->control.rate_pps, now_ns);
	}
	if (f->attempt && !f->slower_is_vain && (t->pulses >= PULSES_LEAST || !t->alive) &&
	    t->pulses > t->alive && (double)(t->pulses - t->alive) >= LOSS * (double)t->pulses)
		brake(f, t);
	make_room_for_pulses(f, left);
	ask_gently(f);
	flow_set_brake(f, now_ns);
	f->decisions.last_pps = 0; /* tell of each try */
}
