// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* test-probe.c - the law of probes for every form of answer: match(reply_to(build(t))) == t. */
#include "exchange.h"

static void answers_match_their_probe(void **state)
{
	uint64_t random = 1;
	struct answer answer;
	struct exchange x;
	unsigned int i, k;

	(void)state;
	for (i = 0; i < 20000; i++) {
		random_exchange(&random, &x);
		for (k = 0; k < FORMS; k++)
			check_answer(&x, k, &x.answers[k]);
		/* The probe itself, seen on its way out, is no answer. */
		assert_int_not_equal(
			match_bytes(&x.syn, sizeof(x.syn), PROBE_TCP, &x.config, &answer),
			MATCH_ANSWER);
	}
}

/* A short Ethernet frame is padded; what is behind the IP packet is not read. */
static void padded_frames_are_answers(void **state)
{
	uint64_t random = 5;
	struct exchange x;
	unsigned int i, k;

	(void)state;
	for (i = 0; i < 500; i++) {
		random_exchange(&random, &x);
		for (k = 0; k < FORMS; k++) {
			struct frame *f = &x.answers[k];

			memset(f->bytes + f->len, 0xff, 20);
			f->len += 20;
			check_answer(&x, k, f);
		}
	}
}

/* Put options behind the IP header at `offset`, so that it has `ihl` words. */
static void insert_options(struct frame *f, size_t offset, unsigned int ihl)
{
	struct net_ip4 *ip = (struct net_ip4 *)(f->bytes + offset);
	size_t added = (ihl - 5) * 4;

	memmove(f->bytes + offset + IP + added, f->bytes + offset + IP, f->len - offset - IP);
	memset(f->bytes + offset + IP, 1 /* no operation */, added);
	f->len += added;
	ip->version_ihl = (__u8)(0x40 | ihl);
	ip->total_len = net_be16(net_host16(ip->total_len) + added);
}

static void ip_options_are_stepped_over(void **state)
{
	const size_t quote = offsetof(struct reply_icmp_frame, quoted_ip);
	uint64_t random = 7;
	struct exchange x;
	unsigned int k, ihl;
	struct frame f;

	(void)state;
	for (ihl = 5; ihl <= 15; ihl++) {
		random_exchange(&random, &x);
		for (k = 0; k < FORMS; k++) {
			f = x.answers[k];
			insert_options(&f, ETH, ihl);
			check_answer(&x, k, &f);
		}
		f = x.answers[ICMP];
		insert_options(&f, quote, ihl);
		ip_of(&f)->total_len = net_be16(f.len - ETH);
		check_answer(&x, ICMP, &f);
	}
}

/* Both may answer: the target itself can send the ICMP error, too. */
static void target_may_refuse_by_icmp(void **state)
{
	uint64_t random = 11;
	struct exchange x;
	unsigned int code;

	(void)state;
	for (code = 0; code < 16; code++) {
		random_exchange(&random, &x);
		x.code = (__u8)code;
		reply_icmp(icmp_of(&x.answers[ICMP]), &x.syn, x.target.addr, x.code);
		check_answer(&x, ICMP, &x.answers[ICMP]);
	}
}

/* Stacks that send a RST without ACK bit, or repeat the probe's own number. */
static void rst_forms_are_answers(void **state)
{
	uint64_t random = 12;
	struct exchange x;

	(void)state;
	random_exchange(&random, &x);
	tcp_of(&x.answers[RST])->flags = NET_TCP_RST;
	check_answer(&x, RST, &x.answers[RST]);
	tcp_of(&x.answers[RST])->ack = x.syn.tcp.seq;
	check_answer(&x, RST, &x.answers[RST]);
}

