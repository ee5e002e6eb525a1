// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * fuzz-match.c - any bytes as a frame for the matchers. Laws: an answer names one of our tries and
 * carries the cookie of exactly that question; with another cookie it is no answer. The RST made of
 * a SYN-ACK goes back to the sender of the SYN-ACK, in the same frame.
 *
 * The first byte chooses a right answer, or none, and whether to make the cookie right at the end;
 * from 128 on the answer is one over IPv6. The rest is XORed onto the answer, so that zeros leave
 * the answer as it is; bytes beyond the answer follow it.
 */
#include "dispatch.h"
#include "fuzz.h"
#include "reply.h"

enum { FRAME_MAX = 1536 };
enum base { NONE, SYNACK, RST, ICMP, ARP, ECHO, UDP, BASES };
enum { OVER_IP6 = 128 }; /* instead of ARP: neighbour discovery */

static const struct probe_config probe = {
	.key = { 0x0706050403020100, 0x0f0e0d0c0b0a0908 },
	.source_port = 61000,
	.tries = 2,
	.ttl = 64,
	.source_mac = { 2, 0, 0, 0, 0, 1 },
	.longs = 1,
};

/* Write the right answer into FRAME_MAX bytes, and return its length. */
static size_t make_base(enum base base, uint8_t *frame)
{
	const struct probe_target target = { .addr = net_be32(0xc6120003),
					     .source = net_be32(0xc6120001),
					     .port = 80 };
	struct probe_arp_frame request;
	const struct probe_target snmp = { .addr = target.addr,
					   .source = target.source,
					   .port = 161 };
	struct probe_echo_frame echo;
	struct probe_tcp_frame syn;
	struct probe_udp_frame udp;

	probe_tcp_build(&syn, &probe, &target, 1);
	switch (base) {
	case SYNACK:
		reply_synack((struct reply_synack_frame *)frame, &syn);
		return sizeof(struct reply_synack_frame);
	case RST:
		reply_rst((struct reply_rst_frame *)frame, &syn);
		return sizeof(struct reply_rst_frame);
	case ICMP:
		reply_icmp((struct reply_icmp_frame *)frame, &syn, net_be32(0xc61200fe), 13);
		return sizeof(struct reply_icmp_frame);
	case ARP:
		probe_arp_build(&request, &probe, &target, 0);
		reply_arp((struct probe_arp_frame *)frame, &request, reply_mac);
		return sizeof(struct probe_arp_frame);
	case ECHO:
		probe_echo_build(&echo, &probe, &target, 1);
		return reply_echo_yes(frame, &echo);
	case UDP:
		probe_udp_build(&udp, &probe, &snmp, 1);
		return reply_udp(frame, &udp, 1, 2);
	default:
		return 0;
	}
}

static size_t make_base6(enum base base, uint8_t *frame)
{
	const struct probe_target target = {
		.addr6 = { { net_be32(0x20010db8), 0, 0, net_be32(0xc6120003) } },
		.source6 = { { net_be32(0x20010db8), 0, 0, net_be32(0xc6120001) } },
		.port = 80,
	};
	const struct net_addr6 router = { { net_be32(0x20010db8), 0, 0, net_be32(0xfe) } };
	struct probe_target snmp = target;
	struct probe_echo6_frame echo;
	struct probe_tcp6_frame syn;
	struct probe_udp6_frame udp;
	struct probe_nd_frame nd;

	probe_tcp6_build(&syn, &probe, &target, 1);
	switch (base) {
	case SYNACK:
		return reply_tcp6_yes(frame, &syn);
	case RST:
		reply_rst6((struct reply_rst6_frame *)frame, &syn);
		return sizeof(struct reply_rst6_frame);
	case ICMP:
		return reply_icmp6((struct reply_icmp6_frame *)frame, &syn, sizeof(syn), &router,
				   1);
	case ARP:
		probe_nd_build(&nd, &probe, &target, 0);
		return reply_nd_yes(frame, &nd);
	case ECHO:
		probe_echo6_build(&echo, &probe, &target, 1);
		return reply_echo6_yes(frame, &echo);
	case UDP:
		snmp.port = 161;
		probe_udp6_build(&udp, &probe, &snmp, 1);
		return reply_udp6(frame, &udp, 1, 2);
	default:
		return 0;
	}
}

