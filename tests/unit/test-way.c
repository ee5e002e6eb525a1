// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* test-way.c - a flow begins with what earlier flows have learnt of the way. */
#include "flow.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define MS 1000000ULL

enum { N = 40000, TIMEOUT_MS = 2000 };

/* A path that lets so many packets through in a millisecond, the rest is lost. */
struct net {
	double per_ms, credit;
	uint8_t answered[N];
};

static bool is_answered(const void *ctx, uint64_t index)
{
	const struct net *net = ctx;

	return net->answered[index];
}

static bool always(const void *ctx, uint64_t index)
{
	(void)ctx;
	(void)index;
	return true;
}

static bool never(const void *ctx, uint64_t index)
{
	return !always(ctx, index);
}

static uint64_t count(const void *ctx, uint64_t first, uint64_t n, uint64_t few[EVIDENCE_FEW])
{
	uint64_t sum = 0, i;

	(void)few;
	for (i = first; i < first + n; i++)
		sum += is_answered(ctx, i);
	return sum;
}

static struct flow_view view_of(const struct net *net)
{
	return (struct flow_view){ net, is_answered, is_answered, never, never, always, count };
}

static void init(struct flow *f, uint64_t n, enum probe_kind kind, const struct way *way,
		 struct pacer *shared)
{
	const struct flow_spec spec = {
		.n = n,
		.tries = tries_fixed(2),
		.seed = 7,
		.way = way,
		.kind = kind,
		.shared = shared,
	};

	assert_false(flow_init(f, &spec, MS));
}

/* Ask for a millisecond. What gets through is answered at once, every tenth host is silent. */
static void ask(struct flow *f, struct net *net, const struct flow_view *view, uint64_t now)
{
	uint64_t batch[64];
	unsigned int i, got;

	net->credit = net->credit + net->per_ms > 64 ? 64 : net->credit + net->per_ms;
	got = flow_next(f, view, now, flow_take(f, now, 64), batch);
	for (i = 0; i < got; i++) {
		if (batch[i] % 10 == 0 || net->credit < 1)
			continue;
		net->credit--;
		net->answered[batch[i]] = 1;
		flow_rtt_ns(f, batch[i], f->attempt, now + 3 * MS);
	}
}

/* Drive a flow to its end, over such a path. */
static void drive(struct flow *f, double per_ms)
{
	struct net *net = calloc(1, sizeof(*net));
	const struct flow_view view = view_of(net);
	enum flow_want want = FLOW_WANTS_TIME;
	uint64_t now = MS;

	assert_non_null(net);
	for (net->per_ms = per_ms; want != FLOW_WANTS_NOTHING; now += MS) {
		assert_true(now < 600000 * MS);
		want = flow_step(f, &view, count(net, 0, f->n, NULL), now, TIMEOUT_MS * MS);
		if (want == FLOW_WANTS_QUESTIONS)
			ask(f, net, &view, now);
		else if (want == FLOW_WANTS_HOPS)
			flow_hops_known(f);
	}
	free(net);
}

/* A way that a flow of TCP questions has gone, and what it knew at its end. */
static void learn(struct way *way, struct control *control, double per_ms)
{
	struct flow f;

	*way = (struct way){ .mac = { 2, 0, 0, 0, 0, 7 }, .reached = true };
	init(&f, N, PROBE_TCP, way, NULL);
	assert_true(f.control.rate_pps == CONTROL_START_PPS);
	drive(&f, per_ms);
	flow_hand_on(&f, way);
	*control = f.control;
	assert_memory_equal(&way->rtt, &f.rtt, sizeof(f.rtt));
	assert_true(way->reached && way->mac[5] == 7);
	flow_free(&f);
}

static void nothing_is_known_of_a_new_way(void **state)
{
	const struct way way = { 0 };
	struct flow f;

	(void)state;
	init(&f, N, PROBE_TCP, &way, NULL);
	assert_true(f.control.rate_pps == CONTROL_START_PPS);
	assert_true(f.pacer->rate_pps == CONTROL_START_PPS);
	assert_int_equal(f.rtt.samples, 0);
	flow_free(&f);
}

