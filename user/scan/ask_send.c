// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* ask_send.c - give each flow of an ask its turn: send a batch, wait, ask again, or end. */
#include "ask.h"
#include "ask_view.h"
#include "losses.h"
#include "observing.h"
#include "outlet.h"
#include "sending.h"

#include <errno.h>
#include <stdlib.h>

enum { PULSES_AT_ONCE = 16, LOOK_NS = 1000000 };

struct tx *ask_tx(const struct ask *a, unsigned int outlet)
{
	return a->xdp ?: a->engine->outlets->v[outlet].tx;
}

int ask_begin(struct ask *a, struct tx *xdp, struct err *err)
{
	const struct outlets *outlets = a->engine->outlets;
	const struct tx *tx = xdp ?: outlets->v[0].tx; /* packet sockets are all alike */
	unsigned int i;

	a->start_ns = loop_now_ns();
	a->xdp = xdp;
	a->batch = calloc(tx->batch, sizeof(*a->batch));
	a->sending = sending_new(outlets->n);
	for (i = 0; i < a->hosts.n_flows; i++)
		a->flows[i].part = tx->mark;
	if (!a->batch || !a->sending)
		return err_set(err, -ENOMEM, "out of memory");
	matcher_start(&a->engine->matcher, a->lane);
	a->engine->asks[a->lane] = a;
	return 0;
}

static struct tx *tx_of(const struct ask *a, const struct flow *f)
{
	return ask_tx(a, a->hosts.flows[f - a->flows].outlet);
}

/* Send a batch. Count questions as their frames: the sums close even if sending breaks off. */
static int send_batch(struct ask *a, const struct flow *f, const uint64_t *questions,
		      unsigned int n, struct departures *departures, struct err *err)
{
	uint64_t *count = flow_asks_again(f) ? &a->counted.retransmits : &a->counted.asked;
	const uint64_t before = a->counted.sent + a->counted.refused;
	const uint8_t port = (uint8_t)try_port(a->engine->ports, f->attempt);
	struct tx *tx = tx_of(a, f);
	uint64_t left, canaries = 0;
	unsigned int i;
	int code;

	tx->departures = departures;
	code = n ? sending_send(a, questions, n, port, err) : 0;
	tx->departures = NULL;
	/* If sending breaks off, earlier frames are forgotten too: then this may be below zero. */
	left = a->counted.sent + a->counted.refused - before;
	for (i = 0; a->each->canaries && i < n && left <= n && i < left; i++)
		canaries += ask_is_canary(a, questions[i]);
	a->counted.host_probes += canaries;
	*count += left - canaries;
	return code;
}

int ask_send_pulses(struct ask *a, const struct pulse *pulses, unsigned int n, struct err *err)
{
	const uint64_t before = a->counted.sent + a->counted.refused;
	const struct try_ports ports = a->engine->ports;
	unsigned int i;
	int code = 0;

	for (i = 0; i < n && !code; i++) {
		ask_forget_alive(a, pulses[i].question);
		code = sending_send(a, &pulses[i].question, 1,
				    (uint8_t)try_port_of_pulse(ports, pulses[i].port), err);
	}
	a->counted.retransmits += a->counted.sent + a->counted.refused - before;
	return code;
}

/* Enter in the flow's log when the parts of a batch of `n` questions left. */
static void note_departures(struct flow *f, const struct departures *d, unsigned int n)
{
	unsigned int first, end, parts = (n + f->part - 1) / f->part;

	for (first = 0; d->n && first < n; first = end) {
		end = first + f->part < n ? first + f->part : n;
		flow_left(f, --parts, departures_time(d, first), departures_time(d, end - 1));
	}
}

/* Send what the pace allows. Returns how many questions, or a negative errno, reason in err. */
static int send_questions(struct ask *a, struct flow *f, const struct flow_view *view, uint64_t now,
			  struct err *err)
{
	unsigned int allowed = flow_take(f, now, tx_of(a, f)->batch), n, n_pulses, before;
	struct pulse pulses[PULSES_AT_ONCE];
	struct departures departures = { 0 };
	int code;

