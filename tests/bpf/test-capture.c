// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* test-capture.c - copies of frames: which are kept, with what reason, and how many a second. */
#include "fixture.h"

#include "frames.h"

#define AT(hook, test) cmocka_unit_test_prestate(test, (void *)&(hook))

enum { SYNACK_ACK = 14 + 20 + 8 + 3, RST_ACK = SYNACK_ACK, QUOTED_SEQ = 14 + 20 + 8 + 20 + 7 };

static const struct capture_config misses = { .mode = CAPTURE_MISSES };

static struct capture_config flow(void)
{
	return (struct capture_config){
		.mode = CAPTURE_FLOW,
		.addr = htonl(TARGET),
		.port = htons(TARGET_PORT),
	};
}

static void forge(struct frame *frame, size_t at)
{
	frame->bytes[at] ^= 0x80;
}

/* The last frame kept is this one, whole. */
static void check_copy(const struct fixture *f, const struct frame *frame, enum miss miss,
		       enum verdict verdict, enum probe_kind kind)
{
	const struct captured *copy = &f->frames[f->n_frames - 1];

	assert_in_range(f->n_frames, 1, 4);
	assert_int_equal(copy->len, frame->len);
	assert_int_equal(copy->kept, frame->len);
	assert_memory_equal(copy->bytes, frame->bytes, frame->len);
	assert_int_equal(copy->miss, miss);
	assert_int_equal(copy->verdict, (__s32)f->hook->verdicts[verdict]);
	assert_int_equal(copy->place, f->hook == &tc ? PLACE_TC : PLACE_XDP);
	assert_int_equal(copy->kind, kind);
	assert_false(copy->leaves);
	assert_in_range(copy->time_ns, 1, monotonic_ns());
}

static void check_miss(struct fixture *f, const struct frame *frame, enum miss miss,
		       enum verdict verdict, enum probe_kind kind)
{
	const unsigned int before = f->n_frames;

	assert_int_equal(run(f, frame), verdict);
	assert_int_equal(f->n_frames, before + (miss != MISS_NONE));
	if (miss != MISS_NONE)
		check_copy(f, frame, miss, verdict, kind);
	f->n_frames = 0;
}

/* Each frame that is no answer or no news is kept with its reason; an answer is not. */
static void test_reasons(void **state)
{
	struct frame frame;
	struct fixture f;

	fixture_load(&f, *state, &(struct setup){ .fate_yes = FATE_DROP, .capture = misses });
	make(&f, &frame, SYNACK, TARGET, TARGET_PORT, 0);
	forge(&frame, SYNACK_ACK);
	check_miss(&f, &frame, MISS_COOKIE, PASS, PROBE_TCP);
	make(&f, &frame, RST, TARGET, TARGET_PORT, 1);
	forge(&frame, RST_ACK);
	check_miss(&f, &frame, MISS_COOKIE, PASS, PROBE_TCP);
	make(&f, &frame, ICMP, TARGET, TARGET_PORT, 0);
	forge(&frame, QUOTED_SEQ);
	check_miss(&f, &frame, MISS_COOKIE, PASS, PROBE_TCP);
	make(&f, &frame, SYNACK, TARGET, TARGET_PORT, 0);
	frame.bytes[14 + 20 + 13] = NET_TCP_ACK;
	check_miss(&f, &frame, MISS_FLAGS, PASS, PROBE_TCP);
	make(&f, &frame, SYNACK, TARGET, TARGET_PORT, 0);
	frame.bytes[14 + 20 + 12] = 0xf0;
	check_miss(&f, &frame, MISS_HEADER, PASS, PROBE_TCP);
	make(&f, &frame, SYNACK, OTHER, TARGET_PORT, 0);
	check_miss(&f, &frame, MISS_NOT_ASKED, DROP, PROBE_TCP);
	make(&f, &frame, SYNACK, TARGET, NOT_A_PORT, 0);
	check_miss(&f, &frame, MISS_NOT_ASKED, DROP, PROBE_TCP);

	make(&f, &frame, SYNACK, TARGET, TARGET_PORT, 0);
	check_miss(&f, &frame, MISS_NONE, DROP, PROBE_TCP);
	check_miss(&f, &frame, MISS_DUPLICATE, DROP, PROBE_TCP);
	matcher_set_attempt(&f.matcher, LANE_QUESTIONS, 0, 1);
	make(&f, &frame, RST, TARGET, 22, 0);
	check_miss(&f, &frame, MISS_LATE, DROP, PROBE_TCP);

	make(&f, &frame, ARP, OTHER, 0, 0);
	check_miss(&f, &frame, MISS_NOT_ASKED, PASS, PROBE_ARP);
	make(&f, &frame, ARP, TARGET, 0, 0);
	check_miss(&f, &frame, MISS_NONE, PASS, PROBE_ARP);
	check_miss(&f, &frame, MISS_NONE, PASS, PROBE_ARP);
	forge(&frame, 14 + 8 + 5);
	check_miss(&f, &frame, MISS_MAC, PASS, PROBE_ARP);
	assert_int_equal(frames_left_out(&f.matcher), 0);
	fixture_close(&f);
}

