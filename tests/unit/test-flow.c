// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * test-flow.c - each question is asked as often as it should be, and pulses show what is lost.
 */
#include "flow.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define MS 1000000ULL

enum { FIRST = 1000, N = 40000, SMALL = 640 };

/* A network: which questions are answered when asked for the how manieth time (0: never). */
struct net {
	uint8_t answers_at[N];
	uint8_t asked[N];
	uint64_t n, answered, pulses;
	bool pulses_die;
	bool deaf;	     /* nothing reaches it */
	uint64_t deaf_until; /* the same, until then */
	uint64_t rejects_from,
		rejects_until; /* a router answers what comes then, and nothing else does */
	uint8_t rejected[N];
	uint64_t n_rejected;
};

static bool is_answered(const void *ctx, uint64_t index)
{
	const struct net *net = ctx;

	assert_in_range(index, FIRST, FIRST + N - 1);
	index -= FIRST;
	return net->answers_at[index] && net->asked[index] >= net->answers_at[index];
}

static bool is_answered_by_any(const void *ctx, uint64_t index)
{
	return is_answered(ctx, index) || ((const struct net *)ctx)->rejected[index - FIRST];
}

static bool is_alive(const void *ctx, uint64_t index)
{
	(void)index;
	return !((const struct net *)ctx)->pulses_die;
}

static bool is_alive_on_link(const void *ctx, uint64_t index)
{
	(void)ctx;
	(void)index;
	return true;
}

static bool never(const void *ctx, uint64_t index)
{
	(void)ctx;
	(void)index;
	return false;
}

static uint64_t count(const void *ctx, uint64_t first, uint64_t n, uint64_t few[EVIDENCE_FEW])
{
	(void)first;
	(void)n;
	(void)few;
	return ((const struct net *)ctx)->answered;
}

static struct flow_view view_of(const struct net *net)
{
	return (struct flow_view){ net,	  is_answered_by_any, is_answered, never,
				   never, is_alive,	      count };
}

/* A flow of n questions; `shared`: at this rate, else at that which control finds. */
static void init(struct flow *f, uint64_t n, struct tries tries, struct pacer *shared, uint64_t now)
{
	const struct flow_spec spec = {
		.first = FIRST,
		.n = n,
		.tries = tries,
		.seed = 7,
		.kind = PROBE_TCP,
		.shared = shared,
	};

	assert_false(flow_init(f, &spec, now));
}

static bool is_deaf(const struct net *net, uint64_t now)
{
	return net->deaf || now < net->deaf_until;
}

/* The questions reach the network. */
static void ask(struct flow *f, struct net *net, const uint64_t *batch, unsigned int n,
		uint64_t now)
{
	const bool rejects = now >= net->rejects_from && now < net->rejects_until;
	unsigned int i;

	for (i = 0; i < n && rejects; i++) {
		net->n_rejected += !is_answered_by_any(net, batch[i]);
		net->rejected[batch[i] - FIRST]++;
	}
	for (i = 0; i < n && !rejects && !is_deaf(net, now); i++) {
		bool before = is_answered(net, batch[i]);

		net->asked[batch[i] - FIRST]++;
		if (before || !is_answered(net, batch[i]))
			continue;
		net->answered++;
		net->n_rejected -= net->rejected[batch[i] - FIRST] > 0;
		flow_learn(f, batch[i]);
	}
}

/* One turn. Answers are there at once; a millisecond passes. */
static enum flow_want turn(struct flow *f, struct net *net, uint64_t *now)
{
	const struct flow_view view = view_of(net);
	enum flow_want want = flow_step(f, &view, net->answered + net->n_rejected, *now, 20 * MS);
	struct pulse pulses[16];
	uint64_t batch[64];
	unsigned int n;

