/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * probe_echo.h - an ICMP echo request, and the two kinds of packet that answer it: an echo reply,
 * or an ICMP error that quotes the request (RFC 792, RFC 4443). ECHO6: the same over IPv6.
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

struct probe_echo6_frame {
	struct net_eth eth;
	struct net_ip6 ip;
	struct net_echo echo;
} NET_WIRE;

/* The hash that fills a request. TCP has a source port where echo has 0: one key serves both. */
static __always_inline __u64 probe_echo_proof(const struct probe_config *p, __be32 target,
					      __be32 source, __u8 attempt)
{
	return cookie_siphash12(&p->key, (__u64)target | ((__u64)source << 32), attempt);
}

/*
 * Write every byte of a request of this type, for try `attempt`. `sum` is that of the pseudo
 * header, which IPv4 lacks.
 */
static __always_inline void probe_echo_fill(struct net_echo *echo, __u8 type, __u64 proof,
					    __u8 attempt, __u64 sum)
{
	echo->head.type = type;
	echo->head.code = 0;
	echo->head.csum = 0;
	echo->head.id = (__be16)proof;
	echo->head.sequence = net_be16(((proof >> 16) & 0xffe0) | attempt);
	__builtin_memcpy(echo->payload, &proof, sizeof(echo->payload));
	echo->head.csum = csum_fold(csum_add_words(sum, echo, sizeof(*echo) / 4));
}

static __always_inline void probe_echo_build(struct probe_echo_frame *f,
					     const struct probe_config *p,
					     const struct probe_target *t, __u8 attempt)
{
	probe_build_eth(&f->eth, p, t, NET_ETH_IP4);
	probe_build_ip4(&f->ip, p, t, NET_PROTO_ICMP, sizeof(f->echo), 0);
	probe_echo_fill(&f->echo, PROBE_ECHO_REQUEST,
			probe_echo_proof(p, t->addr, t->source, attempt), attempt, 0);
}

/* The sum of the pseudo header, which is the same there and back. */
static __always_inline __u64 probe_echo6_sum(const struct net_addr6 *target,
					     const struct net_addr6 *source)
{
	return csum_pseudo6(source, target, NET_PROTO_ICMP6, sizeof(struct net_echo));
}

static __always_inline void probe_echo6_build(struct probe_echo6_frame *f,
					      const struct probe_config *p,
					      const struct probe_target *t, __u8 attempt)
{
	probe_build_eth(&f->eth, p, t, NET_ETH_IP6);
	probe_build_ip6(&f->ip, t, NET_PROTO_ICMP6, p->ttl, sizeof(f->echo));
	probe_put_addr6(&f->ip.dst, &t->addr6);
	probe_echo_fill(&f->echo, NET_ICMP6_ECHO_REQUEST,
			cookie_siphash36(&p->key, &t->addr6, &t->source6, attempt), attempt,
			probe_echo6_sum(&t->addr6, &t->source6));
}

/* The try that a message says it is about. False: there is no such try. */
static __always_inline bool probe_echo_attempt(const struct net_echo_quote *head,
					       const struct probe_config *p, __u8 *attempt)
{
	*attempt = net_host16(head->sequence) & (PROBE_ECHO_TRIES - 1);
	return *attempt < p->tries;
}

/* Are identifier and sequence number those of the request `sent`? */
static __always_inline bool probe_echo_is(const struct net_echo_quote *head,
					  const struct net_echo *sent)
{
	return head->id == sent->head.id && head->sequence == sent->head.sequence;
}

/* Read a reply to `sent`. Without proof a reply is foreign, not rejected: no port marks it as ours. */
static __always_inline enum match probe_echo_read(const struct net_echo *echo,
						  const struct net_echo *sent, struct answer *out)
{
	__u64 got, want;

	if (!probe_echo_is(&echo->head, sent))
		return MATCH_FOREIGN;
	__builtin_memcpy(&got, echo->payload, sizeof(got));
	__builtin_memcpy(&want, sent->payload, sizeof(want));
	if (got != want)
		return answer_reject(out, REJECT_COOKIE);
	out->state = ANSWER_UP;
	return MATCH_ANSWER;
}

