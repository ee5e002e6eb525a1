/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * probe_nd.h - a neighbour solicitation, and the advertisement that answers it (RFC 4861): what ARP
 * is to IPv4. It goes to the group of the target's low 24 bits, which each host joins for its
 * addresses.
 */
#ifndef XSCAN_PROBE_ND_H
#define XSCAN_PROBE_ND_H

#include "probe_common.h"

enum { PROBE_ND_HOP_LIMIT = 255 }; /* no router has passed such a packet on */

struct probe_nd_frame {
	struct net_eth eth;
	struct net_ip6 ip;
	struct net_nd nd;
	struct net_nd_mac mac;
} NET_WIRE;

enum { PROBE_ND_LEN = sizeof(struct net_nd) + sizeof(struct net_nd_mac) };

/* Write every byte of the solicitation "who has target? tell source". */
static __always_inline void probe_nd_build(struct probe_nd_frame *f, const struct probe_config *p,
					   const struct probe_target *t, __u8 attempt)
{
	const __be32 low = net_get(&t->addr6.word[3]);
	const __be32 group = low | net_be32(0xff000000);

	(void)attempt; /* a solicitation has no number */
	f->eth.dst[0] = f->eth.dst[1] = 0x33;
	__builtin_memcpy(f->eth.dst + 2, &group, sizeof(group));
	__builtin_memcpy(f->eth.src, p->source_mac, 6);
	f->eth.type = net_be16(NET_ETH_IP6);
	probe_build_ip6(&f->ip, t, NET_PROTO_ICMP6, PROBE_ND_HOP_LIMIT, PROBE_ND_LEN);
	/* ff02::1:ff00:0/104 */
	probe_put(&f->ip.dst.word[0], net_be32(0xff020000));
	probe_put(&f->ip.dst.word[1], 0);
	probe_put(&f->ip.dst.word[2], net_be32(1));
	probe_put(&f->ip.dst.word[3], group);
	f->nd.type = NET_ICMP6_SOLICIT;
	f->nd.code = 0;
	f->nd.csum = 0;
	probe_put(&f->nd.flags, 0);
	probe_put_addr6(&f->nd.target, &t->addr6);
	f->mac.type = NET_ND_SOURCE;
	f->mac.len = 1;
	__builtin_memcpy(f->mac.mac, p->source_mac, 6);
	f->nd.csum = csum_fold(
		csum_add_words(csum_pseudo6(&f->ip.src, &f->ip.dst, NET_PROTO_ICMP6, PROBE_ND_LEN),
			       &f->nd, PROBE_ND_LEN / 4));
}

/*
 * Read an advertisement. The cursor stands behind the IPv6 header `ip`, and an Ethernet header is
 * before it: there is no neighbour discovery without. An advertisement carries no cookie: the
 * caller must look up whether the address was asked for. One to another host, or to all, answers no
 * question of ours. It may lack the option with the MAC address.
 */
static __always_inline enum match probe_nd_match(struct cursor *c, const struct net_ip6 *ip,
						 const struct probe_config *p, struct answer *out)
{
	const struct net_eth *eth = (const void *)ip - sizeof(*eth);
	const struct net_nd *nd = cursor_pull_nd(c);
	const struct net_nd_mac *option;

	if (!nd || nd->type != NET_ICMP6_ADVERTISE || nd->code ||
	    ip->hop_limit != PROBE_ND_HOP_LIMIT || net_host16(ip->payload_len) < sizeof(*nd) ||
	    !(net_get(&nd->flags) & net_be32(NET_ND_SOLICITED)) ||
	    !net_mac_equal(eth->dst, p->source_mac))
		return MATCH_FOREIGN;
	__builtin_memcpy(out->mac, eth->src, 6);
	option = net_host16(ip->payload_len) >= PROBE_ND_LEN ? cursor_pull_nd_mac(c) : NULL;
	if (option && option->type == NET_ND_TARGET && option->len == 1)
		__builtin_memcpy(out->mac, option->mac, 6);
	if (!probe_mac_may_be(out->mac, p))
		return MATCH_FOREIGN;
	probe_put_addr6(&out->addr6, &nd->target);
	out->state = ANSWER_UP;
	return MATCH_ANSWER;
}

/* No router forwards a solicitation, so no ICMP error quotes one. */
static __always_inline enum match probe_nd_quoted(struct cursor *c, const struct net_ip6 *inner,
						  const struct probe_config *p, struct answer *out)
{
	(void)c;
	(void)inner;
	(void)p;
	(void)out;
	return MATCH_FOREIGN;
}

#endif
