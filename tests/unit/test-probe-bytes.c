// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * test-probe-bytes.c - probes are, byte for byte, what the RFCs say: the slow way, field by field, with
 * the checksum of RFC 1071 over the finished bytes.
 */
#include "exchange.h"

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

/* The Ethernet and IPv4 headers (RFC 791); returns where the payload begins. */
static __u8 *put_ip(__u8 *frame, const struct probe_config *c, const struct probe_target *t,
		    unsigned int protocol, unsigned int payload, __be16 id)
{
	__u8 *ip, *at;

	at = put_bytes(frame, t->next_hop, 6);
	at = put_bytes(at, c->source_mac, 6);
	ip = put16(at, 0x0800);
	at = put16(ip, 0x4500);
	at = put16(at, 20 + payload);
	at = put_bytes(at, &id, 2);
	at = put16(at, 0);
	at = put16(at, (unsigned int)c->ttl << 8 | protocol);
	at = put16(at, 0);
	at = put_bytes(at, &t->source, 4);
	at = put_bytes(at, &t->addr, 4);
	put16(ip + 10, ~sum(0, ip, 20));
	return at;
}

/* A SYN with the MSS option (RFC 9293, 3.1), and a timestamp of time 0 if these are wanted. */
static void put_syn(__u8 *frame, const struct probe_config *c, const struct probe_target *t,
		    unsigned int attempt)
{
	const __u16 port = (__u16)(c->source_port + attempt);
	const __u32 seq =
		cookie_tcp(&c->key, t->addr, net_be16(t->port), t->source, net_be16(port));
	const __u64 hash =
		cookie_tcp_hash(&c->key, t->addr, net_be16(t->port), t->source, net_be16(port));
	const unsigned int len = c->stamps ? 36 : 24;
	__u8 *tcp = put_ip(frame, c, t, 6, len, (__be16)(seq >> 16)), *at;

	at = put16(tcp, port);
	at = put16(at, t->port);
	at = put16(at, seq >> 16);
	at = put16(at, seq & 0xffff);
	at = put16(at, 0);
	at = put16(at, 0);
	at = put16(at, len / 4 << 12 | 2);
	at = put16(at, PROBE_TCP_WINDOW);
	at = put16(at, 0);
	at = put16(at, 0);
	at = put16(at, 0x0204);
	at = put16(at, PROBE_TCP_MSS);
	if (c->stamps) { /* RFC 7323, appendix A */
		at = put16(at, 0x0101);
		at = put16(at, 0x080a);
		at = put16(at, hash >> 48);
		at = put16(at, hash >> 32 & 0xffff);
		at = put16(at, 0);
		put16(at, 0);
	}
	put16(tcp + 16, ~sum(sum(6 + len, tcp - 8, 8), tcp, len));
}

/* An echo request (RFC 792), whose numbers come from the hash. */
static void put_echo(__u8 *frame, const struct probe_config *c, const struct probe_target *t,
		     unsigned int attempt)
{
	const __u64 proof =
		cookie_siphash12(&c->key, (__u64)t->addr | (__u64)t->source << 32, attempt);
	const __be16 id = (__be16)proof;
	__u8 *icmp = put_ip(frame, c, t, 1, 16, 0), *at;

	at = put16(icmp, 0x0800);
	at = put16(at, 0);
	at = put_bytes(at, &id, 2);
	at = put16(at, ((unsigned int)(proof >> 16) & 0xffe0) | attempt);
	put_bytes(at, &proof, 8);
	put16(icmp + 2, ~sum(0, icmp, 16));
}

/* Mostly random bytes; some all zeros, some all ones, where sums have their edges. */
static void some_bytes(uint64_t *state, void *bytes, size_t n)
{
	__u8 which;

	random_bytes(state, &which, 1);
	if (which < 32)
		memset(bytes, which < 16 ? 0 : 0xff, n);
	else
		random_bytes(state, bytes, n);
}

static void frames_are_those_of_the_rfcs(void **state)
{
	union probe_frame got;
	__u8 want[sizeof(got)], attempt;
	struct probe_config c;
	struct probe_target t;
	uint64_t random = 1;
	unsigned int i;

	(void)state;
	for (i = 0; i < 300000; i++) {
		some_bytes(&random, &c, sizeof(c));
		some_bytes(&random, &t.addr, sizeof(t.addr));
		some_bytes(&random, &t.source, sizeof(t.source));
		some_bytes(&random, &t.port, sizeof(t.port));
		some_bytes(&random, t.next_hop, sizeof(t.next_hop));
		some_bytes(&random, &attempt, 1);
		attempt %= PROBE_ECHO_TRIES;
		memset(&got, (int)i, sizeof(got));
		probe_build(&got, PROBE_TCP, &c, &t, attempt);
		put_syn(want, &c, &t, attempt);
		assert_memory_equal(&got, want, probe_room(PROBE_TCP, &c));
		probe_build(&got, PROBE_ECHO, &c, &t, attempt);
		put_echo(want, &c, &t, attempt);
		assert_memory_equal(&got, want, sizeof(got.echo));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(frames_are_those_of_the_rfcs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
