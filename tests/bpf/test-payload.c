// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * test-payload.c - the event of an open UDP port has the first bytes of the answer, whatever its length and
 * the headers before it, and no byte behind its end. All other answers make plain events.
 */
#include "fixture.h"

/* HALF_RING: of matcher.c. */
enum { IP_OPTIONS_MAX = 40, ROOM = FRAME_MAX - 14 - 20 - 8, HALF_RING = 1 << 19 };

_Static_assert((int)ROOM > (int)EVENT_PAYLOAD_BYTES, "some payloads are not kept whole");

static const struct hook *const hooks[] = { &xdp, &tc };
enum { HOOKS = sizeof(hooks) / sizeof(hooks[0]) };

static const struct setup udp = { .kind = PROBE_UDP, .fate_yes = FATE_DROP, .report_all = true };

/*
 * An answer of the target with `len` bytes, behind an IPv4 header with `options` bytes of options. The frame
 * is longer by `padding` bytes. Returns the payload.
 */
static const __u8 *make_datagram(const struct fixture *f, struct frame *frame, __u32 options,
				 __u32 len, __u32 padding)
{
	const struct probe_target target = target_of(TARGET, TARGET_PORT);
	const __u32 at = 14 + 20 + options;
	struct probe_udp_frame probe, answer;
	__u32 i;

	probe_udp_build(&probe, &f->probe, &target, 0);
	reply_udp(&answer, &probe, 0, 0);
	answer.ip.version_ihl = (__u8)(0x45 + options / 4);
	answer.ip.total_len = net_be16(20 + options + 8 + len);
	answer.udp.len = net_be16(8 + len);
	memset(frame, 0, sizeof(*frame));
	memcpy(frame->bytes, &answer, 14 + 20);
	memset(frame->bytes + 34, 1, options); /* no operation (RFC 791, 3.1) */
	memcpy(frame->bytes + at, &answer.udp, 8);
	for (i = 0; i < len + padding; i++)
		frame->bytes[at + 8 + i] = (__u8)(7 * i + len);
	frame->len = at + 8 + len + padding;
	return frame->bytes + at + 8;
}

static void payloads_are_told(void **state)
{
	const __u8 *payload;
	struct frame frame;
	struct fixture f;
	unsigned int i;
	__u32 len;

	(void)state;
	for (i = 0; i < HOOKS; i++) {
		fixture_load(&f, hooks[i], &udp);
		for (len = 1; len <= ROOM; len++) {
			forget_answers(&f);
			payload = make_datagram(&f, &frame, 0, len, (ROOM - len) % 20);
			assert_int_equal(run(&f, &frame), DROP);
			check_payload(&f, payload, len);
		}
		fixture_close(&f);
	}
}

static void options_of_the_header_are_stepped_over(void **state)
{
	const __u8 *payload;
	struct frame frame;
	struct fixture f;
	unsigned int i;
	__u32 options;

	(void)state;
	for (i = 0; i < HOOKS; i++) {
		fixture_load(&f, hooks[i], &udp);
		for (options = 0; options <= IP_OPTIONS_MAX; options += 4) {
			forget_answers(&f);
			payload = make_datagram(&f, &frame, options, options + 5, 3);
			assert_int_equal(run(&f, &frame), DROP);
			check_payload(&f, payload, options + 5);
		}
		fixture_close(&f);
	}
}

static void check_plain(const struct fixture *f, __u8 state)
{
	assert_int_equal(f->n_events, 1);
	assert_int_equal(f->events[0].type, EVENT_ANSWER);
	assert_int_equal(f->events[0].state, state);
}

static void other_answers_make_plain_events(void **state)
{
	const struct probe_target target = target_of(TARGET, TARGET_PORT);
	struct reply_icmp_frame error;
	struct probe_udp_frame probe;
	struct frame frame;
	struct fixture f;
	unsigned int i;

	(void)state;
	for (i = 0; i < HOOKS; i++) {
		fixture_load(&f, hooks[i], &udp);
		make_datagram(&f, &frame, 0, 0, 18);
		run(&f, &frame);
		check_plain(&f, ANSWER_OPEN);
		forget_answers(&f);
		probe_udp_build(&probe, &f.probe, &target, 0);
		reply_icmp(&error, &probe, htonl(TARGET), NET_ICMP_PORT_UNREACHABLE);
		frame_set(&frame, &error, sizeof(error));
		run(&f, &frame);
		check_plain(&f, ANSWER_CLOSED);
		fixture_close(&f);
	}
	fixture_open(&f, &xdp, FATE_DROP, false);
	make(&f, &frame, SYNACK, TARGET, TARGET_PORT, 0);
	run(&f, &frame);
	check_plain(&f, ANSWER_OPEN);
	fixture_close(&f);
}

/* Nobody reads: the payloads leave half of the ring to plain events, which have as much room as ever. */
static void a_full_ring_has_room_for_news(void **state)
{
	struct stats before, after;
	struct frame frame, out;
	struct fixture f;
	unsigned int n = 0;

	(void)state;
	fixture_load(&f, &xdp, &udp);
	make_datagram(&f, &frame, 0, 40, 0);
	do {
		before = stats_of(&f, LANE_QUESTIONS);
		forget_tables(&f);
		run_one(&f, &f.matcher, &frame, &out);
		after = stats_of(&f, LANE_QUESTIONS);
		n++;
	} while (after.events_lost == before.events_lost && n < 1000000);
	assert_int_equal(after.events_lost, 1);
	assert_int_equal(matcher_consume(&f.matcher), 0);
	assert_int_equal(f.n_events, n - 1);
	assert_int_equal(f.events[0].type, EVENT_PAYLOAD);
	/* 8 bytes each are the ring's own. */
	assert_in_range(n,
			HALF_RING / (sizeof(struct event) + 8) +
				HALF_RING / (sizeof(struct event_payload) + 8),
			HALF_RING / (sizeof(struct event) + 8) +
				HALF_RING / (sizeof(struct event_payload) + 8) + 2);
	/* There is room again. */
	forget_answers(&f);
	run(&f, &frame);
	assert_int_equal(f.events[0].type, EVENT_PAYLOAD);
	fixture_close(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(payloads_are_told),
		cmocka_unit_test(options_of_the_header_are_stepped_over),
		cmocka_unit_test(other_answers_make_plain_events),
		cmocka_unit_test(a_full_ring_has_room_for_news),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
