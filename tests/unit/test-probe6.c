// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * test-probe6.c - questions over IPv6, byte for byte as the RFCs say; near misses of their answers. The
 * laws that hold for each kind are in test-probe-kinds.c.
 */
#include "exchange.h"

enum { IP6 = sizeof(struct net_ip6), ROUNDS = 3000 };

static const struct net_addr6 router = { { 0x01000000, 0, 0, 0xfe000000 } };

/* A question and its answers. */
struct asked {
	struct probe_config config;
	struct probe_target target;
	__u8 attempt;
	union probe_frame probe;
};

static void ask(uint64_t *state, enum probe_kind kind, struct asked *a)
{
	struct exchange x;

	random_exchange(state, &x);
	*a = (struct asked){ .config = x.config, .target = x.target, .attempt = x.attempt };
	probe_build(&a->probe, kind, &a->config, &a->target, a->attempt);
}

static enum match match(const struct asked *a, enum probe_kind kind, const void *frame, size_t len)
{
	struct answer answer;

	return match_bytes(frame, len, kind, &a->config, &answer);
}

static __u8 *put16(__u8 *at, unsigned int value)
{
	at[0] = (__u8)(value >> 8);
	at[1] = (__u8)value;
	return at + 2;
}

static __u8 *put_bytes(__u8 *at, const void *bytes, size_t n)
{
	memcpy(at, bytes, n);
	return at + n;
}

/* The sum of 16-bit words, first byte first, with end-around carry. */
static __u32 sum(__u32 start, const __u8 *bytes, size_t n)
{
	size_t i;

	for (i = 0; i < n; i += 2) {
		start += (__u32)(bytes[i] << 8 | bytes[i + 1]);
		start = (start & 0xffff) + (start >> 16);
	}
	return start;
}

/* Is the checksum of this frame's payload right (RFC 8200, 8.1)? */
static void check_sum(const void *frame)
{
	const struct net_ip6 *ip = (const void *)((const __u8 *)frame + ETH);
	const unsigned int len = net_host16(ip->payload_len);
	const __u32 pseudo = sum(len + ip->next, (const __u8 *)&ip->src, 32);

	assert_int_equal(sum(pseudo, (const __u8 *)(ip + 1), len), 0xffff);
}

/* The Ethernet and IPv6 headers; returns where the payload begins. */
static __u8 *put_ip6(__u8 *at, const struct asked *a, const void *mac, const void *dst,
		     unsigned int next, unsigned int hop_limit, unsigned int payload)
{
	at = put_bytes(at, mac, 6);
	at = put_bytes(at, a->config.source_mac, 6);
	at = put16(at, 0x86dd);
	at = put16(at, 0x6000);
	at = put16(at, 0);
	at = put16(at, payload);
	at = put16(at, next << 8 | hop_limit);
	at = put_bytes(at, &a->target.source6, 16);
	return put_bytes(at, dst, 16);
}

static void syns_are_those_of_the_rfcs(void **state)
{
	__u8 want[sizeof(struct probe_tcp6_stamped_frame)], *at;
	uint64_t random = 1, hash;
	struct asked a;
	unsigned int i;
	bool stamps;

	(void)state;
	for (i = 0; i < ROUNDS; i++) {
		ask(&random, PROBE_TCP6, &a);
		stamps = a.config.stamps;
		hash = cookie_tcp6_hash(&a.config.key, &a.target.addr6, net_be16(a.target.port),
					&a.target.source6,
					net_be16(a.config.source_port + a.attempt));
		at = put_ip6(want, &a, a.target.next_hop, &a.target.addr6, 6, a.config.ttl,
			     stamps ? 36 : 24);
		at = put16(at, a.config.source_port + a.attempt);
		at = put16(at, a.target.port);
		at = put16(at, hash >> 16 & 0xffff);
		at = put16(at, hash & 0xffff);
		at = put16(put16(at, 0), 0);
		at = put16(at, stamps ? 0x9002 : 0x6002);
		at = put16(at, PROBE_TCP_WINDOW);
		at = put_bytes(at, &a.probe.tcp6.tcp.csum, 2);
		at = put16(at, 0);
		at = put16(at, 0x0204);
		at = put16(at, 1440);
		if (stamps) { /* RFC 7323, appendix A */
			at = put16(put16(at, 0x0101), 0x080a);
			at = put16(at, hash >> 48);
			at = put16(at, hash >> 32 & 0xffff);
			at = put16(put16(at, 0), 0);
		}
		assert_memory_equal(&a.probe, want, at - want);
		check_sum(&a.probe);
	}
}

