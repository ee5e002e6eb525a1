/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * reply.h - for tests: make the frame with which a host or a router answers a probe. Every byte is
 * written and all checksums are real. Pure.
 */
#ifndef XSCAN_TESTS_REPLY_H
#define XSCAN_TESTS_REPLY_H

#include "probe.h"

#include <stddef.h>

/* Unlike those of a probe, so that a test sees which frame a value was read from. */
enum {
	REPLY_TTL = 61,
	REPLY_ROUTER_TTL = 250,
	REPLY_WINDOW = 29200,
	REPLY_MSS = 1380,
	REPLY_SEQ = 0x12345678,
	REPLY_STAMP = 0x00c0ffee,
};

struct reply_synack_frame {
	struct net_eth eth;
	struct net_ip4 ip;
	struct net_tcp tcp;
	struct net_tcp_mss mss;
} NET_WIRE;

struct reply_stamped_frame {
	struct reply_synack_frame synack;
	struct net_tcp_stamps stamps;
} NET_WIRE;

struct reply_rst_frame {
	struct net_eth eth;
	struct net_ip4 ip;
	struct net_tcp tcp;
} NET_WIRE;

struct reply_icmp_frame {
	struct net_eth eth;
	struct net_ip4 ip;
	struct net_icmp icmp;
	struct net_ip4 quoted_ip;
	struct net_tcp_quote quoted_tcp;
} NET_WIRE;

enum { REPLY_ECHO_REQUEST = 8, REPLY_ECHO = 0 };

struct reply_echo_frame {
	struct net_eth eth;
	struct net_ip4 ip;
	struct net_icmp icmp; /* `unused` is identifier and number; data follow */
} NET_WIRE;

struct reply_synack6_frame {
	struct net_eth eth;
	struct net_ip6 ip;
	struct net_tcp tcp;
	struct net_tcp_mss mss;
} NET_WIRE;

struct reply_rst6_frame {
	struct net_eth eth;
	struct net_ip6 ip;
	struct net_tcp tcp;
} NET_WIRE;

/* An error over IPv6 has 1,280 bytes at most (RFC 4443, 2.4): what is left for what follows the quoted header. */
enum { REPLY_QUOTE6 = 1280 - 40 - sizeof(struct net_icmp) - 40 };

struct reply_icmp6_frame {
	struct net_eth eth;
	struct net_ip6 ip;
	struct net_icmp icmp;
	struct net_ip6 quoted_ip;
	union {
		struct net_tcp_quote quoted_tcp;
		__u8 quoted[REPLY_QUOTE6];
	};
} NET_WIRE;

/* Answers have no padding: they are shorter than the longest questions. */
struct reply_udp_frame {
	struct net_eth eth;
	struct net_ip4 ip;
	struct net_udp udp;
	__u8 payload[PROBE_UDP_ROOM];
} NET_WIRE;

struct reply_udp6_frame {
	struct net_eth eth;
	struct net_ip6 ip;
	struct net_udp udp;
	__u8 payload[PROBE_UDP_ROOM];
} NET_WIRE;

/* Any of the questions and answers, with room for the data of a usual echo. */
union reply_frame {
	__u8 bytes[256];
	struct net_eth eth;
	struct probe_arp_frame arp;
	struct probe_tcp_frame tcp;
	struct probe_tcp_stamped_frame tcp_stamped;
	struct reply_synack_frame synack;
	struct reply_stamped_frame stamped;
	struct reply_rst_frame rst;
	struct reply_icmp_frame icmp;
	struct reply_echo_frame echo;
};

/* Back to where the frame came from. */
static inline void reply_eth(struct net_eth *out, const struct net_eth *asked)
{
	__builtin_memcpy(out->dst, asked->src, 6);
	__builtin_memcpy(out->src, asked->dst, 6);
	out->type = asked->type;
}

static inline void reply_ip4(struct net_ip4 *ip, __be32 src, __be32 dst, __u8 proto, __u8 ttl,
			     __u16 payload_len)
{
	ip->version_ihl = 0x45;
	ip->tos = 0;
	ip->total_len = net_be16(sizeof(*ip) + payload_len);
	ip->id = 0;
	ip->frag = net_be16(0x4000); /* don't fragment */
	ip->ttl = ttl;
	ip->proto = proto;
	ip->csum = 0;
	ip->src = src;
	ip->dst = dst;
	ip->csum = csum_fold(csum_add_words(0, ip, sizeof(*ip) / 4));
}

