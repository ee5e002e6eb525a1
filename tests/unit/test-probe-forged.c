// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * test-probe-forged.c - a frame that differs from an answer is never taken for the answer to
 * another probe; a frame without proof is refused.
 */
#include "exchange.h"

/* Each try has its own cookie: the answer to one proves nothing at another's port. */
static void tries_are_told_apart(void **state)
{
	uint64_t random = 2;
	struct exchange x;
	struct frame f;
	unsigned int i, k;
	int offset;

	(void)state;
	for (i = 0; i < 1000; i++) {
		random_exchange(&random, &x);
		for (offset = -300; offset < 300; offset++) {
			__be16 port = net_be16(x.config.source_port + offset);
			enum match expected = offset == x.attempt ? MATCH_ANSWER
					      : offset >= 0 && offset < x.config.tries
						      ? MATCH_REJECTED
						      : MATCH_FOREIGN;

			k = i % FORMS;
			f = x.answers[k];
			if (k == ICMP)
				icmp_of(&f)->quoted_tcp.src = port;
			else
				tcp_of(&f)->dst = port;
			check_match(&x, &f, expected);
		}
	}
}

/* The bytes of an answer that say whose it is: no bit of them can change. */
static bool is_identity(enum form form, size_t byte)
{
	const size_t quote = offsetof(struct reply_icmp_frame, quoted_ip);

	if (form == ICMP)
		return (byte >= ETH + offsetof(struct net_ip4, dst) && byte < ETH + IP) ||
		       (byte >= quote + offsetof(struct net_ip4, src) && byte < quote + IP + 8);
	return (byte >= ETH + offsetof(struct net_ip4, src) && byte < ETH + IP + 4) ||
	       (byte >= ETH + IP + offsetof(struct net_tcp, ack) &&
		byte < ETH + IP + offsetof(struct net_tcp, ack) + 4);
}

/* The one exception: a RST may acknowledge the probe's number as well as the one behind it. */
static bool repeats_seq(const struct exchange *x, enum form form, struct frame *f)
{
	return form == RST && tcp_of(f)->ack == x->syn.tcp.seq;
}

static void flipped_bits_prove_nothing_else(void **state)
{
	uint64_t random = 3;
	struct answer answer;
	struct exchange x;
	unsigned int i, k;
	enum match match;
	size_t bit;

	(void)state;
	for (i = 0; i < 300; i++) {
		random_exchange(&random, &x);
		for (k = 0; k < FORMS; k++) {
			struct frame *f = &x.answers[k];

			for (bit = 0; bit < f->len * 8; bit++) {
				f->bytes[bit / 8] ^= 1 << bit % 8;
				match = match_frame(&x, f, &answer);
				if (match == MATCH_ANSWER && !is_answer_to(&x, &answer))
					fail_msg("form %u, bit %zu: another's answer", k, bit);
				if (match == MATCH_ANSWER && is_identity(k, bit / 8) &&
				    !repeats_seq(&x, k, f))
					fail_msg("form %u, bit %zu: accepted", k, bit);
				f->bytes[bit / 8] ^= 1 << bit % 8;
			}
		}
	}
}

static void cut_frames_are_no_answer(void **state)
{
	uint64_t random = 4;
	struct answer answer;
	struct exchange x;
	unsigned int i, k;
	size_t len;

	(void)state;
	for (i = 0; i < 500; i++) {
		random_exchange(&random, &x);
		for (k = 0; k < FORMS; k++) {
			const struct frame *f = &x.answers[k];

			for (len = 0; len < f->len; len++)
				assert_int_equal(
					match_bytes(f->bytes, len, PROBE_TCP, &x.config, &answer),
					MATCH_FOREIGN);
		}
	}
}

/* A packet that ends, by its total length, before the headers that are read. */
static void short_total_len_is_no_answer(void **state)
{
	uint64_t random = 6;
	struct answer answer;
	struct exchange x;
	unsigned int k, len, needed;

	(void)state;
	random_exchange(&random, &x);
	for (k = 0; k < FORMS; k++) {
		struct frame *f = &x.answers[k];

		needed = (unsigned int)f->len - ETH;
		for (len = 0; len < needed; len++) {
			ip_of(f)->total_len = net_be16(len);
			assert_int_not_equal(match_frame(&x, f, &answer), MATCH_ANSWER);
		}
		ip_of(f)->total_len = net_be16(f->len - ETH + 1);
		check_match(&x, f, MATCH_FOREIGN);
	}
}

