/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* probe_common.h - what all kinds of question share: source, target and ICMP errors. */
#ifndef XSCAN_PROBE_COMMON_H
#define XSCAN_PROBE_COMMON_H

#include "answer.h"
#include "cookie.h"
#include "csum.h"
#include "cursor.h"

/* What all probes of a run have in common. */
struct probe_config {
	struct cookie_key key;
	__u16 source_port; /* host order, of the first try; each further try uses the next port */
	__u16 tries;	   /* the number of source ports; tries are counted by them */
	__u8 source_mac[6];
	__u8 ttl;
	__u8 stamps; /* SYNs carry a timestamp: probe_tcp.h */
	__u8 longs;  /* some datagrams are longer than PROBE_UDP_ROOM: probe_udp.h */
};

/*
 * One question to send. The family of the kind says which addresses count. Kinds that ask
 * neighbours use only the addresses; only kinds that ask for ports use the port.
 */
struct probe_target {
	union {
		struct {
			__be32 addr;
			__be32 source;
		};
		struct {
			struct net_addr6 addr6;
			struct net_addr6 source6;
		};
	};
	__u16 port;	  /* host order */
	__u8 next_hop[6]; /* MAC address of the target, or of the gateway to it */
};

/* Two halves, in the order in memory, as one word. */
static __always_inline __u32 probe_word(__be16 first, __be16 second)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	return (__u32)second << 16 | first;
#else
	return (__u32)first << 16 | second;
#endif
}

/*
 * Write a word of an IPv4 packet, behind an Ethernet header. By type it lies at an even address only,
 * where clang writes half by half for BPF. The kernel takes words there on every machine: it aligns
 * IPv4 headers where a machine needs that.
 */
static __always_inline void probe_put(void *to, __u32 word)
{
#ifdef __bpf__
	typedef __u32 __attribute__((may_alias)) aliasing;

	*(aliasing *)to = word;
#else
	__builtin_memcpy(to, &word, sizeof(word));
#endif
}

static __always_inline void probe_put_addr6(struct net_addr6 *to, const struct net_addr6 *from)
{
	probe_put(&to->word[0], net_get(&from->word[0]));
	probe_put(&to->word[1], net_get(&from->word[1]));
	probe_put(&to->word[2], net_get(&from->word[2]));
	probe_put(&to->word[3], net_get(&from->word[3]));
}

/* A group address, no address, and our own are no other host's. */
static __always_inline bool probe_mac_may_be(const __u8 mac[6], const struct probe_config *p)
{
	const __u8 none[6] = { 0 };

	return !(mac[0] & 1) && !net_mac_equal(mac, none) && !net_mac_equal(mac, p->source_mac);
}

/* Write every byte of the Ethernet header of a probe that goes to the next hop. */
static __always_inline void probe_build_eth(struct net_eth *eth, const struct probe_config *p,
					    const struct probe_target *t, __u16 type)
{
	__builtin_memcpy(eth->dst, t->next_hop, 6);
	__builtin_memcpy(eth->src, p->source_mac, 6);
	eth->type = net_be16(type);
}

/*
 * Write every byte of the IPv4 header; `payload` bytes follow it. The checksum is made of words as they
 * are written: reading them back from memory would wait for the writes.
 */
static __always_inline void probe_build_ip4(struct net_ip4 *ip, const struct probe_config *p,
					    const struct probe_target *t, __u8 proto, __u16 payload,
					    __be16 id)
{
	const __u32 start = probe_word(net_be16(0x4500), net_be16(sizeof(*ip) + payload));
	const __be16 ttl_proto = net_be16(p->ttl << 8 | proto);
	const __u64 sum = (__u64)start + id + ttl_proto + t->source + t->addr;

	probe_put(&ip->version_ihl, start);
	probe_put(&ip->id, probe_word(id, 0)); /* no fragment */
	probe_put(&ip->ttl, probe_word(ttl_proto, csum_fold(sum)));
	probe_put(&ip->src, t->source);
	probe_put(&ip->dst, t->addr);
}

/* Write every byte of the IPv6 header but for the destination; `payload` bytes follow it. */
static __always_inline void probe_build_ip6(struct net_ip6 *ip, const struct probe_target *t,
					    __u8 next, __u8 hop_limit, __u16 payload)
{
	probe_put(ip, net_be32(0x60000000));
	probe_put(&ip->payload_len, probe_word(net_be16(payload), net_be16(next << 8 | hop_limit)));
	probe_put_addr6(&ip->src, &t->source6);
}

/*
 * Does an error of this kind end a question? If so, *code is what to add to ANSWER_FILTERED. Of time
 * exceeded only code 0 does: in transit.
 */
static __always_inline bool probe_error_code(const struct net_icmp *icmp, __u8 unreachable,
					     __u8 exceeded, __u8 *code)
{
	*code = icmp->code;
	if (icmp->type == unreachable)
		return icmp->code <= 15;
	*code = ANSWER_TIME_EXCEEDED - ANSWER_FILTERED;
	return icmp->type == exceeded && !icmp->code;
}

/*
 * Step over the headers of an ICMP error, which quotes the packet it is about: the IPv4 header and
 * its first 8 bytes (RFC 792). The cursor stands behind the IPv4 header `ip` at first, then at the
 * 8 quoted bytes, which are there. Returns the quoted header. NULL: the error ends no question, or
 * quotes too little.
 */
static __always_inline const struct net_ip4 *probe_pull_quoted(struct cursor *c,
							       const struct net_ip4 *ip, __u8 *code)
{
	const struct net_icmp *icmp = cursor_pull_icmp(c);
	const struct net_ip4 *inner;

	if (!icmp || !probe_error_code(icmp, NET_ICMP_UNREACHABLE, NET_ICMP_TIME_EXCEEDED, code))
		return NULL;
	inner = cursor_pull_ip4(c, true);
	if (!inner || inner->src != ip->dst || c->end - c->pos < NET_ICMP_QUOTED)
		return NULL;
	/* Bytes behind the end of the outer packet are padding, not a quote. */
	if (net_host16(ip->total_len) < (ip->version_ihl & 15) * 4 + sizeof(*icmp) +
						(inner->version_ihl & 15) * 4 + NET_ICMP_QUOTED)
		return NULL;
	return inner;
}

/* The same over IPv6: the error quotes as much as fits into 1,280 bytes (RFC 4443, 3.1). */
static __always_inline const struct net_ip6 *
probe_pull_quoted6(struct cursor *c, const struct net_ip6 *ip, __u8 *code)
{
	const struct net_icmp *icmp = cursor_pull_icmp(c);
	const struct net_ip6 *inner;

	if (!icmp || !probe_error_code(icmp, NET_ICMP6_UNREACHABLE, NET_ICMP6_TIME_EXCEEDED, code))
		return NULL;
	inner = cursor_pull_ip6(c, true);
	if (!inner || !net_addr6_equal(&inner->src, &ip->dst) || c->end - c->pos < NET_ICMP_QUOTED)
		return NULL;
	if (net_host16(ip->payload_len) < sizeof(*icmp) + sizeof(*inner) + NET_ICMP_QUOTED)
		return NULL;
	return inner;
}

#endif