/* Make the cookie right for whatever addresses and ports are there now. */
static void seal(enum base base, uint8_t *frame)
{
	struct reply_icmp_frame *icmp = (struct reply_icmp_frame *)frame;
	struct reply_rst_frame *tcp = (struct reply_rst_frame *)frame;

	if (base == SYNACK || base == RST)
		tcp->tcp.ack = net_be32(1 + cookie_tcp(&probe.key, tcp->ip.src, tcp->tcp.src,
						       tcp->ip.dst, tcp->tcp.dst));
	else if (base == ICMP)
		icmp->quoted_tcp.seq =
			net_be32(cookie_tcp(&probe.key, icmp->quoted_ip.dst, icmp->quoted_tcp.dst,
					    icmp->quoted_ip.src, icmp->quoted_tcp.src));
}

static void seal6(enum base base, uint8_t *frame)
{
	struct reply_icmp6_frame *icmp = (struct reply_icmp6_frame *)frame;
	struct reply_rst6_frame *tcp = (struct reply_rst6_frame *)frame;

	if (base == SYNACK || base == RST)
		tcp->tcp.ack = net_be32(1 + cookie_tcp6(&probe.key, &tcp->ip.src, tcp->tcp.src,
							&tcp->ip.dst, tcp->tcp.dst));
	else if (base == ICMP)
		icmp->quoted_tcp.seq =
			net_be32(cookie_tcp6(&probe.key, &icmp->quoted_ip.dst, icmp->quoted_tcp.dst,
					     &icmp->quoted_ip.src, icmp->quoted_tcp.src));
}

/* By all kinds: a frame answers questions of one at most, and proves nothing to others. */
static enum match match(const uint8_t *frame, size_t size, enum probe_kind *by,
			struct answer *answer)
{
	enum match found = MATCH_FOREIGN;
	enum probe_kind kind;

	memset(answer, 0, sizeof(*answer));
	for (kind = PROBE_NONE; kind < PROBE_KINDS_N; kind++) {
		struct cursor c = { frame, frame + size };
		struct answer by_kind = { 0 };
		enum match match = dispatch(&c, kind, &probe, &by_kind);

		if (match == MATCH_FOREIGN)
			continue;
		LAW(found == MATCH_FOREIGN);
		found = match;
		*answer = by_kind;
		*by = kind;
	}
	return found;
}

/* The address of the answer is in the frame, at this place. */
static void check_addr6(const uint8_t *frame, size_t size, size_t at, const struct answer *a)
{
	LAW(at + sizeof(a->addr6) <= size);
	LAW(!memcmp(frame + at, &a->addr6, sizeof(a->addr6)));
}

/* A right answer over IPv6: with another cookie it is none. */
static void check_answer6(uint8_t *frame, size_t size, const struct answer *a, enum probe_kind by)
{
	const size_t ip = sizeof(struct net_eth), behind = ip + sizeof(struct net_ip6);
	const bool nd = frame[behind] == NET_ICMP6_ADVERTISE &&
			frame[ip + offsetof(struct net_ip6, next)] == NET_PROTO_ICMP6;
	enum probe_kind kind;
	struct answer other;

	if (nd) {
		LAW(a->state == ANSWER_UP && !a->port && !a->attempt && !(a->mac[0] & 1));
		LAW(frame[ip + offsetof(struct net_ip6, hop_limit)] == 255);
		LAW(!memcmp(frame, probe.source_mac, 6));
		check_addr6(frame, size, behind + offsetof(struct net_nd, target), a);
		return;
	}
	LAW(a->attempt < probe.tries);
	if (a->state >= ANSWER_FILTERED || (by == PROBE_UDP6 && a->state == ANSWER_CLOSED)) {
		LAW(a->state <= ANSWER_FILTERED_LAST);
		check_addr6(frame, size,
			    offsetof(struct reply_icmp6_frame, quoted_ip) +
				    offsetof(struct net_ip6, dst),
			    a);
	} else {
		check_addr6(frame, size, ip + offsetof(struct net_ip6, src), a);
	}
	if (by == PROBE_UDP6)
		return;
	if (a->state == ANSWER_UP)
		frame[behind + offsetof(struct net_echo, payload)] ^= 0x80;
	else if (a->state < ANSWER_FILTERED)
		frame[behind + offsetof(struct net_tcp, ack)] ^= 0x80;
	else if (a->port)
		frame[offsetof(struct reply_icmp6_frame, quoted_tcp.seq)] ^= 0x80;
	else
		frame[offsetof(struct reply_icmp6_frame, quoted) + 2] ^= 0x80;
	LAW(match(frame, size, &kind, &other) == MATCH_REJECTED);
}

