// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * test-handover.c - a matcher at XDP hands over to tc: each frame goes through both programs, as on an
 * interface, and is entered once.
 */
#include "fixture.h"
#include "handover.h"

#include <time.h>

enum seat { AT_XDP, AT_TC, BOTH };

struct both {
	struct fixture f;
	int tc_fd;
};

static void open_both(struct both *b, enum fate fate_yes)
{
	struct err err = { "" };

	fixture_open(&b->f, &xdp, fate_yes, false);
	b->tc_fd = handover_load(&b->f.matcher, &err);
	if (b->tc_fd < 0)
		fail_msg("%s", err.text);
	assert_int_equal(handover_load(&b->f.matcher, &err), b->tc_fd);
}

static bool passes(int fd, __u32 pass, const struct frame *frame)
{
	struct frame out;
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = frame->bytes, .data_size_in = frame->len,
		    .data_out = out.bytes, .data_size_out = sizeof(out.bytes), .repeat = 1);

	assert_int_equal(bpf_prog_test_run_opts(fd, &opts), 0);
	return opts.retval == pass;
}

/* A frame goes through XDP, tc, or one after the other. Does it reach the host's stack? */
static bool arrives(struct both *b, enum seat place, const struct frame *frame)
{
	bool goes_on = true;

	if (place != AT_TC)
		goes_on = passes(matcher_program_fd(&b->f.matcher), XDP_PASS, frame);
	if (place != AT_XDP && goes_on)
		goes_on = passes(b->tc_fd, (__u32)TC_ACT_UNSPEC, frame);
	assert_int_equal(matcher_consume(&b->f.matcher), 0);
	return goes_on;
}

static void make_for(struct both *b, struct frame *frame, enum kind kind)
{
	make(&b->f, frame, kind, TARGET, TARGET_PORT, 0);
}

static void assert_counts(const struct both *b, enum lane lane, unsigned int seen,
			  unsigned int answers, unsigned int duplicates)
{
	const struct stats count = stats_of(&b->f, lane);

	assert_int_equal(count.seen, seen);
	assert_int_equal(count.answers[0], answers);
	assert_int_equal(count.duplicates, duplicates);
}

static void hand_over(struct both *b, bool long_ago)
{
	handover_now(&b->f.matcher, monotonic_ns() - (long_ago ? 2 * HANDOVER_NS : 0));
}

/* Before, between and after: one of both programs enters an answer, and decides its fate. */
static void one_of_both_matches(void **state)
{
	struct frame synack;
	struct both b;
	int handed;

	(void)state;
	open_both(&b, FATE_DROP);
	make_for(&b, &synack, SYNACK);
	for (handed = 0; handed < 2; handed++) {
		if (handed)
			hand_over(&b, false);
		forget_answers(&b.f);
		assert_true(arrives(&b, handed ? AT_XDP : AT_TC, &synack));
		assert_counts(&b, LANE_QUESTIONS, 0, 0, 0);
		assert_false(arrives(&b, BOTH, &synack));
		assert_counts(&b, LANE_QUESTIONS, 1, 1, 0);
		assert_int_equal(b.f.n_events, 1);
	}
	fixture_close(&b.f);
}

/* XDP enters a frame and passes it on. Then tc has the lease, and gets the same frame. */
static void a_frame_in_between_counts_once(void **state)
{
	static const enum kind kinds_of[] = { SYNACK, ARP };
	const enum lane lanes[] = { LANE_QUESTIONS, LANE_NEIGHBOURS };
	struct frame frame, wrong;
	struct both b;
	size_t i;

	(void)state;
	for (i = 0; i < 2; i++) {
		open_both(&b, FATE_PASS);
		make_for(&b, &frame, kinds_of[i]);
		assert_true(arrives(&b, AT_XDP, &frame));
		hand_over(&b, false);
		assert_true(arrives(&b, AT_TC, &frame));
		assert_counts(&b, lanes[i], 1, 1, 0);
		assert_int_equal(b.f.n_events, 1);
		/* Later the same frame is another one. */
		hand_over(&b, true);
		assert_true(arrives(&b, AT_TC, &frame));
		assert_counts(&b, lanes[i], 2, 1, 1);
		fixture_close(&b.f);
	}
	open_both(&b, FATE_PASS);
	make(&b.f, &wrong, SYNACK, TARGET, NOT_A_PORT, 0);
	wrong.bytes[sizeof(struct net_eth) + sizeof(struct net_ip4) +
		    offsetof(struct net_tcp, ack)] ^= 1;
	assert_true(arrives(&b, AT_XDP, &wrong));
	assert_int_equal(stats_of(&b.f, LANE_QUESTIONS).rejected, 1);
	hand_over(&b, false);
	assert_true(arrives(&b, AT_TC, &wrong));
	assert_int_equal(stats_of(&b.f, LANE_QUESTIONS).rejected, 1);
	assert_int_equal(stats_of(&b.f, LANE_QUESTIONS).seen, 1);
	fixture_close(&b.f);
}

/* A better answer in between is another frame: it counts. */
static void a_better_answer_in_between_counts(void **state)
{
	struct frame icmp, synack;
	struct both b;

	(void)state;
	open_both(&b, FATE_PASS);
	make_for(&b, &icmp, ICMP);
	make_for(&b, &synack, SYNACK);
	arrives(&b, AT_XDP, &icmp);
	hand_over(&b, false);
	arrives(&b, BOTH, &synack);
	assert_counts(&b, LANE_QUESTIONS, 2, 1, 1);
	assert_int_equal(((__u8 *)b.f.matcher.answers.mem)[TARGET_QUESTION], ANSWER_OPEN);
	fixture_close(&b.f);
}

/* A stopped lane stays stopped, and a scan that begins at tc needs no handover. */
static void the_lease_counts_at_tc_too(void **state)
{
	struct frame synack;
	struct fixture f;
	struct both b;

	(void)state;
	open_both(&b, FATE_DROP);
	make_for(&b, &synack, SYNACK);
	hand_over(&b, false);
	matcher_stop(&b.f.matcher, LANE_QUESTIONS);
	assert_true(arrives(&b, BOTH, &synack));
	assert_counts(&b, LANE_QUESTIONS, 0, 0, 0);
	fixture_close(&b.f);

	fixture_open(&f, &tc, FATE_DROP, false);
	assert_int_equal(run(&f, &synack), DROP);
	assert_int_equal(run(&f, &synack), DROP);
	assert_int_equal(stats_of(&f, LANE_QUESTIONS).duplicates, 1);
	fixture_close(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_of_both_matches),
		cmocka_unit_test(a_frame_in_between_counts_once),
		cmocka_unit_test(a_better_answer_in_between_counts),
		cmocka_unit_test(the_lease_counts_at_tc_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
