/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * probe_udp.h - a UDP datagram with what the service of its port answers to. Two kinds of packet answer
 * it: a datagram, or an ICMP error that quotes the probe (RFC 768, RFC 792, RFC 4443). UDP6: the same
 * over IPv6.
 *
 * A keyed hash of addresses and ports is the transaction number of the payload, as far as the payload
 * has room for one. An answer comes from the port that was asked and repeats the number. An error
 * quotes the length and the checksum of the probe, and the checksum depends on the number.
 *
 * A port is closed if its host itself sends "port unreachable". From a router, this error is that of a
 * firewall (probe.h).
 */
#ifndef XSCAN_PROBE_UDP_H
#define XSCAN_PROBE_UDP_H

#include "probe_common.h"
#include "probe_udp_payloads.h"

/*
 * The longest probe; payloads have different lengths. Only what is asked for is written: a frame has
 * PROBE_UDP_ROOM_LONG bytes for the payload if p->longs says so, else PROBE_UDP_ROOM.
 */
struct probe_udp_frame {
	struct net_eth eth;
	struct net_ip4 ip;
	struct net_udp udp;
	__u8 payload[PROBE_UDP_ROOM_LONG];
} NET_WIRE;

struct probe_udp6_frame {
	struct net_eth eth;
	struct net_ip6 ip;
	struct net_udp udp;
	__u8 payload[PROBE_UDP_ROOM_LONG];
} NET_WIRE;

_Static_assert(sizeof(struct net_udp) == NET_ICMP_QUOTED, "an error quotes the whole header");

/* What this port (host order) is asked in this try. SNMP has two versions, which take turns. */
static __always_inline const struct probe_udp_payload *probe_udp_payload(__u16 port, __u8 attempt)
{
	__u32 i = PROBE_UDP_EMPTY;

	switch (port) {
#define PROBE_UDP_CASE(NAME, number)  \
	case number:                  \
		i = PROBE_UDP_##NAME; \
		break;
		PROBE_UDP_PORTS(PROBE_UDP_CASE)
#undef PROBE_UDP_CASE
	default:
		break;
	}
	if (i == PROBE_UDP_SNMP3 && attempt & 1)
		i = PROBE_UDP_SNMP1;
	return &probe_udp_payloads[i];
}

/* How many bytes the frames of this scan are shorter than the longest. */
static __always_inline unsigned int probe_udp_no_room(const struct probe_config *p)
{
	return p->longs ? 0 : PROBE_UDP_ROOM_LONG - PROBE_UDP_ROOM;
}

/* The same of the probe for this port (host order). */
static __always_inline unsigned int probe_udp_spare(__u16 port, __u8 attempt)
{
	return PROBE_UDP_ROOM_LONG - probe_udp_payload(port, attempt)->len;
}

/* The hash of a question: its number is a part of it. */
static __always_inline __u64 probe_udp_hash(const struct probe_config *p, __be32 target,
					    __be16 target_port, __be32 source, __be16 source_port)
{
	return cookie_siphash12(&p->key, (__u64)target | ((__u64)source << 32),
				probe_word(target_port, source_port));
}

static __always_inline __u64 probe_udp6_hash(const struct probe_config *p,
					     const struct net_addr6 *target, __be16 target_port,
					     const struct net_addr6 *source, __be16 source_port)
{
	return cookie_siphash36(&p->key, target, source, probe_word(target_port, source_port));
}

/* Eight hexadecimal digits, the last one of the value first. */
static __always_inline __u64 probe_udp_digits(__u32 value)
{
	__u64 n = value, letters;

	n = (n | n << 16) & 0x0000ffff0000ffff;
	n = (n | n << 8) & 0x00ff00ff00ff00ff;
	n = (n | n << 4) & 0x0f0f0f0f0f0f0f0f;
	letters = (n + 0x0606060606060606) >> 4 & 0x0101010101010101;
	return n + 0x3030303030303030 + letters * ('a' - '9' - 1);
}

/* The number of a question: byte i on the wire is bits 8i to 8i + 7. Zero beyond its width. */
static __always_inline __u64 probe_udp_number(const struct probe_udp_payload *what, __u64 hash)
{
	if (what->form == UDP_FORM_TEXT)
		return probe_udp_digits((__u32)hash);
	if (!what->width)
		return 0;
	/* A positive BER integer that needs all its bytes (X.690, 8.3.2). */
	if (what->form >= UDP_FORM_BER && what->form <= UDP_FORM_BER_PDU)
		hash = (hash & ~0xffULL) | (hash & 0x3f) | 0x40;
	return hash << (64 - 8 * what->width) >> (64 - 8 * what->width);
}

