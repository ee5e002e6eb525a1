// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* test-misses.c - what a capture says of a frame: the numbers in it are those of frame and probe. */
#include "misses.h"

#include "random.h"
#include "reply.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { PORT = 61000, TRIES = 4, ETH = sizeof(struct net_eth) };

static const struct probe_config config = {
	.key = { 0x0706050403020100, 0x0f0e0d0c0b0a0908 },
	.source_port = PORT,
	.tries = TRIES,
	.ttl = 64,
	.source_mac = { 2, 0, 0, 0, 0, 1 },
};

static const struct probe_target target = {
	.addr = net_be32(0xc6120003),
	.source = net_be32(0xc6120001),
	.port = 80,
	.next_hop = { 2, 0, 0, 0, 0, 3 },
};

static const struct probe_target target6 = {
	.addr6 = { { net_be32(0x20010db8), 0, 0, net_be32(3) } },
	.source6 = { { net_be32(0x20010db8), 0, 0, net_be32(1) } },
	.port = 80,
};

static struct captured copy_of(const void *frame, size_t len, enum miss miss, enum probe_kind kind)
{
	struct captured copy = {
		.len = (uint32_t)len, .kept = (uint32_t)len, .miss = miss, .kind = kind
	};

	memcpy(copy.bytes, frame, len);
	return copy;
}

/* The text with and without an Ethernet header. */
static void check(const void *frame, size_t len, enum probe_kind kind, const char *want)
{
	const struct captured whole = copy_of(frame, len, MISS_COOKIE, kind);
	const struct captured bare =
		copy_of((const char *)frame + ETH, len - ETH, MISS_COOKIE, kind);
	char text[MISS_TEXT];

	assert_string_equal(miss_text(&whole, &config, false, text), want);
	assert_string_equal(miss_text(&bare, &config, true, text), want);
}

static void numbers(void **state)
{
	struct probe_tcp_frame syn;
	struct reply_synack_frame synack;
	struct reply_rst_frame rst;
	struct reply_icmp_frame icmp;
	char want[MISS_TEXT];
	uint32_t seq;

	(void)state;
	probe_tcp_build(&syn, &config, &target, 1);
	seq = net_host32(syn.tcp.seq);
	reply_synack(&synack, &syn);
	synack.tcp.ack = net_be32(0x12345678);
	snprintf(want, sizeof(want), "wrong cookie: acknowledges 0x12345677, the probe was 0x%08x",
		 seq);
	check(&synack, sizeof(synack), PROBE_TCP, want);
	reply_rst(&rst, &syn);
	rst.tcp.ack = net_be32(0);
	snprintf(want, sizeof(want), "wrong cookie: acknowledges 0xffffffff, the probe was 0x%08x",
		 seq);
	check(&rst, sizeof(rst), PROBE_TCP, want);
	reply_icmp(&icmp, &syn, net_be32(0xc61200fe), 13);
	icmp.quoted_tcp.seq = net_be32(0xabcdef01);
	snprintf(want, sizeof(want),
		 "wrong cookie: the error quotes 0xabcdef01, the probe was 0x%08x", seq);
	check(&icmp, sizeof(icmp), PROBE_TCP, want);
}

static void numbers6(void **state)
{
	struct probe_tcp6_frame syn;
	struct reply_synack6_frame synack;
	struct reply_icmp6_frame icmp;
	char want[MISS_TEXT];
	size_t len;

	(void)state;
	probe_tcp6_build(&syn, &config, &target6, 0);
	reply_synack6(&synack, &syn);
	synack.tcp.ack = net_be32(1);
	snprintf(want, sizeof(want), "wrong cookie: acknowledges 0x00000000, the probe was 0x%08x",
		 net_host32(syn.tcp.seq));
	check(&synack, sizeof(synack), PROBE_TCP6, want);
	len = reply_icmp6(&icmp, &syn, sizeof(syn), &target6.addr6, 1);
	icmp.quoted_tcp.seq = 0;
	snprintf(want, sizeof(want),
		 "wrong cookie: the error quotes 0x00000000, the probe was 0x%08x",
		 net_host32(syn.tcp.seq));
	check(&icmp, len, PROBE_TCP6, want);
}