/* The header of `len` bytes, options included, but for its checksum. */
static inline void reply_tcp(struct net_tcp *tcp, const struct net_tcp *asked, __u8 flags,
			     __u32 seq, __u16 window, __u16 len)
{
	tcp->src = asked->dst;
	tcp->dst = asked->src;
	tcp->seq = net_be32(seq);
	tcp->ack = net_be32(net_host32(asked->seq) + 1);
	tcp->data_offset = (__u8)(len / 4 << 4);
	tcp->flags = flags;
	tcp->window = net_be16(window);
	tcp->csum = 0;
	tcp->urgent = 0;
}

/* The port is open. */
static inline void reply_synack(struct reply_synack_frame *out, const struct probe_tcp_frame *syn)
{
	const __u16 len = sizeof(out->tcp) + sizeof(out->mss);

	reply_eth(&out->eth, &syn->eth);
	reply_ip4(&out->ip, syn->ip.dst, syn->ip.src, NET_PROTO_TCP, REPLY_TTL, len);
	reply_tcp(&out->tcp, &syn->tcp, NET_TCP_SYN | NET_TCP_ACK, REPLY_SEQ, REPLY_WINDOW, len);
	out->mss.kind = 2;
	out->mss.len = 4;
	out->mss.mss = net_be16(REPLY_MSS);
	out->tcp.csum = csum_fold(csum_add_words(csum_pseudo_tcp(out->ip.src, out->ip.dst, len),
						 &out->tcp, sizeof(out->tcp) / 4) +
				  csum_add_words(0, &out->mss, sizeof(out->mss) / 4));
}

/* The port is open, and its host takes timestamps: it sends back `echo`. */
static inline void reply_stamped(struct reply_stamped_frame *out,
				 const struct probe_tcp_stamped_frame *syn, __be32 echo)
{
	const __u16 len = sizeof(*out) - sizeof(out->synack.eth) - sizeof(out->synack.ip);
	struct reply_synack_frame *synack = &out->synack;

	reply_synack(synack, &syn->syn);
	reply_ip4(&synack->ip, syn->syn.ip.dst, syn->syn.ip.src, NET_PROTO_TCP, REPLY_TTL, len);
	synack->tcp.data_offset = (__u8)(len / 4 << 4);
	synack->tcp.csum = 0;
	out->stamps.head = net_be32(NET_TCP_STAMPS_HEAD);
	out->stamps.value = net_be32(REPLY_STAMP);
	out->stamps.echo = echo;
	synack->tcp.csum =
		csum_fold(csum_add_words(csum_pseudo_tcp(synack->ip.src, synack->ip.dst, len),
					 &synack->tcp, sizeof(synack->tcp) / 4) +
			  csum_add_words(0, &synack->mss, sizeof(synack->mss) / 4) +
			  csum_add_words(0, &out->stamps, sizeof(out->stamps) / 4));
}

/* The port is closed. */
static inline void reply_rst(struct reply_rst_frame *out, const struct probe_tcp_frame *syn)
{
	const __u16 len = sizeof(out->tcp);

	reply_eth(&out->eth, &syn->eth);
	reply_ip4(&out->ip, syn->ip.dst, syn->ip.src, NET_PROTO_TCP, REPLY_TTL, len);
	reply_tcp(&out->tcp, &syn->tcp, NET_TCP_RST | NET_TCP_ACK, 0, 0, len);
	out->tcp.csum = csum_fold(csum_add_words(csum_pseudo_tcp(out->ip.src, out->ip.dst, len),
						 &out->tcp, sizeof(out->tcp) / 4));
}

/* How a probe of each kind on IPv4 begins: what an ICMP error quotes of it. */
struct reply_quotable {
	struct net_eth eth;
	struct net_ip4 ip;
	struct net_tcp_quote tcp; /* or the first 8 bytes of another protocol */
} NET_WIRE;

/*
 * `router` (or the target itself) says that the probe cannot be delivered, and quotes what RFC 792
 * asks for: the IP header and 8 bytes. The quoted TTL is what was left of it.
 */
static inline void reply_icmp(struct reply_icmp_frame *out, const void *probe, __be32 router,
			      __u8 code)
{
	const __u16 len = sizeof(*out) - sizeof(out->eth) - sizeof(out->ip);
	const struct reply_quotable *asked = probe;

	reply_eth(&out->eth, &asked->eth);
	reply_ip4(&out->ip, router, asked->ip.src, NET_PROTO_ICMP, REPLY_ROUTER_TTL, len);
	out->icmp.type = NET_ICMP_UNREACHABLE;
	out->icmp.code = code;
	out->icmp.csum = 0;
	out->icmp.unused = 0;
	out->quoted_ip = asked->ip;
	out->quoted_ip.ttl = 1;
	out->quoted_ip.csum = 0;
	out->quoted_ip.csum =
		csum_fold(csum_add_words(0, &out->quoted_ip, sizeof(out->quoted_ip) / 4));
	out->quoted_tcp = asked->tcp;
	out->icmp.csum =
		csum_fold(csum_add_words(0, &out->icmp, sizeof(out->icmp) / 4) +
			  csum_add_words(0, &out->quoted_ip, sizeof(out->quoted_ip) / 4) +
			  csum_add_words(0, &out->quoted_tcp, sizeof(out->quoted_tcp) / 4));
}