/* What the number adds to a checksum. Behind an odd number of bytes its bytes change places. */
static __always_inline __be16 probe_udp_sum_of(const struct probe_udp_payload *what, __u64 n)
{
	const __u64 sum = (n & 0xffff) + (n >> 16 & 0xffff) + (n >> 32 & 0xffff) + (n >> 48);
	const __u16 little = (__u16)~csum_fold(sum);

	/* `little` is right for words whose first byte is the low one. */
	return what->number & 1 ? net_be16(little) : net_be16(__builtin_bswap16(little));
}

/*
 * The checksum of a probe; zero would mean none (RFC 768). `addrs` is the sum of both addresses. All
 * other words of the pseudo header are the same in both families (RFC 8200, 8.1).
 */
static __always_inline __be16 probe_udp_csum(const struct probe_udp_payload *what, __u64 n,
					     __u64 addrs, __be16 target_port, __be16 source_port)
{
	const __u16 len = sizeof(struct net_udp) + what->len;
	const __u64 pseudo = addrs + net_be32((__u32)NET_PROTO_UDP << 16 | len);
	const __be16 csum = csum_fold(pseudo + source_port + target_port + net_be16(len) +
				      net_be16(what->sum) + probe_udp_sum_of(what, n));

	return csum ? csum : 0xffff;
}

/* Write the first PROBE_UDP_ROOM bytes of the payload, zeros behind its end. */
static __always_inline void probe_udp_fill(__u8 *payload, const struct probe_udp_payload *what,
					   __u64 n)
{
	const __u32 at = what->number & PROBE_UDP_NUMBER_LAST;
	unsigned int i;

#pragma GCC unroll 34
	for (i = 0; i < PROBE_UDP_ROOM; i += 4) {
		__u32 word;

		__builtin_memcpy(&word, what->bytes + i, sizeof(word));
		probe_put(payload + i, word);
	}
#pragma GCC unroll 8
	for (i = 0; i < 8; i++)
		if (i < what->width)
			payload[at + i] = (__u8)(n >> (8 * i));
}

/* The rest of a payload that is longer. The compiler must not make a call of memset: BPF has none. */
static __always_inline void probe_udp_pad(__u8 *payload)
{
	unsigned int i;

	for (i = PROBE_UDP_ROOM; i < PROBE_UDP_ROOM_LONG; i += 4) {
		probe_put(payload + i, 0);
		asm volatile("" ::: "memory");
	}
}

/* The rest of a payload of UDP_FORM_TEXT. */
static __always_inline void probe_udp_put_text(__u8 *text, __u64 n)
{
	unsigned int i;

	for (i = 0; i < PROBE_UDP_TEXT_ROOM; i += 4) {
		__u32 word;

		__builtin_memcpy(&word, probe_udp_text + i, sizeof(word));
		probe_put(text + i, word);
		asm volatile("" ::: "memory");
	}
#pragma GCC unroll 8
	for (i = 0; i < 8; i++)
		text[PROBE_UDP_TEXT_NUMBER + i] = (__u8)(n >> (8 * i));
}

/* Write every byte of a datagram, and more of a short one: the memory may hold an old frame. */
static __always_inline void probe_udp_write(struct net_udp *udp, __u8 *payload,
					    const struct probe_udp_payload *what, bool longs,
					    __be16 source_port, __be16 target_port, __u64 hash,
					    __u64 addrs)
{
	const __u64 n = probe_udp_number(what, hash);
	const __be16 csum = probe_udp_csum(what, n, addrs, target_port, source_port);

	probe_put(&udp->src, probe_word(source_port, target_port));
	probe_put(&udp->len, probe_word(net_be16(sizeof(*udp) + what->len), csum));
	probe_udp_fill(payload, what, n);
	if (longs && what->len > PROBE_UDP_ROOM)
		probe_udp_pad(payload);
	if (longs && what->form == UDP_FORM_TEXT)
		probe_udp_put_text(payload + PROBE_UDP_ROOM, n);
}