/*
 * With ihl 4 the TCP ports lie where the destination address is. When both are the same bytes, all
 * but the ihl is right.
 */
static void ihl_4_is_refused_on_a_whole_packet(void **state)
{
	uint64_t random = 22;
	__be16 ports[2];
	struct exchange x;
	struct frame *f = &x.answers[SYNACK];

	(void)state;
	random_exchange(&random, &x);
	ports[0] = x.syn.tcp.dst;
	ports[1] = x.syn.tcp.src;
	memcpy(&x.target.source, ports, sizeof(ports));
	build_exchange(&x, 0);
	check_answer(&x, SYNACK, f);

	f->len -= 4;
	memmove(f->bytes + ETH + 16, f->bytes + ETH + IP, f->len - ETH - 16);
	ip_of(f)->version_ihl = 0x44;
	ip_of(f)->total_len = net_be16(f->len - ETH);
	check_match(&x, f, MATCH_FOREIGN);
}

/* All values of version, ihl and fragment that are refused, in the IP header at `offset`. */
static void check_ip4_refused(const struct exchange *x, const struct frame *answer, size_t offset)
{
	struct frame f = *answer;
	struct net_ip4 *ip = (struct net_ip4 *)(f.bytes + offset);
	unsigned int value;

	for (value = 0; value < 256; value++) {
		if (value >> 4 == 4 && (value & 15) >= 5)
			continue;
		ip->version_ihl = (__u8)value;
		check_match(x, &f, MATCH_FOREIGN);
	}
	ip->version_ihl = 0x45;
	for (value = 0; value < 65536; value++) {
		ip->frag = net_be16(value);
		check_match(x, &f, value & 0x3fff ? MATCH_FOREIGN : MATCH_ANSWER);
	}
}

static void bad_ip_headers_are_refused(void **state)
{
	uint64_t random = 8;
	struct exchange x;
	unsigned int k;

	(void)state;
	random_exchange(&random, &x);
	for (k = 0; k < FORMS; k++)
		check_ip4_refused(&x, &x.answers[k], ETH);
	check_ip4_refused(&x, &x.answers[ICMP], offsetof(struct reply_icmp_frame, quoted_ip));
}

/* Every combination of TCP flags; SYN alone is among them. */
static void flags_make_the_state(void **state)
{
	uint64_t random = 9;
	struct answer answer;
	struct exchange x;
	unsigned int flags, expected;
	struct frame *f = &x.answers[SYNACK];

	(void)state;
	random_exchange(&random, &x);
	for (flags = 0; flags < 256; flags++) {
		expected = flags & NET_TCP_RST	    ? ANSWER_CLOSED
			   : (flags & 0x13) == 0x12 ? ANSWER_OPEN
						    : ANSWER_NONE;
		tcp_of(f)->flags = (__u8)flags;
		assert_int_equal(match_frame(&x, f, &answer),
				 expected ? MATCH_ANSWER : MATCH_REJECTED);
		assert_int_equal(answer.state, expected);
	}
}

static void acknowledged_number_is_proof(void **state)
{
	static const struct {
		__u32 offset;
		enum match synack, rst;
	} rows[] = {
		{ 0, MATCH_REJECTED, MATCH_ANSWER },
		{ 1, MATCH_ANSWER, MATCH_ANSWER },
		{ 2, MATCH_REJECTED, MATCH_REJECTED },
		{ 3, MATCH_REJECTED, MATCH_REJECTED },
		{ 0x80000000, MATCH_REJECTED, MATCH_REJECTED },
		{ 0x80000001, MATCH_REJECTED, MATCH_REJECTED },
		{ 0xffffffff, MATCH_REJECTED, MATCH_REJECTED },
	};
	uint64_t random = 10;
	struct exchange x;
	unsigned int i;
	size_t r;

	(void)state;
	for (i = 0; i < 1000; i++) {
		random_exchange(&random, &x);
		for (r = 0; r < ARRAY_SIZE(rows); r++) {
			__be32 ack = net_be32(net_host32(x.syn.tcp.seq) + rows[r].offset);

			tcp_of(&x.answers[SYNACK])->ack = ack;
			tcp_of(&x.answers[RST])->ack = ack;
			check_match(&x, &x.answers[SYNACK], rows[r].synack);
			check_match(&x, &x.answers[RST], rows[r].rst);
		}
	}
}

