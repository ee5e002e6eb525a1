// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * test-several.c - one matcher at each interface, and one set of tables: each program takes the neighbours of
 * its own interface, and an answer of a port counts at whichever of them it comes.
 */
#include "fixture.h"

static const struct iface further = { .ethernet = true, .mac = { 2, 0, 0, 0, 0, 9 } };

enum { FIRST, FURTHER };

static void open_both(struct fixture *f, const struct hook *hook)
{
	struct err err = { "" };

	fixture_open(f, hook, FATE_DROP, false);
	if (matcher_add(&f->matcher, &further, &err))
		fail_msg("%s", err.text);
}

/* A frame to the first or to the further interface comes to the program at one of them. */
static void receive(struct fixture *f, unsigned int program, unsigned int to, enum kind kind)
{
	const struct probe_config own = f->probe;
	struct frame frame, out;
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = frame.bytes, .data_out = out.bytes,
		    .data_size_out = sizeof(out.bytes), .repeat = 1);

	if (to == FURTHER)
		memcpy(f->probe.source_mac, further.mac, sizeof(further.mac));
	make(f, &frame, kind, TARGET, TARGET_PORT, 0);
	f->probe = own;
	opts.data_size_in = frame.len;
	assert_int_equal(bpf_prog_test_run_opts(matcher_fd_at(&f->matcher, program), &opts), 0);
	assert_int_equal(matcher_consume(&f->matcher), 0);
}

static void neighbours_answer_to_the_own_address(void **state)
{
	unsigned int program, to;
	struct fixture f;

	open_both(&f, *state);
	for (program = FIRST; program <= FURTHER; program++)
		for (to = FIRST; to <= FURTHER; to++) {
			forget_answers(&f);
			receive(&f, program, to, ARP);
			assert_int_equal(stats_of(&f, LANE_NEIGHBOURS).answers[0], program == to);
			assert_int_equal(f.n_events, program == to);
		}
	fixture_close(&f);
}

static void ports_answer_to_any(void **state)
{
	unsigned int program, to;
	struct fixture f;

	open_both(&f, *state);
	for (program = FIRST; program <= FURTHER; program++)
		for (to = FIRST; to <= FURTHER; to++) {
			forget_answers(&f);
			receive(&f, program, to, SYNACK);
			assert_int_equal(stats_of(&f, LANE_QUESTIONS).answers[0], 1);
			assert_int_equal(((const __u8 *)f.matcher.answers.mem)[TARGET_QUESTION],
					 ANSWER_OPEN);
			assert_int_equal(f.n_events, 1);
		}
	fixture_close(&f);
}

/* What one has entered is a duplicate for the other. */
static void the_tables_are_one(void **state)
{
	struct fixture f;

	open_both(&f, *state);
	receive(&f, FURTHER, FURTHER, SYNACK);
	receive(&f, FIRST, FIRST, SYNACK);
	assert_int_equal(stats_of(&f, LANE_QUESTIONS).answers[0], 1);
	assert_int_equal(stats_of(&f, LANE_QUESTIONS).duplicates, 1);
	assert_int_equal(f.n_events, 1);
	fixture_close(&f);
}

/* A further interface without Ethernet: its frames begin with IP. */
static void one_may_be_bare(void **state)
{
	static const struct iface bare = { .ethernet = false };
	struct frame frame, out;
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = frame.bytes + sizeof(struct net_eth),
		    .data_out = out.bytes, .data_size_out = sizeof(out.bytes), .repeat = 1);
	struct err err = { "" };
	struct fixture f;

	(void)state;
	fixture_open(&f, &tc, FATE_DROP, false);
	if (matcher_add(&f.matcher, &bare, &err))
		fail_msg("%s", err.text);
	make(&f, &frame, SYNACK, TARGET, TARGET_PORT, 0);
	opts.data_size_in = frame.len - (__u32)sizeof(struct net_eth);
	assert_int_equal(bpf_prog_test_run_opts(matcher_fd_at(&f.matcher, FURTHER), &opts), 0);
	assert_int_equal(stats_of(&f, LANE_QUESTIONS).answers[0], 1);
	receive(&f, FIRST, FIRST, ARP);
	assert_int_equal(stats_of(&f, LANE_NEIGHBOURS).answers[0], 1);
	fixture_close(&f);
}

/* Stopped, both enter nothing. */
static void both_stop(void **state)
{
	struct fixture f;

	open_both(&f, *state);
	matcher_stop(&f.matcher, LANE_QUESTIONS);
	receive(&f, FIRST, FIRST, SYNACK);
	receive(&f, FURTHER, FURTHER, SYNACK);
	assert_int_equal(stats_of(&f, LANE_QUESTIONS).seen, 0);
	assert_int_equal(f.n_events, 0);
	fixture_close(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_prestate(neighbours_answer_to_the_own_address, (void *)&xdp),
		cmocka_unit_test_prestate(neighbours_answer_to_the_own_address, (void *)&tc),
		cmocka_unit_test_prestate(ports_answer_to_any, (void *)&xdp),
		cmocka_unit_test_prestate(ports_answer_to_any, (void *)&tc),
		cmocka_unit_test_prestate(the_tables_are_one, (void *)&xdp),
		cmocka_unit_test_prestate(the_tables_are_one, (void *)&tc),
		cmocka_unit_test(one_may_be_bare),
		cmocka_unit_test_prestate(both_stop, (void *)&xdp),
		cmocka_unit_test_prestate(both_stop, (void *)&tc),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
