// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * xscan.bpf.c - the matcher: parse, match, enter the answer in the tables (match.h), decide what
 * becomes of the frame. Whatever is not provably an answer to a question is passed on untouched.
 *
 * It matches the kinds of question in its configuration (include/probe.h), one in each lane; for the
 * verifier the configuration is constant, so the code for other kinds is cut out.
 */
#include "match.h"
#include "send.h"

char _license[] SEC("license") = "Dual BSD/GPL";

/* A neighbour's answer has no proof but that we asked: the host itself may have asked the same. */
static __always_inline void match_neighbour(struct cursor c, __u16 type, const struct net_ip4 *ip,
					    const struct match_config *config)
{
	const struct lane_config *lane = &config->lanes[LANE_NEIGHBOURS];
	struct answer answer = {};

	if (probe_listens(lane->kind, type) &&
	    probe_match(&c, lane->kind, ip, &config->probe, &answer) == MATCH_ANSWER &&
	    lease_holds(LANE_NEIGHBOURS))
		enter_neighbour(&answer, lane);
}

static __always_inline enum fate match_question(struct cursor c, __u16 type,
						const struct net_ip4 *ip,
						const struct match_config *config)
{
	const struct lane_config *lane = &config->lanes[LANE_QUESTIONS];
	struct answer answer = {};
	struct stats *count;
	enum match match;

	if (!probe_listens(lane->kind, type))
		return FATE_PASS;
	match = probe_match(&c, lane->kind, ip, &config->probe, &answer);
	if (match == MATCH_FOREIGN || !lease_holds(LANE_QUESTIONS))
		return FATE_PASS;
	count = stats_here(LANE_QUESTIONS);
	if (!count)
		return FATE_PASS;
	if (match == MATCH_REJECTED) {
		count->seen++;
		count->rejected++;
		return FATE_PASS;
	}
	enter_answer(&answer, lane, count);
	if (answer.state == ANSWER_OPEN || answer.state == ANSWER_UP)
		return lane->fate_yes;
	return lane->fate_no;
}

static __always_inline enum fate match(struct cursor *c, const struct match_config *config)
{
	const struct net_ip4 *ip = NULL;
	__u16 type = NET_ETH_IP4;

	if (!config->bare) {
		const struct net_eth *eth = cursor_pull_eth(c);

		if (!eth)
			return FATE_PASS;
		type = net_host16(eth->type);
	}
	if (type == NET_ETH_IP4) {
		ip = cursor_pull_ip4(c, false);
		if (!ip)
			return FATE_PASS;
	}
	match_neighbour(*c, type, ip, config);
	return match_question(*c, type, ip, config);
}

/* A SYN-ACK that cannot be rewritten is for the host's stack to reset. */
static __always_inline int reset_xdp(struct xdp_md *ctx, const struct match_config *config)
{
	if (!probe_tcp_reset((void *)(long)ctx->data, (void *)(long)ctx->data_end, true,
			     config->probe.ttl))
		return XDP_PASS;
	/* Not XDP_TX, which veth flushes only if its peer runs XDP. */
	return bpf_redirect(ctx->ingress_ifindex, 0);
}

static __always_inline int match_frame(struct xdp_md *ctx, const struct match_config *config)
{
	struct cursor c = xdp_cursor(ctx);

	switch (match(&c, config)) {
	case FATE_PASS:
		return XDP_PASS;
	case FATE_RESET:
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

	if (!probe_tcp_reset(data, data_end, !config->bare, config->probe.ttl) ||
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

	return send_is_asked(ctx) ? send_next(ctx, config) : match_frame(ctx, config);
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
	case FATE_PASS:
		return TC_NEXT;
	case FATE_RESET:
		return reset_tc(skb, config);
	default:
		return TC_DROP;
	}
}
