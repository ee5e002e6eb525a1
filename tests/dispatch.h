/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * dispatch.h - for tests: the matchers of include/, run on a frame as the BPF programs run them, but
 * compiled for the host. Pure.
 */
#ifndef XSCAN_TESTS_DISPATCH_H
#define XSCAN_TESTS_DISPATCH_H

#include "probe_arp.h"
#include "probe_tcp.h"

/* A packet without an Ethernet header, or what is behind it. */
static inline enum match dispatch_ip4(struct cursor *c, const struct probe_tcp *p,
				      struct answer *out)
{
	const struct net_ip4 *ip = cursor_pull_ip4(c, false);

	if (ip && ip->proto == NET_PROTO_TCP)
		return probe_tcp_match(c, ip, p, out);
	if (ip && ip->proto == NET_PROTO_ICMP)
		return probe_tcp_match_icmp(c, ip, p, out);
	return MATCH_FOREIGN;
}

static inline enum match dispatch(struct cursor *c, const struct probe_tcp *p, struct answer *out)
{
	const struct net_eth *eth = cursor_pull_eth(c);

	if (eth && eth->type == net_be16(NET_ETH_ARP))
		return probe_arp_match(c, out);
	if (eth && eth->type == net_be16(NET_ETH_IP4))
		return dispatch_ip4(c, p, out);
	return MATCH_FOREIGN;
}

#endif
