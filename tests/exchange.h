/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * exchange.h - for unit tests: random probes with all their answers; run the matchers on frames, as
 * the BPF program does.
 */
#ifndef XSCAN_TESTS_EXCHANGE_H
#define XSCAN_TESTS_EXCHANGE_H

#include "dispatch.h"
#include "random.h"
#include "reply.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof(*(a)))

enum { ETH = sizeof(struct net_eth), IP = sizeof(struct net_ip4), FRAME_MAX = 1536 };
enum form { SYNACK, RST, ICMP, FORMS };

/* One probe, its frame, and the answers to it. */
struct exchange {
	struct probe_config config;
	struct probe_target target;
	__u8 attempt;
	__u8 code;
	struct probe_tcp_frame syn;
	struct frame {
		size_t len;
		__u8 bytes[FRAME_MAX];
	} answers[FORMS];
};

/* Build the frames for what x->config, target, attempt and code say. */
static inline void build_exchange(struct exchange *x, __be32 router)
{
	struct reply_synack_frame synack;
	struct reply_icmp_frame icmp;
	struct reply_rst_frame rst;

	probe_tcp_build(&x->syn, &x->config, &x->target, x->attempt);
	reply_synack(&synack, &x->syn);
	reply_rst(&rst, &x->syn);
	reply_icmp(&icmp, &x->syn, router, x->code);
	x->answers[SYNACK].len = sizeof(synack);
	memcpy(x->answers[SYNACK].bytes, &synack, sizeof(synack));
	x->answers[RST].len = sizeof(rst);
	memcpy(x->answers[RST].bytes, &rst, sizeof(rst));
	x->answers[ICMP].len = sizeof(icmp);
	memcpy(x->answers[ICMP].bytes, &icmp, sizeof(icmp));
}

static inline void random_exchange(uint64_t *state, struct exchange *x)
{
	memset(x, 0, sizeof(*x));
	random_bytes(state, &x->config, sizeof(x->config));
	random_bytes(state, &x->target, sizeof(x->target));
	x->config.longs = 1;
	x->config.tries = (__u16)(1 + next_random(state) % 8);
	x->config.source_port =
		(__u16)(1024 + next_random(state) % (65536 - 1024 - x->config.tries + 1));
	x->attempt = (__u8)(next_random(state) % x->config.tries);
	x->code = (__u8)(next_random(state) % 16);
	build_exchange(x, (__be32)next_random(state));
}

/* Match a copy in memory of just that size, so that a sanitizer sees every read behind its end. */
static inline enum match match_bytes(const void *bytes, size_t len, enum probe_kind kind,
				     const struct probe_config *p, struct answer *out)
{
	void *copy = malloc(len + !len);
	struct cursor c = { copy, (const char *)copy + len };
	enum match match;

	assert_non_null(copy);
	memcpy(copy, bytes, len);
	memset(out, 0, sizeof(*out));
	match = dispatch(&c, kind, p, out);
	free(copy);
	return match;
}

static inline enum match match_frame(const struct exchange *x, const struct frame *f,
				     struct answer *out)
{
	return match_bytes(f->bytes, f->len, PROBE_TCP, &x->config, out);
}

static inline bool is_answer_to(const struct exchange *x, const struct answer *a)
{
	return a->addr == x->target.addr && a->port == net_be16(x->target.port) &&
	       a->attempt == x->attempt;
}

static inline void check_answer(const struct exchange *x, enum form form, const struct frame *f)
{
	const struct answer expected = {
		.addr = x->target.addr,
		.port = net_be16(x->target.port),
		.attempt = x->attempt,
		.state = form == SYNACK ? ANSWER_OPEN
			 : form == RST	? ANSWER_CLOSED
					: ANSWER_FILTERED + x->code,
		.ttl = form == ICMP ? REPLY_ROUTER_TTL : REPLY_TTL,
		.window = form == SYNACK ? REPLY_WINDOW : 0,
		.mss = form == SYNACK ? REPLY_MSS : 0,
	};
	struct answer answer;

	assert_int_equal(match_frame(x, f, &answer), MATCH_ANSWER);
	assert_memory_equal(&answer, &expected, sizeof(answer));
}

static inline void check_match(const struct exchange *x, const struct frame *f, enum match expected)
{
	struct answer answer;

	assert_int_equal(match_frame(x, f, &answer), expected);
}

static inline struct net_ip4 *ip_of(struct frame *f)
{
	return (struct net_ip4 *)(f->bytes + ETH);
}

static inline struct net_tcp *tcp_of(struct frame *f)
{
	return (struct net_tcp *)(f->bytes + ETH + IP);
}

static inline struct reply_icmp_frame *icmp_of(struct frame *f)
{
	return (struct reply_icmp_frame *)f->bytes;
}

#endif