static void echoes_are_those_of_the_rfcs(void **state)
{
	__u8 want[sizeof(struct probe_echo6_frame)], *at;
	uint64_t random = 2;
	struct asked a;
	unsigned int i;
	__u64 proof;
	__be16 id;

	(void)state;
	for (i = 0; i < ROUNDS; i++) {
		ask(&random, PROBE_ECHO6, &a);
		proof = cookie_siphash36(&a.config.key, &a.target.addr6, &a.target.source6,
					 a.attempt);
		id = (__be16)proof;
		at = put_ip6(want, &a, a.target.next_hop, &a.target.addr6, 58, a.config.ttl, 16);
		at = put16(at, 0x8000);
		at = put_bytes(at, &a.probe.echo6.echo.head.csum, 2);
		at = put_bytes(at, &id, 2);
		at = put16(at, ((unsigned int)(proof >> 16) & 0xffe0) | a.attempt);
		put_bytes(at, &proof, 8);
		assert_memory_equal(&a.probe, want, sizeof(want));
		check_sum(&a.probe);
	}
}

/* To the group of the target's low 24 bits, ff02::1:ffXX:XXXX, at its MAC address. */
static void solicitations_are_those_of_the_rfcs(void **state)
{
	__u8 want[sizeof(struct probe_nd_frame)], *at;
	__u8 group[16] = { 0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff };
	__u8 mac[6] = { 0x33, 0x33, 0xff };
	uint64_t random = 3;
	struct asked a;
	unsigned int i;

	(void)state;
	for (i = 0; i < ROUNDS; i++) {
		ask(&random, PROBE_ND, &a);
		memcpy(group + 13, (const __u8 *)&a.target.addr6 + 13, 3);
		memcpy(mac + 3, group + 13, 3);
		at = put_ip6(want, &a, mac, group, 58, 255, 32);
		at = put16(at, 0x8700);
		at = put_bytes(at, &a.probe.nd.nd.csum, 2);
		at = put16(put16(at, 0), 0);
		at = put_bytes(at, &a.target.addr6, 16);
		at = put16(at, 0x0101);
		put_bytes(at, a.config.source_mac, 6);
		assert_memory_equal(&a.probe, want, sizeof(want));
		check_sum(&a.probe);
	}
}

/* With each bit of what proves it flipped, an answer is none. */
static void forged_answers_are_none(void **state)
{
	struct reply_synack6_frame synack;
	struct reply_rst6_frame rst;
	struct reply_icmp6_frame icmp;
	uint64_t random = 4;
	struct asked a;
	size_t bit, len;

	(void)state;
	ask(&random, PROBE_TCP6, &a);
	reply_synack6(&synack, &a.probe.tcp6);
	reply_rst6(&rst, &a.probe.tcp6);
	check_sum(&synack);
	check_sum(&rst);
	assert_int_equal(match(&a, PROBE_TCP6, &synack, sizeof(synack)), MATCH_ANSWER);
	assert_int_equal(match(&a, PROBE_TCP6, &rst, sizeof(rst)), MATCH_ANSWER);
	/* Both addresses, both ports. */
	for (bit = 0; bit < (32 + 4) * 8; bit++) {
		__u8 *byte =
			(__u8 *)&synack + offsetof(struct reply_synack6_frame, ip.src) + bit / 8;

		*byte ^= (__u8)(1 << bit % 8);
		assert_int_not_equal(match(&a, PROBE_TCP6, &synack, sizeof(synack)), MATCH_ANSWER);
		*byte ^= (__u8)(1 << bit % 8);
	}
	for (bit = 0; bit < 32; bit++) {
		synack.tcp.ack ^= 1U << bit;
		assert_int_equal(match(&a, PROBE_TCP6, &synack, sizeof(synack)), MATCH_REJECTED);
		synack.tcp.ack ^= 1U << bit;
	}
	len = reply_icmp6(&icmp, &a.probe, probe_room(PROBE_TCP6, &a.config), &router, 4);
	check_sum(&icmp);
	for (bit = 0; bit < (32 + 8) * 8; bit++) {
		__u8 *byte =
			(__u8 *)&icmp + offsetof(struct reply_icmp6_frame, quoted_ip.src) + bit / 8;

		*byte ^= (__u8)(1 << bit % 8);
		assert_int_not_equal(match(&a, PROBE_TCP6, &icmp, len), MATCH_ANSWER);
		*byte ^= (__u8)(1 << bit % 8);
	}
}

