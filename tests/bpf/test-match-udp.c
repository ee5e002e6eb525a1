// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * test-match-udp.c - UDP in the kernel: an answer of each service opens its port, an error of the target
 * closes it, what proves nothing is passed on, and any frame gets the verdict of the host's code.
 */
#include "dispatch.h"
#include "fixture.h"
#include "random.h"

enum { MUTATIONS_USUAL = 20000 };

static const __u16 services[] = {
#define PORT(NAME, port) port,
	PROBE_UDP_PORTS(PORT)
#undef PORT
		9
};
enum { SERVICES = sizeof(services) / sizeof(services[0]), UDP = 34 };

static void load(struct fixture *f, const struct hook *hook)
{
	fixture_load(f, hook,
		     &(struct setup){ .kind = PROBE_UDP,
				      .longs = true,
				      .fate_yes = FATE_DROP,
				      .report_all = true });
}

static void build(const struct fixture *f, struct probe_udp_frame *probe, __u16 port, __u8 attempt)
{
	const struct probe_target target = target_of(TARGET, port);

	probe_udp_build(probe, &f->probe, &target, attempt);
}

static void make_answer(const struct fixture *f, struct frame *frame, __u16 port, __u8 attempt,
			unsigned int more)
{
	struct probe_udp_frame probe;

	memset(frame, 0, sizeof(*frame));
	build(f, &probe, port, attempt);
	frame->len = (__u32)reply_udp(frame->bytes, &probe, attempt, more);
}

static void make_error(const struct fixture *f, struct frame *frame, __u16 port, __u32 from)
{
	struct reply_icmp_frame error;
	struct probe_udp_frame probe;

	build(f, &probe, port, 0);
	reply_icmp(&error, &probe, htonl(from), NET_ICMP_PORT_UNREACHABLE);
	frame_set(frame, &error, sizeof(error));
}

static const struct hook *const hooks[] = { &xdp, &tc };
enum { HOOKS = sizeof(hooks) / sizeof(hooks[0]) };

static void answers_open_the_port(void **state)
{
	struct frame frame;
	struct fixture f;
	unsigned int i;
	__u8 *answers;

	(void)state;
	for (i = 0; i < HOOKS; i++) {
		load(&f, hooks[i]);
		answers = f.matcher.answers.mem;
		make_answer(&f, &frame, TARGET_PORT, 1, 0);
		assert_int_equal(run(&f, &frame), DROP);
		assert_int_equal(answers[TARGET_QUESTION], ANSWER_OPEN);
		assert_int_equal(f.n_events, 1);
		assert_int_equal(f.events[0].question, TARGET_QUESTION);
		assert_int_equal(f.events[0].attempt, 1);
		/* A port that was not asked. */
		make_answer(&f, &frame, NOT_A_PORT, 0, 0);
		run(&f, &frame);
		assert_int_equal(f.n_events, 1);
		fixture_close(&f);
	}
}

static void errors_close_or_filter_the_port(void **state)
{
	struct frame frame;
	struct fixture f;
	unsigned int i;
	__u8 *answers;

	(void)state;
	for (i = 0; i < HOOKS; i++) {
		load(&f, hooks[i]);
		answers = f.matcher.answers.mem;
		make_error(&f, &frame, TARGET_PORT, ROUTER);
		assert_int_equal(run(&f, &frame), DROP);
		assert_int_equal(answers[TARGET_QUESTION], ANSWER_FILTERED + 3);
		make_error(&f, &frame, TARGET_PORT, TARGET);
		assert_int_equal(run(&f, &frame), DROP);
		assert_int_equal(answers[TARGET_QUESTION], ANSWER_CLOSED);
		fixture_close(&f);
	}
}

/* The matcher must find in a frame what the same code finds on the host. */
static void check_same_verdict(struct fixture *f, const struct frame *frame)
{
	struct cursor c = { frame->bytes, frame->bytes + frame->len };
	struct stats before = stats_of(f, LANE_QUESTIONS), after;
	struct answer answer = { 0 };
	const enum match match = dispatch(&c, PROBE_UDP, &f->probe, &answer);
	const enum verdict verdict = run(f, frame);

	after = stats_of(f, LANE_QUESTIONS);
	assert_int_equal(verdict, match == MATCH_ANSWER ? DROP : PASS);
	assert_int_equal(after.rejected - before.rejected, match == MATCH_REJECTED);
}

static void services_match_as_on_the_host(void **state)
{
	uint64_t random = 51;
	struct frame frame;
	struct fixture f;
	unsigned int i, k;

	(void)state;
	for (i = 0; i < HOOKS; i++) {
		load(&f, hooks[i]);
		for (k = 0; k < SERVICES * 10; k++) {
			make_answer(&f, &frame, services[k % SERVICES], k / SERVICES % 2,
				    k / SERVICES / 2);
			check_same_verdict(&f, &frame);
			frame.bytes[UDP + next_random(&random) % (frame.len - UDP)] ^= 1;
			check_same_verdict(&f, &frame);
		}
		fixture_close(&f);
	}
}

/* One to three bytes are other ones, or the frame is cut. MUTATIONS: how many frames. */
static void mutated_frames_get_the_verdict_of_the_host(void **state)
{
	const char *wish = getenv("MUTATIONS");
	const unsigned int n = wish ? (unsigned int)atoi(wish) : MUTATIONS_USUAL;
	uint64_t random = 52;
	struct frame frame;
	struct fixture f;
	unsigned int i, k;

	(void)state;
	load(&f, &xdp);
	for (i = 0; i < n; i++) {
		const __u16 port = services[next_random(&random) % SERVICES];

		if (i % 3)
			make_answer(&f, &frame, port, i % 2, i % 5);
		else
			make_error(&f, &frame, port, i % 2 ? TARGET : ROUTER);
		for (k = 0; k <= i % 3; k++)
			frame.bytes[14 + next_random(&random) % (frame.len - 14)] =
				(__u8)next_random(&random);
		if (i % 4 == 3)
			frame.len = 14 + (__u32)next_random(&random) % (frame.len - 13);
		check_same_verdict(&f, &frame);
	}
	fixture_close(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_open_the_port),
		cmocka_unit_test(errors_close_or_filter_the_port),
		cmocka_unit_test(services_match_as_on_the_host),
		cmocka_unit_test(mutated_frames_get_the_verdict_of_the_host),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