static uint32_t be32_at(const uint8_t *frame, size_t size, size_t at)
{
	LAW(at + 4 <= size);
	return (uint32_t)frame[at] << 24 | (uint32_t)frame[at + 1] << 16 |
	       (uint32_t)frame[at + 2] << 8 | frame[at + 3];
}

static size_t ip_len(const uint8_t *frame, size_t at)
{
	return (frame[at] & 15) * 4U;
}

/* Where the cookie stands: what a TCP segment acknowledges, or the sequence number it quotes. */
static size_t cookie_place(const uint8_t *frame, const struct answer *a)
{
	size_t place = sizeof(struct net_eth) + ip_len(frame, sizeof(struct net_eth));

	if (a->state < ANSWER_FILTERED)
		return place + offsetof(struct net_tcp, ack);
	place += sizeof(struct net_icmp);
	return place + ip_len(frame, place) + offsetof(struct net_tcp_quote, seq);
}

static void check_tcp_answer(uint8_t *frame, size_t size, const struct answer *a)
{
	const size_t to = sizeof(struct net_eth) + offsetof(struct net_ip4, dst);
	const size_t place = cookie_place(frame, a);
	enum probe_kind kind;
	struct answer other;
	uint32_t cookie, off;

	LAW(a->state == ANSWER_OPEN || a->state == ANSWER_CLOSED ||
	    (a->state >= ANSWER_FILTERED && a->state <= ANSWER_FILTERED_LAST));
	LAW(a->attempt < probe.tries);
	cookie = cookie_tcp(&probe.key, a->addr, a->port, net_be32(be32_at(frame, size, to)),
			    net_be16(probe.source_port + a->attempt));
	off = be32_at(frame, size, place) - cookie;
	switch (a->state) {
	case ANSWER_OPEN:
		LAW(off == 1);
		break;
	case ANSWER_CLOSED:
		LAW(off <= 1);
		break;
	default:
		LAW(off == 0);
	}
	frame[place] ^= 0x80;
	LAW(match(frame, size, &kind, &other) == MATCH_REJECTED);
}

static void check_reset(uint8_t *frame, size_t size)
{
	const struct probe_tcp_reset_packet *rst = (const void *)(frame + sizeof(struct net_eth));
	const struct probe_tcp_reset_packet synack = *rst;
	char *copy = text_of(frame, size);

	if (probe_tcp_reset(frame, frame + size, true, probe.ttl)) {
		LAW(rst->ip.src == synack.ip.dst && rst->ip.dst == synack.ip.src);
		LAW(rst->tcp.src == synack.tcp.dst && rst->tcp.dst == synack.tcp.src);
		LAW(rst->tcp.seq == synack.tcp.ack && rst->tcp.flags == NET_TCP_RST);
		LAW(!csum_fold(csum_add_words(0, &rst->ip, sizeof(rst->ip) / 4)));
		LAW(!csum_fold(
			csum_add_words(csum_pseudo_tcp(rst->ip.src, rst->ip.dst, sizeof(rst->tcp)),
				       &rst->tcp, sizeof(rst->tcp) / 4)));
		LAW(rst->tcp.csum == (__be16)~csum_fold(csum_pseudo_tcp(rst->ip.src, rst->ip.dst,
									sizeof(rst->tcp))));
	} else {
		LAW(!memcmp(frame, copy, size));
	}
	free(copy);
}

static void check_arp_answer(const uint8_t *frame, size_t size, const struct answer *a)
{
	const size_t arp = sizeof(struct net_eth);

	LAW(frame[arp + 7] == 2); /* a reply, to us */
	LAW(!memcmp(frame + arp + offsetof(struct net_arp, target_mac), probe.source_mac, 6));
	LAW(be32_at(frame, size, arp + offsetof(struct net_arp, sender_ip)) == net_host32(a->addr));
	LAW(!memcmp(frame + arp + offsetof(struct net_arp, sender_mac), a->mac, 6));
	LAW(!(a->mac[0] & 1));
	LAW(!a->port && !a->attempt);
}

static bool is_arp(const uint8_t *frame)
{
	return frame[12] == NET_ETH_ARP >> 8 && frame[13] == (NET_ETH_ARP & 0xff);
}

static bool is_ip6(const uint8_t *frame)
{
	return frame[12] == NET_ETH_IP6 >> 8 && frame[13] == (NET_ETH_IP6 & 0xff);
}

