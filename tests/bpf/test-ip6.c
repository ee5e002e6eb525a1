// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * test-ip6.c - the programs in the kernel over IPv6: each kind of answer is entered where it
 * belongs, each near miss passes and leaves no trace, and the in-kernel sender builds the frames of
 * user space. The same matchers, compiled for the host, say what a near miss is.
 *
 * MUTATIONS (40,000): the number of near misses at each hook. The order is the same in each run.
 */
#include "fixture.h"

#include "dispatch.h"
#include "random.h"

#include <sys/mman.h>

static const __u16 services[] = {
#define PORT(NAME, port) port,
	PROBE_UDP_PORTS(PORT)
#undef PORT
		9, /* has no payload */
};
enum { SERVICES = sizeof(services) / sizeof(services[0]) };

enum { FLIPS = 3, MUTATIONS_DEFAULT = 40000, DATAGRAMS = 5000, FORMS = 4 };
enum form { IP6_SYNACK, IP6_RST, IP6_ERROR, IP6_ND };

/* Ten hosts across the halves of an address, and one more. */
static const struct range ranges6[] = {
	{ { 0x20010db800000000, UINT64_MAX - 4 }, { 0x20010db800000001, 4 }, 0 },
	{ { 0x20010db800000001, 9 }, { 0x20010db800000001, 9 }, 10 },
};
enum { HOSTS6 = 11 };

static struct net_addr6 wire(struct addr a)
{
	return (struct net_addr6){ { htonl((uint32_t)(a.hi >> 32)), htonl((uint32_t)a.hi),
				     htonl((uint32_t)(a.lo >> 32)), htonl((uint32_t)a.lo) } };
}

static struct addr host_at(unsigned int i)
{
	return i < 10 ? addr_add(ranges6[0].first, i) : ranges6[1].first;
}

static struct probe_target target6(struct addr addr, __u16 port)
{
	return (struct probe_target){
		.addr6 = wire(addr),
		.source6 = wire((struct addr){ 0x20010db800000001, 0x77 }),
		.port = port,
		.next_hop = { 2, 0, 0, 0, 0, 3 },
	};
}

/* `scope`: of link-local hosts. */
static void open_for(struct fixture *f, const struct hook *hook, enum probe_kind kind,
		     enum fate fate_yes, const struct range ranges[2], uint32_t scope)
{
	struct hosts_group group = { .addrs = { .v = (struct range *)ranges, .n = 2 } };
	const struct hosts hosts = { .groups = &group, .n_groups = 1, .n = HOSTS6 };
	uint16_t slots[SLOTS_SIZE / sizeof(uint16_t)] = { 0 };
	struct matcher_spec spec = {
		.scope = scope, .on_event = on_event, .ctx = f, .verbose = true
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
		.longs = kind == PROBE_UDP6,
	};
	spec.probe = f->probe;
	for (i = 0; i < PORTS; i++)
		slots[kind == PROBE_ECHO6 ? 0 : port_list[i]] = (uint16_t)(i + 1);
	spec.lanes[LANE_NEIGHBOURS] =
		(struct matcher_lane){ .kind = PROBE_ND, .hosts = &hosts, .each = 1 };
	spec.lanes[LANE_QUESTIONS] = (struct matcher_lane){
		.kind = kind,
		.hosts = &hosts,
		.each = PORTS,
		.slots = slots,
		.fate_yes = fate_yes,
		.fate_no = FATE_DROP,
		.report_all = true,
	};
	if (matcher_open(&f->matcher, &spec, hook->program, NULL, &err))
		fail_msg("%s", err.text);
	matcher_start(&f->matcher, LANE_NEIGHBOURS);
	matcher_start(&f->matcher, LANE_QUESTIONS);
	renew(f, 3600000000000);
}

static void open6(struct fixture *f, const struct hook *hook, enum probe_kind kind,
		  enum fate fate_yes)
{
	open_for(f, hook, kind, fate_yes, ranges6, 0);
}

