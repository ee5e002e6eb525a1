// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * test-flow.c - each question is asked as often as it should be, and pulses show what is lost.
 */
#include "flow_net.h"

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
		cmocka_unit_test(probes_leave_in_slices),
		cmocka_unit_test(what_gives_way_leaves_in_larger_slices),
		cmocka_unit_test(left_is_what_must_be_asked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
