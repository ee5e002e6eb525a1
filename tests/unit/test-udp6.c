// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * test-udp6.c - UDP over IPv6: what test-udp.c says of the number and of errors holds here too, and every
 * datagram has its checksum (RFC 8200, 8.1).
 */
#include "exchange.h"
#include "payload_bytes.h"

static const __u16 ports[] = {
#define PORT(NAME, port) port,
	PROBE_UDP_PORTS(PORT)
#undef PORT
		9, /* has no payload */
};

enum { IP6 = sizeof(struct net_ip6), UDP6 = ETH + IP6, ROUNDS = 60 };

static const struct net_addr6 router = { { 0x01000000, 0, 0, 0xfe000000 } };

/* One probe, and what it is about. */
struct question {
	struct probe_config config;
	struct probe_target target;
	__u8 attempt;
	const struct probe_udp_payload *what;
	struct probe_udp6_frame probe;
};

static void ask(struct question *q, uint64_t *random, __u16 port, __u8 attempt)
{
	struct exchange x;

	random_exchange(random, &x);
	x.config.tries = 4;
	x.config.source_port = (__u16)(61000 + next_random(random) % 4000);
	x.target.port = port;
	*q = (struct question){ .config = x.config, .target = x.target, .attempt = attempt };
	q->what = probe_udp_payload(port, attempt);
	memset(&q->probe, 0xaa, sizeof(q->probe));
	probe_udp6_build(&q->probe, &q->config, &q->target, attempt);
}

/* Call for each port, in tries with each of its payloads. */
static void for_each_question(void (*check)(struct question *q))
{
	uint64_t random = 71;
	struct question q;
	unsigned int i, k;

	for (i = 0; i < ARRAY_SIZE(ports); i++) {
		for (k = 0; k < ROUNDS; k++) {
			ask(&q, &random, ports[i], (__u8)(k % 4));
			check(&q);
		}
	}
}

static unsigned int sum_bytes(unsigned int sum, const void *data, size_t n)
{
	const __u8 *bytes = data;
	size_t i;

	for (i = 0; i < n; i++)
		sum += i % 2 ? bytes[i] : (unsigned int)bytes[i] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum;
}

static size_t len_of(const struct question *q)
{
	return probe_len(PROBE_UDP6, &q->config, &q->target, q->attempt);
}

static void check_probe(struct question *q)
{
	const struct probe_udp6_frame *f = &q->probe;
	const unsigned int len = sizeof(f->udp) + q->what->len;

	assert_int_equal(len_of(q), UDP6 + len);
	assert_int_equal(f->eth.type, net_be16(0x86dd));
	assert_memory_equal(f->eth.dst, q->target.next_hop, 6);
	assert_int_equal(f->ip.version_class_flow, net_be32(0x60000000));
	assert_int_equal(net_host16(f->ip.payload_len), len);
	assert_int_equal(f->ip.next, 17);
	assert_int_equal(f->ip.hop_limit, q->config.ttl);
	assert_memory_equal(&f->ip.src, &q->target.source6, 16);
	assert_memory_equal(&f->ip.dst, &q->target.addr6, 16);
	assert_int_equal(net_host16(f->udp.len), len);
	assert_int_equal(net_host16(f->udp.dst), q->target.port);
	assert_int_equal(net_host16(f->udp.src), q->config.source_port + q->attempt);
	assert_int_not_equal(f->udp.csum, 0);
	assert_int_equal(sum_bytes(sum_bytes(17 + len, &f->ip.src, 32), &f->udp, len), 0xffff);
}

static void probes_are_those_of_the_rfcs(void **state)
{
	(void)state;
	for_each_question(check_probe);
}

/* The payload is that of IPv4 but for the number. */
static void check_payload(struct question *q)
{
	const struct probe_udp_payload *what = q->what;
	unsigned int i;

	for (i = 0; i < what->len; i++)
		if (i < what->number || i >= what->number + number_width(what))
			assert_int_equal(q->probe.payload[i], byte_of(what, i));
	for (; i < PROBE_UDP_ROOM; i++)
		assert_int_equal(q->probe.payload[i], 0);
}

static void payloads_are_those_of_ip4(void **state)
{
	(void)state;
	for_each_question(check_payload);
}

static enum match match_reply(const struct question *q, const void *reply, size_t len,
			      struct answer *answer)
{
	return match_bytes(reply, len, PROBE_UDP6, &q->config, answer);
}

static bool is_answer_to_question(const struct question *q, const struct answer *a)
{
	return net_addr6_equal(&a->addr6, &q->target.addr6) &&
	       a->port == net_be16(q->target.port) && a->attempt == q->attempt;
}

static void check_answers(struct question *q)
{
	__u8 reply[FRAME_MAX];
	struct answer answer;
	unsigned int more;
	size_t len;

	for (more = 0; more <= 4; more++) {
		len = reply_udp6(reply, &q->probe, q->attempt, more);
		assert_int_equal(match_reply(q, reply, len, &answer), MATCH_ANSWER);
		assert_true(is_answer_to_question(q, &answer));
		assert_int_equal(answer.state, ANSWER_OPEN);
		assert_int_equal(answer.ttl, REPLY_TTL);
		/* Over IPv4 it is no answer. */
		assert_int_equal(match_bytes(reply, len, PROBE_UDP, &q->config, &answer),
				 MATCH_FOREIGN);
	}
}

static void answers_in_every_form_match(void **state)
{
	(void)state;
	for_each_question(check_answers);
}

/*
 * Each bit of the number, the addresses and the ports counts. Our own address is in the number alone: of
 * another address it may by chance be the same, if it is short. Returns how often it was.
 */
