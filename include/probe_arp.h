/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * probe_arp.h - an ARP request, and the reply that answers it (RFC 826).
 */
#ifndef XSCAN_PROBE_ARP_H
#define XSCAN_PROBE_ARP_H

#include "probe_common.h"

struct probe_arp_frame {
	struct net_eth eth;
	struct net_arp arp;
} NET_WIRE;

/* Write every byte of the request "who has target? tell source". */
static __always_inline void probe_arp_build(struct probe_arp_frame *f, const struct probe_config *p,
					    const struct probe_target *t, __u8 attempt)
{
	(void)attempt; /* a request has no number */
	__builtin_memset(f->eth.dst, 0xff, 6);
	__builtin_memcpy(f->eth.src, p->source_mac, 6);
	f->eth.type = net_be16(NET_ETH_ARP);
	f->arp.hw_type = net_be16(1);
	f->arp.proto = net_be16(NET_ETH_IP4);
	f->arp.hw_len = 6;
	f->arp.proto_len = 4;
	f->arp.op = net_be16(NET_ARP_REQUEST);
	__builtin_memcpy(f->arp.sender_mac, p->source_mac, 6);
	f->arp.sender_ip = t->source;
	__builtin_memset(f->arp.target_mac, 0, 6);
	f->arp.target_ip = t->addr;
}

/*
 * Read an ARP reply. The cursor stands behind the Ethernet header; `ip` is not used. ARP carries no
 * cookie: the caller must look up whether the address was asked for. A reply to another host, or to
 * nobody (gratuitous ARP), answers no question of ours.
 */
static __always_inline enum match probe_arp_match(struct cursor *c, const struct net_ip4 *ip,
						  const struct probe_config *p, struct answer *out)
{
	const struct net_arp *arp = cursor_pull_arp(c);

	(void)ip;
	if (!arp || arp->op != net_be16(NET_ARP_REPLY) || arp->hw_type != net_be16(1) ||
	    arp->proto != net_be16(NET_ETH_IP4) || arp->hw_len != 6 || arp->proto_len != 4)
		return MATCH_FOREIGN;
	if (!probe_mac_may_be(arp->sender_mac, p) || !net_mac_equal(arp->target_mac, p->source_mac))
		return MATCH_FOREIGN;
	out->addr = arp->sender_ip;
	out->state = ANSWER_UP;
	__builtin_memcpy(out->mac, arp->sender_mac, 6);
	return MATCH_ANSWER;
}

/* No ICMP error quotes ARP. */
static __always_inline enum match probe_arp_quoted(struct cursor *c, const struct net_ip4 *inner,
						   const struct probe_config *p, struct answer *out)
{
	(void)c;
	(void)inner;
	(void)p;
	(void)out;
	return MATCH_FOREIGN;
}

#endif