	if (want == FLOW_WANTS_QUESTIONS) {
		n = flow_next(f, &view, *now, flow_take(f, *now, 64), batch);
		ask(f, net, batch, n, *now);
		net->pulses += flow_pulses(f, &view, *now, batch, n, pulses, 16);
	} else if (want == FLOW_WANTS_CHECK) {
		net->pulses += flow_check(f, &view, *now, pulses, 16);
	} else if (want == FLOW_WANTS_HOPS) {
		flow_hops_known(f);
	}
	*now += MS;
	return want;
}

/* Drive a flow to its end. */
static void go_on(struct flow *f, struct net *net, uint64_t now)
{
	const uint64_t limit = now + 600000 * MS;

	while (turn(f, net, &now) != FLOW_WANTS_NOTHING)
		assert_true(now < limit);
	assert_int_equal(f->state, FLOW_DONE);
}

static void drive(struct flow *f, struct net *net, uint64_t n, struct tries tries)
{
	struct pacer pacer;

	net->n = n;
	pacer_init(&pacer, 1e5, 0);
	init(f, n, tries, &pacer, 0);
	go_on(f, net, 0);
}

static struct net *new_net(unsigned int answers_at)
{
	struct net *net = calloc(1, sizeof(*net));

	assert_non_null(net);
	memset(net->answers_at, (int)answers_at, sizeof(net->answers_at));
	return net;
}

static void all_answer_at_once(void **state)
{
	struct net *net = new_net(1);
	struct flow f;
	unsigned int i;

	(void)state;
	drive(&f, net, N, TRIES_AUTO);
	for (i = 0; i < N; i++)
		assert_int_equal(net->asked[i], 1);
	assert_int_equal(net->pulses, 0);
	assert_int_equal(evidence_answers(&f.evidence), N);
	flow_free(&f);
	free(net);
}

/* A way is dead when the scan begins. What was asked then is asked again, even with --retries 0. */
static void a_way_that_is_dead_at_first(void **state)
{
	struct net *net = new_net(1);
	struct flow f;

	(void)state;
	net->deaf_until = 200 * MS;
	drive(&f, net, N, tries_fixed(1));
	assert_int_equal(net->answered, N);
	flow_free(&f);
	free(net);
}

/* One question in 64 has an answer, and the first comes late by chance alone: nothing is asked twice. */
static void first_answers_that_are_few(void **state)
{
	struct net *net = new_net(0);
	struct flow f;
	unsigned int i;

	(void)state;
	for (i = 0; i < N; i += 64)
		net->answers_at[i] = 1;
	drive(&f, net, N, tries_fixed(1));
	assert_int_equal(net->answered, N / 64);
	for (i = 0; i < N; i++)
		assert_int_equal(net->asked[i], 1);
	flow_free(&f);
	free(net);
}

/* A router rejects for a moment. All that it has answered are asked again. */
static void a_router_that_rejects_for_a_moment(void **state)
{
	struct net *net = new_net(1);
	struct flow f;

	(void)state;
	net->rejects_from = 100 * MS;
	net->rejects_until = 150 * MS;
	drive(&f, net, N, TRIES_AUTO);
	assert_int_equal(net->answered, N);
	flow_free(&f);
	free(net);
}

/* A router that always rejects is asked a few more questions, and not again. */
static void a_router_that_always_rejects(void **state)
{
	struct net *net = new_net(1);
	struct flow f;
	uint64_t i, twice = 0;

	(void)state;
	net->rejects_until = UINT64_MAX;
	drive(&f, net, N, TRIES_AUTO);
	assert_int_equal(net->answered, 0);
	for (i = 0; i < N; i++)
		twice += net->rejected[i] > 1;
	assert_in_range(twice, 1, N / 64);
	assert_int_equal(f.attempt, 1);
	flow_free(&f);
	free(net);
}

/* Where nobody answers, a third try would tell nothing. */
static void nobody_answers(void **state)
{
	struct net *net = new_net(0);
	struct flow f;
	unsigned int i;

	(void)state;
	drive(&f, net, 100, TRIES_AUTO);
	for (i = 0; i < 100; i++)
		assert_int_equal(net->asked[i], 2);
	assert_int_equal(net->pulses, 0);
	flow_free(&f);
	free(net);
}

