// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * test-match.c - the matcher in the kernel, as XDP and as tc run it, one frame at a time: a table
 * of answers and near misses, each with the expected verdict, entry in the table of answers, event
 * and counters.
 */
#include "fixture.h"

/* Bytes that a row changes: at an offset, so that the row can name the field. */
#define ETH(field)    offsetof(struct net_eth, field)
#define IN_ARP(field) (sizeof(struct net_eth) + offsetof(struct net_arp, field))
#define IP(field)     (sizeof(struct net_eth) + offsetof(struct net_ip4, field))
#define TCP(field) \
	(sizeof(struct net_eth) + sizeof(struct net_ip4) + offsetof(struct net_tcp, field))
#define MSS(field) (TCP(src) + sizeof(struct net_tcp) + offsetof(struct net_tcp_mss, field))
#define IN_ICMP(field) \
	(sizeof(struct net_eth) + sizeof(struct net_ip4) + offsetof(struct net_icmp, field))
#define QUOTED_IP(field)  (IN_ICMP(type) + sizeof(struct net_icmp) + offsetof(struct net_ip4, field))
#define QUOTED_TCP(field) (QUOTED_IP(dst) + 4 + offsetof(struct net_tcp_quote, field))

enum counter { NOTHING, PORT, HOST, REJECTED };

/* A row: a right answer, with `len` bytes at `at` written over by `bytes`. */
struct row {
	const char *what;
	enum kind kind;
	size_t at;
	size_t len;
	const char *bytes;
	enum verdict verdict;
	enum counter counts;
	__u8 state; /* of the target, afterwards */
	__u32 addr; /* 0: TARGET */
	__u16 port; /* 0: TARGET_PORT */
	__u8 grow;  /* insert so many option bytes behind the (outer) IP header */
	__u8 attempt;
};

