/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * probe.h - the kinds of question. A kind is a header, probe_NAME.h, and a line here. The line
 * makes the number of the kind, and its cases in the sender, the matcher and the tests. A kind has
 * one family: what asks the same over IPv6 is a second line, NAME6, with its functions in the same
 * header. So a program that asks over one family holds nothing of the other.
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
#include "probe_nd.h"
#include "probe_tcp.h"
#include "probe_udp.h"

/* X(NAME, name, ethertype, IP protocol): which frames may answer. */
#define PROBE_KINDS(X)                                \
	X(ARP, arp, NET_ETH_ARP, 0)                   \
	X(ECHO, echo, NET_ETH_IP4, NET_PROTO_ICMP)    \
	X(TCP, tcp, NET_ETH_IP4, NET_PROTO_TCP)       \
	X(ND, nd, NET_ETH_IP6, NET_PROTO_ICMP6)       \
	X(ECHO6, echo6, NET_ETH_IP6, NET_PROTO_ICMP6) \
	X(TCP6, tcp6, NET_ETH_IP6, NET_PROTO_TCP)     \
	X(UDP, udp, NET_ETH_IP4, NET_PROTO_UDP)       \
	X(UDP6, udp6, NET_ETH_IP6, NET_PROTO_UDP)

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
	struct probe_tcp_stamped_frame tcp_stamped;
	struct probe_tcp6_stamped_frame tcp6_stamped;
#undef PROBE_MEMBER
};

/* Has a probe of this kind a place for the time of sending (probe_stamp)? */
static __always_inline bool probe_has_stamp(enum probe_kind kind, const struct probe_config *p)
{
	return (kind == PROBE_TCP || kind == PROBE_TCP6) && p->stamps;
}

static __always_inline bool probe_is_udp(enum probe_kind kind)
{
	return kind == PROBE_UDP || kind == PROBE_UDP6;
}