/* The neighbours of a link: the first answers at once, the second late, the third never. */
struct link {
	uint64_t now, late_ns;
};

static bool is_answered_on_link(const void *ctx, uint64_t index)
{
	const struct link *link = ctx;

	return index == FIRST || (index == FIRST + 1 && link->now >= link->late_ns);
}

static uint64_t count_on_link(const void *ctx, uint64_t first, uint64_t n,
			      uint64_t few[EVIDENCE_FEW])
{
	(void)n;
	(void)few;
	return 1 + is_answered_on_link(ctx, first + 1);
}

/* How long a flow listens to them, as ask.c asks a link. */
static uint64_t listens_ns(uint64_t late_ns)
{
	const struct flow_spec spec = {
		.first = FIRST,
		.n = 3,
		.tries = { 3, 7, 13 },
		.kind = PROBE_ARP,
		.unknown_ns = 400 * MS,
		.again_ns = 400 * MS,
		.linger_ns = 1250 * MS,
	};
	struct link link = { .late_ns = late_ns };
	const struct flow_view view = { &link, is_answered_on_link, is_answered_on_link, never,
					never, is_alive_on_link,    count_on_link };
	struct pulse pulses[16];
	uint64_t batch[64];
	struct flow f;
	enum flow_want want;

	assert_false(flow_init(&f, &spec, 0));
	do {
		want = flow_step(&f, &view, count_on_link(&link, FIRST, 3, NULL), link.now,
				 2000 * MS);
		if (want == FLOW_WANTS_QUESTIONS) {
			const unsigned int n =
				flow_next(&f, &view, link.now, flow_take(&f, link.now, 64), batch);

			if (n && !f.attempt) {
				flow_rtt_ns(&f, FIRST, 0, link.now);
				flow_learn(&f, FIRST);
			}
			flow_pulses(&f, &view, link.now, batch, n, pulses, 16);
		} else if (want == FLOW_WANTS_CHECK) {
			flow_check(&f, &view, link.now, pulses, 16);
		} else if (want == FLOW_WANTS_HOPS) {
			flow_hops_known(&f);
		}
		link.now += MS;
	} while (want != FLOW_WANTS_NOTHING);
	flow_free(&f);
	return link.now;
}

/* An answer that comes late tells of others that come later. */
static void late_answers_are_listened_for(void **state)
{
	const uint64_t usual = listens_ns(UINT64_MAX), late = listens_ns(1200 * MS);

	(void)state;
	assert_in_range(usual, 1250 * MS, 1400 * MS);
	assert_in_range(late, 2000 * MS, 3000 * MS);
	assert_in_range(listens_ns(300 * MS), usual, usual + 100 * MS);
}

/* A third answers the first flow, a third when asked anew, a third never. */
static void asked_anew_is_what_is_missing(void **state)
{
	struct net *net = new_net(0);
	struct pacer pacer;
	struct flow f;
	unsigned int i;

	(void)state;
	for (i = 0; i < N; i++)
		net->answers_at[i] = (const uint8_t[]){ 1, 3, 0 }[i % 3];
	pacer_init(&pacer, 1e6, 0);
	init(&f, N, tries_fixed(1), &pacer, 0);
	go_on(&f, net, 0);
	for (i = 0; i < 2; i++) {
		flow_ask_anew(&f, MS);
		assert_int_equal(f.state, FLOW_SENDING);
		assert_true(flow_asks_again(&f));
		go_on(&f, net, MS);
	}
	for (i = 0; i < N; i++)
		assert_int_equal(net->asked[i], i % 3 ? 3 : 1);
	flow_free(&f);
	free(net);
}