/* The header length, in words, decides whether there is an MSS, and must fit the packet. */
static void mss_is_read_when_it_comes_first(void **state)
{
	static const struct {
		unsigned int words;
		__u8 kind, len;
		enum match match;
		__u16 mss;
	} rows[] = {
		{ 0, 2, 4, MATCH_REJECTED, 0 },	 { 4, 2, 4, MATCH_REJECTED, 0 },
		{ 5, 2, 4, MATCH_ANSWER, 0 },	 { 6, 2, 4, MATCH_ANSWER, REPLY_MSS },
		{ 6, 1, 4, MATCH_ANSWER, 0 },	 { 6, 2, 3, MATCH_ANSWER, 0 },
		{ 6, 3, 3, MATCH_ANSWER, 0 },	 { 7, 2, 4, MATCH_REJECTED, 0 },
		{ 15, 2, 4, MATCH_REJECTED, 0 },
	};
	struct reply_synack_frame *f;
	uint64_t random = 13;
	struct answer answer;
	struct exchange x;
	size_t r;

	(void)state;
	random_exchange(&random, &x);
	f = (struct reply_synack_frame *)x.answers[SYNACK].bytes;
	for (r = 0; r < ARRAY_SIZE(rows); r++) {
		f->tcp.data_offset = (__u8)(rows[r].words << 4);
		f->mss.kind = rows[r].kind;
		f->mss.len = rows[r].len;
		assert_int_equal(match_frame(&x, &x.answers[SYNACK], &answer), rows[r].match);
		assert_int_equal(answer.mss, rows[r].mss);
	}
}

/* RFC 1071 byte by byte: what is right sums up to all ones. */
static __u32 sum_bytes(__u32 sum, const void *data, size_t len)
{
	const __u8 *p = data;
	size_t i;

	for (i = 0; i < len; i++)
		sum += i % 2 ? p[i] : p[i] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum;
}

static void check_tcp_sums(const __u8 *frame, size_t len)
{
	__u32 sum = (__u32)(NET_PROTO_TCP + len - ETH - IP);

	assert_int_equal(sum_bytes(0, frame + ETH, IP), 0xffff);
	sum = sum_bytes(sum, frame + ETH + offsetof(struct net_ip4, src), 8);
	assert_int_equal(sum_bytes(sum, frame + ETH + IP, len - ETH - IP), 0xffff);
}

static void checksums_verify(void **state)
{
	uint64_t random = 14;
	struct exchange x;
	struct frame *f;
	unsigned int i;

	(void)state;
	for (i = 0; i < 20000; i++) {
		random_exchange(&random, &x);
		check_tcp_sums((const __u8 *)&x.syn, sizeof(x.syn));
		check_tcp_sums(x.answers[SYNACK].bytes, x.answers[SYNACK].len);
		check_tcp_sums(x.answers[RST].bytes, x.answers[RST].len);
		f = &x.answers[ICMP];
		assert_int_equal(sum_bytes(0, f->bytes + ETH, IP), 0xffff);
		assert_int_equal(sum_bytes(0, f->bytes + ETH + IP, f->len - ETH - IP), 0xffff);
		assert_int_equal(sum_bytes(0, &icmp_of(f)->quoted_ip, IP), 0xffff);
	}
}