	if (!allowed)
		return 0;
	n = flow_next(f, view, now, allowed, a->batch);
	n_pulses = flow_pulses(f, view, now, a->batch, n, pulses, PULSES_AT_ONCE);
	/* A limit lets the first frames of a batch through: pulses must be anywhere among the others. */
	before = n_pulses ? (unsigned int)pulses_random(&f->pulses, n + 1) : n;
	code = send_batch(a, f, a->batch, before, &departures, err);
	if (!code)
		code = ask_send_pulses(a, pulses, n_pulses, err);
	if (!code)
		code = send_batch(a, f, a->batch + before, n - before, &departures, err);
	observing_batch(a->engine, n);
	note_departures(f, &departures, n);
	return code ? code : (int)n;
}

/* Look whether the way or some hosts still answer. */
static int check(struct ask *a, struct flow *f, const struct flow_view *view, uint64_t now,
		 struct err *err)
{
	struct pulse pulses[PULSES_AT_ONCE];
	unsigned int n = flow_check(f, view, now, pulses, PULSES_AT_ONCE);

	return ask_send_pulses(a, pulses, n, err);
}

static enum recheck_purpose purpose_of(const struct flow *f)
{
	if (f->state == FLOW_CHECKING)
		return RECHECK_OUTAGE;
	return flow_is_last_try(f) ? RECHECK_LAST : RECHECK_BETWEEN_TRIES;
}

/* Ask next hops for their MAC address again; after the last try, ask about ICMP errors too. */
static int ask_hops(struct ask *a, unsigned int i, uint64_t now, uint64_t *ready_ns,
		    struct err *err)
{
	const struct outlet *outlet = &a->engine->outlets->v[a->hosts.flows[i].outlet];
	struct flow *f = &a->flows[i];
	int code = 1;

	if (a->neighbours && iface_has_neighbours(outlet->iface) &&
	    a->rechecks[i].state != RECHECK_OVER)
		code = recheck_turn(a, i, purpose_of(f), now, ready_ns, err);
	if (code > 0 && flow_is_last_try(f) && f->state == FLOW_WAITING)
		code = rejects_turn(a, i, now, ready_ns, err);
	if (code <= 0)
		return code;
	recheck_end(a, i);
	flow_hops_known(f);
	*ready_ns = now;
	return 0;
}

static int act(struct ask *a, unsigned int i, enum flow_want want, const struct flow_view *view,
	       uint64_t now, uint64_t *ready_ns, struct err *err)
{
	switch (want) {
	case FLOW_WANTS_QUESTIONS:
		return send_questions(a, &a->flows[i], view, now, err);
	case FLOW_WANTS_CHECK:
		return check(a, &a->flows[i], view, now, err);
	case FLOW_WANTS_HOPS:
		return ask_hops(a, i, now, ready_ns, err);
	default:
		return 0;
	}
}

/*
 * How many questions are answered. Of a quiet kind, count open ports alone: other answers stop when a
 * host's limit is reached, and the flow would take that for an outage. Counting takes a look at each
 * CPU: while sending, not each time.
 */
static uint64_t answers_of(struct ask *a, unsigned int i, uint64_t now)
{
	const struct flow *f = &a->flows[i];

	if (f->state == FLOW_SENDING && now < a->looked_ns[i] + LOOK_NS)
		return f->heard;
	if (kinds[a->kind].quiet)
		return a->opens[i];
	a->looked_ns[i] = now;
	return ask_flow_answers(a, i);
}

