// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* flow.c - which questions leave when, on one way. */
#include "flow_parts.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define ORDERS 0x9e3779b97f4a7c15ULL /* between the seeds of two orders */

enum {
	PACE_NS = 4000000, /* probes due within this time leave together: a wakeup costs as */
	PACE_MOST = 64,	   /* much as ten probes. But no more than a small queue holds */
	PACE_LEAST = 8,	   /* fewer leave one by one: good for a slow path, few wakeups */
	STRETCH_MAX_NS = 1100000000, /* if the sender is slower than the pace */
	LOOKED_AT_MAX = 1 << 16,     /* questions that one flow_next looks at, most answered */
	WINDOW_NS = 200000,	     /* how often to look for the answers to a window */
	WAITING_NS = 500000,	     /* near the end each answer may be the last: look often */
	SILENT_AGAIN = 16,	     /* questions that are asked again of a host that is silent, */
	SILENT_ALL = 8192,	     /* or more if few are asked */
};

/*
 * Begin with what the way has taught earlier flows. A limit holds only for frames of the same kind.
 */
static void learn_way(struct flow *f, const struct way *way)
{
	control_init(&f->control);
	if (!way)
		return;
	f->rtt = way->rtt;
	control_inherit(&f->control, &way->control, way->kind == f->kind);
}

/* Each try has an order of its own: what drops by a pattern must not drop the same questions again. */
static struct order order_of(const struct flow *f, unsigned int attempt)
{
	struct order order;

	order_init(&order, f->n, f->each, f->ahead, f->seed + attempt * ORDERS);
	return order;
}

void flow_set_order(struct flow *f)
{
	f->order = order_of(f, f->attempt);
}

static int allocate(struct flow *f, unsigned int certain)
{
	unsigned int i;

	f->logs = calloc(f->tries.lossy, sizeof(*f->logs));
	if (!f->logs)
		return -ENOMEM;
	for (i = 0; i < f->tries.lossy; i++)
		if (sendlog_init(&f->logs[i]))
			return -ENOMEM;
	if (flow_certain_init(f, certain))
		return -ENOMEM;
	if (f->each < 2)
		return 0;
	f->pulsed = calloc(f->n / f->each / 8 + 1, 1);
	return f->pulsed ? 0 : -ENOMEM;
}

int flow_init(struct flow *f, const struct flow_spec *spec, uint64_t now_ns)
{
	*f = (struct flow){
		.first = spec->first,
		.n = spec->n,
		.each = spec->each ? spec->each : 1,
		.ahead = spec->ahead,
		.kind = spec->kind,
		.part = UINT_MAX,
		.quiet = spec->quiet,
		.tries = spec->tries,
		.seed = spec->seed,
		.unknown_ns = spec->unknown_ns ? spec->unknown_ns : UINT64_MAX,
		.again_ns = spec->again_ns,
		.linger_ns = spec->linger_ns,
		.pacer = spec->shared,
		.began_ns = now_ns,
		.try_began_ns = now_ns,
		.evidence = { .n = 1 },
	};
	if (allocate(f, spec->certain))
		return -ENOMEM;
	f->silent_again = SILENT_ALL / (f->n / f->each ?: 1);
	if (f->silent_again < SILENT_AGAIN)
		f->silent_again = SILENT_AGAIN;
	f->host_pps = spec->host_pps;
	f->most_pps = spec->host_pps * (double)(f->n / f->each);
	flow_set_brake(f, now_ns);
	flow_set_order(f);
	pulses_init(&f->pulses, spec->seed, PULSE_PORTS - spec->ports_missing);
	learn_way(f, spec->way);
	flow_begin_pulses(f, f->n, now_ns);
	if (spec->shared)
		return 0;
	f->automatic = true;
	f->starting = f->all_came = f->control.proven_pps <= 0;
	f->pacer = &f->own_pacer;
	pacer_init(f->pacer, f->control.rate_pps, now_ns);
	flow_begin_stretch(f, now_ns);
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

	for (i = 0; f->logs && i < f->tries.lossy; i++)
		sendlog_free(&f->logs[i]);
	free(f->logs);
	free(f->pulsed);
	flow_certain_free(f);
	f->logs = NULL;
	f->pulsed = NULL;
}

static bool in_stretch(const struct flow *f)
{
	return f->automatic && f->attempt == 0;
}

/* Cut `most` so that the stretch does not end too late. */
static unsigned int within(const struct flow *f, unsigned int most)
{
	if (in_stretch(f) && most > f->now.end - f->position)
		most = (unsigned int)(f->now.end - f->position);
	return most;
}

static bool is_braked(const struct flow *f)
{
	return f->brake.rate_pps > 0;
}

unsigned int flow_take(struct flow *f, uint64_t now_ns, unsigned int room)
{
	unsigned int most = f->paused ? 0 : within(f, room), taken;

	if (!is_braked(f))
		return pacer_take(f->pacer, now_ns, most);
	most = pacer_take(&f->brake, now_ns, most);
	taken = pacer_take(f->pacer, now_ns, most);
	pacer_return(&f->brake, most - taken);
	return taken;
}

