// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* ask_send.c - give each flow of an ask its turn: send a batch, wait, ask again, or end. */
#include "ask.h"
#include "sending.h"

#include <errno.h>
#include <stdlib.h>

enum {
	/* Near the end each answer may be the last: look often, so that the ask ends in time. */
	POLL_WAITING_NS = 500000,
	SILENT_ASKED_AGAIN = 16,
};

int ask_begin(struct ask *a, struct tx *tx, struct err *err)
{
	a->start_ns = loop_now_ns();
	a->tx = tx;
	a->batch = calloc(tx->batch, sizeof(*a->batch));
	a->sending = sending_new();
	if (!a->batch || !a->sending)
		return err_set(err, -ENOMEM, "out of memory");
	matcher_start(&a->engine->matcher, a->lane);
	a->engine->asks[a->lane] = a;
	return 0;
}

static bool skip(const void *ctx, uint64_t index)
{
	const struct ask *a = ctx;
	const uint64_t each = a->each->n, host = index / each;

	if (ask_answered(a, index))
		return true;
	if (a->lane == LANE_QUESTIONS && a->gone[host / 8] & 1 << host % 8)
		return true;
	if (kinds[a->kind].role != KIND_PORTS)
		return false;
	return !(a->answering[host / 8] & 1 << host % 8) && index % each >= SILENT_ASKED_AGAIN;
}

/* Send a batch. Count questions as their frames: the sums close even if sending breaks off. */
static int send_batch(struct ask *a, const struct flow *f, unsigned int n, struct err *err)
{
	uint64_t *count = flow_asks_again(f) ? &a->counted.retransmits : &a->counted.asked;
	const uint64_t before = a->counted.sent + a->counted.refused;
	int code = sending_send(a, a->batch, n, (uint8_t)f->attempt, err);

	*count += a->counted.sent + a->counted.refused - before;
	return code;
}

/* End the wait of flow i if it is over: next try. 0 or a negative errno, reason in err. */
static int end_wait(struct ask *a, unsigned int i, uint64_t now, uint64_t *ready_ns,
		    struct err *err)
{
	uint64_t answered = ask_flow_answers(a, i);
	struct flow *f = &a->flows[i];
	int code;

	if (answered < f->n && now < flow_deadline_ns(f, a->engine->config->timeout_ns))
		return 0;
	flow_judge_rest(f, ask_answered, a);
	if (answered < f->n && a->neighbours) {
		code = recheck_turn(a, i, flow_is_last_try(f, answered), now, ready_ns, err);
		if (code <= 0)
			return code;
	}
	flow_next_try(f, ask_flow_answers(a, i));
	matcher_set_attempt(&a->engine->matcher, a->lane, i, (uint8_t)f->attempt);
	recheck_end(a, i);
	if (f->state == FLOW_DONE)
		flow_count_sample(f, ask_answered, a);
	if (f->state == FLOW_SENDING)
		ask_take_stock(a);
	return 0;
}

/* One flow's turn: how many probes were sent, or a negative errno, reason in err. */
static int flow_turn(struct ask *a, unsigned int i, uint64_t *ready_ns, struct err *err)
{
	uint64_t now = loop_now_ns();
	struct flow *f = &a->flows[i];
	unsigned int allowed, n;
	int code;

	*ready_ns = now + POLL_WAITING_NS;
	flow_judge(f, now, ask_answered, a);
	if (f->state == FLOW_WAITING) {
		code = end_wait(a, i, now, ready_ns, err);
		if (code)
			return code;
	}
	if (f->state != FLOW_SENDING)
		return 0;
	allowed = flow_take(f, now, a->tx->batch);
	n = allowed ? flow_next(f, now, allowed, f->attempt ? skip : ask_answered, a, a->batch) : 0;
	code = send_batch(a, f, n, err);
	if (code)
		return code;
	*ready_ns = flow_ready_ns(f, now);
	return (int)n;
}

int ask_turn(struct ask *a, uint64_t *next_ns, struct err *err)
{
	uint64_t ready;
	unsigned int i;
	int sent = 0, n;

	*next_ns = 0;
	for (i = 0; i < a->hosts.n_flows; i++) {
		if (a->flows[i].state == FLOW_DONE)
			continue;
		n = flow_turn(a, i, &ready, err);
		if (n < 0)
			return n;
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
