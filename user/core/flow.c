// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* flow.c - what is sent when, on one way. */
#include "flow.h"

#include <errno.h>
#include <stdlib.h>

#define NS    1000000000.0
#define DOUBT 4.0

enum {
	PACE_NS = 4000000, /* probes due within this time leave together: a wakeup costs as */
	PACE_MOST = 64,	   /* much as ten probes. But no more than a small queue holds */
	PACE_LEAST = 8,	   /* fewer leave one by one: good for a slow path, few wakeups */
	SAMPLE = 2048,	   /* questions of a stretch that are looked at to judge it */
	MARGIN_NS = 5000000,
	QUEUE_NS = 60000000, /* how long a queue may be that round trips have not shown yet */
	LOOK_AGAIN_NS = 5000000,
	STRETCH_MAX_NS = 1100000000, /* if the sender is slower than the pace */
	LOOKED_AT_MAX = 1 << 16,     /* questions that one flow_next looks at, most answered */
	UNKNOWN_RTT_NS = 250000000,
	SAMPLE_LEAST = 16, /* questions in the sample of a small scan; a large scan has more: */
	SAMPLE_SHARE = 64, /* one of so many, up to FLOW_SAMPLE_MAX */
};

static double rate_now(const struct flow *f)
{
	return f->in_doubt ? f->control.rate_pps / DOUBT : f->control.rate_pps;
}

static void begin_stretch(struct flow *f, uint64_t now_ns)
{
	f->now = (struct flow_stretch){ .first = f->position,
					.rate_pps = rate_now(f),
					.start_ns = now_ns };
	f->now.end = f->position + control_stretch(&f->control);
	if (f->now.end > f->n)
		f->now.end = f->n;
}

/*
 * Begin with what the way has taught earlier flows. A limit holds only for frames of the same kind.
 */
static void learn(struct flow *f, const struct way *way)
{
	control_init(&f->control);
	if (!way)
		return;
	f->rtt = way->rtt;
	control_inherit(&f->control, &way->control, way->kind == f->kind);
}

int flow_init(struct flow *f, const struct flow_spec *spec, uint64_t now_ns)
{
	const uint64_t n = spec->n;
	unsigned int i;

	*f = (struct flow){
		.first = spec->first,
		.n = n,
		.kind = spec->kind,
		.tries = spec->tries,
		.pacer = spec->shared,
	};
	/* --retries 0: no sample either. */
	if (f->tries > 1)
		f->sample_size = n / SAMPLE_SHARE < FLOW_SAMPLE_MAX - SAMPLE_LEAST
					 ? SAMPLE_LEAST + (unsigned int)(n / SAMPLE_SHARE)
					 : FLOW_SAMPLE_MAX;
	f->logs = calloc(f->tries + 1, sizeof(*f->logs));
	if (!f->logs)
		return -ENOMEM;
	for (i = 0; i <= f->tries; i++)
		if (sendlog_init(&f->logs[i]))
			return -ENOMEM;
	permute_init(&f->order, n, spec->seed);
	permute_init(&f->sample_order, n, ~spec->seed);
	learn(f, spec->way);
	if (spec->shared)
		return 0;
	f->automatic = true;
	f->pacer = &f->own_pacer;
	pacer_init(f->pacer, f->control.rate_pps, now_ns);
	begin_stretch(f, now_ns);
	return 0;
}

void flow_hand_on(const struct flow *f, struct way *way)
{
	way->rtt = f->rtt;
	if (!f->automatic)
		return;
	way->kind = f->kind;
	way->control = f->control;
}

void flow_free(struct flow *f)
{
	unsigned int i;

	for (i = 0; f->logs && i <= f->tries; i++)
		sendlog_free(&f->logs[i]);
	free(f->logs);
	f->logs = NULL;
}

static bool is_sample(const struct flow *f)
{
	return f->attempt == f->tries;
}

