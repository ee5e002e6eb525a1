// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* phase.c - the loop of a phase: each flow in turn sends a batch, waits, or is done. */
#include "phase.h"

#include "attach.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
	/* The ring holds what comes in 25 ms of the fastest scan; look at it well before that. */
	POLL_NS = 5000000,
	/* Near the end every answer may be the last: look often, so as not to end late. */
	POLL_WAITING_NS = 500000,
	TICK_NS = 200000000,
	CHECK_NS = 1000000000,
	REFUSALS_MAX = 250, /* of one frame: 50 ms */
};

int phase_init(struct phase *p, const struct phase_ops *ops, void *ctx, const struct engine *e,
	       const struct matcher_spec *spec, uint64_t questions, struct err *err)
{
	const struct hosts *hosts = spec->hosts;
	const struct config *c = e->config;
	uint64_t now = loop_now_ns();
	unsigned int i;
	int code;

	*p = (struct phase){ .ops = ops, .ctx = ctx, .engine = e };
	p->counted.questions = hosts->n * questions;
	for (i = 0; i < hosts->n_flows; i++) {
		p->n_flows++;
		if (flow_init(&p->flows[i], hosts->base[i] * questions,
			      ranges_count(&hosts->flows[i]) * questions, c->retries + 1, e->seed,
			      c->rate_auto ? NULL : &p->pacer, now))
			return err_set(err, -ENOMEM, "out of memory");
	}
	if (!p->n_flows)
		return 0;
	code = matcher_open(&p->matcher, spec,
			    spec->sends ? "match_send" : attach_program_name(e->attach), err);
	return code ? code : matcher_extend(&p->matcher, attach_target(e->attach), err);
}

void phase_free(struct phase *p)
{
	unsigned int i;

	for (i = 0; i < p->n_flows; i++)
		flow_free(&p->flows[i]);
	p->n_flows = 0;
	free(p->batch);
	p->batch = NULL;
	matcher_close(&p->matcher);
}

int phase_attach(const struct phase *p, struct err *err)
{
	if (!p->n_flows)
		return 0;
	return attach_program(p->engine->attach, matcher_program_fd(&p->matcher), err);
}

/* Take in what has come, and let readers have it. */
static int take_in(struct phase *p, struct err *err)
{
	int code = matcher_consume(&p->matcher);

	return code ? code : report_flush(p->engine->report, err);
}

/* Send a batch, waiting as often as the device's queue is full. */
static int send_batch(struct phase *p, const struct flow *f, unsigned int n, struct err *err)
{
	unsigned int done = 0, refusals = 0;
	int sent, code;

	while (done < n) {
		sent = p->ops->send(p->ctx, p->tx, p->batch + done, n - done, f->attempt, err);
		if (sent < 0)
			return sent;
		done += (unsigned int)sent;
		p->counted.sent += (unsigned int)sent;
		if (done == n)
			break;
		/* A queue drains; a frame that is refused all the time is one a filter drops. */
		refusals = sent ? 0 : refusals + 1;
		if (refusals == REFUSALS_MAX) {
			p->counted.refused++;
			refusals = 0;
			done++;
			continue;
		}
		p->tx->ops->wait(p->tx);
		code = take_in(p, err);
		if (!code)
			code = loop_wait(p->engine->loop, 0, err);
		if (code)
			return code;
	}
	if (flow_asks_again(f))
		p->counted.retransmits += n;
	else
		p->counted.asked += n;
	return 0;
}

/* Has flow i nothing left to wait for, and what then? */
static void end_wait(struct phase *p, unsigned int i, uint64_t now)
{
	uint64_t answered = matcher_stats(&p->matcher).answers[i];
	struct flow *f = &p->flows[i];

	if (answered < f->n && now < flow_deadline_ns(f, p->engine->config->timeout_ns))
		return;
	flow_judge_rest(f, p->ops->answered, p->ctx);
	flow_next_try(f, answered);
	matcher_set_attempt(&p->matcher, i, (uint8_t)f->attempt);
	if (f->state == FLOW_DONE)
		flow_count_sample(f, p->ops->answered, p->ctx);
	if (f->state == FLOW_SENDING && p->ops->begin_try)
		p->ops->begin_try(p->ctx);
}