static void make6(const struct fixture *f, struct frame *frame, enum form form, struct addr addr,
		  __u16 port)
{
	const struct net_addr6 router = { { htonl(0x20010db8), 0, 0, htonl(0xfe) } };
	const struct probe_target target = target6(addr, port);
	struct probe_tcp6_frame syn;
	struct probe_nd_frame nd;

	memset(frame, 0, sizeof(*frame));
	probe_tcp6_build(&syn, &f->probe, &target, 1);
	probe_nd_build(&nd, &f->probe, &target, 0);
	switch (form) {
	case IP6_SYNACK:
		frame->len = (__u32)reply_tcp6_yes(frame->bytes, &syn);
		break;
	case IP6_RST:
		reply_rst6((void *)frame->bytes, &syn);
		frame->len = sizeof(struct reply_rst6_frame);
		break;
	case IP6_ERROR:
		frame->len =
			(__u32)reply_icmp6((void *)frame->bytes, &syn, sizeof(syn), &router, 4);
		break;
	case IP6_ND:
		frame->len = (__u32)reply_nd_yes(frame->bytes, &nd);
	}
}

static __u8 state_of(const struct fixture *f, unsigned int host, unsigned int slot)
{
	return ((const __u8 *)f->matcher.answers.mem)[host * PORTS + slot];
}

static void answers_are_entered(void **state)
{
	static const __u8 states[] = { ANSWER_OPEN, ANSWER_CLOSED, ANSWER_FILTERED + 4 };
	unsigned int host, slot, form;
	struct frame frame;
	struct fixture f;

	open6(&f, *state, PROBE_TCP6, FATE_PASS);
	for (host = 0; host < HOSTS6; host++) {
		for (slot = 0; slot < PORTS; slot++) {
			for (form = IP6_SYNACK; form <= IP6_ERROR; form++) {
				forget_answers(&f);
				make6(&f, &frame, form, host_at(host), port_list[slot]);
				assert_int_equal(run(&f, &frame), form == IP6_SYNACK ? PASS : DROP);
				assert_int_equal(state_of(&f, host, slot), states[form]);
				assert_int_equal(f.n_events, 1);
				assert_int_equal(f.events[0].question, host * PORTS + slot);
				assert_int_equal(f.events[0].attempt, 1);
				assert_int_equal(f.events[0].ttl,
						 form == IP6_ERROR ? REPLY_ROUTER_TTL : REPLY_TTL);
				assert_int_equal(stats_of(&f, LANE_QUESTIONS).answers[0], 1);
			}
		}
	}
	fixture_close(&f);
}

static void neighbours_are_entered(void **state)
{
	const struct neighbour *known;
	unsigned int host;
	struct frame frame;
	struct fixture f;

	open6(&f, *state, PROBE_TCP6, FATE_PASS);
	for (host = 0; host < HOSTS6; host++) {
		forget_answers(&f);
		make6(&f, &frame, IP6_ND, host_at(host), 0);
		assert_int_equal(run(&f, &frame), PASS);
		known = (const struct neighbour *)f.matcher.neighbours.mem + host;
		assert_int_equal(known->state, ANSWER_UP);
		assert_memory_equal(known->mac, reply_mac, 6);
		assert_int_equal(f.n_events, 1);
		assert_int_equal(f.events[0].question, host);
	}
	fixture_close(&f);
}

static void others_are_not_entered(void **state)
{
	static const struct addr others[] = {
		{ 0x20010db800000000, UINT64_MAX - 5 },
		{ 0x20010db800000001, 5 },
		{ 0x20010db800000001, 8 },
		{ 0x20010db800000001, 10 },
		{ 0x20010db800000002, 2 },
		{ 0x20010db7ffffffff, UINT64_MAX },
		{ 0, 9 },
		{ UINT64_MAX, 9 },
	};
	struct frame frame;
	struct fixture f;
	size_t i;

	open6(&f, *state, PROBE_TCP6, FATE_PASS);
	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		make6(&f, &frame, IP6_ND, others[i], 0);
		assert_int_equal(run(&f, &frame), PASS);
		make6(&f, &frame, IP6_SYNACK, others[i], 80);
		assert_int_equal(run(&f, &frame), PASS);
	}
	make(&f, &frame, SYNACK, TARGET, TARGET_PORT, 0); /* IPv4 */
	assert_int_equal(run(&f, &frame), PASS);
	assert_int_equal(f.n_events, 0);
	assert_int_equal(stats_of(&f, LANE_QUESTIONS).seen, 0);
	assert_int_equal(stats_of(&f, LANE_NEIGHBOURS).seen, 0);
	fixture_close(&f);
}