/* What a SYN-ACK with `padding` bytes behind it must become. */
static void check_reset(const struct exchange *x, const struct frame *reset, size_t padding)
{
	const struct probe_tcp_frame *syn = &x->syn;
	const struct probe_tcp_reset_packet *f = (const void *)(reset->bytes + ETH);
	const struct net_eth *eth = (const void *)reset->bytes;
	size_t i;

	/* Back the way the SYN went. */
	assert_memory_equal(eth, &syn->eth, sizeof(*eth));
	assert_int_equal(f->ip.version_ihl, 0x45);
	assert_int_equal(net_host16(f->ip.total_len), sizeof(*f));
	assert_int_equal(f->ip.frag & net_be16(NET_IP4_FRAGMENT), 0);
	assert_int_equal(f->ip.ttl, x->config.ttl);
	assert_int_equal(f->ip.proto, NET_PROTO_TCP);
	assert_int_equal(f->ip.src, syn->ip.src);
	assert_int_equal(f->ip.dst, syn->ip.dst);
	assert_int_equal(f->tcp.src, syn->tcp.src);
	assert_int_equal(f->tcp.dst, syn->tcp.dst);
	/* The target expects just this number (RFC 9293, 3.5.3). */
	assert_int_equal(net_host32(f->tcp.seq), net_host32(syn->tcp.seq) + 1);
	assert_int_equal(f->tcp.data_offset, 5 << 4);
	assert_int_equal(f->tcp.flags, NET_TCP_RST);
	check_tcp_sums(reset->bytes, ETH + sizeof(*f));
	/* A device that fills in the checksum expects the sum of the pseudo header in its place. */
	assert_int_equal(net_host16(f->tcp.csum),
			 sum_bytes(NET_PROTO_TCP + sizeof(f->tcp), &f->ip.src, 8));
	assert_int_equal(reset->len, sizeof(struct reply_synack_frame) + padding);
	for (i = ETH + sizeof(*f); i < reset->len; i++)
		assert_int_equal(reset->bytes[i], 0);
	check_match(x, reset, MATCH_FOREIGN);
}

static void synack_becomes_its_reset(void **state)
{
	const size_t room = PROBE_TCP_OPTIONS_MAX - sizeof(struct net_tcp_mss);
	uint64_t random = 19;
	struct exchange x;
	struct frame f, bare;
	size_t padding;

	(void)state;
	/* Not a port of ours, so that the RST is not taken for an answer to one. */
	for (padding = 0; padding <= room; padding++) {
		random_exchange(&random, &x);
		x.target.port = 80;
		build_exchange(&x, x.target.addr);
		f = x.answers[SYNACK];
		memset(f.bytes + f.len, 0xff, padding);
		f.len += padding;
		bare = f;
		assert_true(probe_tcp_reset(f.bytes, f.bytes + f.len, true, x.config.ttl));
		check_reset(&x, &f, padding);
		/* Without its Ethernet header: the same from there on. */
		assert_true(
			probe_tcp_reset(bare.bytes + ETH, bare.bytes + f.len, false, x.config.ttl));
		assert_memory_equal(bare.bytes + ETH, f.bytes + ETH, f.len - ETH);
	}
}

/* IP options, data, or not all of its headers. */
static void other_synacks_are_left_alone(void **state)
{
	uint64_t random = 20;
	struct exchange x;
	struct frame f;
	size_t len;

	(void)state;
	random_exchange(&random, &x);
	f = x.answers[SYNACK];
	insert_options(&f, ETH, 6);
	assert_false(probe_tcp_reset(f.bytes, f.bytes + f.len, true, 64));
	f = x.answers[SYNACK];
	len = ETH + IP + sizeof(struct net_tcp) + PROBE_TCP_OPTIONS_MAX;
	assert_true(len < FRAME_MAX);
	assert_false(probe_tcp_reset(f.bytes, f.bytes + len + 1, true, 64));
	for (len = 0; len < ETH + IP + sizeof(struct net_tcp); len++)
		assert_false(probe_tcp_reset(f.bytes, f.bytes + len, true, 64));
	assert_memory_equal(&f, &x.answers[SYNACK], sizeof(f));
}