static void other_icmp_is_foreign(void **state)
{
	uint64_t random = 19;
	struct answer answer;
	struct exchange x;
	unsigned int type, code;
	bool ours, exceeded;

	(void)state;
	random_exchange(&random, &x);
	for (type = 0; type < 256; type++) {
		for (code = 0; code < 256; code++) {
			exceeded = type == NET_ICMP_TIME_EXCEEDED && !code;
			ours = (type == NET_ICMP_UNREACHABLE && code < 16) || exceeded;
			icmp_of(&x.answers[ICMP])->icmp.type = (__u8)type;
			icmp_of(&x.answers[ICMP])->icmp.code = (__u8)code;
			assert_int_equal(match_frame(&x, &x.answers[ICMP], &answer),
					 ours ? MATCH_ANSWER : MATCH_FOREIGN);
			assert_int_equal(answer.state, exceeded ? ANSWER_TIME_EXCEEDED
						       : ours	? ANSWER_FILTERED + code
								: ANSWER_NONE);
		}
	}
}

/* An error about somebody else's packet, or about one of ours that we did not send like this. */
static void strangers_quotes_are_refused(void **state)
{
	uint64_t random = 20;
	struct exchange x, other;
	struct frame f;
	unsigned int i;

	(void)state;
	for (i = 0; i < 1000; i++) {
		random_exchange(&random, &x);
		random_exchange(&random, &other);

		f = x.answers[ICMP];
		icmp_of(&f)->quoted_ip.proto = 17;
		check_match(&x, &f, MATCH_FOREIGN);

		f = x.answers[ICMP]; /* sent by another host, the error led to us */
		icmp_of(&f)->quoted_ip.src = other.target.source;
		check_match(&x, &f, MATCH_FOREIGN);

		f = x.answers[ICMP]; /* the same, the error led there */
		icmp_of(&f)->quoted_ip.src = other.target.source;
		icmp_of(&f)->ip.dst = other.target.source;
		check_match(&x, &f, MATCH_REJECTED);

		f = x.answers[ICMP];
		icmp_of(&f)->quoted_ip.dst = other.target.addr;
		check_match(&x, &f, MATCH_REJECTED);

		f = x.answers[ICMP];
		icmp_of(&f)->quoted_tcp.seq = other.syn.tcp.seq;
		check_match(&x, &f, MATCH_REJECTED);
	}
}

/* The answers of another run, with another key, prove nothing in this one. */
static void another_runs_answers_are_rejected(void **state)
{
	uint64_t random = 21;
	struct exchange x;
	unsigned int i, k;

	(void)state;
	for (i = 0; i < 1000; i++) {
		random_exchange(&random, &x);
		x.config.key.k0 ^= 1ULL << i % 64;
		for (k = 0; k < FORMS; k++)
			check_match(&x, &x.answers[k], MATCH_REJECTED);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tries_are_told_apart),
		cmocka_unit_test(flipped_bits_prove_nothing_else),
		cmocka_unit_test(cut_frames_are_no_answer),
		cmocka_unit_test(short_total_len_is_no_answer),
		cmocka_unit_test(ihl_4_is_refused_on_a_whole_packet),
		cmocka_unit_test(bad_ip_headers_are_refused),
		cmocka_unit_test(flags_make_the_state),
		cmocka_unit_test(acknowledged_number_is_proof),
		cmocka_unit_test(other_icmp_is_foreign),
		cmocka_unit_test(strangers_quotes_are_refused),
		cmocka_unit_test(another_runs_answers_are_rejected),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