/* One link-local address on two links is two hosts. An address that has a number already is nobody's. */
static void links_are_told_apart(void **state)
{
	enum { HERE = 5, THERE = 6 };
	static const struct range ranges[] = {
		{ { ADDR_LINK_LOCAL_HI | HERE, 1 }, { ADDR_LINK_LOCAL_HI | HERE, 4 }, 0 },
		{ { ADDR_LINK_LOCAL_HI | THERE, 1 }, { ADDR_LINK_LOCAL_HI | THERE, 7 }, 4 },
	};
	const struct addr plain = { ADDR_LINK_LOCAL_HI, 3 };
	const uint32_t scopes[] = { HERE, THERE, 7 };
	const struct neighbour *known;
	struct frame frame;
	struct fixture f;
	unsigned int i, k, host;

	for (i = 0; i < 3; i++) {
		open_for(&f, *state, PROBE_TCP6, FATE_PASS, ranges, scopes[i]);
		host = 4 * i + 2;
		for (k = 0; k < 3; k++) {
			make6(&f, &frame, IP6_ND, addr_scoped(plain, scopes[k]), 0);
			run(&f, &frame);
			make6(&f, &frame, IP6_SYNACK, addr_scoped(plain, scopes[k]), 80);
			run(&f, &frame);
		}
		assert_int_equal(f.n_events, 0);
		make6(&f, &frame, IP6_ND, plain, 0);
		run(&f, &frame);
		make6(&f, &frame, IP6_SYNACK, plain, port_list[0]);
		run(&f, &frame);
		assert_int_equal(f.n_events, i < 2 ? 2 : 0);
		known = f.matcher.neighbours.mem;
		for (k = 0; k < HOSTS6; k++) {
			assert_int_equal(known[k].state,
					 i < 2 && k == host ? ANSWER_UP : ANSWER_NONE);
			assert_int_equal(state_of(&f, k, 0),
					 i < 2 && k == host ? ANSWER_OPEN : ANSWER_NONE);
		}
		fixture_close(&f);
	}
}

static void synacks_are_reset(void **state)
{
	struct frame frame, out, want;
	struct fixture f;

	open6(&f, *state, PROBE_TCP6, FATE_RESET);
	make6(&f, &frame, IP6_SYNACK, host_at(10), 80);
	want = frame;
	assert_true(probe_tcp6_reset(want.bytes, want.bytes + want.len, true, 64));
	if (f.hook == &tc) /* cuts the padding off */
		want.len = sizeof(struct net_eth) + sizeof(struct probe_tcp6_reset_packet);
	assert_int_equal(run_through(&f, &frame, &out), SEND_BACK);
	check_same(&out, &want);
	fixture_close(&f);
}

static void echoes_are_entered(void **state)
{
	struct probe_target target = target6(host_at(3), 0);
	struct probe_echo6_frame request;
	struct frame frame;
	struct fixture f;

	open6(&f, *state, PROBE_ECHO6, FATE_DROP);
	probe_echo6_build(&request, &f.probe, &target, 1);
	memset(&frame, 0, sizeof(frame));
	frame.len = (__u32)reply_echo6_yes(frame.bytes, &request);
	assert_int_equal(run(&f, &frame), DROP);
	assert_int_equal(f.n_events, 1);
	assert_int_equal(f.events[0].state, ANSWER_UP);
	frame.bytes[frame.len - 1] ^= 1;
	assert_int_equal(run(&f, &frame), PASS);
	assert_int_equal(f.n_events, 1);
	assert_int_equal(stats_of(&f, LANE_QUESTIONS).rejected, 1);
	fixture_close(&f);
}

/* BPF_PROG_RUN wants an IP header behind the Ethernet header, for tc. */
static void mutate(struct frame *frame, uint64_t *random)
{
	unsigned int i, n = (unsigned int)(next_random(random) % FLIPS);

	for (i = 0; i < n; i++)
		frame->bytes[next_random(random) % frame->len] ^=
			(__u8)(1 << next_random(random) % 8);
	if (next_random(random) % 4 == 0)
		frame->len -= (__u32)(next_random(random) % (frame->len - 60));
}

