// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* test-further.c - further answers to an answered question: the better one wins, pulses leave a mark. */
#include "fixture.h"

#define AT(hook, test) cmocka_unit_test_prestate(test, (void *)&(hook))

enum { PULSE = TRIES - 1 };

static __u8 *state_of(const struct fixture *f)
{
	return (__u8 *)f->matcher.answers.mem + TARGET_QUESTION;
}

/* Each pair of answers in both orders: the table keeps the better one, and counts one answer. */
static void test_better_wins(void **state)
{
	static const struct {
		enum kind first, second;
		__u8 is;
		unsigned int events; /* open ports are news */
	} rows[] = {
		{ ICMP, SYNACK, ANSWER_OPEN, 1 },	 { ICMP, RST, ANSWER_CLOSED, 0 },
		{ RST, SYNACK, ANSWER_OPEN, 1 },	 { SYNACK, ICMP, ANSWER_OPEN, 1 },
		{ SYNACK, RST, ANSWER_OPEN, 1 },	 { RST, ICMP, ANSWER_CLOSED, 0 },
		{ ICMP, ICMP, ANSWER_FILTERED + 13, 0 },
	};
	struct frame first, second;
	struct fixture f;
	struct stats count;
	size_t i;

	fixture_open(&f, *state, FATE_DROP, false);
	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		__u64 samples;

		forget_answers(&f);
		samples = pass_first_sample(&f);
		make(&f, &first, rows[i].first, TARGET, TARGET_PORT, 0);
		make(&f, &second, rows[i].second, TARGET, TARGET_PORT, 0);
		assert_int_equal(run(&f, &first), DROP);
		assert_int_equal(run(&f, &second), DROP);
		count = stats_of(&f, LANE_QUESTIONS);
		assert_int_equal(*state_of(&f), rows[i].is);
		assert_int_equal(f.n_events, rows[i].events);
		assert_int_equal(count.answers[0], samples + 1);
		assert_int_equal(count.seen, 2);
		assert_int_equal(count.duplicates, 1);
	}
	fixture_close(&f);
}

/* A better answer has not been reported: it takes the mark away. */
static void test_better_is_news(void **state)
{
	struct frame icmp, synack;
	struct fixture f;

	fixture_open(&f, *state, FATE_DROP, true);
	make(&f, &icmp, ICMP, TARGET, TARGET_PORT, 0);
	make(&f, &synack, SYNACK, TARGET, TARGET_PORT, 0);
	run(&f, &icmp);
	*state_of(&f) |= ANSWER_REPORTED;
	run(&f, &icmp);
	assert_int_equal(*state_of(&f), (ANSWER_FILTERED + 13) | ANSWER_REPORTED);
	run(&f, &synack);
	assert_int_equal(*state_of(&f), ANSWER_OPEN);
	assert_int_equal(f.n_events, 2);
	assert_int_equal(f.events[1].state, ANSWER_OPEN);
	fixture_close(&f);
}

/* The answer to a pulse marks the question, and is no duplicate; the answer to a try marks nothing. */
static void test_pulse(void **state)
{
	struct frame synack, pulse, icmp;
	struct fixture f;

	fixture_load(&f, *state, &(struct setup){ .fate_yes = FATE_DROP, .pulse = PULSE });
	make(&f, &synack, SYNACK, TARGET, TARGET_PORT, 0);
	make(&f, &pulse, SYNACK, TARGET, TARGET_PORT, PULSE);
	make(&f, &icmp, ICMP, TARGET, TARGET_PORT, PULSE);
	run(&f, &synack);
	run(&f, &synack);
	assert_int_equal(*state_of(&f), ANSWER_OPEN);
	assert_int_equal(run(&f, &pulse), DROP);
	assert_int_equal(*state_of(&f), ANSWER_OPEN | ANSWER_ALIVE);
	*state_of(&f) = ANSWER_OPEN;
	run(&f, &icmp);
	assert_int_equal(*state_of(&f),
			 ANSWER_OPEN); /* an error is not the answer of the service */
	assert_int_equal(f.n_events, 1);
	assert_int_equal(stats_of(&f, LANE_QUESTIONS).answers[0], 1);
	assert_int_equal(stats_of(&f, LANE_QUESTIONS).seen, 2);
	assert_int_equal(stats_of(&f, LANE_QUESTIONS).duplicates, 1);
	fixture_close(&f);
}

/* Where tries and pulses share one port, each further answer may be that to a pulse. */
static void test_pulse_of_the_only_port(void **state)
{
	struct frame synack;
	struct fixture f;

	fixture_load(&f, *state, &(struct setup){ .fate_yes = FATE_DROP, .one_port = true });
	make(&f, &synack, SYNACK, TARGET, TARGET_PORT, 0);
	run(&f, &synack);
	assert_int_equal(*state_of(&f), ANSWER_OPEN);
	run(&f, &synack);
	assert_int_equal(*state_of(&f), ANSWER_OPEN | ANSWER_ALIVE);
	assert_int_equal(f.n_events, 1);
	assert_int_equal(stats_of(&f, LANE_QUESTIONS).seen, 1);
	assert_int_equal(stats_of(&f, LANE_QUESTIONS).pulses, 1);
	assert_int_equal(stats_of(&f, LANE_QUESTIONS).duplicates, 0);
	fixture_close(&f);
}

static void test_neighbour_answers_again(void **state)
{
	const struct neighbour *neighbour;
	struct frame arp;
	struct fixture f;

	fixture_open(&f, *state, FATE_DROP, false);
	neighbour = (const struct neighbour *)f.matcher.neighbours.mem + TARGET_HOST;
	make(&f, &arp, ARP, TARGET, 0, 0);
	run(&f, &arp);
	assert_int_equal(neighbour->state, ANSWER_UP);
	run(&f, &arp);
	assert_int_equal(neighbour->state, ANSWER_UP | ANSWER_ALIVE);
	assert_int_equal(f.n_events, 1);
	fixture_close(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		AT(xdp, test_better_wins),
		AT(tc, test_better_wins),
		AT(xdp, test_better_is_news),
		AT(tc, test_better_is_news),
		AT(xdp, test_pulse),
		AT(tc, test_pulse),
		AT(xdp, test_pulse_of_the_only_port),
		AT(tc, test_pulse_of_the_only_port),
		AT(xdp, test_neighbour_answers_again),
		AT(tc, test_neighbour_answers_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