/* No limit has shown: any kind of question starts at the rate that went well. */
static void the_proven_rate_is_where_to_start(void **state)
{
	enum probe_kind kind;
	struct control had;
	struct way way;
	struct flow f;

	(void)state;
	learn(&way, &had, 1e6);
	assert_true(had.proven_pps > 1.5 * CONTROL_START_PPS && had.limit_pps == 0);
	for (kind = PROBE_NONE + 1; kind < PROBE_KINDS_N; kind++) {
		init(&f, N, kind, &way, NULL);
		assert_true(f.control.rate_pps == had.proven_pps);
		assert_true(f.pacer->rate_pps == had.proven_pps);
		assert_true(f.control.limit_pps == 0);
		flow_free(&f);
	}
}

/* Frames of another kind have another length, so another limit. */
static void a_limit_is_of_one_kind(void **state)
{
	struct control had;
	struct way way;
	struct flow f;

	(void)state;
	learn(&way, &had, 4);
	assert_true(had.limit_pps > 3000 && had.limit_pps < 5000);
	init(&f, N, PROBE_TCP, &way, NULL);
	assert_true(f.control.limit_pps == had.limit_pps);
	assert_true(f.control.rate_pps < had.limit_pps);
	assert_true(f.control.rate_pps > 0.9 * had.limit_pps);
	flow_free(&f);
	init(&f, N, PROBE_ARP, &way, NULL);
	assert_true(f.control.limit_pps == 0);
	assert_true(f.control.rate_pps == had.proven_pps);
	flow_free(&f);
}

/* A flow that asked too little to judge anything forgets nothing of what is proven. */
static void a_small_flow_leaves_what_is_proven(void **state)
{
	struct control had;
	struct way way;
	struct flow f;

	(void)state;
	learn(&way, &had, 1e6);
	init(&f, 3, PROBE_TCP, &way, NULL);
	drive(&f, 1e6);
	flow_hand_on(&f, &way);
	flow_free(&f);
	assert_true(way.control.proven_pps >= had.proven_pps);
}

/* With a rate that is given, no flow learns one; round trips are handed on all the same. */
static void a_given_rate_teaches_nothing(void **state)
{
	struct pacer pacer;
	struct control had;
	struct way way, before;
	struct flow f;

	(void)state;
	learn(&way, &had, 4);
	before = way;
	pacer_init(&pacer, 500, MS);
	init(&f, N, PROBE_ARP, &way, &pacer);
	assert_memory_equal(&f.rtt, &way.rtt, sizeof(f.rtt));
	assert_true(pacer.rate_pps == 500);
	rtt_add(&f.rtt, 900 * MS);
	flow_hand_on(&f, &way);
	assert_memory_equal(&way.control, &before.control, sizeof(way.control));
	assert_int_equal(way.kind, before.kind);
	assert_int_equal(way.rtt.samples, before.rtt.samples + 1);
	assert_int_equal(way.rtt.longest_ns, 900 * MS);
	flow_free(&f);
}

/* Stretches of 1000 questions that are answered by the same share until so many are judged. */
static struct control judged(double share, double capacity_pps, unsigned int stretches)
{
	struct control c;

	control_init(&c);
	while (stretches--) {
		const double rate = c.rate_pps;
		const double carried = rate > capacity_pps ? capacity_pps / rate : 1;

		control_judge(&c, rate, 1000, (uint64_t)(1000 * share * carried), false);
	}
	return c;
}

static void who_knows_nothing_leaves_nothing(void **state)
{
	struct control none, c, fresh;

	(void)state;
	control_init(&none);
	control_init(&fresh);
	memset(&c, 0x55, sizeof(c));
	control_inherit(&c, &none, true);
	assert_memory_equal(&c, &fresh, sizeof(c));
}

