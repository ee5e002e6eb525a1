// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * misses.c - read a frame once more, with time to say what is wrong in it: the matcher only says that
 * it is.
 */
#include "misses.h"

#include "kinds.h"

#include <stdio.h>

/* The addresses and what is behind them of a packet, or of what an ICMP error quotes. */
struct packet {
	const struct net_ip4 *ip4;
	const struct net_ip6 *ip6;
	struct cursor payload;
};

/* A frame may be cut: then its length goes beyond its end, as in a quote. */
static bool pull_ip(struct cursor *c, bool is_ip6, struct packet *out)
{
	*out = (struct packet){ 0 };
	if (is_ip6)
		out->ip6 = cursor_pull_ip6(c, true);
	else
		out->ip4 = cursor_pull_ip4(c, true);
	out->payload = *c;
	return out->ip4 || out->ip6;
}

static bool read_packet(const struct captured *frame, bool bare, struct packet *out)
{
	struct cursor c = { frame->bytes, frame->bytes + frame->kept };

	if (!bare && !cursor_pull_eth(&c))
		return false;
	return pull_ip(&c, probe_is_ip6(frame->kind), out);
}

static uint8_t protocol_of(const struct packet *packet)
{
	return packet->ip4 ? packet->ip4->proto : packet->ip6->next;
}

static bool is_icmp(const struct packet *packet)
{
	return protocol_of(packet) == (packet->ip4 ? NET_PROTO_ICMP : NET_PROTO_ICMP6);
}

/* The sequence number of the SYN from the receiver's `port` to whom the packet is from. */
static uint32_t number_of(const struct packet *packet, const struct probe_config *p,
			  __be16 target_port, __be16 port)
{
	return packet->ip4
		       ? cookie_tcp(&p->key, packet->ip4->src, target_port, packet->ip4->dst, port)
		       : cookie_tcp6(&p->key, &packet->ip6->src, target_port, &packet->ip6->dst,
				     port);
}

/* The source port whose SYN to this port had the number; 0: none. */
static uint16_t port_with(const struct packet *packet, const struct probe_config *p,
			  __be16 target_port, uint32_t number)
{
	unsigned int i;

	for (i = 0; i < p->tries; i++)
		if (number_of(packet, p, target_port, net_be16(p->source_port + i)) == number)
			return (uint16_t)(p->source_port + i);
	return 0;
}

static void say_tcp_cookie(const struct packet *packet, const struct probe_config *p,
			   char text[MISS_TEXT])
{
	struct cursor c = packet->payload;
	const struct net_tcp *tcp = cursor_pull_tcp(&c);
	uint32_t acked;
	uint16_t port;

	if (!tcp)
		return;
	acked = net_host32(tcp->ack) - 1;
	port = port_with(packet, p, tcp->src, acked);
	if (port)
		snprintf(text, MISS_TEXT,
			 "wrong port: acknowledges the probe from port %u, and came to port %u",
			 port, net_host16(tcp->dst));
	else
		snprintf(text, MISS_TEXT, "wrong cookie: acknowledges 0x%08x, the probe was 0x%08x",
			 acked, number_of(packet, p, tcp->src, tcp->dst));
}

/* An ICMP error. What it quotes was sent by us: source and target change places. */
static void say_quoted_cookie(const struct packet *packet, const struct probe_config *p,
			      char text[MISS_TEXT])
{
	struct cursor c = packet->payload;
	const struct net_tcp_quote *quote;
	struct packet inner;
	uint32_t number;

	if (!cursor_pull_icmp(&c) || !pull_ip(&c, packet->ip6, &inner))
		return;
	quote = cursor_pull_tcp_quote(&inner.payload);
	if (!quote || protocol_of(&inner) != NET_PROTO_TCP) {
		snprintf(text, MISS_TEXT,
			 "wrong cookie: the error quotes another probe than the one sent");
		return;
	}
	number = inner.ip4 ? cookie_tcp(&p->key, inner.ip4->dst, quote->dst, inner.ip4->src,
					quote->src)
			   : cookie_tcp6(&p->key, &inner.ip6->dst, quote->dst, &inner.ip6->src,
					 quote->src);
	snprintf(text, MISS_TEXT, "wrong cookie: the error quotes 0x%08x, the probe was 0x%08x",
		 net_host32(quote->seq), number);
}

/* The text says less if the frame is too short to say more. */
static void say_cookie(const struct captured *frame, const struct probe_config *p, bool bare,
		       char text[MISS_TEXT])
{
	struct packet packet;

	snprintf(text, MISS_TEXT, "wrong cookie: the number of the probe is not in it");
	if (!read_packet(frame, bare, &packet))
		return;
	if (protocol_of(&packet) == NET_PROTO_TCP)
		say_tcp_cookie(&packet, p, text);
	else if (is_icmp(&packet) && kinds[frame->kind].role == KIND_PORTS)
		say_quoted_cookie(&packet, p, text);
}

static bool is_reset(const struct captured *frame, bool bare)
{
	const struct net_tcp *tcp;
	struct packet packet;

	if (!read_packet(frame, bare, &packet) || protocol_of(&packet) != NET_PROTO_TCP)
		return false;
	tcp = cursor_pull_tcp(&packet.payload);
	return tcp && tcp->flags & NET_TCP_RST;
}

const char *miss_text(const struct captured *frame, const struct probe_config *p, bool bare,
		      char text[MISS_TEXT])
{
	static const char *const words[MISSES_N] = {
		[MISS_NONE] = "answer",
		[MISS_HEADER] = "short header: a header says that it is longer than its packet",
		[MISS_FLAGS] = "wrong flags: neither a SYN-ACK nor a RST",
		[MISS_NOT_ASKED] = "not asked: no question is about this address and port",
		[MISS_DUPLICATE] = "duplicate: the question is answered already",
		[MISS_LATE] = "late: answers an earlier try than the one under way",
		[MISS_MAC] = "wrong MAC: another machine has answered for this address before",
	};

	if (frame->leaves)
		return is_reset(frame, bare) ? "reset, made of the SYN-ACK" : "probe";
	if (frame->miss != MISS_COOKIE)
		return frame->miss < MISSES_N ? words[frame->miss] : "unknown reason";
	say_cookie(frame, p, bare, text);
	return text;
}