static const struct row rows[] = {
	/* Answers. */
	{ "SYN-ACK", SYNACK, 0, 0, "", PASS, PORT, ANSWER_OPEN },
	{ "SYN-ACK to the second try", SYNACK, 0, 0, "", PASS, PORT, ANSWER_OPEN, .attempt = 1 },
	{ "SYN-ACK, IP options", SYNACK, 0, 0, "", PASS, PORT, ANSWER_OPEN, .grow = 12 },
	{ "SYN-ACK, longest IP header", SYNACK, 0, 0, "", PASS, PORT, ANSWER_OPEN, .grow = 40 },
	{ "SYN-ACK with ECE", SYNACK, TCP(flags), 1, "\x52", PASS, PORT, ANSWER_OPEN },
	{ "SYN-ACK, bad TCP checksum", SYNACK, TCP(csum), 2, "\x11\x11", PASS, PORT, ANSWER_OPEN },
	{ "RST", RST, 0, 0, "", DROP, PORT, ANSWER_CLOSED },
	{ "RST, IP options", RST, 0, 0, "", DROP, PORT, ANSWER_CLOSED, .grow = 4 },
	{ "RST without ACK flag", RST, TCP(flags), 1, "\x04", DROP, PORT, ANSWER_CLOSED },
	{ "ICMP unreachable", ICMP, 0, 0, "", DROP, PORT, ANSWER_FILTERED + 13 },
	{ "ICMP unreachable, IP options", ICMP, 0, 0, "", DROP, PORT, ANSWER_FILTERED + 13,
	  .grow = 8 },
	{ "ICMP port unreachable", ICMP, IN_ICMP(code), 1, "\x03", DROP, PORT,
	  ANSWER_FILTERED + 3 },
	{ "ICMP unreachable, last code", ICMP, IN_ICMP(code), 1, "\x0f", DROP, PORT,
	  ANSWER_FILTERED + 15 },
	{ "ICMP time exceeded", ICMP, IN_ICMP(type), 2, "\x0b\x00", DROP, PORT,
	  ANSWER_TIME_EXCEEDED },
	{ "ICMP time exceeded in reassembly", ICMP, IN_ICMP(type), 2, "\x0b\x01", PASS, NOTHING,
	  0 },
	{ "ARP reply", ARP, 0, 0, "", PASS, HOST, ANSWER_UP },

	/* Near misses of any IPv4 answer. */
	{ "VLAN tag", SYNACK, ETH(type), 2, "\x81\x00", PASS, NOTHING, 0 },
	{ "IPv6", SYNACK, ETH(type), 2, "\x86\xdd", PASS, NOTHING, 0 },
	{ "IP version 6", SYNACK, IP(version_ihl), 1, "\x65", PASS, NOTHING, 0 },
	{ "ihl 4", SYNACK, IP(version_ihl), 1, "\x44", PASS, NOTHING, 0 },
	{ "ihl 0", RST, IP(version_ihl), 1, "\x40", PASS, NOTHING, 0 },
	{ "first fragment", SYNACK, IP(frag), 2, "\x20\x00", PASS, NOTHING, 0 },
	{ "later fragment", SYNACK, IP(frag), 2, "\x00\x01", PASS, NOTHING, 0 },
	{ "total length beyond the frame", RST, IP(total_len), 2, "\x00\x29", PASS, NOTHING, 0 },
	{ "total length without the TCP header", RST, IP(total_len), 2, "\x00\x27", PASS, REJECTED,
	  0 },
	{ "total length less than the IP header", RST, IP(total_len), 2, "\x00\x13", PASS, NOTHING,
	  0 },
	{ "UDP", RST, IP(proto), 1, "\x11", PASS, NOTHING, 0 },
	{ "another source address", SYNACK, IP(src), 4, "\xc6\x12\x00\x04", PASS, REJECTED, 0 },
	{ "another destination address", RST, IP(dst), 4, "\xc6\x12\x00\x02", PASS, REJECTED, 0 },

	/* Near misses of TCP. */
	{ "wrong cookie", SYNACK, TCP(ack), 4, "\x12\x34\x56\x78", PASS, REJECTED, 0 },
	{ "wrong cookie in a RST", RST, TCP(ack), 4, "\0\0\0\0", PASS, REJECTED, 0 },
	{ "port below ours", SYNACK, TCP(dst), 2, "\xee\x47", PASS, NOTHING, 0 },
	{ "port above ours", SYNACK, TCP(dst), 2, "\xee\x4a", PASS, NOTHING, 0 },
	{ "the other of our ports", SYNACK, TCP(dst), 2, "\xee\x49", PASS, REJECTED, 0 },
	{ "from another port", SYNACK, TCP(src), 2, "\x00\x16", PASS, REJECTED, 0 },
	{ "SYN", SYNACK, TCP(flags), 1, "\x02", PASS, REJECTED, 0 },
	{ "ACK", SYNACK, TCP(flags), 1, "\x10", PASS, REJECTED, 0 },
	{ "FIN-ACK", SYNACK, TCP(flags), 1, "\x11", PASS, REJECTED, 0 },
	{ "SYN-FIN-ACK", SYNACK, TCP(flags), 1, "\x13", PASS, REJECTED, 0 },
	{ "no flags", RST, TCP(flags), 1, "\x00", PASS, REJECTED, 0 },
	{ "data offset 4", SYNACK, TCP(data_offset), 1, "\x40", PASS, REJECTED, 0 },
	{ "data offset beyond the packet", SYNACK, TCP(data_offset), 1, "\x70", PASS, REJECTED, 0 },

	/* An earlier slice may have asked: not counted, with an answer's fate. */
	{ "right cookie, port not asked", SYNACK, 0, 0, "", PASS, NOTHING, 0, .port = NOT_A_PORT },
	{ "right cookie, host not asked", SYNACK, 0, 0, "", PASS, NOTHING, 0, .addr = OTHER },
	{ "right cookie, host in the gap", RST, 0, 0, "", DROP, NOTHING, 0, .addr = 0xc6120006U },

	/* Near misses of ICMP. */
	{ "ICMP time exceeded, code of another", ICMP, IN_ICMP(type), 1, "\x0b", PASS, NOTHING, 0 },
	{ "ICMP code 16", ICMP, IN_ICMP(code), 1, "\x10", PASS, NOTHING, 0 },
	{ "quotes a stranger's packet", ICMP, QUOTED_IP(src), 4, "\xc6\x12\x00\x02", PASS, NOTHING,
	  0 },
	{ "quotes another target", ICMP, QUOTED_IP(dst), 4, "\xc6\x12\x00\x04", PASS, REJECTED, 0 },
	{ "quotes UDP", ICMP, QUOTED_IP(proto), 1, "\x11", PASS, NOTHING, 0 },
	{ "quotes a fragment", ICMP, QUOTED_IP(frag), 2, "\x00\x10", PASS, NOTHING, 0 },
	{ "quotes ihl 4", ICMP, QUOTED_IP(version_ihl), 1, "\x44", PASS, NOTHING, 0 },
	{ "quotes another source port", ICMP, QUOTED_TCP(src), 2, "\x00\x50", PASS, NOTHING, 0 },
	{ "quotes another target port", ICMP, QUOTED_TCP(dst), 2, "\x00\x16", PASS, REJECTED, 0 },
	{ "quotes a wrong cookie", ICMP, QUOTED_TCP(seq), 4, "\0\0\0\0", PASS, REJECTED, 0 },

	{ "quote behind the packet's end", ICMP, IP(total_len), 2, "\x00\x37", PASS, NOTHING, 0 },

	/* Near misses of ARP. */
	{ "ARP request", ARP, IN_ARP(op), 2, "\x00\x01", PASS, NOTHING, 0 },
	{ "RARP reply", ARP, IN_ARP(op), 2, "\x00\x04", PASS, NOTHING, 0 },
	{ "ARP of an address we did not ask for", ARP, 0, 0, "", PASS, NOTHING, 0, .addr = OTHER },
	{ "ARP of an address in the gap", ARP, IN_ARP(sender_ip), 4, "\xc6\x12\x00\x06", PASS,
	  NOTHING, 0 },
	{ "ARP over Token Ring", ARP, IN_ARP(hw_type), 2, "\x00\x06", PASS, NOTHING, 0 },
	{ "ARP for IPv6", ARP, IN_ARP(proto), 2, "\x86\xdd", PASS, NOTHING, 0 },
	{ "ARP, 8-byte hardware address", ARP, IN_ARP(hw_len), 1, "\x08", PASS, NOTHING, 0 },
	{ "ARP, 16-byte address", ARP, IN_ARP(proto_len), 1, "\x10", PASS, NOTHING, 0 },
	{ "ARP of a group address", ARP, IN_ARP(sender_mac), 1, "\x03", PASS, NOTHING, 0 },
	{ "ARP of no address", ARP, IN_ARP(sender_mac), 6, "\0\0\0\0\0\0", PASS, NOTHING, 0 },
	{ "ARP reply to another host", ARP, IN_ARP(target_mac), 1, "\x06", PASS, NOTHING, 0 },
	{ "gratuitous ARP", ARP, IN_ARP(target_mac), 6, "\0\0\0\0\0\0", PASS, NOTHING, 0 },
};

