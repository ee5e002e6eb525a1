/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * probe_echo.h - an ICMP echo request, and the two kinds of packet that answer it: an echo reply,
 * or an ICMP error that quotes the request (RFC 792).
 *
 * A keyed hash of the addresses and the try fills the identifier, the sequence number and the
 * payload. Five bits of the sequence number are the number of the try instead. An error quotes the
 * identifier, the sequence number and the checksum over all: 43 bits of proof.
 */
#ifndef XSCAN_PROBE_ECHO_H
#define XSCAN_PROBE_ECHO_H

#include "probe_common.h"

enum { PROBE_ECHO_REPLY = 0, PROBE_ECHO_REQUEST = 8, PROBE_ECHO_TRIES = 32 };

/* An echo message without its payload: the part that an error quotes. */
struct net_echo_quote {
	__u8 type;
	__u8 code;
	__be16 csum;
	__be16 id;
	__be16 sequence;
} NET_WIRE;

struct net_echo {
	struct net_echo_quote head;
	__u8 payload[8];
} NET_WIRE;

CURSOR_PULL(echo, net_echo)
CURSOR_PULL(echo_quote, net_echo_quote)

struct probe_echo_frame {
	struct net_eth eth;
	struct net_ip4 ip;
	struct net_echo echo;
} NET_WIRE;

/* Write every byte of the message that asks `target` as try `attempt`. */
static __always_inline void probe_echo_fill(struct net_echo *echo, const struct probe_config *p,
					    __be32 target, __be32 source, __u8 attempt)
{
	/* TCP has a source port where echo has 0: one key serves both. */
	const __u64 proof =
		cookie_siphash12(&p->key, (__u64)target | ((__u64)source << 32), attempt);

	echo->head.type = PROBE_ECHO_REQUEST;
	echo->head.code = 0;
	echo->head.csum = 0;
	echo->head.id = (__be16)proof;
	echo->head.sequence = net_be16(((proof >> 16) & 0xffe0) | attempt);
	__builtin_memcpy(echo->payload, &proof, sizeof(echo->payload));
	echo->head.csum = csum_fold(csum_add_words(0, echo, sizeof(*echo) / 4));
}

static __always_inline void probe_echo_build(struct probe_echo_frame *f,
					     const struct probe_config *p,
					     const struct probe_target *t, __u8 attempt)
{
	probe_build_eth(&f->eth, p, t);
	probe_build_ip4(&f->ip, p, t, NET_PROTO_ICMP, sizeof(f->echo), 0);
	probe_echo_fill(&f->echo, p, t->addr, t->source, attempt);
}

/* Is this message the one that we send for the try in its sequence number? */
static __always_inline bool probe_echo_is_ours(const struct net_echo_quote *head,
					       const struct probe_config *p, __be32 target,
					       __be32 source, struct net_echo *sent, __u8 *attempt)
{
	*attempt = net_host16(head->sequence) & (PROBE_ECHO_TRIES - 1);
	if (*attempt >= p->tries)
		return false;
	probe_echo_fill(sent, p, target, source, *attempt);
	return head->id == sent->head.id && head->sequence == sent->head.sequence;
}

/* Read an echo reply. Without proof a reply is foreign, not rejected: no port marks it as ours. */
static __always_inline enum match probe_echo_match(struct cursor *c, const struct net_ip4 *ip,
						   const struct probe_config *p, struct answer *out)
{
	const struct net_echo *echo = cursor_pull_echo(c);
	struct net_echo sent;
	__u64 got, want;

	if (!echo || echo->head.type != PROBE_ECHO_REPLY || echo->head.code ||
	    net_host16(ip->total_len) < (ip->version_ihl & 15) * 4 + sizeof(*echo) ||
	    !probe_echo_is_ours(&echo->head, p, ip->src, ip->dst, &sent, &out->attempt))
		return MATCH_FOREIGN;
	__builtin_memcpy(&got, echo->payload, sizeof(got));
	__builtin_memcpy(&want, sent.payload, sizeof(want));
	out->addr = ip->src;
	if (got != want)
		return answer_reject(out, REJECT_COOKIE);
	out->state = ANSWER_UP;
	out->ttl = ip->ttl;
	return MATCH_ANSWER;
}

/* Read what an ICMP error quotes of a request; the cursor stands behind the quoted IPv4 header. */
static __always_inline enum match probe_echo_quoted(struct cursor *c, const struct net_ip4 *inner,
						    const struct probe_config *p,
						    struct answer *out)
{
	const struct net_echo_quote *quote = cursor_pull_echo_quote(c);
	struct net_echo sent;

	if (!quote || quote->type != PROBE_ECHO_REQUEST || quote->code ||
	    !probe_echo_is_ours(quote, p, inner->dst, inner->src, &sent, &out->attempt))
		return MATCH_FOREIGN;
	return quote->csum == sent.head.csum ? MATCH_ANSWER : answer_reject(out, REJECT_COOKIE);
}

#endif
