// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * test-lanes.c - two lanes of one matcher: they work at the same time, each stops alone, and the
 * next matcher takes over what the lane of neighbours has learnt.
 */
#include "fixture.h"

#include <sched.h>

static const __u8 target_mac[6] = { 2, 0, 0xc6, 0x12, 0, 3 };

/* Of a second matcher: one host, one port. */
#define NEXT_HOST 0xc6120009U
enum { NEXT_PORT = 81 };
static const struct range next_range = { ADDR_IP4(NEXT_HOST), ADDR_IP4(NEXT_HOST), 0 };

static enum verdict answer(struct fixture *f, enum kind kind)
{
	struct frame frame;

	make(f, &frame, kind, TARGET, TARGET_PORT, 0);
	return run(f, &frame);
}

static __u8 neighbour_state(const struct matcher *m)
{
	return ((const struct neighbour *)m->neighbours.mem)[TARGET_HOST].state;
}

static __u8 port_state(const struct matcher *m)
{
	return ((const __u8 *)m->answers.mem)[TARGET_QUESTION];
}

/* Of the two answers to the target's questions, which are entered? */
static void check_entered(struct fixture *f, bool neighbour, bool port)
{
	forget_answers(f);
	assert_int_equal(answer(f, ARP), PASS);
	assert_int_equal(answer(f, SYNACK), port ? DROP : PASS);
	assert_int_equal(neighbour_state(&f->matcher), neighbour ? ANSWER_UP : ANSWER_NONE);
	assert_int_equal(port_state(&f->matcher), port ? ANSWER_OPEN : ANSWER_NONE);
	assert_int_equal(stats_of(f, LANE_NEIGHBOURS).seen, neighbour);
	assert_int_equal(stats_of(f, LANE_NEIGHBOURS).answers[0], neighbour);
	assert_int_equal(stats_of(f, LANE_QUESTIONS).seen, port);
	assert_int_equal(stats_of(f, LANE_QUESTIONS).answers[0], port);
	assert_int_equal(f->n_events, neighbour + port);
}

static void both_work_at_the_same_time(void **state)
{
	struct fixture f;

	fixture_open(&f, *state, FATE_DROP, false);
	check_entered(&f, true, true);
	assert_int_equal(f.events[0].lane, LANE_NEIGHBOURS);
	assert_int_equal(f.events[0].question, TARGET_HOST);
	assert_memory_equal(f.events[0].mac, target_mac, sizeof(target_mac));
	assert_int_equal(f.events[1].lane, LANE_QUESTIONS);
	assert_int_equal(f.events[1].question, TARGET_QUESTION);
	fixture_close(&f);
}

/* And is not started by a renewal. */
static void each_stops_alone(void **state)
{
	enum lane lane;

	for (lane = 0; lane < LANES; lane++) {
		const bool neighbours = lane != LANE_NEIGHBOURS, questions = lane != LANE_QUESTIONS;
		struct fixture f;

		fixture_open(&f, *state, FATE_DROP, false);
		matcher_stop(&f.matcher, lane);
		check_entered(&f, neighbours, questions);
		renew(&f, 0);
		check_entered(&f, neighbours, questions);
		matcher_start(&f.matcher, lane);
		check_entered(&f, neighbours, questions);
		renew(&f, 0);
		check_entered(&f, true, true);
		fixture_close(&f);
	}
}

/* An answer to an earlier try than the one under way is late, by flow and lane. */
static void answers_of_earlier_tries_are_late(void **state)
{
	struct fixture f;

	fixture_open(&f, *state, FATE_DROP, false);
	matcher_set_attempt(&f.matcher, LANE_NEIGHBOURS, 0, 1);
	matcher_set_attempt(&f.matcher, LANE_QUESTIONS, 1, 1);
	check_entered(&f, true, true);
	assert_int_equal(stats_of(&f, LANE_QUESTIONS).late, 0);
	matcher_set_attempt(&f.matcher, LANE_QUESTIONS, 0, 1);
	check_entered(&f, true, true);
	assert_int_equal(stats_of(&f, LANE_QUESTIONS).late, 1);
	fixture_close(&f);
}

static void stay_on_one_cpu(void)
{
	cpu_set_t here;

	CPU_ZERO(&here);
	CPU_SET(sched_getcpu(), &here);
	assert_int_equal(sched_setaffinity(0, sizeof(here), &here), 0);
}