/* Make room for IP options (no-operations) behind the outer header. */
static void grow_ip(struct frame *frame, unsigned int by)
{
	struct net_ip4 *ip = (struct net_ip4 *)(frame->bytes + sizeof(struct net_eth));
	__u8 *options = (__u8 *)(ip + 1);

	memmove(options + by, options, frame->len - (size_t)(options - frame->bytes));
	memset(options, 1, by);
	ip->version_ihl = (__u8)(ip->version_ihl + by / 4);
	ip->total_len = htons((__u16)(ntohs(ip->total_len) + by));
	frame->len += by;
}

static void make_row(const struct fixture *f, const struct row *row, struct frame *frame)
{
	make(f, frame, row->kind, row->addr ? row->addr : TARGET,
	     row->port ? row->port : TARGET_PORT, row->attempt);
	memcpy(frame->bytes + row->at, row->bytes, row->len);
	if (row->grow)
		grow_ip(frame, row->grow);
}

/* The tables hold `state` for the target in the place for it, and nothing else anywhere. */
static void check_tables(const struct fixture *f, enum kind kind, __u8 state)
{
	const __u8 mac[6] = { 2, 0, 0xc6, 0x12, 0, 3 };
	struct neighbour neighbours[HOSTS] = { 0 };
	__u8 answers[HOSTS * PORTS] = { 0 };

	if (kind == ARP && state) {
		neighbours[TARGET_HOST].state = state;
		memcpy(neighbours[TARGET_HOST].mac, mac, 6);
	} else {
		answers[TARGET_QUESTION] = state;
	}
	assert_memory_equal(f->matcher.answers.mem, answers, sizeof(answers));
	assert_memory_equal(f->matcher.neighbours.mem, neighbours, sizeof(neighbours));
}

