// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* link_questions.c - the frames to all hosts. */
#include "link_questions.h"

#include "csum.h"
#include "link_formats.h"

#include <endian.h>
#include <string.h>

bool link_question_is_by_source(enum link_question question)
{
	return question != LINK_MLD;
}

static void put_addr(struct net_addr6 *to, struct addr addr)
{
	const uint64_t half[] = { htobe64(addr.hi), htobe64(addr.lo) };

	memcpy(to, half, sizeof(*to));
}

/* Write the Ethernet and IPv6 headers of a packet to all hosts. Returns their length. */
static size_t put_heads(uint8_t *frame, const uint8_t mac[6], struct addr source, uint8_t next,
			uint8_t hop_limit, size_t payload_len)
{
	static const struct addr all_hosts = { 0xff02ULL << 48, 1 };
	static const uint8_t all_hosts_mac[6] = { 0x33, 0x33, 0, 0, 0, 1 };
	struct link_heads *heads = (void *)frame;

	memcpy(heads->eth.dst, all_hosts_mac, sizeof(heads->eth.dst));
	memcpy(heads->eth.src, mac, sizeof(heads->eth.src));
	heads->eth.type = net_be16(NET_ETH_IP6);
	heads->ip.version_class_flow = net_be32(0x60000000);
	heads->ip.payload_len = net_be16(payload_len);
	heads->ip.next = next;
	heads->ip.hop_limit = hop_limit;
	put_addr(&heads->ip.src, source);
	put_addr(&heads->ip.dst, all_hosts);
	return sizeof(*heads);
}

/* Fill in the checksum of the ICMPv6 message that ends the frame. `len` is a multiple of 4. */
static void put_csum(uint8_t *frame, size_t at, size_t len)
{
	const struct link_heads *heads = (void *)frame;
	struct net_icmp *icmp = (void *)(frame + at);
	uint64_t sum = csum_pseudo6(&heads->ip.src, &heads->ip.dst, NET_PROTO_ICMP6, (uint16_t)len);
	size_t i;

	icmp->csum = 0;
	for (i = 0; i < len; i += 4)
		sum = csum_add_words(sum, frame + at + i, 1);
	icmp->csum = csum_fold(sum);
}

static size_t build_echo(const uint8_t mac[6], struct addr source, uint64_t token, bool option,
			 uint8_t *frame)
{
	/* 0x9e is for experiments (RFC 4727), and says: whoever does not know this must say so. */
	static const struct link_option unknown = { NET_PROTO_ICMP6, 0, { 0x9e, 4 } };
	struct link_echo echo = { .type = NET_ICMP6_ECHO_REQUEST, .token = token };
	const size_t more = option ? sizeof(unknown) : 0;
	size_t at = put_heads(frame, mac, source, option ? LINK_DEST_OPTIONS : NET_PROTO_ICMP6, 255,
			      more + sizeof(echo));

	memcpy(frame + at, &unknown, more);
	at += more;
	echo.id = (uint16_t)token;
	memcpy(frame + at, &echo, sizeof(echo));
	put_csum(frame, at, sizeof(echo));
	return at + sizeof(echo);
}

static size_t build_query(const uint8_t mac[6], uint8_t *frame)
{
	static const struct addr highest = { 0xfe80ULL << 48, UINT64_MAX };
	/* Router alert 0 (RFC 2711), and padding. */
	static const struct link_option alert = { NET_PROTO_ICMP6, 0, { 5, 2, 0, 0, 1, 0 } };
	const struct link_query query = {
		.type = LINK_MLD_QUERY,
		.max_delay_ms = net_be16(1),
		.robustness = 2, /* both are what routers say by default */
		.interval_s = 125,
	};
	size_t at =
		put_heads(frame, mac, highest, LINK_HOP_OPTIONS, 1, sizeof(alert) + sizeof(query));

	memcpy(frame + at, &alert, sizeof(alert));
	at += sizeof(alert);
	memcpy(frame + at, &query, sizeof(query));
	put_csum(frame, at, sizeof(query));
	return at + sizeof(query);
}

size_t link_question_build(enum link_question question, const uint8_t mac[6], struct addr source,
			   uint64_t token, uint8_t frame[LINK_FRAME_MAX])
{
	if (question == LINK_MLD)
		return build_query(mac, frame);
	return build_echo(mac, source, token, question == LINK_OPTION, frame);
}
