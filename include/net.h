/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * net.h - the wire formats xscan speaks, for the host compiler and for BPF alike.
 *
 * Fields are in network byte order (__be16, __be32) and stay so until the edge of a module.
 * Sources: Ethernet II (IEEE 802.3), ARP (RFC 826), IPv4 (RFC 791), TCP (RFC 9293), UDP (RFC 768),
 * ICMP (RFC 792), IPv6 (RFC 8200), ICMPv6 (RFC 4443), neighbour discovery (RFC 4861).
 */
#ifndef XSCAN_NET_H
#define XSCAN_NET_H

#ifdef __bpf__
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#else
#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>
#ifndef __always_inline
#define __always_inline inline __attribute__((always_inline))
#endif
#endif

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define net_be16(x) ((__be16)__builtin_bswap16((__u16)(x)))
#define net_be32(x) ((__be32)__builtin_bswap32((__u32)(x)))
#else
#define net_be16(x) ((__be16)(x))
#define net_be32(x) ((__be32)(x))
#endif
/* The swap is its own inverse; the second name says that the value becomes host order. */
#define net_host16(x) ((__u16)net_be16(x))
#define net_host32(x) ((__u32)net_be32(x))

/*
 * Wire formats have no gaps and lie at even addresses: a frame begins at one, and each header is an
 * even number of bytes long. So the compiler need not go byte by byte.
 */
#define NET_WIRE __attribute__((packed, aligned(2)))

enum {
	NET_ETH_IP4 = 0x0800,
	NET_ETH_ARP = 0x0806,
	NET_ETH_IP6 = 0x86dd,
	NET_PROTO_ICMP = 1,
	NET_PROTO_TCP = 6,
	NET_PROTO_UDP = 17,
	NET_PROTO_ICMP6 = 58,
};

struct net_eth {
	__u8 dst[6];
	__u8 src[6];
	__be16 type;
} NET_WIRE;

static __always_inline bool net_mac_equal(const __u8 a[6], const __u8 b[6])
{
	__u16 x[3], y[3];

	__builtin_memcpy(x, a, 6);
	__builtin_memcpy(y, b, 6);
	return x[0] == y[0] && x[1] == y[1] && x[2] == y[2];
}

enum { NET_ARP_REQUEST = 1, NET_ARP_REPLY = 2 };

/* ARP for IPv4 over Ethernet, the only kind xscan asks. */
struct net_arp {
	__be16 hw_type; /* 1 */
	__be16 proto;	/* NET_ETH_IP4 */
	__u8 hw_len;	/* 6 */
	__u8 proto_len; /* 4 */
	__be16 op;
	__u8 sender_mac[6];
	__be32 sender_ip;
	__u8 target_mac[6];
	__be32 target_ip;
} NET_WIRE;

enum {
	NET_IP4_FRAGMENT = 0x3fff, /* the more-fragments flag or an offset */
	NET_IP4_DONT_FRAGMENT = 0x4000,
};

struct net_ip4 {
	__u8 version_ihl;
	__u8 tos;
	__be16 total_len; /* header and payload, bytes */
	__be16 id;
	__be16 frag;
	__u8 ttl;
	__u8 proto;
	__be16 csum;
	__be32 src;
	__be32 dst;
} NET_WIRE;

/*
 * Read a word of a packet, or of a struct as aligned as a packet. By type it lies at an even address
 * only, where clang reads half by half for BPF. The kernel takes words there on every machine: it
 * aligns IP headers where a machine needs that.
 */
static __always_inline __u32 net_get(const void *from)
{
#ifdef __bpf__
	typedef __u32 __attribute__((may_alias)) aliasing;

	return *(const aliasing *)from;
#else
	__u32 word;

	__builtin_memcpy(&word, from, sizeof(word));
	return word;
#endif
}

struct net_addr6 {
	__be32 word[4];
} NET_WIRE;

static __always_inline bool net_addr6_equal(const struct net_addr6 *a, const struct net_addr6 *b)
{
	return !((net_get(&a->word[0]) ^ net_get(&b->word[0])) |
		 (net_get(&a->word[1]) ^ net_get(&b->word[1])) |
		 (net_get(&a->word[2]) ^ net_get(&b->word[2])) |
		 (net_get(&a->word[3]) ^ net_get(&b->word[3])));
}

struct net_ip6 {
	__be32 version_class_flow;
	__be16 payload_len; /* bytes behind this header */
	__u8 next;	    /* what follows: a protocol, or an extension header */
	__u8 hop_limit;
	struct net_addr6 src;
	struct net_addr6 dst;
} NET_WIRE;

enum { NET_TCP_FIN = 0x01, NET_TCP_SYN = 0x02, NET_TCP_RST = 0x04, NET_TCP_ACK = 0x10 };

struct net_tcp {
	__be16 src;
	__be16 dst;
	__be32 seq;
	__be32 ack;
	__u8 data_offset; /* high nibble: header length in 32-bit words */
	__u8 flags;
	__be16 window;
	__be16 csum;
	__be16 urgent;
} NET_WIRE;

/* The maximum-segment-size option (RFC 9293, 3.7.1). */
struct net_tcp_mss {
	__u8 kind; /* 2 */
	__u8 len;  /* 4 */
	__be16 mss;
} NET_WIRE;

/* The timestamps option (RFC 7323, 3), and before it the two bytes that align it (appendix A). */
struct net_tcp_stamps {
	__be32 head; /* NET_TCP_STAMPS_HEAD */
	__be32 value;
	__be32 echo;
} NET_WIRE;

enum { NET_TCP_STAMPS_HEAD = 0x0101080a };

enum {
	NET_ICMP_UNREACHABLE = 3,
	NET_ICMP_TIME_EXCEEDED = 11,
	NET_ICMP_PORT_UNREACHABLE = 3, /* its code */
	NET_ICMP_QUOTED = 8, /* bytes that an error quotes behind the IPv4 header (RFC 792) */
};

enum {
	NET_ICMP6_UNREACHABLE = 1,
	NET_ICMP6_PORT_UNREACHABLE = 4, /* a code of it */
	NET_ICMP6_TIME_EXCEEDED = 3,
	NET_ICMP6_ECHO_REQUEST = 128,
	NET_ICMP6_ECHO_REPLY = 129,
	NET_ICMP6_SOLICIT = 135,
	NET_ICMP6_ADVERTISE = 136,
};

struct net_icmp {
	__u8 type;
	__u8 code;
	__be16 csum;
	__be32 unused;
} NET_WIRE;

/* A neighbour solicitation or advertisement, without its options (RFC 4861, 4.3 and 4.4). */
struct net_nd {
	__u8 type;
	__u8 code;
	__be16 csum;
	__be32 flags;
	struct net_addr6 target;
} NET_WIRE;

#define NET_ND_SOLICITED \
	0x40000000U /* of an advertisement, host order: it answers a solicitation */

/* Its option with a MAC address: of the source of the packet, or of the target. */
enum { NET_ND_SOURCE = 1, NET_ND_TARGET = 2 };

struct net_nd_mac {
	__u8 type;
	__u8 len; /* in units of 8 bytes: 1 */
	__u8 mac[6];
} NET_WIRE;

struct net_udp {
	__be16 src;
	__be16 dst;
	__be16 len; /* header and payload, bytes */
	__be16 csum;
} NET_WIRE;

/* What an ICMP error must quote of a TCP segment (RFC 792): its first 8 bytes. */
struct net_tcp_quote {
	__be16 src;
	__be16 dst;
	__be32 seq;
} NET_WIRE;

#endif
