/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * dispatch.h - for tests: run the matchers of include/ on a frame, as the BPF program does, but
 * compiled for the host. Pure.
 */
#ifndef XSCAN_TESTS_DISPATCH_H
#define XSCAN_TESTS_DISPATCH_H

#include "probe.h"

/* A packet without an Ethernet header, or what is behind it. */
static inline enum match dispatch_ip4(struct cursor *c, enum probe_kind kind,
				      const struct probe_config *p, struct answer *out)
{
	const struct net_ip4 *ip;

	if (!probe_listens(kind, NET_ETH_IP4))
		return MATCH_FOREIGN;
	ip = cursor_pull_ip4(c, false);
	return ip ? probe_match(c, kind, ip, p, out) : MATCH_FOREIGN;
}

static inline enum match dispatch_ip6(struct cursor *c, enum probe_kind kind,
				      const struct probe_config *p, struct answer *out)
{
	const struct net_ip6 *ip;

	if (!probe_listens(kind, NET_ETH_IP6))
		return MATCH_FOREIGN;
	ip = cursor_pull_ip6(c, false);
	return ip ? probe_match(c, kind, ip, p, out) : MATCH_FOREIGN;
}

/* Is the frame an answer to a question of this kind? */
static inline enum match dispatch(struct cursor *c, enum probe_kind kind,
				  const struct probe_config *p, struct answer *out)
{
	const struct net_eth *eth = cursor_pull_eth(c);

	if (!eth || !probe_listens(kind, net_host16(eth->type)))
		return MATCH_FOREIGN;
	if (eth->type == net_be16(NET_ETH_IP4))
		return dispatch_ip4(c, kind, p, out);
	if (eth->type == net_be16(NET_ETH_IP6))
		return dispatch_ip6(c, kind, p, out);
	return probe_match(c, kind, NULL, p, out);
}

#endif
