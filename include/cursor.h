/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * cursor.h - walk a received frame with one bounds check a header.
 *
 * A pull returns the header at the cursor and steps past it, or returns NULL and leaves the cursor
 * where it was. The comparison has the form the BPF verifier recognises.
 */
#ifndef XSCAN_CURSOR_H
#define XSCAN_CURSOR_H

#include "net.h"

struct cursor {
	const void *pos;
	const void *end;
};

#define CURSOR_PULL(name, type)                                                        \
	static __always_inline const struct type *cursor_pull_##name(struct cursor *c) \
	{                                                                              \
		const struct type *hdr = c->pos;                                       \
                                                                                       \
		if ((const void *)(hdr + 1) > c->end)                                  \
			return NULL;                                                   \
		c->pos = hdr + 1;                                                      \
		return hdr;                                                            \
	}

CURSOR_PULL(eth, net_eth)
CURSOR_PULL(arp, net_arp)
CURSOR_PULL(tcp, net_tcp)
CURSOR_PULL(tcp_mss, net_tcp_mss)
CURSOR_PULL(tcp_quote, net_tcp_quote)
CURSOR_PULL(udp, net_udp)
CURSOR_PULL(icmp, net_icmp)
CURSOR_PULL(nd, net_nd)
CURSOR_PULL(nd_mac, net_nd_mac)

/*
 * Pull an IPv4 header with its options. Refuse a packet whose payload cannot be trusted: another
 * version, ihl < 5, any fragment, a total length that the headers do not fit into. Refuse a total
 * length beyond the frame, except in an ICMP quote, which is cut by design. There `quoted` is true,
 * and only the first 8 bytes of the payload must be present.
 */
static __always_inline const struct net_ip4 *cursor_pull_ip4(struct cursor *c, bool quoted)
{
	const struct net_ip4 *ip = c->pos;
	const void *payload;
	__u32 header_len;
	long total_len;

	if ((const void *)(ip + 1) > c->end)
		return NULL;
	if (ip->version_ihl >> 4 != 4)
		return NULL;
	header_len = (ip->version_ihl & 15) * 4;
	total_len = net_host16(ip->total_len);
	if (header_len < sizeof(*ip) || total_len < header_len)
		return NULL;
	if (ip->frag & net_be16(NET_IP4_FRAGMENT))
		return NULL;
	payload = c->pos + header_len;
	if (payload > c->end)
		return NULL;
	/*
	 * Compare with a difference: before 6.8 the verifier knows no bounds of a swapped number.
	 */
	if (!quoted && total_len > c->end - c->pos)
		return NULL;
	c->pos = payload;
	return ip;
}

/*
 * Pull an IPv6 header. Refuse another version, and a payload longer than the frame, except in an ICMP
 * quote. Extension headers are not stepped over: no answer has them.
 */
static __always_inline const struct net_ip6 *cursor_pull_ip6(struct cursor *c, bool quoted)
{
	const struct net_ip6 *ip = c->pos;
	long payload_len;

	if ((const void *)(ip + 1) > c->end)
		return NULL;
	if (*(const __u8 *)ip >> 4 != 6)
		return NULL;
	payload_len = net_host16(ip->payload_len);
	if (!quoted && payload_len > c->end - (const void *)(ip + 1))
		return NULL;
	c->pos = ip + 1;
	return ip;
}

#endif