/* Tell the sinks why the rate has changed. */
static int tell_rates(struct ask *a, unsigned int i, struct err *err)
{
	struct decision d;
	int code = 0;

	while (!code && decisions_take(&a->flows[i].decisions, &d)) {
		const struct path *path;
		struct result_rate r = {
			.time_us = a->engine->epoch_us + d.time_ns / 1000,
			.kind = a->kind,
			.rate_pps = d.rate_pps,
			.limit_pps = d.limit_pps,
			.asked = d.asked,
			.answered = d.answered,
			.why = decision_why_name(d.why),
		};

		hosts_at(&a->hosts, a->hosts.flows[i].first, &path);
		r.has_gateway = path->hop == BY_GATEWAY;
		r.gateway = path->gateway;
		code = report_rate(a->engine->report, &r, err);
	}
	return code;
}

static void tell_pause(struct ask *a, unsigned int i, bool pauses, uint64_t now)
{
	const struct path *path;

	if (pauses) {
		a->paused_ns[i] = a->paused_ns[i] ?: now;
	} else if (a->paused_ns[i]) {
		hosts_at(&a->hosts, a->hosts.flows[i].first, &path);
		observing_span(a->engine, SPAN_PAUSE, "pause", a->paused_ns[i], now, path);
		a->paused_ns[i] = 0;
	}
}

void ask_tell_pauses(struct ask *a)
{
	unsigned int i;

	for (i = 0; i < a->hosts.n_flows; i++)
		tell_pause(a, i, false, loop_now_ns());
}

/* One flow's turn: how many probes were sent, or a negative errno, reason in err. */
static int flow_turn(struct ask *a, unsigned int i, uint64_t *ready_ns, struct err *err)
{
	const struct flow_view view = ask_view(a);
	struct flow *f = &a->flows[i];
	const unsigned int attempt = f->attempt;
	uint64_t now = loop_now_ns();
	enum flow_want want;
	int sent;

	want = flow_step(f, &view, answers_of(a, i, now), now, a->engine->config->timeout_ns);
	if (f->attempt != attempt) {
		matcher_set_attempt(&a->engine->matcher, a->lane, i,
				    (uint8_t)try_port(a->engine->ports, f->attempt));
		ask_take_stock(a);
	}
	losses_take(a, i);
	tell_pause(a, i, f->state == FLOW_CHECKING, now);
	sent = tell_rates(a, i, err);
	if (sent)
		return sent;
	*ready_ns = 0;
	sent = act(a, i, want, &view, now, ready_ns, err);
	if (!*ready_ns)
		*ready_ns = flow_ready_ns(f, now);
	return sent;
}

static bool is_down(int code)
{
	return code == -ENETDOWN || code == -ENXIO || code == -ENODEV;
}

/* End a flow whose interface is lost. Its hosts did not fall silent: the scan is told to be broken off. */
static void give_up(struct ask *a, unsigned int i)
{
	tell_pause(a, i, false, loop_now_ns());
	recheck_end(a, i);
	a->flows[i].dead = true;
	a->flows[i].state = FLOW_DONE;
}

int ask_turn(struct ask *a, uint64_t *next_ns, struct err *err)
{
	struct loop *loop = a->engine->loop;
	uint64_t ready;
	unsigned int i;
	int sent = 0, n;

	*next_ns = 0;
	for (i = 0; i < a->hosts.n_flows; i++) {
		const unsigned int outlet = a->hosts.flows[i].outlet;

		if (a->flows[i].state == FLOW_DONE)
			continue;
		n = loop_is_lost(loop, outlet) ? 0 : flow_turn(a, i, &ready, err);
		if (is_down(n))
			n = loop_lose(loop, outlet, err);
		if (n < 0)
			return n;
		if (loop_is_lost(loop, outlet)) {
			give_up(a, i);
			continue;
		}
		sent += n;
		if (a->flows[i].state != FLOW_DONE && (!*next_ns || ready < *next_ns))
			*next_ns = ready;
	}
	n = sending_try_again(a, next_ns, err);
	return n ? n : sent;
}

void ask_resend_since(struct ask *a, uint64_t since_ns, uint64_t now_ns)
{
	unsigned int i;

	for (i = 0; i < a->hosts.n_flows; i++)
		flow_rewind(&a->flows[i], since_ns, now_ns);
}
