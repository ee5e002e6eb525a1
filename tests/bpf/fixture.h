/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * fixture.h - for tests of the BPF programs: load a matcher for a handful of hosts and ports, make
 * frames, and run one frame through the matcher by BPF_PROG_RUN.
 */
#ifndef XSCAN_TESTS_BPF_FIXTURE_H
#define XSCAN_TESTS_BPF_FIXTURE_H

#include "matcher.h"
#include "reply.h"

#include <arpa/inet.h>
#include <linux/pkt_cls.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <bpf/bpf.h>
#include <cmocka.h>

enum { FRAME_MAX = 1400, TRIES = 2, SOURCE_PORT = 61000 };

#define SCANNER 0xc6120001U /* 198.18.0.1 */
#define ROUTER	0xc61200feU
#define TARGET	0xc6120003U
#define OTHER	0xc6120010U /* not asked for */

static const __u16 port_list[] = { 22, 80, 8000 };
enum { PORTS = 3, TARGET_PORT = 80, TARGET_SLOT = 1, NOT_A_PORT = 81 };

/* 198.18.0.2-5 and 198.18.0.9: six hosts' room with a gap, so that the search has to choose. */
static const struct range host_ranges[] = {
	{ ADDR_IP4(0xc6120002), ADDR_IP4(0xc6120005), 0 },
	{ ADDR_IP4(0xc6120009), ADDR_IP4(0xc6120009), 4 },
};
enum { HOSTS = 5, TARGET_HOST = 1, TARGET_QUESTION = TARGET_HOST * PORTS + TARGET_SLOT };

struct frame {
	__u32 len;
	__u8 bytes[FRAME_MAX];
};

/* Where the matcher sits, and what each place calls the verdicts. */
enum verdict { PASS, DROP, SEND_BACK, OTHER_VERDICT };

struct hook {
	const char *program;
	__u32 verdicts[OTHER_VERDICT];
};

static const struct hook xdp = { "xscan_xdp", { XDP_PASS, XDP_DROP, XDP_REDIRECT } };
static const struct hook sender = { "xscan_send", { XDP_PASS, XDP_DROP, XDP_REDIRECT } };
static const struct hook tc = { "xscan_tc",
				{ (__u32)TC_ACT_UNSPEC, TC_ACT_SHOT, TC_ACT_REDIRECT } };

/* Both lanes are used, unless it says otherwise. */
struct setup {
	bool no_sweep, no_questions;
	enum fate fate_yes; /* of a SYN-ACK */
	bool report_all;
	bool bare;
	__u8 pulse;    /* 0: no pulses */
	bool one_port; /* for tries and pulses */
	bool stamps;
	bool longs;
	enum probe_kind kind; /* of the questions; PROBE_NONE: TCP */
	struct capture_config capture;
};

struct fixture {
	const struct hook *hook;
	struct matcher matcher;
	struct probe_config probe;
	struct event events[4];
	struct event_payload payloads[4]; /* of the events of this type */
	unsigned int n_events;
	struct captured frames[4];
	unsigned int n_frames;
};

static inline int on_event(void *ctx, void *data, size_t size)
{
	struct fixture *f = ctx;

	const bool payload = ((const struct event *)data)->type == EVENT_PAYLOAD;

	assert_int_equal(size, payload ? sizeof(struct event_payload) : sizeof(struct event));
	if (f->n_events < 4) {
		memcpy(&f->events[f->n_events], data, sizeof(struct event));
		memcpy(&f->payloads[f->n_events], data, size);
	}
	f->n_events++;
	return 0;
}

static inline int on_frame(void *ctx, void *data, size_t size)
{
	struct fixture *f = ctx;

	assert_true(size >= sizeof(struct captured));
	if (f->n_frames < 4)
		memcpy(&f->frames[f->n_frames], data, sizeof(struct captured));
	f->n_frames++;
	return 0;
}