static void other_errors_are_none(void **state)
{
	struct reply_icmp6_frame icmp;
	uint64_t random = 5;
	struct asked a;
	unsigned int type;
	size_t len;

	(void)state;
	ask(&random, PROBE_TCP6, &a);
	len = reply_icmp6(&icmp, &a.probe, probe_room(PROBE_TCP6, &a.config), &router, 1);
	for (type = 0; type < 256; type++) {
		icmp.icmp.type = (__u8)type;
		assert_int_equal(match(&a, PROBE_TCP6, &icmp, len),
				 type == 1 ? MATCH_ANSWER : MATCH_FOREIGN);
	}
	icmp.icmp.code = 0;
	for (type = 0; type < 256; type++) {
		icmp.icmp.type = (__u8)type;
		assert_int_equal(match(&a, PROBE_TCP6, &icmp, len),
				 type == 1 || type == 3 ? MATCH_ANSWER : MATCH_FOREIGN);
	}
	icmp.icmp.type = 1;
	icmp.icmp.code = 16;
	assert_int_equal(match(&a, PROBE_TCP6, &icmp, len), MATCH_FOREIGN);
	icmp.icmp.code = 1;
	/* What is quoted must be of the packet, not behind it. */
	icmp.ip.payload_len = net_be16(8 + 40 + 7);
	assert_int_equal(match(&a, PROBE_TCP6, &icmp, len), MATCH_FOREIGN);
	icmp.ip.payload_len = net_be16(8 + 40 + 8);
	assert_int_equal(match(&a, PROBE_TCP6, &icmp, len), MATCH_ANSWER);
	icmp.quoted_ip.next = 44; /* a fragment */
	assert_int_equal(match(&a, PROBE_TCP6, &icmp, len), MATCH_FOREIGN);
}

/* Any other version, next header or length: a stranger's packet. */
static void other_headers_are_foreign(void **state)
{
	struct reply_rst6_frame rst;
	uint64_t random = 6;
	struct asked a;
	unsigned int value;

	(void)state;
	ask(&random, PROBE_TCP6, &a);
	reply_rst6(&rst, &a.probe.tcp6);
	for (value = 0; value < 256; value++) {
		rst.ip.next = (__u8)value;
		assert_int_equal(match(&a, PROBE_TCP6, &rst, sizeof(rst)),
				 value == 6 ? MATCH_ANSWER : MATCH_FOREIGN);
	}
	rst.ip.next = 6;
	for (value = 0; value < 16; value++) {
		*(__u8 *)&rst.ip = (__u8)(value << 4);
		assert_int_equal(match(&a, PROBE_TCP6, &rst, sizeof(rst)),
				 value == 6 ? MATCH_ANSWER : MATCH_FOREIGN);
	}
	*(__u8 *)&rst.ip = 0x60;
	rst.ip.payload_len = net_be16(21);
	assert_int_equal(match(&a, PROBE_TCP6, &rst, sizeof(rst)), MATCH_FOREIGN);
	rst.ip.payload_len = net_be16(19);
	assert_int_equal(match(&a, PROBE_TCP6, &rst, sizeof(rst)), MATCH_REJECTED);
}

/* The option may be missing, or be another: then the sender of the frame is the host. */
static void advertisements_need_no_option(void **state)
{
	static const __u8 other[6] = { 2, 0, 0, 0, 0, 0x77 };
	struct probe_nd_frame reply;
	struct answer answer;
	uint64_t random = 7;
	struct asked a;
	size_t len;

	(void)state;
	ask(&random, PROBE_ND, &a);
	len = reply_nd(&reply, &a.probe.nd, reply_mac, true);
	check_sum(&reply);
	assert_int_equal(match_bytes(&reply, len, PROBE_ND, &a.config, &answer), MATCH_ANSWER);
	assert_memory_equal(answer.mac, reply_mac, 6);
	len = reply_nd(&reply, &a.probe.nd, reply_mac, false);
	memcpy(reply.mac.mac, other, 6);
	assert_int_equal(match_bytes(&reply, len, PROBE_ND, &a.config, &answer), MATCH_ANSWER);
	assert_memory_equal(answer.mac, other, 6);
	reply.mac.type = NET_ND_SOURCE;
	assert_int_equal(match_bytes(&reply, len, PROBE_ND, &a.config, &answer), MATCH_ANSWER);
	assert_memory_equal(answer.mac, reply_mac, 6);
	/* Padding behind the packet is no option. */
	reply_nd(&reply, &a.probe.nd, reply_mac, true);
	memcpy(reply.mac.mac, other, 6);
	assert_int_equal(match_bytes(&reply, len, PROBE_ND, &a.config, &answer), MATCH_ANSWER);
	assert_memory_equal(answer.mac, reply_mac, 6);
}

