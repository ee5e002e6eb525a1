/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * fixture.h - for tests of the BPF programs: both matchers loaded for a handful of hosts and ports,
 * frames for them, and a run of one frame through them by BPF_PROG_RUN.
 */
#ifndef XSCAN_TESTS_BPF_FIXTURE_H
#define XSCAN_TESTS_BPF_FIXTURE_H

#include "matcher.h"
#include "portscan.skel.h"
#include "reply.h"
#include "sweep.skel.h"

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

enum { FRAME_MAX = 256, TRIES = 2, SOURCE_PORT = 61000 };

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
enum { HOSTS = 5, TARGET_HOST = 1 };

struct frame {
	__u32 len;
	__u8 bytes[FRAME_MAX];
};

/* Where the matchers sit, and what each place calls the verdicts. */
enum verdict { PASS, DROP, SEND_BACK, OTHER_VERDICT };

struct hook {
	const char *program;
	__u32 verdicts[OTHER_VERDICT];
};

static const struct hook xdp = { "match_xdp", { XDP_PASS, XDP_DROP, XDP_REDIRECT } };
static const struct hook sender = { "match_send", { XDP_PASS, XDP_DROP, XDP_REDIRECT } };
static const struct hook tc = { "match_tc",
				{ (__u32)TC_ACT_UNSPEC, TC_ACT_SHOT, TC_ACT_REDIRECT } };

/* Both matchers, as one interface would see them one after the other. */
struct fixture {
	const struct hook *hook;
	struct matcher ports, sweep;
	struct match_config config;
	struct event events[4];
	unsigned int n_events;
};

static inline int on_event(void *ctx, void *data, size_t size)
{
	struct fixture *f = ctx;

	assert_true(size >= sizeof(struct event));
	if (f->n_events < 4)
		memcpy(&f->events[f->n_events], data, sizeof(struct event));
	f->n_events++;
	return 0;
}

static inline void renew(struct fixture *f, int64_t by_ns)
{
	struct timespec now;
	uint64_t now_ns;

	clock_gettime(CLOCK_MONOTONIC, &now);
	now_ns = (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec + (uint64_t)by_ns;
	matcher_renew(&f->ports, now_ns);
	matcher_renew(&f->sweep, now_ns);
}

static inline void fixture_load(struct fixture *f, const struct hook *hook,
				const struct match_config *config)
{
	const struct hosts hosts = { .flows = { { .v = (struct range *)host_ranges, .n = 2 } },
				     .n_flows = 1,
				     .n = HOSTS };
	struct matcher_spec spec = {
		.hosts = &hosts, .on_event = on_event, .ctx = f, .verbose = true
	};
	struct err err = { "" };
	unsigned int i;

	memset(f, 0, sizeof(*f));
	f->hook = hook;
	f->config.tcp = (struct probe_tcp){
		.key = { 0x0706050403020100, 0x0f0e0d0c0b0a0908 },
		.source_port = SOURCE_PORT,
		.tries = TRIES,
		.ttl = 64,
		.source_mac = { 2, 0, 0, 0, 0, 1 },
	};
	f->config.ports = PORTS;
	f->config.synack = config->synack;
	f->config.report_all = config->report_all;
	f->config.bare = config->bare;

	spec.elf = sweep_bpf__elf_bytes(&spec.elf_size);
	spec.answers_size = HOSTS * sizeof(struct neighbour);
	if (matcher_open(&f->sweep, &spec, hook == &sender ? xdp.program : hook->program, &err))
		fail_msg("%s", err.text);
	spec.elf = portscan_bpf__elf_bytes(&spec.elf_size);
	spec.config = f->config;
	spec.answers_size = HOSTS * PORTS;
	spec.ports_size = 65536 * sizeof(__u16);
	if (matcher_open(&f->ports, &spec, hook->program, &err))
		fail_msg("%s", err.text);
	for (i = 0; i < PORTS; i++)
		((__u16 *)f->ports.ports.mem)[port_list[i]] = (__u16)(i + 1);
	renew(f, 3600000000000); /* however long a test takes */
}

static inline void fixture_open(struct fixture *f, const struct hook *hook, enum synack synack,
				bool report_all)
{
	fixture_load(f, hook, &(struct match_config){ .synack = synack, .report_all = report_all });
}

static inline void fixture_open_sender(struct fixture *f)
{
	fixture_load(f, &sender, &(struct match_config){ 0 });
}

static inline void fixture_close(struct fixture *f)
{
	matcher_close(&f->ports);
	matcher_close(&f->sweep);
}

static inline void forget_answers(struct fixture *f)
{
	memset(f->ports.answers.mem, 0, f->ports.answers.size);
	memset(f->ports.stats.mem, 0, f->ports.stats.size);
	memset(f->sweep.answers.mem, 0, f->sweep.answers.size);
	memset(f->sweep.stats.mem, 0, f->sweep.stats.size);
	f->n_events = 0;
}

/* As if each CPU had seen an answer: the first of each would be told for its round trip. */
static inline __u64 pass_first_sample(struct fixture *f)
{
	const size_t cpus = f->ports.stats.size / TABLE_PAGE;
	size_t i;

	for (i = 0; i < cpus; i++)
		((struct stats *)((char *)f->ports.stats.mem + i * TABLE_PAGE))->answers[0] = 1;
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

/*
 * The port scan's verdict, and the frame as it comes out. Every frame is shown to the sweep's
 * matcher too, which passes all as they are.
 */
static inline enum verdict run_through(struct fixture *f, const struct frame *frame,
				       struct frame *out)
{
	enum verdict verdict;

	assert_int_equal(run_one(f, &f->sweep, frame, out), PASS);
	check_same(out, frame);
	verdict = run_one(f, &f->ports, frame, out);
	assert_int_equal(matcher_consume(&f->sweep), 0);
	assert_int_equal(matcher_consume(&f->ports), 0);
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

static inline void syn(const struct fixture *f, struct probe_tcp_frame *out, __u32 addr, __u16 port,
		       __u8 attempt)
{
	const struct probe_tcp_target target = {
		.addr = htonl(addr),
		.source = htonl(SCANNER),
		.port = port,
		.next_hop = { 2, 0, 0, 0, 0, 3 },
	};

	probe_tcp_build(out, &f->config.tcp, &target, attempt);
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
	const __u8 mac[6] = { 2, 0, 0xc6, 0x12, 0, 3 };
	struct probe_arp_frame request, arp;
	struct reply_synack_frame synack;
	struct reply_icmp_frame icmp;
	struct probe_tcp_frame probe;
	struct reply_rst_frame rst;

	syn(f, &probe, addr, port, attempt);
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
		probe_arp_build(&request, f->config.tcp.source_mac, htonl(SCANNER), htonl(addr));
		reply_arp(&arp, &request, mac);
		frame_set(frame, &arp, sizeof(arp));
		break;
	}
}

#endif
