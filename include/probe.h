/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * probe.h - the kinds of question. A kind is one header, probe_NAME.h, and one line here. The line
 * makes the number of the kind, and its cases in the sender, the matcher and the tests.
 *
 * The header defines struct probe_NAME_frame and three functions:
 *	probe_NAME_build	write every byte of the frame that asks
 *	probe_NAME_match	read an answer
 *	probe_NAME_quoted	read what an ICMP error quotes of the question
 */
#ifndef XSCAN_PROBE_H
#define XSCAN_PROBE_H

#include "probe_arp.h"
#include "probe_echo.h"
#include "probe_tcp.h"
#include "probe_udp.h"

/* X(NAME, name, ethertype, IP protocol): which frames may answer. */
#define PROBE_KINDS(X)                             \
	X(ARP, arp, NET_ETH_ARP, 0)                \
	X(ECHO, echo, NET_ETH_IP4, NET_PROTO_ICMP) \
	X(TCP, tcp, NET_ETH_IP4, NET_PROTO_TCP)    \
	X(UDP, udp, NET_ETH_IP4, NET_PROTO_UDP)

enum probe_kind {
	PROBE_NONE,
#define PROBE_ENUM(NAME, name, ethertype, protocol) PROBE_##NAME,
	PROBE_KINDS(PROBE_ENUM)
#undef PROBE_ENUM
		PROBE_KINDS_N,
};

/* Room for a probe of any kind. */
union probe_frame {
	struct net_eth eth;
#define PROBE_MEMBER(NAME, name, ethertype, protocol) struct probe_##name##_frame name;
	PROBE_KINDS(PROBE_MEMBER)
#undef PROBE_MEMBER
};

/* The length of the longest probe in bytes, Ethernet header included. */
static __always_inline unsigned int probe_len(enum probe_kind kind)
{
	switch (kind) {
#define PROBE_LEN(NAME, name, ethertype, protocol) \
	case PROBE_##NAME:                         \
		return sizeof(struct probe_##name##_frame);
		PROBE_KINDS(PROBE_LEN)
#undef PROBE_LEN
	default:
		return 0;
	}
}

/* How many bytes of the probe for a target are sent. */
static __always_inline unsigned int probe_len_to(enum probe_kind kind, const struct probe_target *t,
						 __u8 attempt)
{
	return kind == PROBE_UDP ? probe_udp_len(t->port, attempt) : probe_len(kind);
}

/* Write every byte of a probe; `frame` has room for probe_len(kind) bytes. */
static __always_inline void probe_build(void *frame, enum probe_kind kind,
					const struct probe_config *p, const struct probe_target *t,
					__u8 attempt)
{
	switch (kind) {
#define PROBE_BUILD(NAME, name, ethertype, protocol)        \
	case PROBE_##NAME:                                  \
		probe_##name##_build(frame, p, t, attempt); \
		break;
		PROBE_KINDS(PROBE_BUILD)
#undef PROBE_BUILD
	default:
		break;
	}
}

/* Do frames of this ethertype (host order) carry answers to this kind? */
static __always_inline bool probe_listens(enum probe_kind kind, __u16 type)
{
	switch (kind) {
#define PROBE_TYPE(NAME, name, ethertype, protocol) \
	case PROBE_##NAME:                          \
		return type == ethertype;
		PROBE_KINDS(PROBE_TYPE)
#undef PROBE_TYPE
	default:
		return false;
	}
}

/* Does this error say that the port is closed, if the target itself sends it (RFC 1122, 4.1.3.1)? */
static __always_inline bool probe_closes(enum probe_kind kind, __u8 code)
{
	return kind == PROBE_UDP && code == NET_ICMP_PORT_UNREACHABLE;
}

static __always_inline enum match probe_match_error(struct cursor *c, enum probe_kind kind,
						    const struct net_ip4 *ip,
						    const struct probe_config *p,
						    struct answer *out)
{
	enum match match = MATCH_FOREIGN;
	const struct net_ip4 *inner;
	__u8 code;

	inner = probe_pull_quoted(c, ip, &code);
	if (!inner)
		return MATCH_FOREIGN;
	switch (kind) {
#define PROBE_QUOTED(NAME, name, ethertype, protocol)                    \
	case PROBE_##NAME:                                               \
		if (inner->proto == protocol)                            \
			match = probe_##name##_quoted(c, inner, p, out); \
		break;
		PROBE_KINDS(PROBE_QUOTED)
#undef PROBE_QUOTED
	default:
		break;
	}
	if (match == MATCH_ANSWER) {
		out->addr = inner->dst;
		out->state = probe_closes(kind, code) && ip->src == inner->dst
				     ? ANSWER_CLOSED
				     : ANSWER_FILTERED + code;
		out->ttl = ip->ttl;
	}
	return match;
}

/*
 * Read a frame as an answer to a question of this kind. The kind listens for the frame's ethertype.
 * The cursor stands behind the Ethernet header; for IPv4, behind the header `ip`, which is else
 * NULL.
 */
static __always_inline enum match probe_match(struct cursor *c, enum probe_kind kind,
					      const struct net_ip4 *ip,
					      const struct probe_config *p, struct answer *out)
{
	enum match match = MATCH_FOREIGN;
	struct cursor start = *c;

	switch (kind) {
#define PROBE_MATCH(NAME, name, ethertype, protocol)                 \
	case PROBE_##NAME:                                           \
		if (!ip || ip->proto == protocol)                    \
			match = probe_##name##_match(c, ip, p, out); \
		break;
		PROBE_KINDS(PROBE_MATCH)
#undef PROBE_MATCH
	default:
		break;
	}
	if (match == MATCH_FOREIGN && ip && ip->proto == NET_PROTO_ICMP)
		match = probe_match_error(&start, kind, ip, p, out);
	return match;
}

#endif
