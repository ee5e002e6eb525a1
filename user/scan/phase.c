// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* phase.c - the loop of a scan. */
#include "phase.h"

#include "aside.h"
#include "capturing.h"
#include "observing.h"
#include "outlet.h"
#include "search.h"
#include "summary.h"
#include "yield.h"

#include <errno.h>
#include <string.h>

enum {
	/* The ring holds the events of 25 ms of the fastest scan: look well before it is full. */
	POLL_NS = 5000000,
	TICK_NS = 200000000,
	CHECK_NS = 1000000000,
};

/* Does recheck.c wait for this answer? It reads the table itself. */
static bool is_recheck(const struct engine *e, const struct event *event)
{
	const struct ask *questions = e->asks[LANE_QUESTIONS];

	return event->lane == LANE_NEIGHBOURS && event->type == EVENT_ANSWER && questions &&
	       recheck_has(questions, event->question);
}

static int on_event(void *ctx, void *data, size_t size)
{
	struct engine *e = ctx;
	const struct event *event = data;
	struct ask *a = event->lane < LANES ? e->asks[event->lane] : NULL;

	(void)size;
	return a && !is_recheck(e, event) ? ask_event(a, event, e->event_err) : 0;
}

static int consume(struct engine *e, struct err *err)
{
	e->event_err = err;
	return capturing_consume(e);
}

int phase_load(struct engine *e, const struct ask *sweep, const struct matcher_lane *questions,
	       struct err *err)
{
	static const struct stats none;
	const bool sends = questions && e->config->tx == TX_XDP;
	struct matcher_spec spec = {
		.probe = e->probe,
		.bare = !e->plan->iface->ethernet,
		.scope = plan_scope(e->plan, 0),
		.new_sweep = sweep && !questions,
		.verbose = e->config->verbose,
		.on_event = on_event,
		.on_frame = capturing_frame,
		.ctx = e,
	};
	const struct attach *attach = &e->outlets->v[0].attach;
	const enum lane fresh = questions ? LANE_QUESTIONS : LANE_NEIGHBOURS;
	struct matcher loaded;
	unsigned int i;
	int code;

	code = capturing_prepare(e, err);
	if (code)
		return code;
	spec.capture = e->capturing->config;
	if (sweep)
		spec.lanes[LANE_NEIGHBOURS] = ask_lane(sweep);
	if (questions)
		spec.lanes[LANE_QUESTIONS] = *questions;
	code = matcher_open(&loaded, &spec, sends ? "xscan_send" : attach_program_name(attach),
			    e->matcher.object ? &e->matcher : NULL, err);
	if (code)
		return code;
	e->before = e->matcher;
	e->matcher = loaded;
	observing_lane(e, fresh);
	matcher_set_stats(&e->matcher, fresh, &none);
	code = matcher_extend(&e->matcher, attach_target(attach), err);
	for (i = 1; i < e->outlets->n && !code; i++)
		code = matcher_add(&e->matcher, e->outlets->v[i].iface, err);
	if (!code)
		observing_load(e, &e->matcher);
	return code;
}

int phase_attach(struct engine *e, struct err *err)
{
	int code = aside_attach(e, err);

	if (!code)
		code = outlets_attach_further(e->outlets, &e->matcher, e->loop, err);
	if (code)
		return code;
	observing_unload(e, &e->before);
	matcher_close(&e->before);
	return 0;
}

void phase_refill(struct engine *e, const struct ask *questions)
{
	const struct matcher_lane lane = ask_lane(questions);

	observing_lane(e, LANE_QUESTIONS);
	matcher_refill(&e->matcher, &lane);
}

void phase_close(struct engine *e)
{
	matcher_close(&e->matcher);
	matcher_close(&e->before);
}

/* Fail if the program is no longer attached: without it silence proves nothing. */
static int check_attached(const struct engine *e, struct err *err)
{
	const struct iface *dead = outlets_find_dead(e->outlets, e->loop);
	int code;

	if (!dead)
		return 0;
	/* An interface that is removed loses the program first: then the loop has word of that. */
	code = loop_wait(e->loop, 0, err);
	if (code)
		return code;
	dead = outlets_find_dead(e->outlets, e->loop);
	if (!dead)
		return 0;
	return err_set(err, -ENOLINK, "%s: somebody detached xscan during the scan", dead->name);
}

/*
 * Give each ask its turn. Returns how many probes were sent; *next_ns is 0 when all asks are done.
 */