/* A datagram that answers repeats the number of the question, if there is one. */
static void check_udp_answer(const uint8_t *frame, const struct answer *a)
{
	const struct probe_udp_payload *what = probe_udp_payload(net_host16(a->port), a->attempt);
	const size_t ip = sizeof(struct net_eth), udp = ip + ip_len(frame, ip);
	const uint8_t *payload = frame + udp + sizeof(struct net_udp);
	__be32 source;
	uint64_t n;

	LAW(a->attempt < probe.tries);
	LAW(a->state == ANSWER_OPEN || a->state == ANSWER_CLOSED ||
	    (a->state >= ANSWER_FILTERED && a->state <= ANSWER_FILTERED_LAST));
	if (a->state != ANSWER_OPEN || what->form != UDP_FORM_AT)
		return;
	memcpy(&source, frame + ip + offsetof(struct net_ip4, dst), 4);
	n = probe_udp_number(what, probe_udp_hash(&probe, a->addr, a->port, source,
						  net_be16(probe.source_port + a->attempt)));
	LAW(!memcmp(payload + what->repeated, &n, what->width));
}

static void check_udp6_answer(const uint8_t *frame, const struct answer *a)
{
	const struct probe_udp_payload *what = probe_udp_payload(net_host16(a->port), a->attempt);
	const size_t ip = sizeof(struct net_eth), udp = ip + sizeof(struct net_ip6);
	struct net_addr6 source;
	uint64_t n;

	if (what->form != UDP_FORM_AT)
		return;
	memcpy(&source, frame + ip + offsetof(struct net_ip6, dst), sizeof(source));
	n = probe_udp_number(what, probe_udp6_hash(&probe, &a->addr6, a->port, &source,
						   net_be16(probe.source_port + a->attempt)));
	LAW(!memcmp(frame + udp + sizeof(struct net_udp) + what->repeated, &n, what->width));
}

/* The reply has the payload of the request for just this try. */
static void check_echo_answer(const uint8_t *frame, const struct answer *a)
{
	const size_t ip = sizeof(struct net_eth);
	struct probe_target target = { .addr = a->addr };
	struct probe_echo_frame asked;

	LAW(!a->port && a->attempt < probe.tries);
	memcpy(&target.source, frame + ip + offsetof(struct net_ip4, dst), 4);
	probe_echo_build(&asked, &probe, &target, a->attempt);
	LAW(!memcmp(frame + ip + ip_len(frame, ip) + offsetof(struct net_echo, payload),
		    asked.echo.payload, sizeof(asked.echo.payload)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t bytes[FRAME_MAX] = { 0 }, *frame;
	enum probe_kind kind;
	struct answer answer;
	bool right, sealed, ip6;
	enum base base;
	size_t len, i;

	if (!size || size > FRAME_MAX)
		return 0;
	ip6 = *data >= OVER_IP6;
	base = *data % OVER_IP6 % BASES;
	sealed = *data % OVER_IP6 / BASES % 2;
	data++, size--;
	len = ip6 ? make_base6(base, bytes) : make_base(base, bytes);
	right = len != 0;
	for (i = 0; i < size; i++) {
		bytes[i] ^= data[i];
		right = right && !data[i];
	}
	if (len < size)
		len = size;
	if (sealed && ip6)
		seal6(base, bytes);
	else if (sealed)
		seal(base, bytes);

	/* Of just that size, so that ASan sees every read behind its end. */
	frame = malloc(len + !len);
	LAW(frame);
	memcpy(frame, bytes, len);
	if (match(frame, len, &kind, &answer) == MATCH_ANSWER) {
		if (kind == PROBE_UDP6 && answer.state == ANSWER_OPEN)
			check_udp6_answer(frame, &answer);
		if (is_ip6(frame))
			check_answer6(frame, len, &answer, kind);
		else if (kind == PROBE_UDP)
			check_udp_answer(frame, &answer);
		else if (answer.state == ANSWER_UP && is_arp(frame))
			check_arp_answer(frame, len, &answer);
		else if (answer.state == ANSWER_UP)
			check_echo_answer(frame, &answer);
		else
			check_tcp_answer(frame, len, &answer);
		if (kind == PROBE_TCP && answer.state == ANSWER_OPEN)
			check_reset(frame, len);
	} else {
		LAW(!right);
	}
	free(frame);
	return 0;
}