/* The length of the longest probe of this kind and scan in bytes, Ethernet header included. */
static __always_inline unsigned int probe_room(enum probe_kind kind, const struct probe_config *p)
{
	const unsigned int no_room = probe_is_udp(kind) ? probe_udp_no_room(p) : 0;

	if (probe_has_stamp(kind, p))
		return kind == PROBE_TCP ? sizeof(struct probe_tcp_stamped_frame)
					 : sizeof(struct probe_tcp6_stamped_frame);
	switch (kind) {
#define PROBE_ROOM(NAME, name, ethertype, protocol) \
	case PROBE_##NAME:                          \
		return sizeof(struct probe_##name##_frame) - no_room;
		PROBE_KINDS(PROBE_ROOM)
#undef PROBE_ROOM
	default:
		return 0;
	}
}

_Static_assert(sizeof(union probe_frame) == sizeof(struct probe_udp6_frame), "the longest");

/* Room for any probe of this scan. */
static __always_inline unsigned int probe_room_any(const struct probe_config *p)
{
	return sizeof(union probe_frame) - probe_udp_no_room(p);
}

/* The length of the probe for a target. Only UDP's depends on the target: on its port. */
static __always_inline unsigned int probe_len(enum probe_kind kind, const struct probe_config *p,
					      const struct probe_target *t, __u8 attempt)
{
	if (!probe_is_udp(kind))
		return probe_room(kind, p);
	return (kind == PROBE_UDP ? sizeof(struct probe_udp_frame)
				  : sizeof(struct probe_udp6_frame)) -
	       probe_udp_spare(t->port, attempt);
}

/*
 * Write every byte of a probe; `frame` has room for probe_room(kind, p) bytes. probe_len() of them
 * are to be sent, and are written whatever the memory held.
 */
static __always_inline void probe_build(void *frame, enum probe_kind kind,
					const struct probe_config *p, const struct probe_target *t,
					__u8 attempt)
{
	if (probe_has_stamp(kind, p)) {
		if (kind == PROBE_TCP)
			probe_tcp_build_stamped(frame, p, t, attempt);
		else
			probe_tcp6_build_stamped(frame, p, t, attempt);
		return;
	}
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

/* A built probe leaves at time_ns: write the time into it, if it has a place for that. */
static __always_inline void probe_stamp(void *frame, enum probe_kind kind,
					const struct probe_config *p, __u64 time_ns)
{
	union probe_frame *f = frame;

	if (!probe_has_stamp(kind, p))
		return;
	if (kind == PROBE_TCP)
		probe_tcp_stamp(&f->tcp.tcp, &f->tcp_stamped.stamps, time_ns);
	else
		probe_tcp_stamp(&f->tcp6.tcp, &f->tcp6_stamped.stamps, time_ns);
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

/* Does this kind ask over IPv6? */
static __always_inline bool probe_is_ip6(enum probe_kind kind)
{
	return probe_listens(kind, NET_ETH_IP6);
}

/* Does the packet hold this protocol? `ip` is an IPv4 or IPv6 header, as the ethertype says. */
static __always_inline bool probe_holds(const void *ip, __u16 type, __u8 protocol)
{
	const struct net_ip4 *ip4 = ip;
	const struct net_ip6 *ip6 = ip;

	if (type == NET_ETH_IP4)
		return ip && ip4->proto == protocol;
	return type != NET_ETH_IP6 || (ip && ip6->next == protocol);
}

/* Read what an error quotes. `inner` is the quoted header. */
static __always_inline enum match probe_quoted(struct cursor *c, enum probe_kind kind,
					       const void *inner, const struct probe_config *p,
					       struct answer *out)
{
	switch (kind) {
#define PROBE_QUOTED(NAME, name, ethertype, protocol)                   \
	case PROBE_##NAME:                                              \
		if (probe_holds(inner, ethertype, protocol))            \
			return probe_##name##_quoted(c, inner, p, out); \
		return MATCH_FOREIGN;
		PROBE_KINDS(PROBE_QUOTED)
#undef PROBE_QUOTED
	default:
		return MATCH_FOREIGN;
	}
}

/* Does this error say that the port is closed, if the target itself sends it (RFC 1122, 4.1.3.1)? */
static __always_inline bool probe_closes(enum probe_kind kind, __u8 code)
{
	return (kind == PROBE_UDP && code == NET_ICMP_PORT_UNREACHABLE) ||
	       (kind == PROBE_UDP6 && code == NET_ICMP6_PORT_UNREACHABLE);
}

static __always_inline enum match probe_match_error4(struct cursor *c, enum probe_kind kind,
						     const struct net_ip4 *ip,
						     const struct probe_config *p,
						     struct answer *out)
{
	const struct net_ip4 *inner;
	enum match match;
	__u8 code;

	if (ip->proto != NET_PROTO_ICMP)
		return MATCH_FOREIGN;
	inner = probe_pull_quoted(c, ip, &code);
	match = inner ? probe_quoted(c, kind, inner, p, out) : MATCH_FOREIGN;
	if (match != MATCH_FOREIGN)
		out->addr = inner->dst;
	if (match == MATCH_ANSWER) {
		out->state = probe_closes(kind, code) && ip->src == inner->dst
				     ? ANSWER_CLOSED
				     : ANSWER_FILTERED + code;
		out->ttl = ip->ttl;
	}
	return match;
}

static __always_inline enum match probe_match_error6(struct cursor *c, enum probe_kind kind,
						     const struct net_ip6 *ip,
						     const struct probe_config *p,
						     struct answer *out)
{
	const struct net_ip6 *inner;
	enum match match;
	__u8 code;

	if (ip->next != NET_PROTO_ICMP6)
		return MATCH_FOREIGN;
	inner = probe_pull_quoted6(c, ip, &code);
	match = inner ? probe_quoted(c, kind, inner, p, out) : MATCH_FOREIGN;
	if (match != MATCH_FOREIGN)
		probe_put_addr6(&out->addr6, &inner->dst);
	if (match == MATCH_ANSWER) {
		out->state = probe_closes(kind, code) && net_addr6_equal(&ip->src, &inner->dst)
				     ? ANSWER_CLOSED
				     : ANSWER_FILTERED + code;
		out->ttl = ip->hop_limit;
	}
	return match;
}

/*
 * Read a frame as an answer to a question of this kind. The kind listens for the frame's ethertype.
 * The cursor stands behind the Ethernet header; for IPv4 and IPv6, behind the header `ip`, which is
 * else NULL.
 */
static __always_inline enum match probe_match(struct cursor *c, enum probe_kind kind,
					      const void *ip, const struct probe_config *p,
					      struct answer *out)
{
	enum match match = MATCH_FOREIGN;
	struct cursor start = *c;

	switch (kind) {
#define PROBE_MATCH(NAME, name, ethertype, protocol)                 \
	case PROBE_##NAME:                                           \
		if (probe_holds(ip, ethertype, protocol))            \
			match = probe_##name##_match(c, ip, p, out); \
		break;
		PROBE_KINDS(PROBE_MATCH)
#undef PROBE_MATCH
	default:
		break;
	}
	if (match != MATCH_FOREIGN || !ip)
		return match;
	return probe_is_ip6(kind) ? probe_match_error6(&start, kind, ip, p, out)
				  : probe_match_error4(&start, kind, ip, p, out);
}

#endif