static void give_back(struct flow *f, unsigned int tokens)
{
	pacer_return(f->pacer, tokens);
	if (is_braked(f))
		pacer_return(&f->brake, tokens);
}

static void end_sending(struct flow *f, uint64_t now_ns)
{
	f->state = FLOW_WAITING;
	f->paused = false;
	f->sent_ns = now_ns;
	f->settled = f->hops_known = f->checked = f->all_answered = false;
	if (f->attempt == 0)
		f->first_try_ns = now_ns;
}

/* Is this one of those that a router has answered, and that are asked again nevertheless? */
static bool is_sampled(const struct flow *f, uint64_t question)
{
	const uint64_t hash = (question - f->first + f->seed) * 0x9e3779b97f4a7c15ULL;

	return (double)(hash >> 32) < f->again_share * 4294967296.0;
}

/*
 * Need a question not be asked again? An answer of a router is enough, unless loss has shown: the
 * target's own may have been lost. A silent host is likely absent, or drops everything. So ask it
 * again only a few times, unless much was lost.
 */
static bool is_needless(const struct flow *f, const struct flow_view *view, uint64_t question)
{
	if (view->firm(view->ctx, question) || view->lost(view->ctx, question))
		return true;
	if (!f->again_not_firm && view->answered(view->ctx, question))
		return !is_sampled(f, question);
	if (flow_certain_needless(f, question))
		return true;
	return f->attempt && !f->thorough && (question - f->first) % f->each >= f->silent_again &&
	       !view->partial(view->ctx, question);
}

uint64_t flow_hosts_left(const struct flow *f, const struct flow_view *view)
{
	uint64_t first, i, n = 0;

	for (first = f->first; first < f->first + f->n; first += f->each) {
		for (i = 0; i < f->each && is_needless(f, view, first + i); i++)
			;
		n += i < f->each;
	}
	return n;
}

/* The part of a batch from `first` on is chosen. Returns where the next one begins. */
static uint64_t log_part(struct flow *f, uint64_t first, uint64_t now_ns)
{
	sendlog_add(&f->logs[f->attempt], first, f->position - 1, now_ns);
	return f->position;
}

unsigned int flow_next(struct flow *f, const struct flow_view *view, uint64_t now_ns,
		       unsigned int allowed, uint64_t *indices)
{
	uint64_t first = f->position, end = first + LOOKED_AT_MAX, start = first;
	unsigned int n = 0;

	if (end > f->n)
		end = f->n;
	if (first < f->reached && end > f->reached)
		end = f->reached;
	while (n < allowed && f->position < end) {
		uint64_t index = f->first + order_at(&f->order, f->position++);

		if ((f->attempt || first < f->reached) && is_needless(f, view, index))
			continue;
		indices[n++] = index;
		if (n % f->part == 0)
			start = log_part(f, start, now_ns);
	}
	give_back(f, allowed - n);
	f->try_sent += n;
	if (n && !f->now.start_ns) /* a window begins when it leaves */
		f->now.start_ns = now_ns;
	flow_expect(f, n);
	flow_certain_sent(f, indices, n, now_ns);
	if (n % f->part)
		log_part(f, start, now_ns);
	if (in_stretch(f) &&
	    (f->position == f->now.end || now_ns - f->now.start_ns > STRETCH_MAX_NS)) {
		f->now.end = f->position;
		flow_end_stretch(f, now_ns);
	}
	if (f->position == f->n)
		end_sending(f, now_ns);
	return n;
}

/*
 * How many probes leave together. A scan that gives way is slower than its path takes: more of them may
 * leave together then, as many as half of what the brake holds, since it is wakeups that cost the host most.
 */
static unsigned int slice_of(const struct flow *f)
{
	const double wish = flow_wish_pps(f), due = wish * PACE_NS / FLOW_NS;
	const double held =
		is_braked(f) && f->brake.rate_pps < wish ? f->brake.depth / 2 : PACE_MOST;
	const unsigned int slice = due < PACE_LEAST  ? 1
				   : due < PACE_MOST ? (unsigned int)due
						     : PACE_MOST;

	return slice <= held ? slice : held < 1 ? 1 : (unsigned int)held;
}

uint64_t flow_ready_ns(const struct flow *f, uint64_t now_ns)
{
	const unsigned int slice = slice_of(f);
	uint64_t ready_ns, brake_ns;

	if (f->state != FLOW_SENDING)
		return now_ns + WAITING_NS;
	if (f->paused)
		return now_ns + WINDOW_NS;
	ready_ns = pacer_ready_ns(f->pacer, now_ns, within(f, slice));
	brake_ns = is_braked(f) ? pacer_ready_ns(&f->brake, now_ns, within(f, slice)) : 0;
	return ready_ns > brake_ns ? ready_ns : brake_ns;
}

bool flow_first_try_settled(const struct flow *f, uint64_t now_ns)
{
	if (f->attempt || f->state == FLOW_DONE)
		return true;
	return f->state == FLOW_WAITING && now_ns >= f->sent_ns + flow_patience_ns(f);
}