static void check_event(const struct event *event, const struct row *row)
{
	const bool arp = row->kind == ARP;

	assert_true(event->time_ns > 0);
	assert_int_equal(event->type, EVENT_ANSWER);
	assert_int_equal(event->lane, arp ? LANE_NEIGHBOURS : LANE_QUESTIONS);
	assert_int_equal(event->question, arp ? TARGET_HOST : TARGET_QUESTION);
	assert_int_equal(event->state, row->state);
	assert_int_equal(event->attempt, row->attempt);
	if (row->kind == SYNACK) {
		assert_int_equal(event->ttl, REPLY_TTL);
		assert_int_equal(event->window, REPLY_WINDOW);
		assert_int_equal(event->mss, REPLY_MSS);
	}
	if (arp)
		assert_memory_equal(event->mac, "\x02\x00\xc6\x12\x00\x03", 6);
}

static void check_counters(const struct fixture *f, enum counter counts, __u64 answers_before)
{
	const struct stats questions = stats_of(f, LANE_QUESTIONS);
	const struct stats sweep = stats_of(f, LANE_NEIGHBOURS);

	assert_int_equal(questions.answers[0] - answers_before, counts == PORT);
	assert_int_equal(sweep.answers[0], counts == HOST);
	assert_int_equal(questions.rejected, counts == REJECTED);
	assert_int_equal(questions.seen, counts == PORT || counts == REJECTED);
	assert_int_equal(sweep.seen, counts == HOST);
	assert_int_equal(questions.duplicates + sweep.duplicates + sweep.rejected, 0);
	assert_int_equal(questions.events_lost + sweep.events_lost, 0);
	assert_int_equal(questions.conflicts + sweep.conflicts, 0);
}

static void check_row(struct fixture *f, const struct row *row, bool all_are_news)
{
	bool news = row->state == ANSWER_OPEN || row->state == ANSWER_UP ||
		    (row->state && all_are_news);
	struct frame frame;
	__u64 answers_before;

	print_message("  %s\n", row->what);
	forget_answers(f);
	answers_before = pass_first_sample(f);
	make_row(f, row, &frame);
	assert_int_equal(run(f, &frame), row->verdict);
	check_tables(f, row->kind, row->state);
	assert_int_equal(f->n_events, news);
	if (news)
		check_event(&f->events[0], row);
	check_counters(f, row->counts, answers_before);
}

static void every_row(struct fixture *f, bool all_are_news)
{
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		check_row(f, &rows[i], all_are_news);
}

static void test_table(void **state)
{
	struct fixture f;

	fixture_open(&f, *state, FATE_PASS, false);
	every_row(&f, false);
	fixture_close(&f);
}

static void test_table_all_are_news(void **state)
{
	struct fixture f;

	fixture_open(&f, *state, FATE_PASS, true);
	every_row(&f, true);
	fixture_close(&f);
}

static void test_synack_drop(void **state)
{
	struct frame frame;
	struct fixture f;

	fixture_open(&f, *state, FATE_DROP, false);
	make(&f, &frame, SYNACK, TARGET, TARGET_PORT, 0);
	assert_int_equal(run(&f, &frame), DROP);
	check_tables(&f, SYNACK, ANSWER_OPEN);
	frame.bytes[TCP(ack)] ^= 1;
	assert_int_equal(run(&f, &frame), PASS);
	forget_answers(&f);
	make(&f, &frame, SYNACK, TARGET, NOT_A_PORT, 0);
	assert_int_equal(run(&f, &frame), DROP);
	check_counters(&f, NOTHING, 0);
	check_tables(&f, SYNACK, ANSWER_NONE);
	fixture_close(&f);
}

