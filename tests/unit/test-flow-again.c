// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* test-flow-again.c - flows that go back, after a lost carrier, or go on in another run (--resume). */
#include "flow_net.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rewound_is_what_was_sent_lately),
		cmocka_unit_test(goes_on_elsewhere),
		cmocka_unit_test(goes_on_elsewhere_with_pulses),
		cmocka_unit_test(a_state_that_cannot_be_is_refused),
		cmocka_unit_test(goes_on_waiting),
		cmocka_unit_test(a_lost_carrier_loses_nothing),
		cmocka_unit_test(a_carrier_lost_while_nothing_was_sent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