/* What is not addressed to the scan's ports is somebody else's: nobody looks at it. */
static void test_foreign(void **state)
{
	struct frame frame;
	struct fixture f;

	fixture_load(&f, *state, &(struct setup){ .capture = misses });
	make(&f, &frame, SYNACK, TARGET, TARGET_PORT, TRIES);
	check_miss(&f, &frame, MISS_NONE, PASS, PROBE_TCP);
	assert_int_equal(frames_left_out(&f.matcher), 0);
	fixture_close(&f);
}

/* An answer to a pulse is no near miss. */
static void test_pulse(void **state)
{
	struct frame frame;
	struct fixture f;

	fixture_load(
		&f, *state,
		&(struct setup){ .fate_yes = FATE_DROP, .pulse = TRIES - 1, .capture = misses });
	make(&f, &frame, SYNACK, TARGET, TARGET_PORT, 0);
	check_miss(&f, &frame, MISS_NONE, DROP, PROBE_TCP);
	make(&f, &frame, SYNACK, TARGET, TARGET_PORT, TRIES - 1);
	check_miss(&f, &frame, MISS_NONE, DROP, PROBE_TCP);
	fixture_close(&f);
}

/* Frames longer than a copy are cut; those of any length below are whole. */
static void test_lengths(void **state)
{
	struct frame frame;
	struct fixture f;
	__u32 len;

	fixture_load(&f, *state, &(struct setup){ .capture = misses });
	make(&f, &frame, SYNACK, TARGET, TARGET_PORT, 0);
	forge(&frame, SYNACK_ACK);
	for (len = frame.len; len < CAPTURE_BYTES; len++) {
		frame.bytes[len] = (__u8)len;
		frame.len = len + 1;
		check_miss(&f, &frame, MISS_COOKIE, PASS, PROBE_TCP);
	}
	fixture_close(&f);
}

static void test_longer(void **state)
{
	static __u8 bytes[600];
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = bytes, .data_size_in = sizeof(bytes),
		    .repeat = 1);
	struct frame frame;
	struct fixture f;
	size_t i;

	fixture_load(&f, *state, &(struct setup){ .capture = misses });
	make(&f, &frame, SYNACK, TARGET, TARGET_PORT, 0);
	forge(&frame, SYNACK_ACK);
	for (i = 0; i < sizeof(bytes); i++)
		bytes[i] = (__u8)(i * 7);
	memcpy(bytes, frame.bytes, frame.len);
	assert_int_equal(bpf_prog_test_run_opts(matcher_program_fd(&f.matcher), &opts), 0);
	assert_int_equal(matcher_consume(&f.matcher), 0);
	assert_int_equal(f.n_frames, 1);
	assert_int_equal(f.frames[0].len, sizeof(bytes));
	assert_int_equal(f.frames[0].kept, CAPTURE_BYTES);
	assert_memory_equal(f.frames[0].bytes, bytes, CAPTURE_BYTES);
	fixture_close(&f);
}

/* No more than CAPTURE_A_SECOND in a second; kept and left out are all. */
static void test_flood(void **state)
{
	enum { FRAMES = 3 * CAPTURE_A_SECOND };
	struct frame frame;
	struct fixture f;
	uint64_t begin;
	int i;

	fixture_load(&f, *state, &(struct setup){ .capture = misses });
	make(&f, &frame, RST, TARGET, TARGET_PORT, 0);
	forge(&frame, RST_ACK);
	begin = monotonic_ns();
	for (i = 0; i < FRAMES; i++)
		run(&f, &frame);
	assert_int_equal(f.n_frames + frames_left_out(&f.matcher), FRAMES);
	assert_in_range(f.n_frames, 1,
			((monotonic_ns() - begin) / 1000000000 + 2) * CAPTURE_A_SECOND *
				(f.matcher.stats.size / TABLE_PAGE));
	assert_int_equal(stats_of(&f, LANE_QUESTIONS).rejected, FRAMES);
	fixture_close(&f);
}