/* An answer to another of our tries came to the wrong port. */
static void ports(void **state)
{
	struct probe_tcp_frame syn;
	struct reply_synack_frame synack;
	char want[MISS_TEXT];
	unsigned int from, to;

	(void)state;
	for (from = 0; from < TRIES; from++) {
		for (to = 0; to < TRIES; to++) {
			if (from == to)
				continue;
			probe_tcp_build(&syn, &config, &target, (uint8_t)from);
			reply_synack(&synack, &syn);
			synack.tcp.dst = net_be16(PORT + to);
			snprintf(
				want, sizeof(want),
				"wrong port: acknowledges the probe from port %u, and came to port "
				"%u",
				PORT + from, PORT + to);
			check(&synack, sizeof(synack), PROBE_TCP, want);
		}
	}
}

/* Whatever the frame holds, and wherever it is cut, there is a text, and nothing is read behind the end. */
static void any_frame_has_a_text(void **state)
{
	struct probe_tcp_frame syn;
	struct reply_icmp_frame icmp;
	uint64_t random = 5;
	char text[MISS_TEXT];
	unsigned int i;

	(void)state;
	probe_tcp_build(&syn, &config, &target, 0);
	reply_icmp(&icmp, &syn, net_be32(0xc61200fe), 13);
	for (i = 0; i < 200000; i++) {
		struct captured copy = copy_of(&icmp, sizeof(icmp), MISS_COOKIE, PROBE_TCP);

		copy.bytes[next_random(&random) % sizeof(icmp)] = (uint8_t)next_random(&random);
		copy.kept = next_random(&random) % (sizeof(icmp) + 1);
		memset(copy.bytes + copy.kept, 0xff, sizeof(copy.bytes) - copy.kept);
		copy.kind = (uint8_t)(next_random(&random) % PROBE_KINDS_N);
		copy.miss = (uint8_t)next_random(&random);
		copy.leaves = next_random(&random) & 1;
		assert_in_range(strlen(miss_text(&copy, &config, next_random(&random) & 1, text)),
				1, MISS_TEXT - 1);
	}
}

/* Each reason has words of its own. */
static void reasons_differ(void **state)
{
	struct captured a = { .kind = PROBE_TCP }, b = a;
	char text_a[MISS_TEXT], text_b[MISS_TEXT];

	(void)state;
	for (a.miss = 0; a.miss < MISSES_N; a.miss++)
		for (b.miss = 0; b.miss < a.miss; b.miss++)
			assert_string_not_equal(miss_text(&a, &config, false, text_a),
						miss_text(&b, &config, false, text_b));
}

static void sent_frames(void **state)
{
	struct probe_tcp_frame syn;
	struct reply_rst_frame rst;
	struct captured copy;
	char text[MISS_TEXT];

	(void)state;
	probe_tcp_build(&syn, &config, &target, 0);
	copy = copy_of(&syn, sizeof(syn), MISS_NONE, PROBE_TCP);
	assert_string_equal(miss_text(&copy, &config, false, text), "answer");
	copy.leaves = true;
	assert_string_equal(miss_text(&copy, &config, false, text), "probe");
	reply_rst(&rst, &syn);
	copy = copy_of(&rst, sizeof(rst), MISS_NONE, PROBE_TCP);
	copy.leaves = true;
	assert_string_equal(miss_text(&copy, &config, false, text), "reset, made of the SYN-ACK");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers),	  cmocka_unit_test(numbers6),
		cmocka_unit_test(ports),	  cmocka_unit_test(any_frame_has_a_text),
		cmocka_unit_test(reasons_differ), cmocka_unit_test(sent_frames),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