/* The first machine keeps the entry; a CPU tells of CONFLICTS_TOLD, and counts all. */
static void another_mac_is_a_conflict(void **state)
{
	const size_t sender_mac = sizeof(struct net_eth) + offsetof(struct net_arp, sender_mac);
	const unsigned int runs = CONFLICTS_TOLD + 10;
	const struct neighbour *known;
	struct frame frame;
	struct fixture f;
	unsigned int i;

	stay_on_one_cpu();
	fixture_open(&f, *state, FATE_DROP, false);
	known = (const struct neighbour *)f.matcher.neighbours.mem + TARGET_HOST;
	make(&f, &frame, ARP, TARGET, 0, 0);
	run(&f, &frame);
	frame.bytes[sender_mac + 5] = 0x77;
	for (i = 0; i < runs; i++) {
		assert_int_equal(run(&f, &frame), PASS);
		assert_int_equal(f.n_events, 1 + (i < CONFLICTS_TOLD ? i + 1 : CONFLICTS_TOLD));
		assert_int_equal(stats_of(&f, LANE_NEIGHBOURS).conflicts, i + 1);
		assert_int_equal(stats_of(&f, LANE_NEIGHBOURS).duplicates, i + 1);
	}
	assert_int_equal(f.events[0].type, EVENT_ANSWER);
	assert_int_equal(f.events[1].type, EVENT_CONFLICT);
	assert_int_equal(f.events[1].lane, LANE_NEIGHBOURS);
	assert_int_equal(f.events[1].question, TARGET_HOST);
	assert_memory_equal(f.events[1].mac, frame.bytes + sender_mac, 6);
	assert_memory_equal(known->mac, target_mac, sizeof(target_mac));
	assert_int_equal(known->state, ANSWER_UP | ANSWER_ALIVE);
	assert_int_equal(stats_of(&f, LANE_NEIGHBOURS).answers[0], 1);
	assert_int_equal(stats_of(&f, LANE_NEIGHBOURS).events_lost, 0);
	fixture_close(&f);
}

/* The next matcher of a scan, with other questions; its events come to `f` too. */
static void open_next(struct fixture *f, struct matcher *next)
{
	static uint16_t slots[SLOTS_SIZE / sizeof(uint16_t)];
	struct hosts_group near = { .addrs = { .v = (struct range *)host_ranges, .n = 2 } };
	struct hosts_group group = { .addrs = { .v = (struct range *)&next_range, .n = 1 } };
	const struct hosts neighbours = { .groups = &near, .n_groups = 1, .n = HOSTS };
	const struct hosts hosts = { .groups = &group, .n_groups = 1, .n = 1 };
	const struct matcher_spec spec = {
		.probe = f->probe,
		.lanes = {
			[LANE_NEIGHBOURS] = { .kind = PROBE_ARP, .hosts = &neighbours, .each = 1 },
			[LANE_QUESTIONS] = {
				.kind = PROBE_TCP,
				.hosts = &hosts,
				.each = 1,
				.slots = slots,
				.fate_yes = FATE_DROP,
				.fate_no = FATE_DROP,
			},
		},
		.verbose = true,
		.on_event = on_event,
		.ctx = f,
	};
	struct err err = { "" };

	slots[NEXT_PORT] = 1;
	if (matcher_open(next, &spec, f->hook->program, &f->matcher, &err))
		fail_msg("%s", err.text);
}

/* Neighbours, counters and the ring are the same; what the ring holds already is not lost. */
static void check_takes_over(struct fixture *f, struct matcher *next)
{
	struct frame frame, out;

	assert_int_equal(neighbour_state(next), ANSWER_UP);
	assert_int_equal(matcher_stats(next, LANE_NEIGHBOURS).answers[0], 1);
	assert_int_equal(f->n_events, 0);
	assert_int_equal(matcher_consume(next), 0);
	assert_int_equal(f->n_events, 1);
	assert_int_equal(f->events[0].lane, LANE_NEIGHBOURS);

	make(f, &frame, ARP, TARGET, 0, 0);
	assert_int_equal(run_one(f, next, &frame, &out), PASS);
	assert_int_equal(stats_of(f, LANE_NEIGHBOURS).duplicates, 1);
	make(f, &frame, ARP, NEXT_HOST, 0, 0);
	assert_int_equal(run_one(f, next, &frame, &out), PASS);
	assert_int_equal(stats_of(f, LANE_NEIGHBOURS).answers[0], 2);
	assert_int_equal(matcher_consume(&f->matcher), 0);
	assert_int_equal(f->n_events, 2);
	assert_int_equal(f->events[1].question, HOSTS - 1);
	assert_memory_equal(next->neighbours.mem, f->matcher.neighbours.mem,
			    HOSTS * sizeof(struct neighbour));
}

