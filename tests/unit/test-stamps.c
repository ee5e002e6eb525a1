// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * test-stamps.c - the law of timestamps: a SYN-ACK that echoes the timestamp of a probe tells when the
 * probe left.
 */
#include "exchange.h"

enum { ROUNDS = 20000 };

static __u16 tcp_sum(const struct net_ip4 *ip, const void *tcp, __u16 len)
{
	return csum_fold(csum_pseudo_tcp(ip->src, ip->dst, len) + csum_add_words(0, tcp, len / 4U));
}

/* A probe that leaves at time_ns. */
static void send_at(const struct exchange *x, uint64_t time_ns, struct probe_tcp_stamped_frame *f)
{
	probe_build(f, PROBE_TCP, &x->config, &x->target, x->attempt);
	probe_stamp(f, PROBE_TCP, &x->config, time_ns);
}

static void random_stamped(uint64_t *state, struct exchange *x)
{
	random_exchange(state, x);
	x->config.stamps = 1;
}

/* What a SYN-ACK says of its probe's time, whose options, `len` bytes, are these. */
static __u32 sent_of(const struct exchange *x, const struct probe_tcp_stamped_frame *probe,
		     const void *options, __u16 len)
{
	struct {
		struct net_eth eth;
		struct net_ip4 ip;
		struct net_tcp tcp;
		__u8 options[40];
	} NET_WIRE out = { 0 };
	const __u16 tcp_len = (__u16)(sizeof(out.tcp) + len);
	struct answer answer;

	reply_eth(&out.eth, &probe->syn.eth);
	reply_ip4(&out.ip, probe->syn.ip.dst, probe->syn.ip.src, NET_PROTO_TCP, REPLY_TTL, tcp_len);
	reply_tcp(&out.tcp, &probe->syn.tcp, NET_TCP_SYN | NET_TCP_ACK, REPLY_SEQ, REPLY_WINDOW,
		  tcp_len);
	memcpy(out.options, options, len);
	assert_int_equal(match_bytes(&out, sizeof(out) - sizeof(out.options) + len, PROBE_TCP,
				     &x->config, &answer),
			 MATCH_ANSWER);
	assert_true(is_answer_to(x, &answer));
	assert_int_equal(answer.state, ANSWER_OPEN);
	return answer.sent;
}

static void an_echo_tells_when_the_probe_left(void **state)
{
	struct probe_tcp_stamped_frame probe;
	struct reply_stamped_frame reply;
	struct answer answer;
	uint64_t random = 41, time_ns;
	struct exchange x;
	unsigned int i;

	(void)state;
	for (i = 0; i < ROUNDS; i++) {
		random_stamped(&random, &x);
		random_bytes(&random, &time_ns, sizeof(time_ns));
		send_at(&x, time_ns, &probe);
		assert_int_equal(probe_room(PROBE_TCP, &x.config), sizeof(probe));
		assert_int_equal(tcp_sum(&probe.syn.ip, &probe.syn.tcp, 36), 0);
		reply_stamped(&reply, &probe, probe.stamps.value);
		assert_int_equal(tcp_sum(&reply.synack.ip, &reply.synack.tcp, 36), 0);
		assert_int_equal(match_bytes(&reply, sizeof(reply), PROBE_TCP, &x.config, &answer),
				 MATCH_ANSWER);
		assert_true(is_answer_to(&x, &answer));
		assert_int_equal(answer.mss, REPLY_MSS);
		assert_int_equal(answer.sent, (__u32)(time_ns >> 10));
	}
}

/* The one value that means "no timestamps" leaves as its neighbour: a tick wrong, no more. */
static void no_probe_has_the_value_zero(void **state)
{
	struct probe_tcp_stamped_frame probe;
	uint64_t random = 42, hash;
	struct exchange x;
	unsigned int i;

	(void)state;
	for (i = 0; i < ROUNDS; i++) {
		random_stamped(&random, &x);
		hash = cookie_tcp_hash(&x.config.key, x.target.addr, net_be16(x.target.port),
				       x.target.source,
				       net_be16((__u16)(x.config.source_port + x.attempt)));
		send_at(&x, hash >> 32 << 10, &probe);
		assert_int_equal(net_host32(probe.stamps.value), 1);
		assert_int_equal(tcp_sum(&probe.syn.ip, &probe.syn.tcp, 36), 0);
	}
}

/* The option may come first, or behind others; what is no such option says nothing. */
static void options_of_stacks(void **state)
{
	struct probe_tcp_stamped_frame probe;
	uint64_t random = 43;
	struct exchange x;
	__u8 options[40];
	unsigned int at;
	__u16 len;

	(void)state;
	random_stamped(&random, &x);
	send_at(&x, 5000 << 10, &probe);
	probe.stamps.echo = probe.stamps.value;
	for (at = 0; at <= 24; at += 4) {
		memset(options, 1, sizeof(options));
		memcpy(options + at, &probe.stamps, sizeof(probe.stamps));
		assert_int_equal(sent_of(&x, &probe, options, (__u16)(at + 12)),
				 at <= 8 ? 5000 : 0);
		/* Cut off by the end of the options. */
		for (len = 0; len < at + 12; len = (__u16)(len + 4))
			assert_int_equal(sent_of(&x, &probe, options, len), 0);
	}
	memset(options, 1, sizeof(options));
	probe.stamps.echo = 0;
	memcpy(options, &probe.stamps, sizeof(probe.stamps));
	assert_int_equal(sent_of(&x, &probe, options, 12), 0);
	x.config.stamps = 0;
	probe.stamps.echo = probe.stamps.value;
	memcpy(options, &probe.stamps, sizeof(probe.stamps));
	assert_int_equal(sent_of(&x, &probe, options, 12), 0);
}

/* Neither the time nor what two probes have in common shows in the value. */
static void values_tell_nothing(void **state)
{
	struct probe_tcp_stamped_frame first, second;
	unsigned int i, bit, ones[32] = { 0 };
	uint64_t random = 44;
	struct exchange x;

	(void)state;
	for (i = 0; i < ROUNDS; i++) {
		random_stamped(&random, &x);
		send_at(&x, 1 << 20, &first);
		x.target.port++;
		send_at(&x, 1 << 20, &second);
		for (bit = 0; bit < 32; bit++)
			ones[bit] += (first.stamps.value ^ second.stamps.value) >> bit & 1;
	}
	for (bit = 0; bit < 32; bit++)
		assert_in_range(ones[bit], ROUNDS * 47 / 100, ROUNDS * 53 / 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_echo_tells_when_the_probe_left),
		cmocka_unit_test(no_probe_has_the_value_zero),
		cmocka_unit_test(options_of_stacks),
		cmocka_unit_test(values_tell_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