static inline void reply_ip6(struct net_ip6 *ip, const struct net_addr6 *src,
			     const struct net_addr6 *dst, __u8 next, __u8 hop_limit,
			     __u16 payload_len)
{
	ip->version_class_flow = net_be32(0x60000000);
	ip->payload_len = net_be16(payload_len);
	ip->next = next;
	ip->hop_limit = hop_limit;
	ip->src = *src;
	ip->dst = *dst;
}

static inline __be16 reply_csum6(const struct net_ip6 *ip, const void *payload, unsigned int words)
{
	return csum_fold(csum_add_words(
		csum_pseudo6(&ip->src, &ip->dst, ip->next, (__u16)(words * 4)), payload, words));
}

static inline void reply_synack6(struct reply_synack6_frame *out,
				 const struct probe_tcp6_frame *syn)
{
	const __u16 len = sizeof(out->tcp) + sizeof(out->mss);

	reply_eth(&out->eth, &syn->eth);
	reply_ip6(&out->ip, &syn->ip.dst, &syn->ip.src, NET_PROTO_TCP, REPLY_TTL, len);
	reply_tcp(&out->tcp, &syn->tcp, NET_TCP_SYN | NET_TCP_ACK, REPLY_SEQ, REPLY_WINDOW, len);
	out->mss.kind = 2;
	out->mss.len = 4;
	out->mss.mss = net_be16(REPLY_MSS);
	out->tcp.csum = reply_csum6(&out->ip, &out->tcp, len / 4);
}

static inline void reply_rst6(struct reply_rst6_frame *out, const struct probe_tcp6_frame *syn)
{
	const __u16 len = sizeof(out->tcp);

	reply_eth(&out->eth, &syn->eth);
	reply_ip6(&out->ip, &syn->ip.dst, &syn->ip.src, NET_PROTO_TCP, REPLY_TTL, len);
	reply_tcp(&out->tcp, &syn->tcp, NET_TCP_RST | NET_TCP_ACK, 0, 0, len);
	out->tcp.csum = reply_csum6(&out->ip, &out->tcp, len / 4);
}

/*
 * `router` (or the target itself) says that the probe, of `len` bytes with its Ethernet header,
 * cannot be delivered, and quotes as much of the probe as RFC 4443 asks for. Returns the length of the
 * error.
 */
static inline size_t reply_icmp6(struct reply_icmp6_frame *out, const void *probe, size_t len,
				 const struct net_addr6 *router, __u8 code)
{
	const size_t behind = len - sizeof(out->eth) - sizeof(out->ip);
	const size_t quoted = behind < REPLY_QUOTE6 ? behind : REPLY_QUOTE6;
	const __u16 icmp_len = (__u16)(sizeof(out->icmp) + sizeof(out->quoted_ip) + quoted);
	const struct probe_tcp6_frame *asked = probe;

	reply_eth(&out->eth, &asked->eth);
	reply_ip6(&out->ip, router, &asked->ip.src, NET_PROTO_ICMP6, REPLY_ROUTER_TTL, icmp_len);
	out->icmp.type = NET_ICMP6_UNREACHABLE;
	out->icmp.code = code;
	out->icmp.csum = 0;
	out->icmp.unused = 0;
	out->quoted_ip = asked->ip;
	out->quoted_ip.hop_limit = 1;
	__builtin_memset(out->quoted + quoted, 0, -quoted % 4); /* to a whole word */
	__builtin_memcpy(out->quoted, (const __u8 *)probe + len - behind, quoted);
	out->icmp.csum = csum_fold(
		csum_add_words(csum_pseudo6(&out->ip.src, &out->ip.dst, out->ip.next, icmp_len),
			       &out->icmp, (icmp_len + 3U) / 4));
	return sizeof(out->eth) + sizeof(out->ip) + icmp_len;
}