/* --retries 0: no question twice, but answered ones as pulses. */
static void asked_once_means_once(void **state)
{
	struct net *net = new_net(1);
	struct flow f;
	unsigned int i;

	(void)state;
	memset(net->answers_at, 0, N / 2);
	drive(&f, net, N, tries_fixed(1));
	for (i = 0; i < N; i++)
		assert_int_equal(net->asked[i], 1);
	assert_in_range(net->pulses, 16, N / 50);
	flow_free(&f);
	free(net);
}

/* Half is silent, and nothing is lost: two tries, and pulses that show it. */
static void silence_without_loss_needs_no_third_try(void **state)
{
	struct net *net = new_net(1);
	struct flow f;
	unsigned int i;

	(void)state;
	memset(net->answers_at, 0, N / 2);
	drive(&f, net, N, TRIES_AUTO);
	for (i = 0; i < N; i++)
		assert_int_equal(net->asked[i], i < N / 2 ? 2 : 1);
	assert_in_range(net->pulses, 16, N / 50);
	assert_false(evidence_of_loss(&f.evidence));
	flow_free(&f);
	free(net);
}

/* A tenth answers the second time, a hundredth the third time, one the fifth time. */
static void losses_bring_further_tries(void **state)
{
	struct net *net = new_net(1);
	struct flow f;

	(void)state;
	memset(net->answers_at, 2, N / 10);
	memset(net->answers_at, 3, N / 100);
	net->answers_at[0] = 4;
	net->answers_at[N - 1] = 0;
	drive(&f, net, N, TRIES_AUTO);
	assert_int_equal(net->answered, N - 1);
	assert_in_range(f.attempt, 3, 6);
	flow_free(&f);
	free(net);
}

/* No pulse is answered: the way is dead, or lets nothing through any more. */
static void dead_pulses_are_told(void **state)
{
	struct net *net = new_net(1);
	struct flow f;
	uint64_t lost, n = 0;

	(void)state;
	memset(net->answers_at, 0, N / 2);
	net->pulses_die = true;
	drive(&f, net, N, TRIES_AUTO);
	while (flow_lost(&f, &lost))
		n++;
	assert_true(f.dead || n);
	flow_free(&f);
	free(net);
}

/* What was sent lately is asked again, as far as it is not answered; no more than that. */
static void rewound_is_what_was_sent_lately(void **state)
{
	struct net *net = new_net(1);
	struct pacer pacer;
	uint64_t now = MS, before;
	struct flow f;
	unsigned int i;

	(void)state;
	memset(net->answers_at, 2, N / 2);
	net->n = N;
	pacer_init(&pacer, 2e4, 0);
	init(&f, N, tries_fixed(1), &pacer, 0);
	rtt_add(&f.rtt, MS);
	for (i = 0; i < 1000; i++)
		turn(&f, net, &now);
	before = f.position;
	flow_rewind(&f, now - 430 * MS, now);
	assert_in_range(f.position, before * 4 / 10, before * 6 / 10);
	assert_true(flow_asks_again(&f));
	go_on(&f, net, now);
	for (i = 0; i < N; i++)
		assert_in_range(net->asked[i], 1, i < N / 2 ? 2 : 1);
	assert_in_range(net->answered, N / 2 + before / 5, N / 2 + before / 3);
	flow_free(&f);
	free(net);
}

/*
 * Broken off after each so many turns and gone on with elsewhere: no question is left out that was
 * not answered, and none is asked for the first time twice.
 */
static void goes_on_elsewhere(void **state)
{
	struct net *net = new_net(1);
	struct flow_saved saved = { .evidence = { .n = 1 } };
	uint64_t now = MS, i;
	unsigned int round;
	struct pacer pacer;
	struct flow f;

	(void)state;
	net->n = N;
	memset(net->answers_at, 2, N / 8); /* what the first run must not miss */
	for (round = 0; !saved.done; round++) {
		assert_in_range(round, 0, 1000);
		pacer_init(&pacer, 1e5, now);
		init(&f, N, tries_fixed(3), &pacer, now);
		assert_true(flow_restore(&f, &saved, now));
		for (i = 0; i < 50 && turn(&f, net, &now) != FLOW_WANTS_NOTHING; i++)
			;
		saved = flow_save(&f, now, 20 * MS);
		flow_free(&f);
	}
	assert_int_equal(net->answered, N);
	free(net);
}