/* While nobody reads, the ring fills, and what it has no room for is counted. */
static void test_full_ring(void **state)
{
	enum { FRAMES = 6 * CAPTURE_A_SECOND };
	struct frame frame, out;
	struct fixture f;
	int i;

	fixture_load(&f, *state, &(struct setup){ .capture = misses });
	make(&f, &frame, RST, TARGET, TARGET_PORT, 0);
	forge(&frame, RST_ACK);
	for (i = 0; i < FRAMES; i++) {
		/* as if a second had passed */
		memset((char *)f.matcher.stats.mem + offsetof(struct stats_page, capture.second), 0,
		       sizeof(__u64));
		run_one(&f, &f.matcher, &frame, &out);
	}
	assert_int_equal(matcher_consume(&f.matcher), 0);
	assert_int_equal(f.n_frames + frames_left_out(&f.matcher), FRAMES);
	assert_in_range(frames_left_out(&f.matcher), 1, FRAMES);
	fixture_close(&f);
}

/* One question: its answers and what pretends to be one, and the RST made of a SYN-ACK; no other. */
static void test_flow(void **state)
{
	struct frame frame, out;
	struct fixture f;

	fixture_load(&f, *state, &(struct setup){ .fate_yes = FATE_RESET, .capture = flow() });
	make(&f, &frame, SYNACK, TARGET, 22, 0);
	run_through(&f, &frame, &out);
	make(&f, &frame, SYNACK, TARGET + 1, TARGET_PORT, 0);
	run_through(&f, &frame, &out);
	make(&f, &frame, ARP, TARGET, 0, 0);
	run_through(&f, &frame, &out);
	assert_int_equal(f.n_frames, 0);

	make(&f, &frame, SYNACK, TARGET, TARGET_PORT, 0);
	assert_int_equal(run_through(&f, &frame, &out), SEND_BACK);
	assert_int_equal(f.n_frames, 2);
	f.n_frames = 1;
	check_copy(&f, &frame, MISS_NONE, SEND_BACK, PROBE_TCP);
	assert_true(f.frames[1].leaves);
	assert_int_equal(f.frames[1].verdict, CAPTURE_NO_VERDICT);
	assert_int_equal(f.frames[1].len, out.len);
	assert_memory_equal(f.frames[1].bytes, out.bytes, out.len);

	f.n_frames = 0;
	make(&f, &frame, ICMP, TARGET, TARGET_PORT, 1);
	run_through(&f, &frame, &out);
	check_copy(&f, &frame, MISS_DUPLICATE, DROP, PROBE_TCP);
	make(&f, &frame, RST, TARGET, TARGET_PORT, 1);
	forge(&frame, RST_ACK);
	run_through(&f, &frame, &out);
	check_copy(&f, &frame, MISS_COOKIE, PASS, PROBE_TCP);
	make(&f, &frame, ICMP, TARGET, TARGET_PORT, 1);
	forge(&frame, QUOTED_SEQ);
	run_through(&f, &frame, &out);
	check_copy(&f, &frame, MISS_COOKIE, PASS, PROBE_TCP);
	fixture_close(&f);
}

/* Without a capture there is no ring. */
static void test_off(void **state)
{
	struct frame frame;
	struct fixture f;

	fixture_load(&f, *state, &(struct setup){ 0 });
	assert_true(bpf_object__find_map_fd_by_name(f.matcher.object, "xscan_frames") < 0);
	make(&f, &frame, SYNACK, TARGET, TARGET_PORT, 0);
	forge(&frame, SYNACK_ACK);
	assert_int_equal(run(&f, &frame), PASS);
	assert_int_equal(f.n_frames, 0);
	assert_int_equal(frames_left_out(&f.matcher), 0);
	fixture_close(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		AT(xdp, test_reasons),	 AT(tc, test_reasons), AT(xdp, test_foreign),
		AT(tc, test_foreign),	 AT(xdp, test_pulse),  AT(tc, test_pulse),
		AT(xdp, test_lengths),	 AT(tc, test_lengths), AT(xdp, test_longer),
		AT(tc, test_longer),	 AT(xdp, test_flood),  AT(tc, test_flood),
		AT(xdp, test_full_ring), AT(xdp, test_flow),   AT(tc, test_flow),
		AT(xdp, test_off),	 AT(tc, test_off),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