/* The same back, data included. `request` is zeroed behind its `len` bytes, to a whole word. */
static inline void reply_echo(union reply_frame *out, const union reply_frame *request, size_t len)
{
	const __u16 icmp_len = (__u16)(len - offsetof(struct reply_echo_frame, icmp));

	*out = *request;
	reply_eth(&out->eth, &request->eth);
	reply_ip4(&out->echo.ip, request->echo.ip.dst, request->echo.ip.src, NET_PROTO_ICMP,
		  REPLY_TTL, icmp_len);
	out->echo.icmp.type = REPLY_ECHO;
	out->echo.icmp.csum = 0;
	out->echo.icmp.csum = csum_fold(csum_add_words(0, &out->echo.icmp, (icmp_len + 3U) / 4));
}

/* "target is at mac." */
static inline void reply_arp(struct probe_arp_frame *out, const struct probe_arp_frame *request,
			     const __u8 mac[6])
{
	__builtin_memcpy(out->eth.dst, request->eth.src, 6);
	__builtin_memcpy(out->eth.src, mac, 6);
	out->eth.type = net_be16(NET_ETH_ARP);
	out->arp.hw_type = net_be16(1);
	out->arp.proto = net_be16(NET_ETH_IP4);
	out->arp.hw_len = 6;
	out->arp.proto_len = 4;
	out->arp.op = net_be16(NET_ARP_REPLY);
	__builtin_memcpy(out->arp.sender_mac, mac, 6);
	out->arp.sender_ip = request->arp.target_ip;
	__builtin_memcpy(out->arp.target_mac, request->arp.sender_mac, 6);
	out->arp.target_ip = request->arp.sender_ip;
}

/* The number of a UDP question, as its payload `asked` has it. */
static inline size_t reply_udp_number(__u8 *out, const struct probe_udp_payload *what,
				      const __u8 *asked)
{
	__builtin_memcpy(out, asked + what->number, what->width);
	return what->width;
}

/* A BER value with this tag, behind which `len` bytes follow; the length takes `more` bytes more. */
static inline size_t reply_udp_ber(__u8 *out, __u8 tag, __u8 len, unsigned int more)
{
	__builtin_memset(out, 0, 2 + more);
	out[0] = tag;
	out[1] = (__u8)(more ? 0x80 | more : len);
	out[1 + more] = more ? len : out[1];
	return 2 + more;
}

/*
 * What the service says: the shortest payload that repeats the number, or a few bytes. BER allows
 * lengths of several forms: each takes `more` bytes more.
 */
static inline size_t reply_udp_payload(__u8 *out, const struct probe_udp_payload *what,
				       const __u8 *asked, unsigned int more)
{
	static const __u8 version[] = { 2, 1, 3 };
	static const __u8 community[] = "\2\1\0\4\6public";
	__u8 *at = out;

	switch (what->form) {
	case UDP_FORM_AT:
		__builtin_memset(out, 0xee, what->repeated);
		return what->repeated + reply_udp_number(out + what->repeated, what, asked);
	case UDP_FORM_BER:
		at += reply_udp_ber(at, 0x30, 6, more);
		break;
	case UDP_FORM_BER_SEQUENCE:
		at += reply_udp_ber(at, 0x30, (__u8)(11 + more), more);
		__builtin_memcpy(at, version, 3);
		at += 3 + reply_udp_ber(at + 3, 0x30, 6, more);
		break;
	case UDP_FORM_BER_PDU:
		at += reply_udp_ber(at, 0x30, (__u8)(19 + more), more);
		__builtin_memcpy(at, community, 11);
		at += 11 + reply_udp_ber(at + 11, 0xa2, 6, more);
		break;
	default:
		__builtin_memcpy(out, "hello", 5);
		return 5;
	}
	at += reply_udp_ber(at, 2, 4, 0);
	return (size_t)(at - out) + reply_udp_number(at, what, asked);
}

/* The port is open. `attempt`: of the probe. Returns the length of the answer. */
static inline size_t reply_udp(void *out, const struct probe_udp_frame *asked, __u8 attempt,
			       unsigned int more)
{
	const struct probe_udp_payload *what =
		probe_udp_payload(net_host16(asked->udp.dst), attempt);
	struct reply_udp_frame *f = out;
	const __u16 len =
		(__u16)(sizeof(f->udp) + reply_udp_payload(f->payload, what, asked->payload, more));

	reply_eth(&f->eth, &asked->eth);
	reply_ip4(&f->ip, asked->ip.dst, asked->ip.src, NET_PROTO_UDP, REPLY_TTL, len);
	f->udp.src = asked->udp.dst;
	f->udp.dst = asked->udp.src;
	f->udp.len = net_be16(len);
	f->udp.csum = 0; /* none (RFC 768) */
	return sizeof(f->eth) + sizeof(f->ip) + len;
}