/* Cut `most` so that neither the stretch nor the sample ends too late. */
static unsigned int within(const struct flow *f, unsigned int most)
{
	if (f->automatic && f->attempt == 0 && most > f->now.end - f->position)
		most = (unsigned int)(f->now.end - f->position);
	if (is_sample(f) && most > f->sample_size - f->sampled)
		most = f->sample_size - f->sampled;
	return most;
}

unsigned int flow_take(struct flow *f, uint64_t now_ns, unsigned int room)
{
	return pacer_take(f->pacer, now_ns, within(f, room));
}

/* End the stretch: put it by, and begin the next one at the current rate. */
static void end_stretch(struct flow *f, uint64_t now_ns)
{
	double took = (double)(now_ns - f->now.start_ns);
	double came_to = (double)(f->now.end - f->now.first) * NS / (took > 1 ? took : 1);

	/* The sender may be slower than the pace. Then the stretch proves only the slower rate. */
	if (came_to < f->now.rate_pps)
		f->now.rate_pps = came_to;
	f->now.end_ns = f->now.look_ns = now_ns;
	if (f->n_stretches - f->n_judged < FLOW_STRETCHES)
		f->waiting[f->n_stretches++ % FLOW_STRETCHES] = f->now;
	begin_stretch(f, now_ns);
	pacer_set_rate(f->pacer, rate_now(f), now_ns);
}

unsigned int flow_next(struct flow *f, uint64_t now_ns, unsigned int allowed, flow_answered skip,
		       const void *ctx, uint64_t *indices)
{
	const struct permute *order = is_sample(f) ? &f->sample_order : &f->order;
	uint64_t first = f->position, end = first + LOOKED_AT_MAX;
	unsigned int n = 0;

	if (end > f->n)
		end = f->n;
	if (first < f->reached && end > f->reached)
		end = f->reached;
	while (n < allowed && f->position < end) {
		uint64_t index = f->first + permute_at(order, f->position++);

		if ((f->attempt || first < f->reached) && skip(ctx, index))
			continue;
		indices[n++] = index;
		if (is_sample(f))
			f->sample[f->sampled++] = index;
	}
	pacer_return(f->pacer, allowed - n);
	if (n)
		sendlog_add(&f->logs[f->attempt], first, f->position - 1, now_ns);
	if (f->automatic && f->attempt == 0 &&
	    (f->position == f->now.end || now_ns - f->now.start_ns > STRETCH_MAX_NS)) {
		f->now.end = f->position;
		end_stretch(f, now_ns);
	}
	if (f->position == f->n || (is_sample(f) && f->sampled == f->sample_size)) {
		f->state = FLOW_WAITING;
		f->sent_ns = now_ns;
	}
	return n;
}

uint64_t flow_ready_ns(const struct flow *f, uint64_t now_ns)
{
	double due = f->pacer->rate_pps * PACE_NS / NS;
	unsigned int slice = due < PACE_LEAST ? 1 : due < PACE_MOST ? (unsigned int)due : PACE_MOST;

	return pacer_ready_ns(f->pacer, now_ns, within(f, slice));
}

/* How long the answers to a stretch may take, by the round trips known now. */
static uint64_t patience(const struct flow *f)
{
	const struct rtt *r = &f->rtt;
	double rtt = r->smoothed_ns > (double)r->last_ns ? r->smoothed_ns : (double)r->last_ns;

	return MARGIN_NS +
	       (r->samples ? (uint64_t)(2 * rtt + 4 * r->variation_ns) : UNKNOWN_RTT_NS);
}

bool flow_first_try_settled(const struct flow *f, uint64_t now_ns)
{
	if (f->attempt || f->state == FLOW_DONE)
		return true;
	return f->state == FLOW_WAITING && now_ns >= f->sent_ns + patience(f);
}

/* Look at *looked questions of a stretch. Returns how many are answered, and sets *looked. */
static uint64_t look(const struct flow *f, const struct flow_stretch *s, flow_answered answered,
		     const void *ctx, uint64_t *looked)
{
	uint64_t n = s->end - s->first, had = 0, i;

	*looked = n < SAMPLE ? n : SAMPLE;
	for (i = 0; i < *looked; i++) {
		uint64_t position = s->first + i * n / *looked;

		had += answered(ctx, f->first + permute_at(&f->order, position));
	}
	return had;
}