static __always_inline void probe_udp_build(struct probe_udp_frame *f, const struct probe_config *p,
					    const struct probe_target *t, __u8 attempt)
{
	const struct probe_udp_payload *what = probe_udp_payload(t->port, attempt);
	const __be16 source_port = net_be16(p->source_port + attempt);
	const __be16 target_port = net_be16(t->port);

	probe_build_eth(&f->eth, p, t, NET_ETH_IP4);
	probe_build_ip4(&f->ip, p, t, NET_PROTO_UDP, sizeof(f->udp) + what->len, 0);
	probe_udp_write(&f->udp, f->payload, what, p->longs, source_port, target_port,
			probe_udp_hash(p, t->addr, target_port, t->source, source_port),
			(__u64)t->source + t->addr);
}

static __always_inline void probe_udp6_build(struct probe_udp6_frame *f,
					     const struct probe_config *p,
					     const struct probe_target *t, __u8 attempt)
{
	const struct probe_udp_payload *what = probe_udp_payload(t->port, attempt);
	const __be16 source_port = net_be16(p->source_port + attempt);
	const __be16 target_port = net_be16(t->port);

	probe_build_eth(&f->eth, p, t, NET_ETH_IP6);
	probe_build_ip6(&f->ip, t, NET_PROTO_UDP, p->ttl, sizeof(f->udp) + what->len);
	probe_put_addr6(&f->ip.dst, &t->addr6);
	probe_udp_write(&f->udp, f->payload, what, p->longs, source_port, target_port,
			probe_udp6_hash(p, &t->addr6, target_port, &t->source6, source_port),
			csum_addr6(&t->source6) + csum_addr6(&t->addr6));
}

/* Is this one of our source ports? If so, of which try? */
static __always_inline bool probe_udp_attempt(const struct probe_config *p, __be16 port,
					      __u8 *attempt)
{
	__u16 offset = net_host16(port) - p->source_port;

	*attempt = (__u8)offset;
	return offset < p->tries;
}

/* Step over so many bytes; at least one more follows. */
static __always_inline bool probe_udp_skip(struct cursor *c, __u32 n)
{
	if (c->pos + n + 1 > c->end)
		return false;
	c->pos += n;
	return true;
}

/* Step into a BER value with this tag. Its length is one byte, or 1 to 4 further bytes. */
static __always_inline bool probe_udp_enter(struct cursor *c, __u8 tag)
{
	const __u8 *head = c->pos;
	__u32 more;

	if ((const void *)(head + 2) > c->end || head[0] != tag)
		return false;
	more = head[1] & 0x80 ? head[1] & 0x7f : 0;
	return more <= 4 && probe_udp_skip(c, 2 + more);
}

/* Go to the number in an answer. False: the answer has none. */
static __always_inline bool probe_udp_find(struct cursor *c, const struct probe_udp_payload *what)
{
	const __u8 *head;

	if (what->form == UDP_FORM_AT)
		return probe_udp_skip(c, what->repeated & PROBE_UDP_NUMBER_LAST);
	if (!probe_udp_enter(c, 0x30))
		return false;
	/* Behind the version, and behind the community. */
	if (what->form == UDP_FORM_BER_SEQUENCE &&
	    (!probe_udp_skip(c, 3) || !probe_udp_enter(c, 0x30)))
		return false;
	if (what->form == UDP_FORM_BER_PDU && (!probe_udp_skip(c, 11) || !probe_udp_enter(c, 0xa2)))
		return false;
	head = c->pos;
	if ((const void *)(head + 2) > c->end || head[0] != 2 || head[1] != 4)
		return false;
	c->pos += 2;
	return true;
}

/* Does the number stand at the cursor? */
static __always_inline bool probe_udp_repeats(const struct cursor *c,
					      const struct probe_udp_payload *what, __u64 n)
{
	const __u8 *at = c->pos;
	__u64 got = 0;
	unsigned int i;

#pragma GCC unroll 8
	for (i = 0; i < 8; i++) {
		const __u8 *next = at + i + 1;

		if (i >= what->width)
			break;
		/* Else clang 19 computes with the end of the packet, which the verifier refuses. */
		asm volatile("" : "+r"(next));
		if ((const void *)next > c->end)
			return false;
		got |= (__u64)next[-1] << (8 * i);
	}
	return got == n;
}

/*
 * TFTP answers from a port of its own choice (RFC 1350, 4), and its errors repeat nothing. So take an
 * error from a port without a payload for an answer of port 69. There is no other proof.
 */
static __always_inline bool probe_udp_is_tftp(struct cursor c, __be16 port)
{
	const __u8 *head = c.pos;

	if (net_host16(port) < 1024 || (const void *)(head + 4) > c.end)
		return false;
	return head[0] == 0 && head[1] == 5 && head[2] == 0 && head[3] <= 8;
}