void flow_rewind(struct flow *f, uint64_t since_ns, uint64_t now_ns)
{
	const uint64_t on_the_way_ns = flow_patience_ns(f) + FLOW_QUEUE_NS;
	struct sendlog *log = &f->logs[f->attempt];
	uint64_t position;

	if (f->state == FLOW_DONE)
		return;
	position = sendlog_position(log, since_ns > on_the_way_ns ? since_ns - on_the_way_ns : 0);
	if (position >= log->end)
		return;
	if (f->attempt == 0 && f->reached < f->position)
		f->reached = f->position;
	sendlog_rewind(log, position);
	f->position = position;
	f->state = FLOW_SENDING;
	f->pulses.n = 0;
	life_begin(&f->life, now_ns);
	if (in_stretch(f))
		flow_forget_stretches(f, position, now_ns);
}

void flow_ask_anew(struct flow *f, uint64_t now_ns)
{
	unsigned int i;

	for (i = 0; i < f->tries.lossy; i++)
		sendlog_reset(&f->logs[i]);
	f->position = f->attempt = 0;
	flow_certain_forget(f);
	f->reached = f->n;
	f->evidence = (struct evidence){ .n = 1 };
	flow_set_order(f);
	f->state = FLOW_SENDING;
	f->dead = false;
	flow_begin_pulses(f, f->n, now_ns);
	if (f->automatic)
		flow_begin_stretch(f, now_ns);
}

double flow_asked_share(const struct flow *f)
{
	const uint64_t reached = f->position > f->reached ? f->position : f->reached;

	return f->attempt || !f->n ? 1 : (double)reached / (double)f->n;
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
		.evidence = f->evidence,
		.attempt = f->attempt,
		.done = f->state == FLOW_DONE,
	};
	uint64_t wait = rtt_timeout_ns(&f->rtt, RTT_FLOOR_NS, ceiling_ns), unsure;

	if (to.done)
		return to;
	unsure = sendlog_position(&f->logs[f->attempt], now_ns > wait ? now_ns - wait : 0);
	if (f->logs[f->attempt].n && unsure < to.position)
		to.position = unsure;
	return to;
}

static bool is_possible(const struct flow *f, const struct flow_saved *s)
{
	uint64_t i;

	if (s->position > s->reached || s->reached > f->n || s->attempt >= f->tries.lossy ||
	    s->evidence.n != s->attempt + 1)
		return false;
	for (i = 0; i < s->evidence.n; i++)
		if (s->evidence.tries[i].alive > s->evidence.tries[i].pulses ||
		    s->evidence.tries[i].answers > f->n)
			return false;
	return evidence_answers(&s->evidence) <= f->n;
}

bool flow_restore(struct flow *f, const struct flow_saved *from, uint64_t now_ns)
{
	if (!is_possible(f, from))
		return false;
	f->position = from->position;
	f->reached = from->attempt ? 0 : from->reached;
	f->attempt = from->attempt;
	f->evidence = from->evidence;
	f->first_try_ns = now_ns;
	/* Runs that are broken off again and again must come to an end. */
	if (from->attempt || from->position == f->n)
		f->linger_ns = 0;
	flow_set_order(f);
	flow_certain_resume(f, now_ns);
	if (from->attempt)
		flow_resume_try(f, now_ns);
	if (from->done)
		f->state = FLOW_DONE;
	else if (f->position == f->n) /* no question is left to end the stretch */
		end_sending(f, now_ns);
	else if (f->automatic)
		flow_begin_stretch(f, now_ns);
	return true;
}

/* When try `attempt` sent this question. False: it did not, or that is forgotten. */
static bool find_sent(const struct flow *f, uint64_t index, unsigned int attempt, uint64_t *sent_ns,
		      uint64_t *earliest_ns)
{
	const struct order order = attempt == f->attempt ? f->order : order_of(f, attempt);

	return sendlog_find(&f->logs[attempt], order_position(&order, index - f->first), sent_ns,
			    earliest_ns);
}

void flow_left(struct flow *f, unsigned int back, uint64_t from_ns, uint64_t to_ns)
{
	sendlog_left(&f->logs[f->attempt], back, from_ns, to_ns);
}

int64_t flow_rtt_ns(struct flow *f, uint64_t index, unsigned int attempt, uint64_t time_ns)
{
	uint64_t sent_ns, earliest_ns;

	if (attempt >= f->tries.lossy || !find_sent(f, index, attempt, &sent_ns, &earliest_ns) ||
	    time_ns < earliest_ns)
		return -1;
	/* Within a batch the log is a few microseconds inexact. */
	if (time_ns < sent_ns)
		sent_ns = time_ns;
	rtt_add(&f->rtt, time_ns - sent_ns);
	return (int64_t)(time_ns - sent_ns);
}

bool flow_asked_again(const struct flow *f, uint64_t index)
{
	uint64_t sent_ns, earliest_ns;

	return f->attempt && find_sent(f, index, 1, &sent_ns, &earliest_ns);
}