/*
 * Judge a stretch. False: too early. While a queue builds up, each answer is later than all before.
 * So believe few answers later than many.
 */
static bool judge(struct flow *f, struct flow_stretch *s, uint64_t now_ns, flow_answered answered,
		  const void *ctx)
{
	uint64_t looked, had = look(f, s, answered, ctx, &looked);

	if (control_is_less(&f->control, s->rate_pps, looked, had) &&
	    now_ns < s->end_ns + patience(f) + QUEUE_NS) {
		s->look_ns = now_ns + LOOK_AGAIN_NS;
		return false;
	}
	control_judge(&f->control, s->rate_pps, looked, had, rtt_has_grown(&f->rtt));
	return true;
}

void flow_judge(struct flow *f, uint64_t now_ns, flow_answered answered, const void *ctx)
{
	struct flow_stretch *s;

	for (; f->n_judged < f->n_stretches; f->n_judged++) {
		s = &f->waiting[f->n_judged % FLOW_STRETCHES];
		if (f->attempt)
			continue;
		if (s->look_ns > now_ns || s->end_ns + patience(f) > now_ns)
			break;
		f->in_doubt = !judge(f, s, now_ns, answered, ctx);
		if (f->in_doubt)
			break;
	}
	/* Do not send the rest of a stretch slowly once a faster rate is known to go well. */
	if (f->automatic && f->attempt == 0 && f->state == FLOW_SENDING &&
	    (rate_now(f) > 1.5 * f->now.rate_pps || rate_now(f) < 0.5 * f->now.rate_pps)) {
		f->now.end = f->position;
		end_stretch(f, now_ns);
	}
}

void flow_judge_rest(struct flow *f, flow_answered answered, const void *ctx)
{
	uint64_t looked, had;

	for (; f->attempt == 0 && f->n_judged < f->n_stretches; f->n_judged++) {
		const struct flow_stretch *s = &f->waiting[f->n_judged % FLOW_STRETCHES];

		had = look(f, s, answered, ctx, &looked);
		control_judge(&f->control, s->rate_pps, looked, had, false);
	}
}

uint64_t flow_deadline_ns(const struct flow *f, uint64_t ceiling_ns)
{
	bool last = is_sample(f) || (f->attempt + 1 == f->tries && !f->sample_size);

	return f->sent_ns +
	       rtt_timeout_ns(&f->rtt, last ? RTT_FLOOR_NS : RTT_FLOOR_AGAIN_NS, ceiling_ns);
}

bool flow_is_last_try(const struct flow *f, uint64_t answered)
{
	/* Where nobody answers, a sample shows nothing. */
	return answered >= f->n || f->attempt + 1 >= f->tries + (f->sample_size && answered);
}

void flow_ask_anew(struct flow *f, uint64_t now_ns)
{
	f->position = f->found = f->attempt = f->sampled = 0;
	f->reached = f->n;
	f->state = FLOW_SENDING;
	if (f->automatic)
		begin_stretch(f, now_ns);
}

void flow_next_try(struct flow *f, uint64_t answered)
{
	if (flow_is_last_try(f, answered)) {
		f->state = FLOW_DONE;
		return;
	}
	f->attempt++;
	f->position = 0;
	f->state = FLOW_SENDING;
	if (f->automatic) {
		control_settle(&f->control);
		pacer_set_rate(f->pacer, f->control.rate_pps, f->sent_ns);
	}
}

void flow_count_sample(struct flow *f, flow_answered answered, const void *ctx)
{
	unsigned int i;

	for (i = 0; i < f->sampled; i++)
		f->found += answered(ctx, f->sample[i]);
}

/* The sample is the first missing questions in a random order, so it is fair. */
uint64_t flow_missing(const struct flow *f)
{
	double unasked;

	if (!f->sampled)
		return 0;
	unasked = (double)f->sampled * (double)(f->n - f->position) / (double)f->position;
	return (uint64_t)(unasked * (double)f->found / f->sampled + 0.5);
}