static unsigned int count_flipped(const struct question *q)
{
	const size_t first = ETH + offsetof(struct net_ip6, src), own = first + 16;
	__u8 reply[FRAME_MAX];
	struct answer answer;
	size_t len = reply_udp6(reply, &q->probe, q->attempt, 0), bit;
	unsigned int chances = 0;
	bool same, counts;

	for (bit = first * 8; bit < len * 8; bit++) {
		reply[bit / 8] ^= (__u8)(1 << bit % 8);
		same = match_reply(q, reply, len, &answer) == MATCH_ANSWER &&
		       is_answer_to_question(q, &answer);
		counts = q->what->width
				 ? bit / 8 < UDP6 + 4 || bit / 8 >= len - q->what->width
				 : bit / 8 < first + 16 || (bit / 8 >= UDP6 && bit / 8 < UDP6 + 4);
		if (counts && same && q->what->width == 2 && bit / 8 >= own && bit / 8 < own + 16)
			chances++;
		else if (counts && same)
			fail_msg("port %u: bit %zu counts for nothing", q->target.port, bit);
		reply[bit / 8] ^= (__u8)(1 << bit % 8);
	}
	return chances;
}

static void flipped_bits_are_no_answer(void **state)
{
	unsigned int i, k, chances = 0;
	uint64_t random = 72;
	struct question q;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(ports); i++) {
		for (k = 0; k < ROUNDS; k++) {
			ask(&q, &random, ports[i], (__u8)(k % 4));
			chances += count_flipped(&q);
		}
	}
	/* 128 bits each of 300 questions with a number of 16 bits: one is to be expected. */
	assert_in_range(chances, 0, 8);
}

static void check_cut(struct question *q)
{
	struct probe_udp6_frame *f;
	__u8 reply[FRAME_MAX];
	struct answer answer;
	size_t len = reply_udp6(reply, &q->probe, q->attempt, 0), cut;

	f = (struct probe_udp6_frame *)reply;
	for (cut = UDP6 + sizeof(f->udp); cut < len && q->what->width; cut++) {
		f->udp.len = net_be16(cut - UDP6);
		f->ip.payload_len = net_be16(cut - UDP6);
		assert_int_equal(match_reply(q, reply, cut, &answer), MATCH_REJECTED);
	}
	f->udp.len = net_be16(len - UDP6 + 1);
	f->ip.payload_len = net_be16(len - UDP6);
	assert_int_equal(match_reply(q, reply, len, &answer), MATCH_REJECTED);
	f->udp.len = net_be16(sizeof(f->udp) - 1);
	assert_int_equal(match_reply(q, reply, len, &answer), MATCH_REJECTED);
}

static void cut_answers_are_rejected(void **state)
{
	(void)state;
	for_each_question(check_cut);
}

static void check_errors(struct question *q)
{
	struct reply_icmp6_frame error;
	struct answer answer;
	unsigned int code;
	size_t len;

	for (code = 0; code < 16; code++) {
		len = reply_icmp6(&error, &q->probe, len_of(q), &q->target.addr6, (__u8)code);
		assert_int_equal(match_reply(q, &error, len, &answer), MATCH_ANSWER);
		assert_true(is_answer_to_question(q, &answer));
		assert_int_equal(answer.state, code == 4 ? ANSWER_CLOSED : ANSWER_FILTERED + code);
		len = reply_icmp6(&error, &q->probe, len_of(q), &router, (__u8)code);
		assert_int_equal(match_reply(q, &error, len, &answer), MATCH_ANSWER);
		assert_int_equal(answer.state, ANSWER_FILTERED + code);
	}
}

static void only_the_target_itself_says_closed(void **state)
{
	(void)state;
	for_each_question(check_errors);
}

/* Other addresses or ports make another number, which by chance may have the same checksum. */
static unsigned int forge_errors(const struct question *q)
{
	const size_t quoted = offsetof(struct reply_icmp6_frame, quoted_ip);
	const size_t first = quoted + offsetof(struct net_ip6, src);
	const size_t end = quoted + IP6 + sizeof(struct net_udp);
	struct reply_icmp6_frame error;
	struct answer answer;
	__u8 *bytes = (__u8 *)&error;
	unsigned int believed = 0;
	size_t len = reply_icmp6(&error, &q->probe, len_of(q), &router, 4), bit;

	for (bit = first * 8; bit < end * 8; bit++) {
		bytes[bit / 8] ^= (__u8)(1 << bit % 8);
		if (match_reply(q, bytes, len, &answer) == MATCH_ANSWER) {
			assert_true(number_width(q->what) && bit / 8 < end - 4);
			assert_false(is_answer_to_question(q, &answer));
			believed++;
		}
		bytes[bit / 8] ^= (__u8)(1 << bit % 8);
	}
	return believed;
}

static void forged_errors_are_rejected(void **state)
{
	unsigned int i, k, believed = 0;
	uint64_t random = 75;
	struct question q;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(ports); i++) {
		for (k = 0; k < ROUNDS; k++) {
			ask(&q, &random, ports[i], (__u8)(k % 4));
			believed += forge_errors(&q);
		}
	}
	/* 288 bits each of about 1,000 questions with a number: 5 are to be expected. */
	assert_in_range(believed, 0, 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(probes_are_those_of_the_rfcs),
		cmocka_unit_test(payloads_are_those_of_ip4),
		cmocka_unit_test(answers_in_every_form_match),
		cmocka_unit_test(flipped_bits_are_no_answer),
		cmocka_unit_test(cut_answers_are_rejected),
		cmocka_unit_test(only_the_target_itself_says_closed),
		cmocka_unit_test(forged_errors_are_rejected),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
