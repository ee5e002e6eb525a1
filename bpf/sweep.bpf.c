// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * sweep.bpf.c - the matcher of the ARP sweep: replies of hosts that were asked are entered in
 * `answers` (struct neighbour by host index) and told as events.
 *
 * Every frame is passed on: the host itself may be waiting for the same reply.
 */
#include "match.h"
#include "probe_arp.h"

char _license[] SEC("license") = "Dual BSD/GPL";

static __always_inline void match(struct cursor *c)
{
	const struct net_eth *eth = cursor_pull_eth(c);
	struct neighbour *neighbour;
	union {
		struct neighbour as_struct;
		__u64 as_u64;
	} entry = {};
	struct answer answer = {};
	struct stats *count;
	__u64 index;
	__u32 flow;

	if (!eth || eth->type != net_be16(NET_ETH_ARP) ||
	    probe_arp_match(c, &answer) != MATCH_ANSWER || !host_find(answer.addr, &index, &flow) ||
	    !lease_holds())
		return;
	count = stats_here();
	neighbour = table_at(&answers, index * sizeof(*neighbour), sizeof(*neighbour));
	if (!count || !neighbour)
		return;
	count->seen++;
	if (neighbour->state != ANSWER_NONE) {
		count->duplicates++;
		return;
	}
	__builtin_memcpy(entry.as_struct.mac, answer.mac, sizeof(answer.mac));
	entry.as_struct.state = ANSWER_UP;
	*(volatile __u64 *)neighbour = entry.as_u64;
	count->answers[flow]++;
	if (!report(&answer))
		count->events_lost++;
}

SEC("xdp")
int match_xdp(struct xdp_md *ctx)
{
	struct cursor c = xdp_cursor(ctx);

	match(&c);
	return XDP_PASS;
}

SEC("tc")
int match_tc(struct __sk_buff *skb)
{
	struct cursor c = skb_cursor(skb);

	if (!skb->vlan_present)
		match(&c);
	return TC_NEXT;
}