bool flow_asks_again(const struct flow *f)
{
	return f->attempt || f->position <= f->reached;
}

struct flow_saved flow_save(const struct flow *f, uint64_t now_ns, uint64_t ceiling_ns)
{
	struct flow_saved to = {
		.position = f->position,
		.reached = f->position > f->reached ? f->position : f->reached,
		.found = f->found,
		.attempt = f->attempt,
		.sampled = f->sampled,
		.done = f->state == FLOW_DONE,
	};
	uint64_t wait = rtt_timeout_ns(&f->rtt, RTT_FLOOR_NS, ceiling_ns), unsure;

	if (to.done)
		return to;
	unsure = sendlog_position(&f->logs[f->attempt], now_ns > wait ? now_ns - wait : 0);
	if (f->logs[f->attempt].n && unsure < to.position)
		to.position = unsure;
	/* Draw the sample anew. */
	if (is_sample(f))
		to.position = to.sampled = 0;
	return to;
}

bool flow_restore(struct flow *f, const struct flow_saved *from, uint64_t now_ns)
{
	/* An incomplete sample is drawn anew. */
	const unsigned int sampled_max = from->done ? f->sample_size : 0;

	if (from->position > from->reached || from->reached > f->n ||
	    from->attempt >= f->tries + (f->sample_size > 0) || from->sampled > sampled_max ||
	    from->found > from->sampled || (from->sampled && !from->position))
		return false;
	f->position = from->position;
	f->reached = from->attempt ? 0 : from->reached;
	f->found = from->found;
	f->attempt = from->attempt;
	f->sampled = from->sampled;
	if (from->done) {
		f->state = FLOW_DONE;
	} else if (f->position == f->n) { /* no question is left to end the stretch */
		f->state = FLOW_WAITING;
		f->sent_ns = now_ns;
	} else if (f->automatic) {
		begin_stretch(f, now_ns);
	}
	return true;
}

int64_t flow_rtt_ns(struct flow *f, uint64_t index, unsigned int attempt, uint64_t time_ns)
{
	const struct permute *order = attempt == f->tries ? &f->sample_order : &f->order;
	uint64_t sent_ns;

	if (attempt > f->tries ||
	    !sendlog_find(&f->logs[attempt], permute_position(order, index - f->first), &sent_ns) ||
	    time_ns < sent_ns)
		return -1;
	rtt_add(&f->rtt, time_ns - sent_ns);
	return (int64_t)(time_ns - sent_ns);
}

bool flow_asked_again(const struct flow *f, uint64_t index)
{
	uint64_t sent_ns;

	return f->tries > 1 &&
	       sendlog_find(&f->logs[1], permute_position(&f->order, index - f->first), &sent_ns);
}

/* Forget the stretches with positions from `position` on. */
static void forget_stretches(struct flow *f, uint64_t position, uint64_t now_ns)
{
	while (f->n_stretches > f->n_judged &&
	       f->waiting[(f->n_stretches - 1) % FLOW_STRETCHES].end > position)
		f->n_stretches--;
	f->in_doubt = false;
	begin_stretch(f, now_ns);
	pacer_set_rate(f->pacer, rate_now(f), now_ns);
}

void flow_rewind(struct flow *f, uint64_t since_ns, uint64_t now_ns)
{
	const uint64_t on_the_way_ns = patience(f) + QUEUE_NS;
	struct sendlog *log = &f->logs[f->attempt];
	uint64_t position;

	if (f->state == FLOW_DONE)
		return;
	position = sendlog_position(log, since_ns > on_the_way_ns ? since_ns - on_the_way_ns : 0);
	if (position >= log->end)
		return;
	if (is_sample(f)) /* draw it anew */
		position = f->sampled = 0;
	if (f->attempt == 0 && f->reached < f->position)
		f->reached = f->position;
	sendlog_rewind(log, position);
	f->position = position;
	f->state = FLOW_SENDING;
	if (f->automatic && f->attempt == 0)
		forget_stretches(f, position, now_ns);
}
