// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * test-udp.c - UDP: the table of payloads holds what its RFCs say, an answer is one only with the
 * number of the question, and an error only with its checksum.
 */
#include "exchange.h"
#include "payload_bytes.h"

static const __u16 ports[] = {
#define PORT(NAME, port) port,
	PROBE_UDP_PORTS(PORT)
#undef PORT
		9, /* has no payload */
};

enum { UDP = ETH + IP, ROUTER = 0xc61200fe };

/* One probe, and what it is about. */
struct question {
	struct probe_config config;
	struct probe_target target;
	__u8 attempt;
	const struct probe_udp_payload *what;
	struct probe_udp_frame probe;
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
	probe_udp_build(&q->probe, &q->config, &q->target, attempt);
}

/* Call for each port, in tries with each of its payloads. */
static void for_each_question(void (*check)(struct question *q))
{
	uint64_t random = 41;
	struct question q;
	unsigned int i, k;

	for (i = 0; i < ARRAY_SIZE(ports); i++) {
		for (k = 0; k < 200; k++) {
			ask(&q, &random, ports[i], (__u8)(k % 4));
			check(&q);
		}
	}
}

/* The checksum by the words of RFC 768, byte by byte. */
static unsigned int sum_bytes(unsigned int sum, const __u8 *bytes, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		sum += i % 2 ? bytes[i] : (unsigned int)bytes[i] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum;
}

static void check_probe(struct question *q)
{
	const struct probe_udp_frame *f = &q->probe;
	const unsigned int len = probe_len(PROBE_UDP, &q->config, &q->target, q->attempt);
	unsigned int sum = NET_PROTO_UDP + net_host16(f->udp.len);

	assert_int_equal(len, UDP + sizeof(f->udp) + q->what->len);
	assert_int_equal(net_host16(f->ip.total_len), len - ETH);
	assert_int_equal(net_host16(f->udp.len), len - UDP);
	assert_int_equal(net_host16(f->udp.dst), q->target.port);
	assert_int_equal(net_host16(f->udp.src), q->config.source_port + q->attempt);
	assert_int_equal(sum_bytes(0, (const __u8 *)&f->ip, IP), 0xffff);
	assert_int_not_equal(f->udp.csum, 0);
	sum = sum_bytes(sum, (const __u8 *)&f->ip.src, 8);
	sum = sum_bytes(sum, (const __u8 *)&f->udp, len - UDP);
	assert_int_equal(sum, 0xffff);
}

static void probes_have_right_lengths_and_checksums(void **state)
{
	(void)state;
	for_each_question(check_probe);
}

static void the_table_is_in_order(void **state)
{
	unsigned int i, k;

	(void)state;
	for (i = 0; i < PROBE_UDP_PAYLOADS_N; i++) {
		const struct probe_udp_payload *what = &probe_udp_payloads[i];
		const bool text = what->form == UDP_FORM_TEXT;
		const unsigned int width = number_width(what);
		const unsigned int sum =
			sum_bytes(text ? sum_bytes(0, probe_udp_text, PROBE_UDP_TEXT_ROOM) : 0,
				  what->bytes, PROBE_UDP_ROOM);

		if (what->sum != sum)
			fail_msg("row %u: the sum is 0x%04x", i, sum);
		assert_true(what->width == 0 || what->width == 2 || what->width == 4 ||
			    what->width == 8);
		assert_in_range(what->len, 0, PROBE_UDP_ROOM_LONG);
		assert_true(what->number + width <= what->len);
		assert_true(text || what->number <= PROBE_UDP_NUMBER_LAST);
		assert_true(what->repeated <= PROBE_UDP_NUMBER_LAST);
		assert_int_equal(!what->width, text || what->form == UDP_FORM_PORT ||
						       what->form == UDP_FORM_TFTP);
		for (k = 0; k < width; k++)
			assert_int_equal(byte_of(what, what->number + k), 0);
		for (k = what->len; k < PROBE_UDP_ROOM_LONG; k++)
			assert_int_equal(byte_of(what, k), 0);
	}
}

/* Two questions hardly ever have the same number. */
static void numbers_differ(void **state)
{
	uint64_t random = 43;
	unsigned int i, k, same;
	struct question a, b;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(ports); i++) {
		for (k = same = 0; k < 100; k++) {
			ask(&a, &random, ports[i], 0);
			ask(&b, &random, ports[i], 0);
			same += !memcmp(a.probe.payload, b.probe.payload, a.what->len);
		}
		assert_in_range(same, 0, number_width(a.what) ? 1 : 100);
	}
}

/* BER: each value ends where its parent does. */
static size_t check_ber(const __u8 *at, size_t room)
{
	size_t len, used;

	assert_true(room >= 2);
	len = at[1];
	assert_true(len < 0x80 && len + 2 <= room);
	for (used = 0; at[0] & 0x20 && used < len;)
		used += check_ber(at + 2 + used, len - used);
	assert_true(!(at[0] & 0x20) || used == len);
	return len + 2;
}

static unsigned int be16_at(const __u8 *at)
{
	return (unsigned int)at[0] << 8 | at[1];
}