/* Its questions are new, and it counts from where it is told to. */
static void check_asks_anew(struct fixture *f, struct matcher *next)
{
	const struct stats from = { .answers = { 40 }, .seen = 41, .rejected = 1 };
	struct frame frame, out;

	assert_int_equal(*(const __u8 *)next->answers.mem, ANSWER_NONE);
	matcher_set_stats(next, LANE_QUESTIONS, &from);
	make(f, &frame, SYNACK, NEXT_HOST, NEXT_PORT, 0);
	assert_int_equal(run_one(f, next, &frame, &out), PASS); /* it does not run yet */
	assert_int_equal(matcher_stats(next, LANE_QUESTIONS).seen, 41);
	matcher_start(next, LANE_QUESTIONS);
	matcher_renew(next, monotonic_ns());
	assert_int_equal(run_one(f, next, &frame, &out), DROP);
	assert_int_equal(*(const __u8 *)next->answers.mem, ANSWER_OPEN);
	assert_int_equal(matcher_stats(next, LANE_QUESTIONS).answers[0], 41);
	assert_int_equal(matcher_stats(next, LANE_QUESTIONS).seen, 42);
	assert_int_equal(matcher_stats(next, LANE_QUESTIONS).rejected, 1);
	assert_int_equal(matcher_consume(next), 0);
	assert_int_equal(f->n_events, 3);
	assert_int_equal(f->events[2].lane, LANE_QUESTIONS);
	assert_int_equal(f->events[2].question, 0);

	/* What the matcher before has asked is counted nowhere, and keeps its fate. */
	make(f, &frame, SYNACK, TARGET, TARGET_PORT, 0);
	assert_int_equal(run_one(f, next, &frame, &out), DROP);
	assert_int_equal(matcher_stats(next, LANE_QUESTIONS).seen, 42);
	assert_int_equal(port_state(&f->matcher), ANSWER_OPEN);
}

static void the_next_matcher_goes_on(void **state)
{
	struct matcher next;
	struct frame frame, out;
	struct fixture f;

	fixture_open(&f, *state, FATE_DROP, false);
	assert_int_equal(answer(&f, SYNACK), DROP);
	matcher_stop(&f.matcher, LANE_QUESTIONS);
	f.n_events = 0;
	make(&f, &frame, ARP, TARGET, 0, 0);
	assert_int_equal(run_one(&f, &f.matcher, &frame, &out), PASS); /* its event stays there */
	open_next(&f, &next);
	check_takes_over(&f, &next);
	check_asks_anew(&f, &next);
	matcher_close(&f.matcher);

	/* The tables outlive the matcher that made them. */
	make(&f, &frame, ARP, NEXT_HOST, 0, 0);
	assert_int_equal(run_one(&f, &next, &frame, &out), PASS);
	assert_int_equal(matcher_stats(&next, LANE_NEIGHBOURS).duplicates, 2);
	matcher_close(&next);
}

#define AT(hook, test)                                                \
	{                                                             \
#test " (" #hook ")", test, NULL, NULL, (void *)&hook \
	}

int main(void)
{
	const struct CMUnitTest tests[] = {
		AT(xdp, both_work_at_the_same_time),
		AT(tc, both_work_at_the_same_time),
		AT(xdp, each_stops_alone),
		AT(tc, each_stops_alone),
		AT(xdp, answers_of_earlier_tries_are_late),
		AT(tc, answers_of_earlier_tries_are_late),
		AT(xdp, another_mac_is_a_conflict),
		AT(tc, another_mac_is_a_conflict),
		AT(xdp, the_next_matcher_goes_on),
		AT(tc, the_next_matcher_goes_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