static uint64_t mutations(void)
{
	const char *text = getenv("MUTATIONS");

	return text && *text ? strtoull(text, NULL, 10) : MUTATIONS_DEFAULT;
}

static void near_misses_leave_no_trace(void **state)
{
	static const enum probe_kind kinds[] = { PROBE_ND, PROBE_TCP6 };
	const uint64_t n = mutations();
	uint64_t random = 1, right = 0, i;
	unsigned int k;
	struct frame frame;
	struct fixture f;

	open6(&f, *state, PROBE_TCP6, FATE_DROP);
	for (i = 0; i < n; i++) {
		bool is_answer = false;

		make6(&f, &frame, (enum form)(next_random(&random) % FORMS),
		      host_at((unsigned int)(next_random(&random) % HOSTS6)), 80);
		mutate(&frame, &random);
		for (k = 0; k < 2; k++) {
			struct cursor c = { frame.bytes, frame.bytes + frame.len };
			struct answer answer = { 0 };

			is_answer |= dispatch(&c, kinds[k], &f.probe, &answer) == MATCH_ANSWER;
		}
		right += is_answer;
		forget_tables(&f);
		f.n_events = 0;
		if (is_answer) {
			run(&f, &frame);
			continue;
		}
		assert_int_equal(run(&f, &frame), PASS);
		assert_int_equal(f.n_events, 0);
	}
	assert_in_range(right, n / 4, n - n / 4);
	fixture_close(&f);
}

/* An answer of a service, or the target's own error about a try of it. */
static void make_udp6(const struct fixture *f, struct frame *frame, struct addr addr, __u16 port,
		      __u8 attempt, bool open)
{
	const struct probe_target target = target6(addr, port);
	struct probe_udp6_frame probe;

	memset(frame, 0, sizeof(*frame));
	probe_udp6_build(&probe, &f->probe, &target, attempt);
	if (open)
		frame->len = (__u32)reply_udp6(frame->bytes, &probe, attempt, attempt);
	else
		frame->len = (__u32)reply_icmp6((void *)frame->bytes, &probe,
						probe_len(PROBE_UDP6, &f->probe, &target, attempt),
						&target.addr6, 4);
}

static void datagrams_are_entered(void **state)
{
	unsigned int host, slot;
	struct frame frame;
	struct fixture f;
	bool open;

	open6(&f, *state, PROBE_UDP6, FATE_DROP);
	for (host = 0; host < HOSTS6; host++) {
		for (slot = 0; slot < 2 * PORTS; slot++) {
			open = slot % 2;
			forget_answers(&f);
			make_udp6(&f, &frame, host_at(host), port_list[slot / 2], 1, open);
			assert_int_equal(run(&f, &frame), DROP);
			assert_int_equal(state_of(&f, host, slot / 2),
					 open ? ANSWER_OPEN : ANSWER_CLOSED);
			assert_int_equal(f.n_events, 1);
			assert_int_equal(f.events[0].question, host * PORTS + slot / 2);
		}
	}
	fixture_close(&f);
}

/* A datagram with any number of bytes: its event has the first of them, and no padding. */
static void datagrams_are_told_with_their_payload(void **state)
{
	struct probe_udp6_frame *datagram;
	struct frame frame;
	struct fixture f;
	__u16 len, i;

	open6(&f, *state, PROBE_UDP6, FATE_DROP);
	for (len = 1; len <= FRAME_MAX - offsetof(struct probe_udp6_frame, payload); len++) {
		forget_answers(&f);
		make_udp6(&f, &frame, host_at(len % HOSTS6), port_list[1], 0, true);
		datagram = (void *)frame.bytes;
		for (i = 0; i < len; i++)
			datagram->payload[i] = (__u8)(len + 3 * i);
		datagram->udp.len = net_be16(sizeof(datagram->udp) + len);
		datagram->ip.payload_len = datagram->udp.len;
		frame.len = FRAME_MAX - len % 3;
		if (frame.len < offsetof(struct probe_udp6_frame, payload) + len)
			frame.len = FRAME_MAX;
		assert_int_equal(run(&f, &frame), DROP);
		check_payload(&f, datagram->payload, len);
	}
	fixture_close(&f);
}

