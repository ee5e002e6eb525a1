// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * test-send.c - the frames of the in-kernel sender are those of user space, byte for byte, in the
 * order of the queue, whatever the memory held before.
 */
#include "fixture.h"

#include <sys/mman.h>

/* BPF_PROG_RUN's frames come from the loopback device, live or not: the sender's case. */
static __u32 stamp(const struct fixture *f, __u8 fill, struct frame *out)
{
	const enum probe_kind kind = f->matcher.config.lanes[LANE_QUESTIONS].kind;
	__u8 dirty[sizeof(union probe_frame) + SEND_SPARE];
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = dirty,
		    .data_size_in = probe_room(kind, &f->probe) + SEND_SPARE,
		    .data_out = out->bytes, .data_size_out = sizeof(out->bytes), .repeat = 1);

	memset(dirty, fill, sizeof(dirty));
	assert_int_equal(bpf_prog_test_run_opts(matcher_program_fd(&f->matcher), &opts), 0);
	out->len = opts.data_size_out;
	return opts.retval;
}

static struct send_queue *map_queue(const struct fixture *f)
{
	int fd = bpf_object__find_map_fd_by_name(f->matcher.object, "xscan_queue");
	struct send_queue *queue =
		mmap(NULL, sizeof(*queue), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	assert_ptr_not_equal(queue, MAP_FAILED);
	return queue;
}

static void point_at_loopback(const struct fixture *f)
{
	int fd = bpf_object__find_map_fd_by_name(f->matcher.object, "xscan_device");
	const __u32 zero = 0, loopback = 1;

	assert_int_equal(bpf_map_update_elem(fd, &zero, &loopback, BPF_ANY), 0);
}

static void check_frames(enum probe_kind kind, const __u16 *ports, unsigned int n_ports)
{
	struct send_queue *queue;
	struct fixture f;
	unsigned int i;

	fixture_load(&f, &sender, &(struct setup){ .kind = kind, .longs = !!n_ports });
	point_at_loopback(&f);
	queue = map_queue(&f);
	queue->attempt = 1;
	for (i = 0; i < SEND_QUEUE; i++)
		queue->targets[i] = (struct probe_target){
			.addr = htonl(0xc6130000 + i * 7919),
			.source = htonl(SCANNER + i % 3),
			.port = n_ports ? ports[i % n_ports] : (__u16)(i * 31 + 1),
			.next_hop = { 2, 0, 0, (__u8)i, (__u8)(i >> 8), 9 },
		};
	/* Once more than the queue is long: it begins again. */
	for (i = 0; i <= SEND_QUEUE; i++) {
		const struct probe_target *target = &queue->targets[i % SEND_QUEUE];
		union probe_frame want;
		struct frame got;

		assert_int_equal(stamp(&f, (__u8)i, &got), XDP_REDIRECT);
		probe_build(&want, kind, &f.probe, target, 1);
		assert_int_equal(got.len, probe_len(kind, &f.probe, target, 1));
		assert_memory_equal(got.bytes, &want, got.len);
		assert_int_equal(queue->next, i + 1);
	}
	munmap(queue, sizeof(*queue));
	fixture_close(&f);
}

static void frames_are_those_of_user_space(void **state)
{
	(void)state;
	check_frames(PROBE_TCP, NULL, 0);
}

/* Each payload, of each length, beside ports without one. */
static void datagrams_are_those_of_user_space(void **state)
{
	static const __u16 ports[] = {
#define PORT(NAME, port) port,
		PROBE_UDP_PORTS(PORT)
#undef PORT
			9
	};

	(void)state;
	check_frames(PROBE_UDP, ports, sizeof(ports) / sizeof(ports[0]));
	check_frames(PROBE_UDP, NULL, 0);
}

/* Where user space sends, a frame from the loopback device is like any other, and there is no queue. */
static void not_asked_it_sends_nothing(void **state)
{
	struct frame got;
	struct fixture f;

	(void)state;
	fixture_open(&f, &xdp, FATE_PASS, false);
	assert_int_equal(stamp(&f, 0x55, &got), XDP_PASS);
	assert_true(bpf_object__find_map_fd_by_name(f.matcher.object, "xscan_queue") < 0);
	assert_true(bpf_object__find_map_fd_by_name(f.matcher.object, "xscan_device") < 0);
	fixture_close(&f);
}

/* Without a device the frame is dropped, not passed to the host's own stack. */
static void no_device_drops(void **state)
{
	struct frame got;
	struct fixture f;

	(void)state;
	fixture_open_sender(&f);
	assert_int_equal(stamp(&f, 0, &got), XDP_DROP);
	fixture_close(&f);
}

/* With timestamps, frames have the time at which they are made, to 16 frames. */
static void frames_have_their_time(void **state)
{
	struct probe_tcp_stamped_frame want;
	struct send_queue *queue;
	struct frame got;
	uint64_t before_ns;
	struct fixture f;
	unsigned int i;

	(void)state;
	fixture_load(&f, &sender, &(struct setup){ .stamps = true });
	point_at_loopback(&f);
	queue = map_queue(&f);
	for (i = 0; i < SEND_MARK + SEND_CLOCK + 1; i++) {
		queue->targets[i] = target_of(0xc6130000 + i, TARGET_PORT);
		before_ns = monotonic_ns();
		assert_int_equal(stamp(&f, (__u8)i, &got), XDP_REDIRECT);
		probe_build(&want, PROBE_TCP, &f.probe, &queue->targets[i], 0);
		probe_stamp(&want, PROBE_TCP, &f.probe, queue->now_ns);
		assert_int_equal(got.len, sizeof(want));
		assert_memory_equal(got.bytes, &want, sizeof(want));
		if (i % SEND_CLOCK == 0)
			assert_in_range(queue->now_ns, before_ns, monotonic_ns());
		if (i % SEND_MARK == 0)
			assert_int_equal(queue->times_ns[i / SEND_MARK], queue->now_ns);
	}
	munmap(queue, sizeof(*queue));
	fixture_close(&f);
}

/* --capture-flow: the probe of one question is kept as it leaves, others are not. */
static void a_probe_is_kept(void **state)
{
	const enum probe_kind kind = *(const enum probe_kind *)*state;
	struct send_queue *queue;
	struct frame got;
	struct fixture f;
	unsigned int i;

	fixture_load(&f, &sender,
		     &(struct setup){ .kind = kind,
				      .stamps = kind == PROBE_TCP,
				      .capture = { .mode = CAPTURE_FLOW,
						   .addr = htonl(TARGET),
						   .port = htons(TARGET_PORT) } });
	point_at_loopback(&f);
	queue = map_queue(&f);
	for (i = 0; i < 4; i++)
		queue->targets[i] = target_of(TARGET + (i & 1), TARGET_PORT + (i & 2));
	for (i = 0; i < 4; i++) {
		stamp(&f, 0xff, &got);
		assert_int_equal(matcher_consume(&f.matcher), 0);
		assert_int_equal(f.n_frames, 1);
		if (i)
			continue;
		assert_true(f.frames[0].leaves);
		assert_int_equal(f.frames[0].kind, kind);
		assert_int_equal(f.frames[0].len, got.len);
		assert_int_equal(f.frames[0].kept, got.len);
		assert_memory_equal(f.frames[0].bytes, got.bytes, got.len);
	}
	munmap(queue, sizeof(*queue));
	fixture_close(&f);
}

int main(void)
{
	static const enum probe_kind tcp = PROBE_TCP, udp = PROBE_UDP;
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(frames_are_those_of_user_space),
		cmocka_unit_test(datagrams_are_those_of_user_space),
		cmocka_unit_test(not_asked_it_sends_nothing),
		cmocka_unit_test(no_device_drops),
		cmocka_unit_test(frames_have_their_time),
		cmocka_unit_test_prestate(a_probe_is_kept, (void *)&tcp),
		cmocka_unit_test_prestate(a_probe_is_kept, (void *)&udp),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
