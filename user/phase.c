// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* phase.c - the send loop, the wait for answers, the retries. */
#include "phase.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

enum {
	/* The ring holds what comes in 25 ms of the fastest scan; look at it well before that. */
	POLL_NS = 5000000,
	/* Near the end every answer may be the last: look often, so as not to end late. */
	POLL_WAITING_NS = 500000,
	/* Tokens to wait for at once: what one millisecond earns. */
	PACE_NS = 1000000,
	PROGRESS_NS = 200000000,
};

uint64_t phase_answers(const struct phase *p)
{
	return matcher_stats(&p->matcher).answers;
}

int phase_init(struct phase *p, const struct phase_ops *ops, void *ctx, uint64_t n,
	       const struct matcher_spec *spec, const struct config *c, struct err *err)
{
	unsigned int i;

	*p = (struct phase){ .ops = ops, .ctx = ctx, .n = n, .tries = c->retries + 1 };
	p->ledger.questions = n;
	if (n)
		permute_init(&p->order, n, c->seed);
	p->logs = calloc(p->tries, sizeof(*p->logs));
	if (!p->logs)
		return err_set(err, -ENOMEM, "out of memory");
	for (i = 0; i < p->tries; i++)
		if (sendlog_init(&p->logs[i]))
			return err_set(err, -ENOMEM, "out of memory");
	return matcher_open(&p->matcher, spec, err);
}

void phase_free(struct phase *p)
{
	unsigned int i;

	for (i = 0; p->logs && i < p->tries; i++)
		sendlog_free(&p->logs[i]);
	free(p->logs);
	free(p->batch);
	p->logs = NULL;
	p->batch = NULL;
	matcher_close(&p->matcher);
}

/* What one run of a phase keeps besides the ledger. */
struct round {
	struct phase *phase;
	const struct engine *engine;
	struct pacer pacer;
	unsigned int attempt;
	uint64_t position; /* the next to look at */
	uint64_t progress_due_ns;
	struct err *err;
};

static void show_progress(struct round *r, uint64_t now)
{
	const struct phase *p = r->phase;

	if (!r->engine->progress || now < r->progress_due_ns)
		return;
	r->progress_due_ns = now + PROGRESS_NS;
	fprintf(stderr, "\r%s%s: %3.0f %% sent, %llu of %llu answered\033[K", p->ops->name,
		r->attempt ? " again" : "", 100.0 * (double)r->position / (double)p->n,
		(unsigned long long)phase_answers(p), (unsigned long long)p->n);
}

/* Take in what has come, then wait until `until`, but not so long that the ring fills. */
static int turn(struct round *r, uint64_t until, uint64_t poll_ns)
{
	uint64_t now = loop_now_ns();
	int code = matcher_consume(&r->phase->matcher);

	if (code)
		return code;
	show_progress(r, now);
	return loop_wait(r->engine->loop, until < now + poll_ns ? until : now + poll_ns, r->err);
}

/*
 * The next questions, at most `room`: in the order of the permutation, leaving out what has been
 * answered when this is not the first time.
 */
static unsigned int next_batch(struct round *r, unsigned int room)
{
	struct phase *p = r->phase;
	unsigned int n = 0;

	while (n < room && r->position < p->n) {
		uint64_t index = permute_at(&p->order, r->position++);

		if (r->attempt == 0 || !p->ops->answered(p->ctx, index))
			p->batch[n++] = index;
	}
	return n;
}

/* Send a batch, waiting as often as the device's queue is full. */
static int send_batch(struct round *r, unsigned int n)
{
	struct phase *p = r->phase;
	unsigned int done = 0;
	int code;

	while (done < n) {
		int sent =
			p->ops->send(p->ctx, p->tx, p->batch + done, n - done, r->attempt, r->err);

		if (sent < 0)
			return sent;
		done += (unsigned int)sent;
		p->ledger.sent += (unsigned int)sent;
		if (done == n)
			break;
		p->tx->ops->wait(p->tx);
		code = turn(r, 0, 0);
		if (code)
			return code;
	}
	if (r->attempt)
		p->ledger.retransmits += n;
	else
		p->ledger.asked += n;
	return 0;
}