/* The first SYN-ACK and all others are answered; XDP keeps the length of the frame, tc cuts it. */
static void test_synack_reset(void **state)
{
	const __u32 len = sizeof(struct net_eth) + sizeof(struct probe_tcp_reset_packet);
	struct frame frame, want, got;
	struct fixture f;
	unsigned int i;

	fixture_open(&f, *state, FATE_RESET, false);
	make(&f, &frame, SYNACK, TARGET, TARGET_PORT, 0);
	want = frame;
	assert_true(probe_tcp_reset(want.bytes, want.bytes + want.len, true, f.probe.ttl));
	if (f.hook == &tc)
		want.len = len;
	for (i = 0; i < 3; i++) {
		assert_int_equal(run_through(&f, &frame, &got), SEND_BACK);
		check_same(&got, &want);
	}
	check_tables(&f, SYNACK, ANSWER_OPEN);
	assert_int_equal(f.n_events, 1);
	assert_int_equal(stats_of(&f, LANE_QUESTIONS).answers[0], 1);
	assert_int_equal(stats_of(&f, LANE_QUESTIONS).duplicates, 2);

	/* One that cannot be rewritten goes to the stack, and what proves nothing goes there too. */
	grow_ip(&frame, 4);
	assert_int_equal(run(&f, &frame), PASS);
	make(&f, &frame, SYNACK, TARGET, TARGET_PORT, 0);
	frame.bytes[TCP(ack)] ^= 1;
	assert_int_equal(run(&f, &frame), PASS);
	make(&f, &frame, RST, TARGET, TARGET_PORT, 0);
	assert_int_equal(run(&f, &frame), DROP);

	/* What an earlier slice may have asked is answered too. */
	make(&f, &frame, SYNACK, OTHER, TARGET_PORT, 0);
	assert_int_equal(run_through(&f, &frame, &got), SEND_BACK);
	fixture_close(&f);
}

/* Where frames have no Ethernet header, answers begin with the IP header. */
static void test_bare(void **state)
{
	const enum kind kinds[] = { SYNACK, RST, ICMP };
	const size_t eth = sizeof(struct net_eth);
	struct frame frame, want, got;
	struct fixture f;
	size_t k;

	(void)state;
	fixture_load(&f, &tc,
		     &(struct setup){ .no_sweep = true, .fate_yes = FATE_RESET, .bare = true });
	for (k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++) {
		forget_answers(&f);
		make(&f, &frame, kinds[k], TARGET, TARGET_PORT, 0);
		assert_int_equal(run(&f, &frame), PASS);
		assert_int_equal(stats_of(&f, LANE_QUESTIONS).answers[0], 0);
		frame.len -= (__u32)eth;
		memmove(frame.bytes, frame.bytes + eth, frame.len);
		want = frame;
		if (kinds[k] == SYNACK) {
			probe_tcp_reset(want.bytes, want.bytes + want.len, false, f.probe.ttl);
			want.len = sizeof(struct probe_tcp_reset_packet);
		}
		assert_int_equal(run_through(&f, &frame, &got),
				 kinds[k] == SYNACK ? SEND_BACK : DROP);
		check_same(&got, &want);
		assert_int_equal(stats_of(&f, LANE_QUESTIONS).answers[0], 1);
	}
	fixture_close(&f);
}

/* Whom nobody renews any more lets everything pass, and touches nothing. */
static void test_lease(void **state)
{
	static const struct {
		int64_t by_ns;
		bool works;
	} leases[] = {
		{ 0, true },
		{ -(int64_t)MATCHER_LEASE_NS, false },
		{ -(int64_t)MATCHER_LEASE_NS + 20000000000, true },
		{ -(int64_t)MATCHER_LEASE_NS - 1000000000, false },
	};
	const enum kind kinds[] = { SYNACK, RST, ICMP, ARP };
	struct frame frame;
	struct fixture f;
	size_t r, k;

	fixture_open(&f, *state, FATE_DROP, true);
	for (r = 0; r < sizeof(leases) / sizeof(leases[0]); r++) {
		renew(&f, leases[r].by_ns);
		for (k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++) {
			const bool dropped = leases[r].works && kinds[k] != ARP;
			struct stats sum;

			forget_answers(&f);
			make(&f, &frame, kinds[k], TARGET, TARGET_PORT, 0);
			assert_int_equal(run(&f, &frame), dropped ? DROP : PASS);
			sum = stats_of(&f, kinds[k] == ARP ? LANE_NEIGHBOURS : LANE_QUESTIONS);
			assert_int_equal(sum.answers[0], leases[r].works);
			assert_int_equal(f.n_events, leases[r].works);
		}
		forget_answers(&f);
		make(&f, &frame, RST, TARGET, TARGET_PORT, 0);
		frame.bytes[TCP(ack)] ^= 1;
		assert_int_equal(run(&f, &frame), PASS);
		assert_int_equal(stats_of(&f, LANE_QUESTIONS).rejected, leases[r].works);
		check_tables(&f, RST, ANSWER_NONE);
	}
	fixture_close(&f);
}

