// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * portscan.bpf.c - the matcher of the SYN scan: a SYN-ACK, RST or ICMP unreachable whose cookie is
 * right is entered in `answers` (enum answer_state, a byte a question: host index * ports + port
 * index); what is news is told as an event.
 *
 * parse -> match (cookie) -> mark the answer -> event if it is news -> verdict. Whatever is not
 * provably an answer to us is passed on untouched.
 */
#include "match.h"
#include "probe_tcp.h"
#include "send.h"

char _license[] SEC("license") = "Dual BSD/GPL";

TABLE(ports); /* __u16[65536]: 1 + index of the port among those asked for, or 0 */

/*
 * Enter an answer whose cookie was right. The read and the write of the state are not one atomic
 * step (Linux 5.10 has no compare-and-swap in BPF): if two answers to the same question arrive on
 * two CPUs within nanoseconds, both count as the first. User space reports the question once.
 */
static __always_inline void enter(const struct answer *answer, const struct match_config *config,
				  struct stats *count)
{
	__u32 port = net_host16(answer->port);
	const __u16 *slot = table_at(&ports, port * sizeof(*slot), sizeof(*slot));
	__u8 *state;
	__u64 host;
	__u32 flow;

	if (!slot || !*slot || !host_find(answer->addr, &host, &flow)) {
		count->rejected++;
		return;
	}
	state = table_at(&answers, host * config->ports + *slot - 1, 1);
	if (!state)
		return;
	if (*state != ANSWER_NONE) {
		count->duplicates++;
		return;
	}
	*state = answer->state;
	if (answer->state == ANSWER_OPEN || config->report_all) {
		if (!report(answer))
			count->events_lost++;
	} else if (count->answers[flow] % SAMPLE_EVERY == 0) {
		report(answer);
	}
	if (answer->attempt < attempt_now(flow))
		count->late++;
	count->answers[flow]++;
}

static __always_inline enum verdict match(struct cursor *c, const struct match_config *config)
{
	enum match match = MATCH_FOREIGN;
	struct answer answer = {};
	const struct net_eth *eth;
	const struct net_ip4 *ip;
	struct stats *count;

	if (!config->bare) {
		eth = cursor_pull_eth(c);
		if (!eth || eth->type != net_be16(NET_ETH_IP4))
			return VERDICT_PASS;
	}
	ip = cursor_pull_ip4(c, false);
	if (!ip)
		return VERDICT_PASS;
	if (ip->proto == NET_PROTO_TCP)
		match = probe_tcp_match(c, ip, &config->tcp, &answer);
	else if (ip->proto == NET_PROTO_ICMP)
		match = probe_tcp_match_icmp(c, ip, &config->tcp, &answer);
	if (match == MATCH_FOREIGN || !lease_holds())
		return VERDICT_PASS;
	count = stats_here();
	if (!count)
		return VERDICT_PASS;
	count->seen++;
	if (match == MATCH_REJECTED) {
		count->rejected++;
		return VERDICT_PASS;
	}
	enter(&answer, config, count);
	/* The stack knows nothing of the probe: a RST or an ICMP error tells it nothing. */
	if (answer.state != ANSWER_OPEN || config->synack == SYNACK_DROP)
		return VERDICT_DROP;
	return config->synack == SYNACK_RESET ? VERDICT_RESET : VERDICT_PASS;
}

/* A SYN-ACK that cannot be rewritten is for the host's stack to reset. */
static __always_inline int reset_xdp(struct xdp_md *ctx, const struct match_config *config)
{
	if (!probe_tcp_reset((void *)(long)ctx->data, (void *)(long)ctx->data_end, true,
			     config->tcp.ttl))
		return XDP_PASS;
	/* Not XDP_TX, which veth flushes only if its peer runs XDP. */
	return bpf_redirect(ctx->ingress_ifindex, 0);
}

static __always_inline int match_frame(struct xdp_md *ctx, const struct match_config *config)
{
	struct cursor c = xdp_cursor(ctx);

	switch (match(&c, config)) {
	case VERDICT_PASS:
		return XDP_PASS;
	case VERDICT_RESET:
		return reset_xdp(ctx, config);
	default:
		return XDP_DROP;
	}
}

/*
 * The checksum of a local sender's SYN-ACK may be left for a device to fill in (CHECKSUM_PARTIAL);
 * then it will do so with the RST, and wants to find the sum of the pseudo header in its place. No
 * program can see whether it is so; but a helper that changes a checksum leaves that one alone.
 */
static __always_inline int reset_tc(struct __sk_buff *skb, const struct match_config *config)
{
	void *data = (void *)(long)skb->data, *data_end = (void *)(long)skb->data_end;
	const __u32 ip = config->bare ? 0 : sizeof(struct net_eth);
	const __u32 tcp = ip + sizeof(struct net_ip4);
	struct probe_tcp_reset_packet *f = data + ip;
	__u16 whole, pseudo;

	if (!probe_tcp_reset(data, data_end, !config->bare, config->tcp.ttl) ||
	    (void *)(f + 1) > data_end)
		return TC_NEXT;
	whole = ~f->tcp.csum;
	pseudo = ~csum_fold(csum_pseudo_tcp(f->ip.src, f->ip.dst, sizeof(f->tcp)));
	f->tcp.csum = pseudo;
	bpf_l4_csum_replace(skb, tcp + offsetof(struct net_tcp, csum), 0, whole + pseudo, 0);
	bpf_skb_change_tail(skb, ip + sizeof(*f), 0);
	return bpf_redirect(skb->ifindex, 0);
}

SEC("xdp")
int match_xdp(struct xdp_md *ctx)
{
	return match_frame(ctx, configuration());
}

/*
 * Not one with the other, to be told by a constant: a kernel that lets no program in a dispatcher
 * change packets (6.12) looks at what never runs as well.
 */
SEC("xdp")
int match_send(struct xdp_md *ctx)
{
	const struct match_config *config = configuration();

	if (send_is_asked(ctx))
		return send_next(ctx, &config->tcp);
	return match_frame(ctx, config);
}

SEC("tc")
int match_tc(struct __sk_buff *skb)
{
	const struct match_config *config = configuration();
	struct cursor c = skb_cursor(skb);

	/* A VLAN tag is not in the frame any more: what arrives with one is for another interface. */
	if (skb->vlan_present)
		return TC_NEXT;
	switch (match(&c, config)) {
	case VERDICT_PASS:
		return TC_NEXT;
	case VERDICT_RESET:
		return reset_tc(skb, config);
	default:
		return TC_DROP;
	}
}