static void check_lengths_inside(struct question *q)
{
	const struct probe_udp_payload *what = q->what;
	const __u8 *at = q->probe.payload;
	size_t i;

	if (what->form >= UDP_FORM_BER && what->form <= UDP_FORM_BER_PDU) {
		assert_int_equal(check_ber(at, what->len), what->len);
		assert_int_equal(at[what->number] & 0xc0, 0x40);
		assert_int_equal(be16_at(at + what->number - 2), 0x0204);
	}
	switch (q->target.port) {
	case 53:
	case 137:
	case 5353: /* one question: labels, type, class */
		assert_int_equal(be16_at(at + 4), 1);
		for (i = 12; at[i]; i += 1 + at[i])
			assert_in_range(at[i], 1, 63);
		assert_int_equal(i + 5, what->len);
		break;
	case 500:
		assert_int_equal(be16_at(at + 26), what->len);
		break;
	case 4500:
		assert_int_equal(be16_at(at + 30), what->len - 4);
		break;
	case 3702: /* text without gaps, and a number of eight digits in it */
		for (i = 0; i < what->len; i++)
			assert_in_range(at[i], 0x20, 0x7e);
		assert_memory_equal(at + what->number - 9, "urn:uuid:", 9);
		for (i = 0; i < 8; i++)
			assert_non_null(strchr("0123456789abcdef", at[what->number + i]));
		assert_memory_equal(at + what->number + 8, "-7873-4361-ae00-", 16);
		break;
	case 1701:
		assert_int_equal(be16_at(at + 2), what->len);
		for (i = 12; i < what->len; i += be16_at(at + i) & 0x3ff)
			assert_in_range(be16_at(at + i) & 0x3ff, 6, what->len - i);
		assert_int_equal(i, what->len);
		break;
	default:
		break;
	}
}

static void lengths_inside_payloads_are_right(void **state)
{
	(void)state;
	for_each_question(check_lengths_inside);
}

static enum match match_reply(const struct question *q, const __u8 *reply, size_t len,
			      struct answer *answer)
{
	return match_bytes(reply, len, PROBE_UDP, &q->config, answer);
}

static bool is_answer_to_question(const struct question *q, const struct answer *a)
{
	return a->addr == q->target.addr && a->port == net_be16(q->target.port) &&
	       a->attempt == q->attempt;
}

static void check_answers(struct question *q)
{
	__u8 reply[FRAME_MAX];
	struct answer answer;
	unsigned int more;
	size_t len;

	for (more = 0; more <= 4; more++) {
		len = reply_udp(reply, &q->probe, q->attempt, more);
		assert_int_equal(match_reply(q, reply, len, &answer), MATCH_ANSWER);
		assert_true(is_answer_to_question(q, &answer));
		assert_int_equal(answer.state, ANSWER_OPEN);
		assert_int_equal(answer.ttl, REPLY_TTL);
	}
}

static void answers_in_every_form_match(void **state)
{
	(void)state;
	for_each_question(check_answers);
}

/*
 * Whatever bit of the number, the addresses or the ports changes: it is no answer to this question. Our
 * own address is in the number alone: of another address it may by chance be the same, if it is short.
 * Returns how often it was.
 */
static unsigned int count_flipped(const struct question *q)
{
	const size_t first = ETH + offsetof(struct net_ip4, src), own = first + 4;
	__u8 reply[FRAME_MAX];
	struct answer answer;
	size_t len = reply_udp(reply, &q->probe, q->attempt, 0), bit;
	unsigned int chances = 0;
	bool same, counts;

	for (bit = first * 8; bit < len * 8; bit++) {
		reply[bit / 8] ^= (__u8)(1 << bit % 8);
		same = match_reply(q, reply, len, &answer) == MATCH_ANSWER &&
		       is_answer_to_question(q, &answer);
		/* The number is the end of the answer. */
		counts = q->what->width
				 ? bit / 8 < UDP + 4 || bit / 8 >= len - q->what->width
				 : bit / 8 < first + 4 || (bit / 8 >= UDP && bit / 8 < UDP + 4);
		if (counts && same && q->what->width == 2 && bit / 8 >= own && bit / 8 < own + 4)
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
	uint64_t random = 42;
	struct question q;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(ports); i++) {
		for (k = 0; k < 200; k++) {
			ask(&q, &random, ports[i], (__u8)(k % 4));
			chances += count_flipped(&q);
		}
	}
	/* 32 bits each of 1,000 questions with a number of 16 bits: one in two runs is to be expected. */
	assert_in_range(chances, 0, 6);
}