/*
 * Give each flow its turn. Returns how many probes were sent, or a negative errno; *next_ns is when
 * the next turn is due, 0 when no flow has anything left to do.
 */
static int take_turns(struct phase *p, uint64_t *next_ns, struct err *err)
{
	unsigned int i, allowed, n;
	int sent = 0, code;

	*next_ns = 0;
	for (i = 0; i < p->n_flows; i++) {
		uint64_t now = loop_now_ns(), ready = now + POLL_WAITING_NS;
		struct flow *f = &p->flows[i];

		flow_judge(f, now, p->ops->answered, p->ctx);
		if (f->state == FLOW_WAITING)
			end_wait(p, i, now);
		if (f->state == FLOW_DONE)
			continue;
		if (f->state == FLOW_SENDING) {
			allowed = flow_take(f, now, p->tx->batch);
			n = allowed ? flow_next(f, now, allowed,
						f->attempt ? p->ops->skip : p->ops->answered,
						p->ctx, p->batch)
				    : 0;
			code = send_batch(p, f, n, err);
			if (code)
				return code;
			sent += (int)n;
			ready = flow_ready_ns(f, now);
		}
		if (!*next_ns || ready < *next_ns)
			*next_ns = ready;
	}
	return sent;
}

/* Silence means something only if answers can be heard. */
static int check_attached(const struct phase *p, struct err *err)
{
	if (attach_alive(p->engine->attach))
		return 0;
	return err_set(err, -ENOLINK, "%s: somebody detached xscan during the scan",
		       p->engine->plan->iface.name);
}

struct ledger phase_ledger(const struct phase *p)
{
	const struct stats stats = matcher_stats(&p->matcher);
	struct ledger l = p->counted;
	unsigned int i;

	l.seen = stats.seen;
	l.late = stats.late;
	l.duplicates = stats.duplicates;
	l.rejected = stats.rejected;
	l.events_lost = stats.events_lost;
	if (p->start_ns)
		l.elapsed_ns += loop_now_ns() - p->start_ns;
	for (i = 0; i < p->n_flows; i++) {
		const struct flow *f = &p->flows[i];
		uint64_t unanswered = f->n - stats.answers[i], missing = flow_missing(f);

		l.answers += stats.answers[i];
		if (f->state != FLOW_DONE || (unanswered && !f->sampled))
			l.unjudged += unanswered;
		l.sampled += f->sampled;
		l.sample_found += f->found;
		/* An estimate from a sample may be more than there is. */
		l.missing += missing < unanswered ? missing : unanswered;
	}
	return l;
}

static int tick(const struct phase *p, uint64_t now, struct err *err)
{
	struct snapshot snapshot = {
		.title = kinds[p->ops->kind].title,
		.time_us = p->engine->epoch_us + now / 1000,
		.ledger = phase_ledger(p),
	};
	unsigned int i;

	for (i = 0; i < p->n_flows; i++)
		snapshot.again |= p->flows[i].attempt > 0;
	return report_tick(p->engine->report, &snapshot, err);
}

static int run(struct phase *p, struct err *err)
{
	uint64_t now, next, looked = 0, tick_due = 0, check_due = 0;
	int sent, code;

	for (;;) {
		matcher_renew(&p->matcher, loop_now_ns());
		sent = take_turns(p, &next, err);
		if (sent < 0)
			return sent;
		now = loop_now_ns();
		if (sent && next && next <= now && now - looked < POLL_NS)
			continue;
		looked = now;
		code = take_in(p, err);
		if (code || !next)
			return code;
		if (now >= tick_due) {
			code = tick(p, now, err);
			if (code)
				return code;
			tick_due = now + TICK_NS;
		}
		if (now >= check_due) {
			code = check_attached(p, err);
			if (!code && check_due)
				code = p->engine->on_second(p->engine->ctx, err);
			if (code)
				return code;
			check_due = now + CHECK_NS;
		}
		code = loop_wait(p->engine->loop, next < now + POLL_NS ? next : now + POLL_NS, err);
		if (code)
			return code;
	}
}