static inline uint64_t monotonic_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static inline void renew(struct fixture *f, int64_t by_ns)
{
	matcher_renew(&f->matcher, monotonic_ns() + (uint64_t)by_ns);
}

static inline void fixture_load(struct fixture *f, const struct hook *hook,
				const struct setup *setup)
{
	struct hosts_group group = { .addrs = { .v = (struct range *)host_ranges, .n = 2 } };
	const struct hosts hosts = { .groups = &group, .n_groups = 1, .n = HOSTS };
	uint16_t slots[SLOTS_SIZE / sizeof(uint16_t)] = { 0 };
	struct matcher_spec spec = {
		.bare = setup->bare,
		.capture = setup->capture,
		.on_event = on_event,
		.on_frame = on_frame,
		.ctx = f,
		.verbose = true,
	};
	struct err err = { "" };
	unsigned int i;

	memset(f, 0, sizeof(*f));
	f->hook = hook;
	f->probe = (struct probe_config){
		.key = { 0x0706050403020100, 0x0f0e0d0c0b0a0908 },
		.source_port = SOURCE_PORT,
		.tries = TRIES,
		.ttl = 64,
		.source_mac = { 2, 0, 0, 0, 0, 1 },
		.stamps = setup->stamps,
		.longs = setup->longs,
	};
	spec.probe = f->probe;
	for (i = 0; i < PORTS; i++)
		slots[port_list[i]] = (uint16_t)(i + 1);
	if (!setup->no_sweep)
		spec.lanes[LANE_NEIGHBOURS] =
			(struct matcher_lane){ .kind = PROBE_ARP, .hosts = &hosts, .each = 1 };
	if (!setup->no_questions)
		spec.lanes[LANE_QUESTIONS] = (struct matcher_lane){
			.kind = setup->kind ?: PROBE_TCP,
			.hosts = &hosts,
			.each = PORTS,
			.slots = slots,
			.fate_yes = setup->fate_yes,
			.fate_no = FATE_DROP,
			.report_all = setup->report_all,
			.pulse = setup->pulse || setup->one_port ? setup->pulse : UINT8_MAX,
		};
	if (matcher_open(&f->matcher, &spec, hook->program, NULL, &err))
		fail_msg("%s", err.text);
	matcher_start(&f->matcher, LANE_NEIGHBOURS);
	matcher_start(&f->matcher, LANE_QUESTIONS);
	renew(f, 3600000000000); /* however long a test takes */
}

static inline void fixture_open(struct fixture *f, const struct hook *hook, enum fate fate_yes,
				bool report_all)
{
	fixture_load(f, hook, &(struct setup){ .fate_yes = fate_yes, .report_all = report_all });
}

static inline void fixture_open_sender(struct fixture *f)
{
	fixture_load(f, &sender, &(struct setup){ 0 });
}

static inline void fixture_close(struct fixture *f)
{
	matcher_close(&f->matcher);
}

static inline struct stats stats_of(const struct fixture *f, enum lane lane)
{
	return matcher_stats(&f->matcher, lane);
}

/* The only event has these bytes: the first of a payload of `len`. */
static inline void check_payload(const struct fixture *f, const __u8 *payload, size_t len)
{
	const struct event_payload *told = &f->payloads[0];
	const size_t kept = len < EVENT_PAYLOAD_BYTES ? len : EVENT_PAYLOAD_BYTES;

	assert_int_equal(f->n_events, 1);
	assert_int_equal(told->event.type, EVENT_PAYLOAD);
	assert_int_equal(told->event.state, ANSWER_OPEN);
	assert_int_equal(told->len, len);
	assert_int_equal(told->kept, kept);
	assert_memory_equal(told->bytes, payload, kept);
}

static inline void forget_tables(struct fixture *f)
{
	memset(f->matcher.answers.mem, 0, f->matcher.answers.size);
	memset(f->matcher.neighbours.mem, 0, f->matcher.neighbours.size);
}