/* What BPF_PROG_RUN takes: an Ethernet header; for tc, with something behind it, of IPv4 a header. */
static __u32 shortest(const struct hook *hook, enum kind kind)
{
	if (hook == &xdp)
		return sizeof(struct net_eth);
	return sizeof(struct net_eth) + (kind == ARP ? 1 : sizeof(struct net_ip4));
}

/* Cut at every byte: only the whole frame is an answer. */
static void test_truncation(void **state)
{
	const enum kind kinds[] = { SYNACK, RST, ICMP, ARP };
	struct frame frame;
	struct fixture f;
	size_t k;

	fixture_open(&f, *state, FATE_PASS, true);
	for (k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++) {
		make(&f, &frame, kinds[k], TARGET, TARGET_PORT, 0);
		forget_answers(&f);
		while (--frame.len >= shortest(f.hook, kinds[k])) {
			assert_int_equal(run(&f, &frame), PASS);
			assert_int_equal(stats_of(&f, LANE_QUESTIONS).answers[0], 0);
			assert_int_equal(stats_of(&f, LANE_QUESTIONS).rejected, 0);
			assert_int_equal(stats_of(&f, LANE_NEIGHBOURS).answers[0], 0);
			assert_int_equal(f.n_events, 0);
			check_tables(&f, kinds[k], 0);
		}
	}
	fixture_close(&f);
}

/* An answer padded to the Ethernet minimum is an answer. */
static void test_padding(void **state)
{
	struct frame frame;
	struct fixture f;

	fixture_open(&f, *state, FATE_PASS, false);
	make(&f, &frame, RST, TARGET, TARGET_PORT, 0);
	frame.len = 60;
	assert_int_equal(run(&f, &frame), DROP);
	check_tables(&f, RST, ANSWER_CLOSED);
	fixture_close(&f);
}

/* Of equal answers the first counts; a worse one changes nothing. */
static void test_duplicates(void **state)
{
	struct frame synack, rst, arp;
	struct fixture f;

	fixture_open(&f, *state, FATE_PASS, true);
	make(&f, &synack, SYNACK, TARGET, TARGET_PORT, 0);
	make(&f, &rst, RST, TARGET, TARGET_PORT, 1);
	make(&f, &arp, ARP, TARGET, 0, 0);
	run(&f, &synack);
	assert_int_equal(run(&f, &synack), PASS);
	assert_int_equal(run(&f, &rst), DROP);
	check_tables(&f, SYNACK, ANSWER_OPEN);
	assert_int_equal(f.n_events, 1);
	assert_int_equal(stats_of(&f, LANE_QUESTIONS).answers[0], 1);
	assert_int_equal(stats_of(&f, LANE_QUESTIONS).duplicates, 2);

	forget_answers(&f);
	run(&f, &arp);
	assert_int_equal(run(&f, &arp), PASS);
	assert_int_equal(f.n_events, 1);
	assert_int_equal(stats_of(&f, LANE_NEIGHBOURS).answers[0], 1);
	assert_int_equal(stats_of(&f, LANE_NEIGHBOURS).duplicates, 1);
	fixture_close(&f);
}