static void syn_says_what_was_asked(void **state)
{
	uint64_t random = 15;
	const struct probe_tcp_frame *f;
	struct exchange x;
	unsigned int i;

	(void)state;
	for (i = 0; i < 1000; i++) {
		random_exchange(&random, &x);
		f = &x.syn;
		assert_memory_equal(f->eth.dst, x.target.next_hop, 6);
		assert_memory_equal(f->eth.src, x.config.source_mac, 6);
		assert_int_equal(f->eth.type, net_be16(NET_ETH_IP4));
		assert_int_equal(f->ip.version_ihl, 0x45);
		assert_int_equal(net_host16(f->ip.total_len), sizeof(*f) - ETH);
		assert_int_equal(f->ip.ttl, x.config.ttl);
		assert_int_equal(f->ip.src, x.target.source);
		assert_int_equal(f->ip.dst, x.target.addr);
		assert_int_equal(net_host16(f->tcp.src), x.config.source_port + x.attempt);
		assert_int_equal(net_host16(f->tcp.dst), x.target.port);
		assert_int_equal(
			net_host32(f->tcp.seq),
			cookie_tcp(&x.config.key, f->ip.dst, f->tcp.dst, f->ip.src, f->tcp.src));
		assert_int_equal(f->tcp.flags, NET_TCP_SYN);
		assert_int_equal(f->tcp.data_offset, 6 << 4);
	}
}

/* Frames are built over old ones: the same comes out, whatever was in the memory before. */
static void every_byte_is_written(void **state)
{
	struct {
		struct probe_tcp_frame syn;
		struct reply_synack_frame synack;
		struct reply_rst_frame rst;
		struct reply_icmp_frame icmp;
		struct probe_arp_frame request, reply;
	} NET_WIRE over[2];
	const __u8 mac[6] = { 2, 0, 0, 0, 0, 9 };
	uint64_t random = 16;
	struct exchange x;
	unsigned int i, k;

	(void)state;
	for (i = 0; i < 1000; i++) {
		random_exchange(&random, &x);
		for (k = 0; k < 2; k++) {
			memset(&over[k], k ? 0x55 : 0xaa, sizeof(over[k]));
			probe_tcp_build(&over[k].syn, &x.config, &x.target, x.attempt);
			reply_synack(&over[k].synack, &over[k].syn);
			reply_rst(&over[k].rst, &over[k].syn);
			reply_icmp(&over[k].icmp, &over[k].syn, x.target.addr, x.code);
			probe_arp_build(&over[k].request, &x.config, &x.target, x.attempt);
			reply_arp(&over[k].reply, &over[k].request, mac);
		}
		assert_memory_equal(&over[0], &over[1], sizeof(over[0]));
	}
}

/* A request from random addresses, and the reply of a host with a MAC address of its own. */
static void random_arp(uint64_t *state, struct probe_arp_frame *request,
		       struct probe_arp_frame *reply)
{
	struct probe_config config;
	struct probe_target target;
	__u8 mac[6];

	random_bytes(state, &config, sizeof(config));
	random_bytes(state, &target, sizeof(target));
	random_bytes(state, mac, 6);
	mac[0] &= 0xfe;
	probe_arp_build(request, &config, &target, 0);
	reply_arp(reply, request, mac);
}

static void arp_replies_match_their_request(void **state)
{
	struct probe_config us = { 0 };
	struct answer answer, expected;
	struct probe_arp_frame request, reply;
	uint64_t random = 17;
	unsigned int i;
	__u8 padded[60];
	size_t len;

	(void)state;
	for (i = 0; i < 5000; i++) {
		random_arp(&random, &request, &reply);
		memcpy(us.source_mac, request.arp.sender_mac, 6);
		expected = (struct answer){ .addr = request.arp.target_ip, .state = ANSWER_UP };
		memcpy(expected.mac, reply.eth.src, 6);

		assert_int_equal(match_bytes(&reply, sizeof(reply), PROBE_ARP, &us, &answer),
				 MATCH_ANSWER);
		assert_memory_equal(&answer, &expected, sizeof(answer));
		memset(padded, 0xff, sizeof(padded));
		memcpy(padded, &reply, sizeof(reply));
		assert_int_equal(match_bytes(padded, sizeof(padded), PROBE_ARP, &us, &answer),
				 MATCH_ANSWER);
		assert_memory_equal(&answer, &expected, sizeof(answer));

		assert_int_equal(match_bytes(&request, sizeof(request), PROBE_ARP, &us, &answer),
				 MATCH_FOREIGN);
		reply.arp.sender_mac[0] |= 1;
		assert_int_equal(match_bytes(&reply, sizeof(reply), PROBE_ARP, &us, &answer),
				 MATCH_FOREIGN);
		reply.arp.sender_mac[0] &= 0xfe;
		for (len = 0; len < sizeof(reply); len++)
			assert_int_equal(match_bytes(&reply, len, PROBE_ARP, &us, &answer),
					 MATCH_FOREIGN);
	}
}