/*
 * Read a datagram in `room` bytes that came to one of our ports; the cursor stands behind its header.
 * The question had this hash. Do not verify the checksum: see probe_tcp.h.
 */
static __always_inline enum match probe_udp_read(struct cursor *c, const struct net_udp *udp,
						 __u32 room, __u64 hash, struct answer *out)
{
	const struct probe_udp_payload *what;

	out->port = udp->src;
	if (net_host16(udp->len) < sizeof(*udp) || room < net_host16(udp->len))
		return answer_reject(out, REJECT_HEADER);
	what = probe_udp_payload(net_host16(udp->src), out->attempt);
	if (what->form == UDP_FORM_PORT && !what->len && probe_udp_is_tftp(*c, udp->src))
		out->port = net_be16(69);
	else if (what->width && (!probe_udp_find(c, what) ||
				 !probe_udp_repeats(c, what, probe_udp_number(what, hash))))
		return answer_reject(out, REJECT_COOKIE);
	out->state = ANSWER_OPEN;
	return MATCH_ANSWER;
}

/* The cursor stands behind the IPv4 header `ip`. */
static __always_inline enum match probe_udp_match(struct cursor *c, const struct net_ip4 *ip,
						  const struct probe_config *p, struct answer *out)
{
	const __u32 header_len = (ip->version_ihl & 15) * 4, total_len = net_host16(ip->total_len);
	const struct net_udp *udp = cursor_pull_udp(c);

	if (!udp || !probe_udp_attempt(p, udp->dst, &out->attempt))
		return MATCH_FOREIGN;
	out->addr = ip->src;
	out->ttl = ip->ttl;
	return probe_udp_read(c, udp, total_len - header_len,
			      probe_udp_hash(p, ip->src, udp->src, ip->dst, udp->dst), out);
}

static __always_inline enum match probe_udp6_match(struct cursor *c, const struct net_ip6 *ip,
						   const struct probe_config *p, struct answer *out)
{
	const struct net_udp *udp = cursor_pull_udp(c);

	if (!udp || !probe_udp_attempt(p, udp->dst, &out->attempt))
		return MATCH_FOREIGN;
	probe_put_addr6(&out->addr6, &ip->src);
	out->ttl = ip->hop_limit;
	return probe_udp_read(c, udp, net_host16(ip->payload_len),
			      probe_udp6_hash(p, &ip->src, udp->src, &ip->dst, udp->dst), out);
}

/*
 * Read the quoted header of a probe that had this hash. Only a machine that saw the probe can quote its
 * checksum.
 */
static __always_inline enum match probe_udp_read_quote(const struct net_udp *quote, __u64 hash,
						       __u64 addrs, struct answer *out)
{
	const struct probe_udp_payload *what =
		probe_udp_payload(net_host16(quote->dst), out->attempt);
	const __u64 n = probe_udp_number(what, hash);

	out->port = quote->dst;
	if (net_host16(quote->len) != sizeof(*quote) + what->len ||
	    quote->csum != probe_udp_csum(what, n, addrs, quote->dst, quote->src))
		return answer_reject(out, REJECT_COOKIE);
	return MATCH_ANSWER;
}

/* Read what an ICMP error quotes of a probe; the cursor stands behind the quoted IPv4 header. */
static __always_inline enum match probe_udp_quoted(struct cursor *c, const struct net_ip4 *inner,
						   const struct probe_config *p, struct answer *out)
{
	const struct net_udp *quote = cursor_pull_udp(c);

	if (!quote || !probe_udp_attempt(p, quote->src, &out->attempt))
		return MATCH_FOREIGN;
	return probe_udp_read_quote(
		quote, probe_udp_hash(p, inner->dst, quote->dst, inner->src, quote->src),
		(__u64)inner->src + inner->dst, out);
}

static __always_inline enum match probe_udp6_quoted(struct cursor *c, const struct net_ip6 *inner,
						    const struct probe_config *p,
						    struct answer *out)
{
	const struct net_udp *quote = cursor_pull_udp(c);

	if (!quote || !probe_udp_attempt(p, quote->src, &out->attempt))
		return MATCH_FOREIGN;
	return probe_udp_read_quote(
		quote, probe_udp6_hash(p, &inner->dst, quote->dst, &inner->src, quote->src),
		csum_addr6(&inner->src) + csum_addr6(&inner->dst), out);
}

#endif