void phase_save(const struct phase *p, struct resume_phase *to)
{
	uint64_t now = loop_now_ns();
	unsigned int i;

	*to = (struct resume_phase){
		.ledger = phase_ledger(p),
		.stats = matcher_stats(&p->matcher),
		.n_flows = p->n_flows,
		.table_size = p->matcher.answers.size,
	};
	for (i = 0; i < p->n_flows; i++)
		to->flows[i] = flow_save(&p->flows[i], now, p->engine->config->timeout_ns);
}

int phase_restore(struct phase *p, const struct resume_phase *from, const void *answers)
{
	uint64_t now = loop_now_ns();
	const struct ledger *l = &from->ledger;
	unsigned int i;
	bool again = false;

	if (from->n_flows != p->n_flows || from->table_size != p->matcher.answers.size ||
	    l->questions != p->counted.questions)
		return -EINVAL;
	for (i = 0; i < p->n_flows; i++) {
		if (!flow_restore(&p->flows[i], &from->flows[i], now))
			return -EINVAL;
		matcher_set_attempt(&p->matcher, i, (uint8_t)p->flows[i].attempt);
		again |= p->flows[i].attempt;
	}
	memcpy(p->matcher.answers.mem, answers, p->matcher.answers.size);
	matcher_add_stats(&p->matcher, &from->stats);
	/* The rest of the ledger follows from these, the flows and the statistics. */
	p->counted = (struct ledger){
		.questions = l->questions,
		.asked = l->asked,
		.retransmits = l->retransmits,
		.sent = l->sent,
		.refused = l->refused,
		.dropped = l->dropped,
		.recovered = l->recovered,
		.elapsed_ns = l->elapsed_ns,
	};
	if (again && p->ops->begin_try)
		p->ops->begin_try(p->ctx);
	return 0;
}

int phase_run(struct phase *p, struct tx *tx, struct err *err)
{
	uint64_t dropped;
	int code;

	if (!p->n_flows)
		return 0;
	p->start_ns = loop_now_ns();
	p->tx = tx;
	p->batch = calloc(tx->batch, sizeof(*p->batch));
	if (!p->batch)
		return err_set(err, -ENOMEM, "out of memory");
	if (!p->engine->config->rate_auto)
		pacer_init(&p->pacer, p->engine->config->rate_pps, p->start_ns);
	code = run(p, err);
	if (!code)
		code = check_attached(p, err);
	/* What is in the ring still is no loss, even if nobody waits for the rest. */
	if (code == -EINTR)
		matcher_consume(&p->matcher);
	dropped = tx->ops->errors(tx);
	dropped = dropped < p->counted.sent ? dropped : p->counted.sent;
	p->counted.sent -= dropped;
	p->counted.dropped += dropped;
	p->counted.elapsed_ns += loop_now_ns() - p->start_ns;
	p->start_ns = 0;
	return code;
}

static struct flow *flow_of(struct phase *p, uint64_t index)
{
	unsigned int i = p->n_flows - 1;

	while (p->flows[i].first > index)
		i--;
	return &p->flows[i];
}

int64_t phase_rtt_us(struct phase *p, uint64_t index, unsigned int attempt, uint64_t time_ns)
{
	int64_t rtt_ns = flow_rtt_ns(flow_of(p, index), index, attempt, time_ns);

	return rtt_ns < 0 ? -1 : rtt_ns / 1000;
}

bool phase_asked_again(struct phase *p, uint64_t index)
{
	return flow_asked_again(flow_of(p, index), index);
}