/* Gratuitous ARP, and replies to others; addresses that no other host has. */
static void arp_that_answers_nothing_is_foreign(void **state)
{
	static const __u8 nobody[6] = { 0 }, all[6] = { 255, 255, 255, 255, 255, 255 };
	struct probe_config us = { .source_mac = { 2, 0, 0, 0, 0, 1 } };
	const struct probe_target target = { .addr = 2, .source = 1 };
	struct probe_arp_frame request, reply;
	struct answer answer;
	const struct {
		__u8 *at;
		const __u8 *mac;
	} changes[] = {
		{ reply.arp.target_mac, nobody },	 { reply.arp.target_mac, all },
		{ reply.arp.target_mac, reply_mac },	 { reply.arp.sender_mac, nobody },
		{ reply.arp.sender_mac, us.source_mac }, { reply.arp.sender_mac, all },
	};
	size_t i;

	(void)state;
	probe_arp_build(&request, &us, &target, 0);
	for (i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		reply_arp(&reply, &request, reply_mac);
		assert_int_equal(match_bytes(&reply, sizeof(reply), PROBE_ARP, &us, &answer),
				 MATCH_ANSWER);
		memcpy(changes[i].at, changes[i].mac, 6);
		assert_int_equal(match_bytes(&reply, sizeof(reply), PROBE_ARP, &us, &answer),
				 MATCH_FOREIGN);
	}
}

/* The first 8 bytes say what kind of ARP it is: with any bit changed it is none of ours. */
static void arp_of_other_kinds_is_foreign(void **state)
{
	const size_t start = offsetof(struct probe_arp_frame, arp) * 8;
	struct probe_config us = { 0 };
	struct probe_arp_frame request, reply;
	__u8 *bytes = (__u8 *)&reply;
	struct answer answer;
	uint64_t random = 18;
	unsigned int value;
	size_t bit;

	(void)state;
	random_arp(&random, &request, &reply);
	memcpy(us.source_mac, request.arp.sender_mac, 6);
	for (bit = start; bit < start + 64; bit++) {
		bytes[bit / 8] ^= 1 << bit % 8;
		assert_int_equal(match_bytes(&reply, sizeof(reply), PROBE_ARP, &us, &answer),
				 MATCH_FOREIGN);
		bytes[bit / 8] ^= 1 << bit % 8;
	}
	for (value = 0; value < 65536; value++) {
		reply.arp.op = net_be16(value);
		assert_int_equal(match_bytes(&reply, sizeof(reply), PROBE_ARP, &us, &answer),
				 value == NET_ARP_REPLY ? MATCH_ANSWER : MATCH_FOREIGN);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_match_their_probe),
		cmocka_unit_test(padded_frames_are_answers),
		cmocka_unit_test(ip_options_are_stepped_over),
		cmocka_unit_test(target_may_refuse_by_icmp),
		cmocka_unit_test(rst_forms_are_answers),
		cmocka_unit_test(mss_is_read_when_it_comes_first),
		cmocka_unit_test(checksums_verify),
		cmocka_unit_test(synack_becomes_its_reset),
		cmocka_unit_test(other_synacks_are_left_alone),
		cmocka_unit_test(syn_says_what_was_asked),
		cmocka_unit_test(every_byte_is_written),
		cmocka_unit_test(arp_replies_match_their_request),
		cmocka_unit_test(arp_that_answers_nothing_is_foreign),
		cmocka_unit_test(arp_of_other_kinds_is_foreign),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