static inline void forget_answers(struct fixture *f)
{
	forget_tables(f);
	memset(f->matcher.stats.mem, 0, f->matcher.stats.size);
	f->n_events = 0;
}

/* As if each CPU had seen an answer: the first of each would be told for its round trip. */
static inline __u64 pass_first_sample(struct fixture *f)
{
	const size_t cpus = f->matcher.stats.size / TABLE_PAGE;
	size_t i;

	for (i = 0; i < cpus; i++) {
		char *page = (char *)f->matcher.stats.mem + i * TABLE_PAGE;

		((struct stats_page *)page)->lanes[LANE_QUESTIONS].answers[0] = 1;
	}
	return cpus;
}

static inline enum verdict run_one(const struct fixture *f, const struct matcher *m,
				   const struct frame *frame, struct frame *out)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = frame->bytes, .data_size_in = frame->len,
		    .data_out = out->bytes, .data_size_out = sizeof(out->bytes), .repeat = 1);
	enum verdict verdict = PASS;

	assert_int_equal(bpf_prog_test_run_opts(matcher_program_fd(m), &opts), 0);
	out->len = opts.data_size_out;
	while (verdict < OTHER_VERDICT && opts.retval != f->hook->verdicts[verdict])
		verdict++;
	return verdict;
}

static inline void check_same(const struct frame *a, const struct frame *b)
{
	assert_int_equal(a->len, b->len);
	assert_memory_equal(a->bytes, b->bytes, a->len);
}

/* The verdict, and the frame as it comes out. */
static inline enum verdict run_through(struct fixture *f, const struct frame *frame,
				       struct frame *out)
{
	enum verdict verdict = run_one(f, &f->matcher, frame, out);

	assert_int_equal(matcher_consume(&f->matcher), 0);
	return verdict;
}

/* The same for a frame that must come out as it went in. */
static inline enum verdict run(struct fixture *f, const struct frame *frame)
{
	struct frame out;
	enum verdict verdict = run_through(f, frame, &out);

	check_same(&out, frame);
	return verdict;
}

/* Frames. */

static inline struct probe_target target_of(__u32 addr, __u16 port)
{
	return (struct probe_target){
		.addr = htonl(addr),
		.source = htonl(SCANNER),
		.port = port,
		.next_hop = { 2, 0, 0, 0, 0, 3 },
	};
}

enum kind { SYNACK, RST, ICMP, ARP };

static inline void frame_set(struct frame *frame, const void *bytes, __u32 len)
{
	memset(frame, 0, sizeof(*frame));
	memcpy(frame->bytes, bytes, len);
	frame->len = len;
}

static inline void make(const struct fixture *f, struct frame *frame, enum kind kind, __u32 addr,
			__u16 port, __u8 attempt)
{
	const struct probe_target target = target_of(addr, port);
	const __u8 mac[6] = { 2, 0, 0xc6, 0x12, 0, 3 };
	struct probe_arp_frame request, arp;
	struct reply_synack_frame synack;
	struct reply_icmp_frame icmp;
	struct probe_tcp_frame probe;
	struct reply_rst_frame rst;

	probe_tcp_build(&probe, &f->probe, &target, attempt);
	switch (kind) {
	case SYNACK:
		reply_synack(&synack, &probe);
		frame_set(frame, &synack, sizeof(synack));
		break;
	case RST:
		reply_rst(&rst, &probe);
		frame_set(frame, &rst, sizeof(rst));
		break;
	case ICMP:
		reply_icmp(&icmp, &probe, htonl(ROUTER), 13);
		frame_set(frame, &icmp, sizeof(icmp));
		break;
	case ARP:
		probe_arp_build(&request, &f->probe, &target, 0);
		reply_arp(&arp, &request, mac);
		frame_set(frame, &arp, sizeof(arp));
		break;
	}
}

#endif