/* An answer whose lengths end before its number does. */
static void check_cut(struct question *q)
{
	struct probe_udp_frame *f;
	__u8 reply[FRAME_MAX];
	struct answer answer;
	size_t len = reply_udp(reply, &q->probe, q->attempt, 0), cut;

	f = (struct probe_udp_frame *)reply;
	for (cut = UDP + sizeof(f->udp); cut < len && q->what->width; cut++) {
		f->udp.len = net_be16(cut - UDP);
		f->ip.total_len = net_be16(cut - ETH);
		assert_int_equal(match_reply(q, reply, cut, &answer), MATCH_REJECTED);
	}
	f->udp.len = net_be16(sizeof(f->udp) - 1);
	assert_int_equal(match_reply(q, reply, len, &answer), MATCH_REJECTED);
	f->udp.len = net_be16(len - UDP + 1);
	assert_int_equal(match_reply(q, reply, len, &answer), MATCH_REJECTED);
}

static void cut_answers_are_rejected(void **state)
{
	(void)state;
	for_each_question(check_cut);
}

/* An error of TFTP from a port of the server's choice is an answer of port 69; other datagrams are not. */
static void tftp_answers_from_another_port(void **state)
{
	static const __u8 error[] = { 0, 5, 0, 1, 'n', 'o', 0 }, data[] = { 0, 3, 0, 1, 'x' };
	struct probe_udp_frame *f;
	uint64_t random = 44;
	struct answer answer;
	__u8 reply[FRAME_MAX];
	struct question q;
	size_t len = UDP + sizeof(f->udp) + sizeof(error);

	(void)state;
	ask(&q, &random, 69, 1);
	reply_udp(reply, &q.probe, q.attempt, 0);
	f = (struct probe_udp_frame *)reply;
	f->udp.src = net_be16(40000);
	f->udp.len = net_be16(sizeof(f->udp) + sizeof(error));
	f->ip.total_len = net_be16(len - ETH);
	memcpy(f->payload, error, sizeof(error));
	assert_int_equal(match_reply(&q, reply, len, &answer), MATCH_ANSWER);
	assert_true(is_answer_to_question(&q, &answer));
	f->udp.src = net_be16(1023);
	assert_int_equal(match_reply(&q, reply, len, &answer), MATCH_ANSWER);
	assert_int_equal(answer.port, net_be16(1023));
	f->udp.src = net_be16(40000);
	memcpy(f->payload, data, sizeof(data));
	assert_int_equal(match_reply(&q, reply, len, &answer), MATCH_ANSWER);
	assert_int_equal(answer.port, net_be16(40000));
}

static void check_errors(struct question *q)
{
	struct reply_icmp_frame error;
	struct answer answer;
	unsigned int code;

	for (code = 0; code < 16; code++) {
		reply_icmp(&error, &q->probe, q->target.addr, (__u8)code);
		assert_int_equal(match_reply(q, (__u8 *)&error, sizeof(error), &answer),
				 MATCH_ANSWER);
		assert_true(is_answer_to_question(q, &answer));
		assert_int_equal(answer.state, code == NET_ICMP_PORT_UNREACHABLE
						       ? ANSWER_CLOSED
						       : ANSWER_FILTERED + code);
		reply_icmp(&error, &q->probe, net_be32(ROUTER), (__u8)code);
		assert_int_equal(match_reply(q, (__u8 *)&error, sizeof(error), &answer),
				 MATCH_ANSWER);
		assert_int_equal(answer.state, ANSWER_FILTERED + code);
	}
}

static void only_the_target_itself_says_closed(void **state)
{
	(void)state;
	for_each_question(check_errors);
}

/*
 * Addresses, ports, length and checksum: each bit of these 16 bytes counts. Other addresses or ports make
 * another number, which may by chance have the same checksum: once in 65,536 times.
 */
static unsigned int forge_errors(const struct question *q)
{
	const size_t quoted = offsetof(struct reply_icmp_frame, quoted_ip);
	const size_t first = quoted + offsetof(struct net_ip4, src);
	struct reply_icmp_frame error;
	struct answer answer;
	__u8 *bytes = (__u8 *)&error;
	unsigned int believed = 0;
	size_t bit;

	reply_icmp(&error, &q->probe, net_be32(ROUTER), 3);
	for (bit = first * 8; bit < sizeof(error) * 8; bit++) {
		bytes[bit / 8] ^= (__u8)(1 << bit % 8);
		if (match_reply(q, bytes, sizeof(error), &answer) == MATCH_ANSWER) {
			assert_true(number_width(q->what) && bit / 8 < first + 12);
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
	uint64_t random = 45;
	struct question q;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(ports); i++) {
		for (k = 0; k < 200; k++) {
			ask(&q, &random, ports[i], (__u8)(k % 4));
			believed += forge_errors(&q);
		}
	}
	/* 96 bits each of about 5,000 questions with a number: 7 are to be expected. */
	assert_in_range(believed, 0, 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_table_is_in_order),
		cmocka_unit_test(probes_have_right_lengths_and_checksums),
		cmocka_unit_test(lengths_inside_payloads_are_right),
		cmocka_unit_test(numbers_differ),
		cmocka_unit_test(answers_in_every_form_match),
		cmocka_unit_test(flipped_bits_are_no_answer),
		cmocka_unit_test(cut_answers_are_rejected),
		cmocka_unit_test(tftp_answers_from_another_port),
		cmocka_unit_test(only_the_target_itself_says_closed),
		cmocka_unit_test(forged_errors_are_rejected),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