static void limits_are_inherited_on_request(void **state)
{
	const struct control from = judged(0.9, 20e3, 30);
	struct control c;

	(void)state;
	assert_true(from.limit_pps > 16e3 && from.limit_pps < 25e3);
	control_inherit(&c, &from, true);
	assert_true(c.limit_pps == from.limit_pps && c.proven_pps == from.proven_pps);
	assert_true(c.rate_pps <= from.limit_pps && c.rate_pps >= 0.9 * from.limit_pps);
	control_inherit(&c, &from, false);
	assert_true(c.limit_pps == 0);
	assert_true(c.rate_pps == from.proven_pps && c.proven_pps == from.proven_pps);
}

/*
 * Nine of ten answered to one kind, one of ten answers to the next: that is no loss, and the rate
 * goes on growing. Whoever remembered the nine would take it for a path that has broken down.
 */
static void how_many_answer_is_not_inherited(void **state)
{
	struct control from = judged(0.9, 1e9, 6), c;
	unsigned int i;
	double rate;

	(void)state;
	assert_true(from.limit_pps == 0);
	assert_true(control_is_less(&from, from.rate_pps, 1000, 100));
	control_inherit(&c, &from, true);
	assert_false(c.judged);
	assert_false(control_is_less(&c, c.rate_pps, 1000, 100));
	for (i = 0; i < 4; i++) {
		rate = c.rate_pps;
		control_judge(&c, rate, 1000, 100, false);
		assert_true(c.rate_pps > rate && c.limit_pps == 0);
	}
}

/* While it is sent and until most answers must be there, the first try is not settled. */
static void the_first_try_settles_when_answers_must_be_there(void **state)
{
	struct net *net = calloc(1, sizeof(*net));
	const struct flow_view view = view_of(net);
	uint64_t batch[64], now = 10 * MS;
	struct pacer pacer;
	struct flow f;

	(void)state;
	assert_non_null(net);
	pacer_init(&pacer, 1e6, MS);
	init(&f, 100, PROBE_TCP, NULL, &pacer);
	assert_false(flow_first_try_settled(&f, 3600000 * MS)); /* not sent yet */
	while (f.state == FLOW_SENDING) {
		flow_next(&f, &view, now, flow_take(&f, now, 64), batch);
		now += MS;
	}
	/* Nothing is known of the way: some patience. */
	assert_false(flow_first_try_settled(&f, f.sent_ns + 200 * MS));
	assert_true(flow_first_try_settled(&f, f.sent_ns + TIMEOUT_MS * MS));

	/* Answers come in 10 ms: no longer than it needs, but longer than most. */
	flow_rtt_ns(&f, batch[0], 0, now + 10 * MS);
	assert_false(flow_first_try_settled(&f, f.sent_ns + 10 * MS));
	assert_true(flow_first_try_settled(&f, f.sent_ns + 100 * MS));

	for (now = f.sent_ns; f.attempt == 0; now += MS)
		if (flow_step(&f, &view, 1, now, TIMEOUT_MS * MS) == FLOW_WANTS_HOPS)
			flow_hops_known(&f);
	assert_int_equal(f.state, FLOW_SENDING);
	assert_true(flow_first_try_settled(&f, f.sent_ns));
	flow_free(&f);
	free(net);
}

static void a_flow_that_is_done_is_settled(void **state)
{
	static const struct flow_saved done = {
		.done = 1, .position = 100, .reached = 100, .evidence = { .n = 1 }
	};
	struct flow f;

	(void)state;
	init(&f, 100, PROBE_TCP, NULL, NULL);
	assert_true(flow_restore(&f, &done, MS));
	assert_true(flow_first_try_settled(&f, MS));
	flow_free(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_known_of_a_new_way),
		cmocka_unit_test(the_proven_rate_is_where_to_start),
		cmocka_unit_test(a_limit_is_of_one_kind),
		cmocka_unit_test(a_small_flow_leaves_what_is_proven),
		cmocka_unit_test(a_given_rate_teaches_nothing),
		cmocka_unit_test(who_knows_nothing_leaves_nothing),
		cmocka_unit_test(limits_are_inherited_on_request),
		cmocka_unit_test(how_many_answer_is_not_inherited),
		cmocka_unit_test(the_first_try_settles_when_answers_must_be_there),
		cmocka_unit_test(a_flow_that_is_done_is_settled),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