/*
 * A further try that goes on elsewhere, in its middle or when all was sent, has pulses: nothing else
 * tells whether the way still lives.
 */
static void goes_on_elsewhere_with_pulses(void **state)
{
	static const uint64_t positions[] = { 0, SMALL / 2, SMALL };
	unsigned int row, i;

	(void)state;
	for (row = 0; row < 6; row++) {
		const struct flow_saved saved = {
			.position = positions[row / 2],
			.reached = SMALL,
			.attempt = 1,
			.evidence = { .n = 2, .tries = { { .answers = SMALL / 4 } } },
		};
		struct net *net = new_net(0);
		uint64_t now = MS;
		struct pacer pacer;
		struct flow f;

		net->n = SMALL;
		net->answered = SMALL / 4;
		net->deaf = net->pulses_die = row % 2;
		memset(net->answers_at, 1, SMALL / 4);
		memset(net->asked, 1, SMALL / 4);
		pacer_init(&pacer, 1e4, now);
		init(&f, SMALL, tries_fixed(2), &pacer, now);
		assert_true(flow_restore(&f, &saved, now));
		for (i = 0; i < SMALL / 4; i++)
			flow_learn_earlier(&f, FIRST + i);
		while (turn(&f, net, &now) != FLOW_WANTS_NOTHING)
			;
		assert_int_equal(f.dead, row % 2);
		assert_in_range(f.evidence.tries[1].pulses, f.dead ? 3 : 16, SMALL);
		assert_int_equal(f.evidence.tries[1].alive,
				 f.dead ? 0 : f.evidence.tries[1].pulses);
		flow_free(&f);
		free(net);
	}
}

static void a_state_that_cannot_be_is_refused(void **state)
{
	static const struct flow_saved wrong[] = {
		{ .position = 2, .reached = 1, .evidence = { .n = 1 } },
		{ .reached = SMALL + 1, .evidence = { .n = 1 } },
		{ .attempt = 3, .evidence = { .n = 4 } },
		{ .attempt = 1, .evidence = { .n = 1 } },
		{ .evidence = { .n = 0 } },
		{ .evidence = { .n = 1, .tries = { { .answers = SMALL + 1 } } } },
		{ .evidence = { .n = 1, .tries = { { .pulses = 1, .alive = 2 } } } },
	};
	struct pacer pacer;
	struct flow f;
	size_t i;

	(void)state;
	pacer_init(&pacer, 1e6, 0);
	init(&f, SMALL, tries_fixed(3), &pacer, 0);
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_false(flow_restore(&f, &wrong[i], 0));
	flow_free(&f);
}

/* What comes due in four milliseconds, from 8 on, at most 64; less if a stretch ends with less. */
static void probes_leave_in_slices(void **state)
{
	static const struct {
		double rate_pps;
		uint64_t slice_ns;
	} rows[] = { { 100, 10 * MS }, { 1e3, MS }, { 10e3, 4 * MS }, { 1e6, 64000 } };
	struct net *net = new_net(1);
	const struct flow_view view = view_of(net);
	uint64_t indices[64], now = MS;
	struct pacer pacer;
	struct flow f;
	size_t r;

	(void)state;
	for (r = 0; r < sizeof(rows) / sizeof(*rows); r++) {
		pacer_init(&pacer, rows[r].rate_pps, now);
		init(&f, N, tries_fixed(1), &pacer, now);
		assert_int_equal(flow_take(&f, now, 64), 1);
		assert_in_range(flow_ready_ns(&f, now), now + rows[r].slice_ns - 10,
				now + rows[r].slice_ns + 10);
		flow_free(&f);
	}

	init(&f, N, tries_fixed(1), NULL, now); /* the first stretch is of 32 */
	pacer_set_rate(f.pacer, 10e3, now);
	assert_int_equal(flow_next(&f, &view, now, flow_take(&f, now, 64), indices), 1);
	now += 3 * MS;
	assert_int_equal(flow_next(&f, &view, now, flow_take(&f, now, 64), indices), 30);
	assert_in_range(flow_ready_ns(&f, now), now + MS / 10 - 10, now + MS / 10 + 10);
	flow_free(&f);
	free(net);
}