static int take_turns(struct engine *e, uint64_t *next_ns, struct err *err)
{
	uint64_t ready;
	unsigned int lane;
	int sent = 0, n;

	*next_ns = 0;
	for (lane = 0; lane < LANES; lane++) {
		if (!e->asks[lane])
			continue;
		n = ask_turn(e->asks[lane], &ready, err);
		if (n < 0)
			return n;
		sent += n;
		e->sent += (unsigned int)n;
		if (ready && (!*next_ns || ready < *next_ns))
			*next_ns = ready;
	}
	return sent;
}

/* Tell the sinks how the scan stands: by the ask that people want to hear of. */
static int tick(struct engine *e, struct err *err)
{
	const struct ask *a = e->asks[LANE_QUESTIONS] ?: e->asks[LANE_NEIGHBOURS];
	struct snapshot now = { .time_us = e->epoch_us + loop_now_ns() / 1000 };
	struct result_summary sum;
	unsigned int i;
	int code;

	if (!a)
		return 0;
	now.title = kinds[a->kind].title;
	now.ports = plan_asks_ports(e->plan);
	now.wanted = e->loop->status_wanted;
	now.sent = e->sent;
	now.left = ask_left(a);
	now.ledger = ask_ledger(a);
	for (i = 0; i < a->hosts.n_flows; i++)
		now.again |= a->flows[i].attempt;
	e->loop->status_wanted = false;
	code = report_tick(e->report, &now, err);
	if (code || !report_wants_so_far(e->report, now.time_us))
		return code;
	summary_fill(&sum, e->parts, -EINPROGRESS);
	observing_look(e, &sum);
	return report_so_far(e->report, &sum, err);
}

/* Read the events that are there and flush the outputs; now and then check the attachment. */
static int take_in(struct engine *e, uint64_t now, struct err *err)
{
	int code = consume(e, err);

	if (!code)
		code = report_flush(e->report, err);
	if (!code && (now >= e->tick_due_ns || e->loop->status_wanted)) {
		e->tick_due_ns = now + TICK_NS;
		code = tick(e, err);
		aside_look(e, now);
	}
	if (!code)
		yield_look(e, now);
	if (!code && e->search)
		search_look(e->search, now);
	if (!code && now >= e->check_due_ns) {
		e->check_due_ns = now + CHECK_NS;
		code = check_attached(e, err);
	}
	return code;
}

/*
 * Give each ask its turn, unless there is no carrier. When it is back, ask again what may not have
 * left. Returns as take_turns.
 */
static int take_turns_if_carried(struct engine *e, uint64_t now_ns, uint64_t *next_ns,
				 struct err *err)
{
	const uint64_t since_ns = loop_look(e->loop, now_ns);
	unsigned int lane;

	if (since_ns)
		observing_span(e, SPAN_NO_CARRIER, "no carrier", since_ns, now_ns, NULL);
	for (lane = 0; since_ns && lane < LANES; lane++)
		if (e->asks[lane])
			ask_resend_since(e->asks[lane], since_ns, now_ns);
	if (loop_has_carrier(e->loop))
		return take_turns(e, next_ns, err);
	*next_ns = now_ns + POLL_NS;
	return 0;
}

static int run(struct engine *e, phase_look look, void *ctx, struct err *err)
{
	uint64_t now, next, looked = 0;
	int sent, code;

	for (;;) {
		now = loop_now_ns();
		matcher_renew(&e->matcher, now);
		sent = take_turns_if_carried(e, now, &next, err);
		if (sent < 0)
			return sent;
		now = loop_now_ns();
		if (sent && next && next <= now && now - looked < POLL_NS)
			continue;
		looked = now;
		code = take_in(e, now, err);
		if (!code)
			code = look(ctx, now, err);
		if (code || !next)
			return code < 0 ? code : 0;
		code = loop_wait(e->loop, next < now + POLL_NS ? next : now + POLL_NS, err);
		if (code)
			return code;
	}
}

int phase_run(struct engine *e, phase_look look, void *ctx, struct err *err)
{
	int code;

	e->event_err = err;
	code = run(e, look, ctx, err);
	return code ? code : check_attached(e, err);
}

int phase_end(struct engine *e, struct ask *a, int code, struct err *err)
{
	const bool told = code && code != -EINTR; /* the first error is the one to tell */
	const uint64_t start_ns = a->start_ns;
	struct err later;
	unsigned int i;
	int failed;

	for (i = 0; i < a->hosts.n_flows; i++)
		recheck_end(a, i);
	ask_tell_pauses(a);
	matcher_stop(&e->matcher, a->lane);
	failed = consume(e, told ? &later : err);
	e->asks[a->lane] = NULL;
	/*
	 * Report what was found, also after an error. Do not report silence after an error: the
	 * question may not have been asked.
	 */
	if (!failed)
		failed = ask_end(a, code == 0, told ? &later : err);
	observing_ask(a, start_ns);
	if (code && (told || !failed))
		return code;
	return failed;
}