/* The same over IPv6. The checksum is wrong: nothing here reads it. */
static inline size_t reply_udp6(void *out, const struct probe_udp6_frame *asked, __u8 attempt,
				unsigned int more)
{
	const struct probe_udp_payload *what =
		probe_udp_payload(net_host16(asked->udp.dst), attempt);
	struct reply_udp6_frame *f = out;
	const __u16 len =
		(__u16)(sizeof(f->udp) + reply_udp_payload(f->payload, what, asked->payload, more));

	reply_eth(&f->eth, &asked->eth);
	reply_ip6(&f->ip, &asked->ip.dst, &asked->ip.src, NET_PROTO_UDP, REPLY_TTL, len);
	f->udp.src = asked->udp.dst;
	f->udp.dst = asked->udp.src;
	f->udp.len = net_be16(len);
	f->udp.csum = 0xffff;
	return sizeof(f->eth) + sizeof(f->ip) + len;
}

/*
 * Each kind of question has its reply_NAME_yes: write the answer of a host that is up, or of an open
 * port, to a probe, and return the length of the answer. test-probe-kinds.c asks for them all.
 */
static const __u8 reply_mac[6] = { 2, 0, 0, 0, 0, 9 };

static inline size_t reply_arp_yes(void *out, const struct probe_arp_frame *asked)
{
	reply_arp(out, asked, reply_mac);
	return sizeof(struct probe_arp_frame);
}

static inline size_t reply_tcp_yes(void *out, const struct probe_tcp_frame *asked)
{
	reply_synack(out, asked);
	return sizeof(struct reply_synack_frame);
}

/* To a first try. */
static inline size_t reply_udp_yes(void *out, const struct probe_udp_frame *asked)
{
	return reply_udp(out, asked, 0, 0);
}

static inline size_t reply_udp6_yes(void *out, const struct probe_udp6_frame *asked)
{
	return reply_udp6(out, asked, 0, 0);
}

static inline size_t reply_echo_yes(void *out, const struct probe_echo_frame *asked)
{
	union reply_frame request = { 0 }, reply;

	__builtin_memcpy(&request, asked, sizeof(*asked));
	reply_echo(&reply, &request, sizeof(*asked));
	__builtin_memcpy(out, &reply, sizeof(*asked));
	return sizeof(*asked);
}

/* "target is at mac", without the option if `bare`. */
static inline size_t reply_nd(struct probe_nd_frame *out, const struct probe_nd_frame *request,
			      const __u8 mac[6], bool bare)
{
	const __u16 len = bare ? sizeof(out->nd) : PROBE_ND_LEN;

	__builtin_memcpy(out->eth.dst, request->eth.src, 6);
	__builtin_memcpy(out->eth.src, mac, 6);
	out->eth.type = request->eth.type;
	reply_ip6(&out->ip, &request->nd.target, &request->ip.src, NET_PROTO_ICMP6, 255, len);
	out->nd.type = NET_ICMP6_ADVERTISE;
	out->nd.code = 0;
	out->nd.csum = 0;
	out->nd.flags = net_be32(0x60000000); /* solicited, override */
	out->nd.target = request->nd.target;
	out->mac.type = NET_ND_TARGET;
	out->mac.len = 1;
	__builtin_memcpy(out->mac.mac, mac, 6);
	out->nd.csum = reply_csum6(&out->ip, &out->nd, len / 4U);
	return sizeof(out->eth) + sizeof(out->ip) + len;
}

static inline size_t reply_nd_yes(void *out, const struct probe_nd_frame *asked)
{
	return reply_nd(out, asked, reply_mac, false);
}

static inline size_t reply_tcp6_yes(void *out, const struct probe_tcp6_frame *asked)
{
	reply_synack6(out, asked);
	return sizeof(struct reply_synack6_frame);
}

static inline size_t reply_echo6_yes(void *out, const struct probe_echo6_frame *asked)
{
	struct probe_echo6_frame reply = *asked;

	reply_eth(&reply.eth, &asked->eth);
	reply_ip6(&reply.ip, &asked->ip.dst, &asked->ip.src, NET_PROTO_ICMP6, REPLY_TTL,
		  sizeof(reply.echo));
	reply.echo.head.type = NET_ICMP6_ECHO_REPLY;
	reply.echo.head.csum = 0;
	reply.echo.head.csum = reply_csum6(&reply.ip, &reply.echo, sizeof(reply.echo) / 4);
	__builtin_memcpy(out, &reply, sizeof(reply));
	return sizeof(reply);
}

#endif