/* The path takes more than the host spares: half of what the brake holds leaves together, few if that is few. */
static void what_gives_way_leaves_in_larger_slices(void **state)
{
	static const struct {
		double rate_pps, polite_pps;
		unsigned int slice;
	} rows[] = { { 1e5, 1e3, 10 }, { 1e5, 100, 1 }, { 1e5, 50e3, 64 }, { 1e3, 500, 1 } };
	uint64_t now = MS, ready;
	struct pacer pacer;
	struct flow f;
	size_t r;

	(void)state;
	for (r = 0; r < sizeof(rows) / sizeof(*rows); r++) {
		pacer_init(&pacer, rows[r].rate_pps, now);
		init(&f, N, tries_fixed(1), &pacer, now);
		flow_give_way(&f, rows[r].polite_pps, now);
		assert_int_equal(flow_take(&f, now, 64), 1);
		ready = flow_ready_ns(&f, now);
		assert_int_equal(flow_take(&f, ready, 64), rows[r].slice);
		flow_free(&f);
	}
}

/* Broken off while it waited for the last answers of a try: there is nothing left to send. */
static void goes_on_waiting(void **state)
{
	static const struct flow_saved all_asked = { .position = SMALL,
						     .reached = SMALL,
						     .evidence = { .n = 1 } };
	struct net *net = new_net(0);
	uint64_t now = MS;
	struct flow f;

	(void)state;
	net->n = SMALL;
	init(&f, SMALL, tries_fixed(3), NULL, now);
	assert_true(flow_restore(&f, &all_asked, now));
	assert_int_equal(f.state, FLOW_WAITING);
	while (f.attempt == 0)
		assert_int_not_equal(turn(&f, net, &now), FLOW_WANTS_NOTHING);
	assert_int_equal(f.state, FLOW_SENDING);
	assert_true(flow_take(&f, now + 1000 * MS, 64) > 0);
	flow_free(&f);
	free(net);
}

/*
 * Frames are lost from `from` on; that is known 100 ms later; until `to` nothing is sent. --retries 0:
 * what was lost is asked again all the same.
 */
static void lose_carrier(struct flow *f, struct net *net, uint64_t from, uint64_t to)
{
	uint64_t now = MS;
	bool over = false;

	while (f->state != FLOW_DONE) {
		net->deaf = now >= from && !over;
		if (net->deaf && now >= from + 100 * MS)
			now = to;
		if (now >= to && !over) {
			flow_rewind(f, from, now);
			net->deaf = false;
			over = true;
		}
		turn(f, net, &now);
	}
}

/* At a given rate or that which control finds; in the middle, or when all was just sent. */
static void a_lost_carrier_loses_nothing(void **state)
{
	static const uint64_t froms[] = { 5, 100, 300, 390 };
	struct pacer pacer;
	unsigned int i;
	size_t row;

	(void)state;
	for (row = 0; row < 4 * sizeof(froms) / sizeof(*froms); row++) {
		const uint64_t from = froms[row / 4] * MS;
		struct net *net = new_net(1);
		struct flow f;

		pacer_init(&pacer, 1e5, 0);
		init(&f, N, tries_fixed(1 + row / 2 % 2), row % 2 ? &pacer : NULL, MS);
		lose_carrier(&f, net, from, from + 2000 * MS);
		for (i = 0; i < N; i++)
			assert_int_equal(net->asked[i], 1);
		flow_free(&f);
		free(net);
	}
}