static __always_inline enum match probe_echo_match(struct cursor *c, const struct net_ip4 *ip,
						   const struct probe_config *p, struct answer *out)
{
	const struct net_echo *echo = cursor_pull_echo(c);
	struct net_echo sent;

	if (!echo || echo->head.type != PROBE_ECHO_REPLY || echo->head.code ||
	    net_host16(ip->total_len) < (ip->version_ihl & 15) * 4 + sizeof(*echo) ||
	    !probe_echo_attempt(&echo->head, p, &out->attempt))
		return MATCH_FOREIGN;
	probe_echo_fill(&sent, PROBE_ECHO_REQUEST,
			probe_echo_proof(p, ip->src, ip->dst, out->attempt), out->attempt, 0);
	out->addr = ip->src;
	out->ttl = ip->ttl;
	return probe_echo_read(echo, &sent, out);
}

static __always_inline enum match probe_echo6_match(struct cursor *c, const struct net_ip6 *ip,
						    const struct probe_config *p,
						    struct answer *out)
{
	const struct net_echo *echo = cursor_pull_echo(c);
	struct net_echo sent;

	if (!echo || echo->head.type != NET_ICMP6_ECHO_REPLY || echo->head.code ||
	    net_host16(ip->payload_len) < sizeof(*echo) ||
	    !probe_echo_attempt(&echo->head, p, &out->attempt))
		return MATCH_FOREIGN;
	probe_echo_fill(&sent, NET_ICMP6_ECHO_REQUEST,
			cookie_siphash36(&p->key, &ip->src, &ip->dst, out->attempt), out->attempt,
			probe_echo6_sum(&ip->src, &ip->dst));
	probe_put_addr6(&out->addr6, &ip->src);
	out->ttl = ip->hop_limit;
	return probe_echo_read(echo, &sent, out);
}

/* Read what an ICMP error quotes of a request; the cursor stands behind the quoted IP header. */
static __always_inline enum match probe_echo_quoted(struct cursor *c, const struct net_ip4 *inner,
						    const struct probe_config *p,
						    struct answer *out)
{
	const struct net_echo_quote *quote = cursor_pull_echo_quote(c);
	struct net_echo sent;

	if (!quote || quote->type != PROBE_ECHO_REQUEST || quote->code ||
	    !probe_echo_attempt(quote, p, &out->attempt))
		return MATCH_FOREIGN;
	probe_echo_fill(&sent, PROBE_ECHO_REQUEST,
			probe_echo_proof(p, inner->dst, inner->src, out->attempt), out->attempt, 0);
	if (!probe_echo_is(quote, &sent))
		return MATCH_FOREIGN;
	return quote->csum == sent.head.csum ? MATCH_ANSWER : answer_reject(out, REJECT_COOKIE);
}

static __always_inline enum match probe_echo6_quoted(struct cursor *c, const struct net_ip6 *inner,
						     const struct probe_config *p,
						     struct answer *out)
{
	const struct net_echo_quote *quote = cursor_pull_echo_quote(c);
	struct net_echo sent;

	if (!quote || quote->type != NET_ICMP6_ECHO_REQUEST || quote->code ||
	    !probe_echo_attempt(quote, p, &out->attempt))
		return MATCH_FOREIGN;
	probe_echo_fill(&sent, NET_ICMP6_ECHO_REQUEST,
			cookie_siphash36(&p->key, &inner->dst, &inner->src, out->attempt),
			out->attempt, probe_echo6_sum(&inner->dst, &inner->src));
	if (!probe_echo_is(quote, &sent))
		return MATCH_FOREIGN;
	return quote->csum == sent.head.csum ? MATCH_ANSWER : answer_reject(out, REJECT_COOKIE);
}

#endif