/* Closed ports are no news, but the first and each SAMPLE_EVERYth tells its round trip. */
static void test_samples(void **state)
{
	struct frame frame;
	struct fixture f;
	unsigned int i;

	fixture_open(&f, *state, FATE_PASS, false);
	make(&f, &frame, RST, TARGET, TARGET_PORT, 0);
	for (i = 0; i < 4 * SAMPLE_EVERY; i++) {
		memset(f.matcher.answers.mem, 0, f.matcher.answers.size);
		run(&f, &frame);
	}
	/* Counted for each CPU, and the test may have moved to another. */
	assert_in_range(f.n_events, 4, 4 + f.matcher.stats.size / TABLE_PAGE);
	assert_int_equal(f.events[0].state, ANSWER_CLOSED);
	fixture_close(&f);
}

/* News that does not fit into the ring is counted, and the tables have the answer all the same. */
static void test_full_ring(void **state)
{
	struct frame frame;
	struct fixture f;
	unsigned int i, runs = 40000;
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = frame.bytes, .repeat = 1);

	fixture_open(&f, *state, FATE_PASS, false);
	make(&f, &frame, SYNACK, TARGET, TARGET_PORT, 0);
	opts.data_size_in = frame.len;
	for (i = 0; i < runs; i++) {
		memset(f.matcher.answers.mem, 0, f.matcher.answers.size);
		assert_int_equal(bpf_prog_test_run_opts(matcher_program_fd(&f.matcher), &opts), 0);
		check_tables(&f, SYNACK, ANSWER_OPEN);
	}
	assert_int_equal(matcher_consume(&f.matcher), 0);
	assert_true(stats_of(&f, LANE_QUESTIONS).events_lost > 0);
	assert_int_equal(f.n_events + stats_of(&f, LANE_QUESTIONS).events_lost, runs);
	assert_int_equal(stats_of(&f, LANE_QUESTIONS).answers[0], runs);
	fixture_close(&f);
}

#define AT(hook, test)                                                \
	{                                                             \
#test " (" #hook ")", test, NULL, NULL, (void *)&hook \
	}

/* A SYN-ACK that echoes its probe's timestamp makes an event with the probe's age, and no other does. */
static void test_age(void **state)
{
	const struct probe_target target = target_of(TARGET, TARGET_PORT);
	struct probe_tcp_stamped_frame probe;
	struct reply_stamped_frame reply;
	struct frame synack, rst;
	struct fixture f;

	fixture_load(&f, *state,
		     &(struct setup){ .fate_yes = FATE_DROP, .report_all = true, .stamps = true });
	probe_build(&probe, PROBE_TCP, &f.probe, &target, 0);
	probe_stamp(&probe, PROBE_TCP, &f.probe, monotonic_ns() - 5000000000);
	reply_stamped(&reply, &probe, probe.stamps.value);
	frame_set(&synack, &reply, sizeof(reply));
	assert_int_equal(run(&f, &synack), DROP);
	assert_int_equal(f.n_events, 1);
	assert_in_range(f.events[0].age, 1 + 5000000000 / 1024, 1 + 8000000000 / 1024);
	forget_answers(&f);
	make(&f, &synack, SYNACK, TARGET, TARGET_PORT, 0);
	run(&f, &synack);
	make(&f, &rst, RST, TARGET, port_list[0], 0);
	run(&f, &rst);
	assert_int_equal(f.n_events, 2);
	assert_int_equal(f.events[0].age, 0);
	assert_int_equal(f.events[1].age, 0);
	fixture_close(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		AT(tc, test_bare),
		AT(xdp, test_age),
		AT(tc, test_age),
		AT(xdp, test_table),
		AT(tc, test_table),
		AT(xdp, test_table_all_are_news),
		AT(tc, test_table_all_are_news),
		AT(xdp, test_synack_drop),
		AT(tc, test_synack_drop),
		AT(xdp, test_synack_reset),
		AT(tc, test_synack_reset),
		AT(xdp, test_lease),
		AT(tc, test_lease),
		AT(xdp, test_truncation),
		AT(tc, test_truncation),
		AT(xdp, test_padding),
		AT(tc, test_padding),
		AT(xdp, test_duplicates),
		AT(tc, test_duplicates),
		AT(xdp, test_samples),
		AT(tc, test_samples),
		AT(xdp, test_full_ring),
		AT(tc, test_full_ring),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