/* Nothing was sent meanwhile: nothing changes. */
static void a_carrier_lost_while_nothing_was_sent(void **state)
{
	struct net *net = new_net(0);
	const struct flow_view view = view_of(net);
	struct pacer pacer;
	struct flow f;
	uint64_t batch[64], now;

	(void)state;
	pacer_init(&pacer, 1e6, 0);
	init(&f, 64, tries_fixed(1), &pacer, 0);
	flow_rewind(&f, 0, MS);
	assert_int_equal(f.position, 0);
	for (now = MS; f.state == FLOW_SENDING; now += MS)
		flow_next(&f, &view, now, flow_take(&f, now, 64), batch);
	flow_rewind(&f, 1000 * MS, 2000 * MS);
	assert_int_equal(f.state, FLOW_WAITING);
	flow_rewind(&f, 1 * MS, 2000 * MS);
	assert_int_equal(f.state, FLOW_SENDING);
	assert_true(flow_take(&f, 2000 * MS, 1));
	assert_int_equal(flow_next(&f, &view, 2000 * MS, 1, batch), 1);
	assert_true(flow_asks_again(&f));
	f.state = FLOW_DONE;
	flow_rewind(&f, MS, 3000 * MS);
	assert_int_equal(f.state, FLOW_DONE);
	flow_free(&f);
	free(net);
}

/* What is left: all at first, the silent share once for each further try that is certain, then none. */
static void left_is_what_must_be_asked(void **unused)
{
	struct flow f;

	(void)unused;
	init(&f, SMALL, (struct tries){ .least = 3, .most = 3, .lossy = 3 }, NULL, 0);
	assert_int_equal(flow_remaining(&f, 0), SMALL);
	f.position = SMALL / 2;
	assert_int_equal(flow_remaining(&f, SMALL / 2), SMALL / 2);
	assert_int_equal(flow_remaining(&f, SMALL / 4), SMALL / 2 + 2 * SMALL / 2);
	f.position = SMALL;
	assert_int_equal(flow_remaining(&f, 0), 2 * SMALL);
	f.attempt = 1;
	f.position = 0;
	assert_int_equal(flow_remaining(&f, SMALL / 2), SMALL / 2 + SMALL / 2);
	f.attempt = 2;
	f.position = SMALL / 2;
	assert_int_equal(flow_remaining(&f, SMALL / 2), SMALL / 4);
	f.state = FLOW_DONE;
	assert_int_equal(flow_remaining(&f, 0), 0);
	flow_free(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(left_is_what_must_be_asked),
		cmocka_unit_test(probes_leave_in_slices),
		cmocka_unit_test(what_gives_way_leaves_in_larger_slices),
		cmocka_unit_test(all_answer_at_once),
		cmocka_unit_test(a_way_that_is_dead_at_first),
		cmocka_unit_test(first_answers_that_are_few),
		cmocka_unit_test(a_router_that_rejects_for_a_moment),
		cmocka_unit_test(a_router_that_always_rejects),
		cmocka_unit_test(nobody_answers),
		cmocka_unit_test(late_answers_are_listened_for),
		cmocka_unit_test(asked_anew_is_what_is_missing),
		cmocka_unit_test(asked_once_means_once),
		cmocka_unit_test(silence_without_loss_needs_no_third_try),
		cmocka_unit_test(losses_bring_further_tries),
		cmocka_unit_test(dead_pulses_are_told),
		cmocka_unit_test(rewound_is_what_was_sent_lately),
		cmocka_unit_test(goes_on_elsewhere),
		cmocka_unit_test(goes_on_elsewhere_with_pulses),
		cmocka_unit_test(goes_on_waiting),
		cmocka_unit_test(a_lost_carrier_loses_nothing),
		cmocka_unit_test(a_carrier_lost_while_nothing_was_sent),
		cmocka_unit_test(a_state_that_cannot_be_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