/* Each service, in each try, whole and with bits that are wrong: the verdict is that of the host. */
static void datagrams_match_as_on_the_host(void **state)
{
	unsigned int i, right = 0;
	uint64_t random = 2;
	struct frame frame;
	struct fixture f;

	open6(&f, *state, PROBE_UDP6, FATE_DROP);
	for (i = 0; i < DATAGRAMS; i++) {
		struct stats before = stats_of(&f, LANE_QUESTIONS), after;
		struct answer answer = { 0 };
		enum match match;
		struct cursor c;

		make_udp6(&f, &frame, host_at(i % HOSTS6), services[i % SERVICES], i / SERVICES % 2,
			  i % 3);
		mutate(&frame, &random);
		c = (struct cursor){ frame.bytes, frame.bytes + frame.len };
		match = dispatch(&c, PROBE_UDP6, &f.probe, &answer);
		right += match == MATCH_ANSWER;
		assert_int_equal(run(&f, &frame), match == MATCH_ANSWER ? DROP : PASS);
		after = stats_of(&f, LANE_QUESTIONS);
		assert_int_equal(after.rejected - before.rejected, match == MATCH_REJECTED);
	}
	assert_in_range(right, DATAGRAMS / 4, DATAGRAMS - DATAGRAMS / 4);
	fixture_close(&f);
}

static void sent_frames_are_those_of_user_space(void **state)
{
	static const enum probe_kind kinds[] = { PROBE_TCP6, PROBE_ECHO6, PROBE_UDP6 };
	const __u32 zero = 0, loopback = 1;
	struct send_queue *queue;
	union probe_frame want;
	struct frame dirty, got;
	struct fixture f;
	unsigned int k, i;

	(void)state;
	for (k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++) {
		open6(&f, &sender, kinds[k], FATE_PASS);
		assert_int_equal(bpf_map_update_elem(bpf_object__find_map_fd_by_name(
							     f.matcher.object, "xscan_device"),
						     &zero, &loopback, BPF_ANY),
				 0);
		queue = mmap(NULL, sizeof(*queue), PROT_READ | PROT_WRITE, MAP_SHARED,
			     bpf_object__find_map_fd_by_name(f.matcher.object, "xscan_queue"), 0);
		assert_ptr_not_equal(queue, MAP_FAILED);
		queue->attempt = 1;
		for (i = 0; i < 300; i++) {
			queue->targets[i] =
				target6(addr_add(host_at(0), i * 7919),
					i % 2 ? services[i / 2 % SERVICES] : (__u16)(i * 31));
			memset(dirty.bytes, (int)i, sizeof(dirty.bytes));
			dirty.len = probe_room(kinds[k], &f.probe) + SEND_SPARE;
			assert_int_equal(run_through(&f, &dirty, &got), SEND_BACK);
			probe_build(&want, kinds[k], &f.probe, &queue->targets[i], 1);
			assert_int_equal(got.len,
					 probe_len(kinds[k], &f.probe, &queue->targets[i], 1));
			assert_memory_equal(got.bytes, &want, got.len);
		}
		munmap(queue, sizeof(*queue));
		fixture_close(&f);
	}
}

#define AT(hook, test)                                                \
	{                                                             \
#test " (" #hook ")", test, NULL, NULL, (void *)&hook \
	}

int main(void)
{
	const struct CMUnitTest tests[] = {
		AT(xdp, answers_are_entered),
		AT(tc, answers_are_entered),
		AT(xdp, neighbours_are_entered),
		AT(tc, neighbours_are_entered),
		AT(xdp, datagrams_are_entered),
		AT(tc, datagrams_are_entered),
		AT(xdp, datagrams_are_told_with_their_payload),
		AT(tc, datagrams_are_told_with_their_payload),
		AT(xdp, datagrams_match_as_on_the_host),
		AT(tc, datagrams_match_as_on_the_host),
		AT(xdp, others_are_not_entered),
		AT(tc, others_are_not_entered),
		AT(xdp, links_are_told_apart),
		AT(tc, links_are_told_apart),
		AT(xdp, synacks_are_reset),
		AT(tc, synacks_are_reset),
		AT(xdp, echoes_are_entered),
		AT(tc, echoes_are_entered),
		AT(xdp, near_misses_leave_no_trace),
		AT(tc, near_misses_leave_no_trace),
		cmocka_unit_test(sent_frames_are_those_of_user_space),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