static void other_advertisements_are_foreign(void **state)
{
	struct probe_nd_frame right, reply;
	uint64_t random = 8;
	struct asked a;
	const struct {
		__u8 *at;
		__u8 value;
	} changes[] = {
		{ &reply.ip.hop_limit, 254 },
		{ &reply.nd.type, NET_ICMP6_SOLICIT },
		{ &reply.nd.code, 1 },
		{ (__u8 *)&reply.nd.flags, 0x20 },
		{ reply.mac.mac, 3 },
		{ &reply.eth.dst[5], 0xee },
		{ (__u8 *)&reply.ip.payload_len + 1, 23 },
	};
	size_t i, len;

	(void)state;
	ask(&random, PROBE_ND, &a);
	a.config.source_mac[5] = 1;
	probe_nd_build(&a.probe.nd, &a.config, &a.target, 0);
	len = reply_nd(&right, &a.probe.nd, reply_mac, false);
	assert_int_equal(match(&a, PROBE_ND, &right, len), MATCH_ANSWER);
	for (i = 0; i < ARRAY_SIZE(changes); i++) {
		reply = right;
		*changes[i].at = changes[i].value;
		assert_int_equal(match(&a, PROBE_ND, &reply, len), MATCH_FOREIGN);
	}
	/* Of our own: we asked nobody. */
	memcpy(right.mac.mac, a.config.source_mac, 6);
	assert_int_equal(match(&a, PROBE_ND, &right, len), MATCH_FOREIGN);
}

/* The RST goes back, its sum is right, and no options or data are left. */
static void synack_becomes_its_reset(void **state)
{
	struct {
		struct reply_synack6_frame synack;
		__u8 padding[36];
	} f;
	const struct probe_tcp6_reset_packet *rst = (const void *)&f.synack.ip;
	uint64_t random = 9;
	struct asked a;
	unsigned int i;
	size_t k;

	(void)state;
	for (i = 0; i < ROUNDS; i++) {
		ask(&random, PROBE_TCP6, &a);
		memset(&f, 0xff, sizeof(f));
		reply_synack6(&f.synack, &a.probe.tcp6);
		assert_true(probe_tcp6_reset(&f, &f + 1, true, a.config.ttl));
		assert_true(net_addr6_equal(&rst->ip.src, &a.target.source6));
		assert_true(net_addr6_equal(&rst->ip.dst, &a.target.addr6));
		assert_memory_equal(f.synack.eth.dst, a.probe.eth.dst, 6);
		assert_memory_equal(f.synack.eth.src, a.probe.eth.src, 6);
		assert_int_equal(rst->ip.hop_limit, a.config.ttl);
		assert_int_equal(rst->tcp.flags, NET_TCP_RST);
		assert_int_equal(rst->tcp.src, a.probe.tcp6.tcp.src);
		assert_int_equal(rst->tcp.dst, a.probe.tcp6.tcp.dst);
		assert_int_equal(net_host32(rst->tcp.seq), net_host32(a.probe.tcp6.tcp.seq) + 1);
		check_sum(&f);
		/* A device that fills the sum in needs that of the pseudo header there. */
		assert_int_equal(rst->tcp.csum, (__be16)~csum_fold(csum_pseudo6(
							&rst->ip.src, &rst->ip.dst, 6, 20)));
		for (k = ETH + sizeof(*rst); k < sizeof(f); k++)
			assert_int_equal(((__u8 *)&f)[k], 0);
	}
	assert_false(probe_tcp6_reset(&f, (const __u8 *)(rst + 1) - 1, true, 64));
	f.synack.ip.next = 44;
	assert_false(probe_tcp6_reset(&f, &f + 1, true, 64));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(syns_are_those_of_the_rfcs),
		cmocka_unit_test(echoes_are_those_of_the_rfcs),
		cmocka_unit_test(solicitations_are_those_of_the_rfcs),
		cmocka_unit_test(forged_answers_are_none),
		cmocka_unit_test(other_errors_are_none),
		cmocka_unit_test(other_headers_are_foreign),
		cmocka_unit_test(advertisements_need_no_option),
		cmocka_unit_test(other_advertisements_are_foreign),
		cmocka_unit_test(synack_becomes_its_reset),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