static int send_round(struct round *r)
{
	struct phase *p = r->phase;
	uint64_t looked_ns = 0, now, first;
	unsigned int allowed, n, slice;
	int code;

	slice = (unsigned int)(r->pacer.rate_pps * PACE_NS / 1e9);
	slice = slice < 1 ? 1 : slice > p->tx->batch ? p->tx->batch : slice;
	sendlog_reset(&p->logs[r->attempt]);
	r->position = 0;
	while (r->position < p->n) {
		now = loop_now_ns();
		allowed = pacer_take(&r->pacer, now, p->tx->batch);
		if (!allowed || now - looked_ns > POLL_NS) {
			looked_ns = now;
			pacer_return(&r->pacer, allowed);
			code = turn(r, pacer_ready_ns(&r->pacer, now, slice), POLL_NS);
			if (code)
				return code;
			continue;
		}
		first = r->position;
		n = next_batch(r, allowed);
		pacer_return(&r->pacer, allowed - n);
		if (!n)
			continue;
		sendlog_add(&p->logs[r->attempt], first, r->position - 1, now);
		code = send_batch(r, n);
		if (code)
			return code;
	}
	return 0;
}

/* Wait until everything has answered or nothing can come any more. */
static int await_answers(struct round *r)
{
	struct phase *p = r->phase;
	uint64_t sent_ns = loop_now_ns(), deadline;
	int code;

	do {
		/* Anew each time: what comes late makes the wait longer. */
		deadline = sent_ns + rtt_timeout_ns(&p->rtt, r->engine->config->timeout_ns);
		code = turn(r, deadline, POLL_WAITING_NS);
	} while (!code && phase_answers(p) < p->n && loop_now_ns() < deadline);
	return code ? code : matcher_consume(&p->matcher);
}

static void close_ledger(struct phase *p, uint64_t start_ns)
{
	struct stats stats = matcher_stats(&p->matcher);

	p->ledger.send_errors = p->tx->ops->errors(p->tx);
	p->ledger.answers = stats.answers;
	p->ledger.duplicates = stats.duplicates;
	p->ledger.rejected = stats.rejected;
	p->ledger.events_lost = stats.events_lost;
	p->ledger.elapsed_ns = loop_now_ns() - start_ns;
}

int phase_attach(const struct phase *p, const struct engine *e, struct err *err)
{
	return attach_program(e->attach, matcher_program_fd(&p->matcher), e->plan->iface.index,
			      e->plan->iface.name, e->config->attach, err);
}

int phase_run(struct phase *p, const struct engine *e, struct tx *tx, struct err *err)
{
	uint64_t start = loop_now_ns();
	struct round r = { .phase = p, .engine = e, .err = err };
	int code = 0;

	if (!p->n)
		return 0;
	p->tx = tx;
	p->batch = calloc(tx->batch, sizeof(*p->batch));
	if (!p->batch)
		return err_set(err, -ENOMEM, "out of memory");
	pacer_init(&r.pacer, e->config->rate_pps, start);
	for (r.attempt = 0; r.attempt < p->tries && !code; r.attempt++) {
		code = send_round(&r);
		if (!code)
			code = await_answers(&r);
		if (r.attempt == 0)
			p->ledger.answers_early = phase_answers(p);
		if (phase_answers(p) >= p->n)
			break;
	}
	close_ledger(p, start);
	if (e->progress)
		fputs("\r\033[K", stderr);
	return code;
}

int64_t phase_rtt_us(struct phase *p, uint64_t index, unsigned int attempt, uint64_t time_ns)
{
	uint64_t sent_ns;

	if (attempt >= p->tries ||
	    !sendlog_find(&p->logs[attempt], permute_position(&p->order, index), &sent_ns) ||
	    time_ns < sent_ns)
		return -1;
	rtt_add(&p->rtt, time_ns - sent_ns);
	return (int64_t)((time_ns - sent_ns) / 1000);
}

bool phase_asked_again(const struct phase *p, uint64_t index)
{
	uint64_t sent_ns;

	return p->tries > 1 &&
	       sendlog_find(&p->logs[1], permute_position(&p->order, index), &sent_ns);
}
