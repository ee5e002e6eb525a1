// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * xscan.bpf.c - the matcher: parse a frame, match it, enter the answer in the tables (match.h),
 * decide the fate of the frame. A frame that is not provably an answer is passed on untouched.
 *
 * This file is built for each kind of question (kind.h). The verifier takes the configuration as constant
 * and cuts out what it does not ask for.
 */
#include "capture.h"
#include "match.h"
#include "send.h"

char _license[] SEC("license") = "Dual BSD/GPL";

/*
 * Match an answer of a neighbour. No verdict on the frame: the host itself may have asked the same.
 * Neither ARP nor neighbour discovery has a proof but that we asked.
 */
static __always_inline void match_neighbour(struct cursor c, __u16 type, const void *ip,
					    const struct match_config *config, enum place place,
					    struct note *note)
{
	const struct lane_config *lane = &config->lanes[LANE_NEIGHBOURS];
	const enum probe_kind kind = kind_of(config, LANE_NEIGHBOURS);
	struct answer answer = {};
	enum held held;
	enum miss miss;

	if (!probe_listens(kind, type) ||
	    probe_match(&c, kind, ip, &config->probe, &answer) != MATCH_ANSWER)
		return;
	held = lease_held(LANE_NEIGHBOURS, place);
	if (held == HELD_NOT)
		return;
	miss = enter_neighbour(&answer, lane, held);
	capture_note(config, LANE_NEIGHBOURS, &answer, miss, note);
}

static __always_inline enum fate match_question(struct cursor c, __u16 type, const void *ip,
						const struct match_config *config, enum place place,
						struct note *note)
{
	const struct lane_config *lane = &config->lanes[LANE_QUESTIONS];
	const enum probe_kind kind = kind_of(config, LANE_QUESTIONS);
	struct answer answer = {};
	struct cursor datagram;
	enum held held;
	struct stats *count;
	enum match match;
	enum miss miss;

	if (!probe_listens(kind, type))
		return FATE_PASS;
	event_keep_place(&c, &datagram);
	match = probe_match(&c, kind, ip, &config->probe, &answer);
	if (match == MATCH_FOREIGN)
		return FATE_PASS;
	held = lease_held(LANE_QUESTIONS, place);
	if (held == HELD_NOT)
		return FATE_PASS;
	count = stats_here(LANE_QUESTIONS);
	if (!count)
		return FATE_PASS;
	if (match == MATCH_REJECTED) {
		count->seen += held == HELD;
		count->rejected += held == HELD;
		xscan_rejected(&answer, answer.reject);
		capture_note(config, LANE_QUESTIONS, &answer, answer.reject, note);
		return FATE_PASS;
	}
	xscan_answer(&answer);
	miss = enter_answer(&answer, lane, held, &datagram, count);
	capture_note(config, LANE_QUESTIONS, &answer, miss, note);
	if (answer.state == ANSWER_OPEN || answer.state == ANSWER_UP)
		return lane->fate_yes;
	return lane->fate_no;
}

static __always_inline enum fate match(struct cursor *c, const struct match_config *config,
				       enum place place, struct note *note)
{
	__u16 type = is_ip6() ? NET_ETH_IP6 : NET_ETH_IP4;
	const void *ip = NULL;

	if (!config->bare) {
		const struct net_eth *eth = cursor_pull_eth(c);

		if (!eth)
			return FATE_PASS;
		type = net_host16(eth->type);
	}
	if (is_ip6()) {
		if (type != NET_ETH_IP6)
			return FATE_PASS;
		ip = cursor_pull_ip6(c, false);
		if (!ip)
			return FATE_PASS;
	} else if (type == NET_ETH_IP4) {
		ip = cursor_pull_ip4(c, false);
		if (!ip)
			return FATE_PASS;
	}
	match_neighbour(*c, type, ip, config, place, note);
	return match_question(*c, type, ip, config, place, note);
}

static __always_inline bool reset(void *frame, const void *end, const struct match_config *config)
{
	return is_ip6() ? probe_tcp6_reset(frame, end, !config->bare, config->probe.ttl)
			: probe_tcp_reset(frame, end, !config->bare, config->probe.ttl);
}

/* Pass a SYN-ACK that cannot be rewritten: the host's stack resets it. */
static __always_inline int reset_xdp(struct xdp_md *ctx, const struct match_config *config)
{
	if (!reset((void *)(long)ctx->data, (void *)(long)ctx->data_end, config))
		return XDP_PASS;
	/* Not XDP_TX, which veth flushes only if its peer runs XDP. */
	return bpf_redirect(ctx->ingress_ifindex, 0);
}

static __always_inline int decide_xdp(struct xdp_md *ctx, const struct match_config *config,
				      enum fate fate)
{
	switch (fate) {
	case FATE_PASS:
		return XDP_PASS;
	case FATE_RESET:
		return reset_xdp(ctx, config);
	default:
		return XDP_DROP;
	}
}

static __always_inline void capture_xdp(const struct xdp_md *ctx, struct captured *copy)
{
	capture_bytes(copy, (void *)(long)ctx->data, (void *)(long)ctx->data_end,
		      ctx->data_end - ctx->data);
}

/* A SYN-ACK was kept and has become a RST: keep that too. */
static __always_inline void capture_reset_xdp(const struct xdp_md *ctx,
					      const struct match_config *config)
{
	struct captured *copy = capture_reserve(config, PLACE_XDP);

	if (!copy)
		return;
	copy->kind = kind_of(config, LANE_QUESTIONS);
	copy->queue = ctx->rx_queue_index;
	capture_xdp(ctx, copy);
	bpf_ringbuf_submit(copy, BPF_RB_NO_WAKEUP);
}

static __always_inline int match_frame(struct xdp_md *ctx, const struct match_config *config)
{
	struct cursor c = xdp_cursor(ctx);
	struct captured *copy;
	struct note note;
	enum fate fate;
	int verdict;

	capture_begin(config, &note);
	fate = match(&c, config, PLACE_XDP, &note);
	if (config->capture.mode == CAPTURE_OFF)
		return decide_xdp(ctx, config, fate);
	copy = capture_take(config, &note, PLACE_XDP, ctx->rx_queue_index);
	if (copy)
		capture_xdp(ctx, copy);
	verdict = decide_xdp(ctx, config, fate);
	if (!copy)
		return verdict;
	copy->verdict = verdict;
	bpf_ringbuf_submit(copy, BPF_RB_NO_WAKEUP);
	if (verdict == XDP_REDIRECT && config->capture.mode == CAPTURE_FLOW)
		capture_reset_xdp(ctx, config);
	return verdict;
}

static __always_inline int reset_tc(struct __sk_buff *skb, const struct match_config *config)
{
	void *data = (void *)(long)skb->data, *data_end = (void *)(long)skb->data_end;
	const __u32 ip = config->bare ? 0 : sizeof(struct net_eth);
	const __u32 packet = is_ip6() ? sizeof(struct probe_tcp6_reset_packet)
				      : sizeof(struct probe_tcp_reset_packet);

	if (!reset(data, data_end, config))
		return TC_NEXT;
	bpf_skb_change_tail(skb, ip + packet, 0);
	return bpf_redirect(skb->ifindex, 0);
}

static __always_inline int decide_tc(struct __sk_buff *skb, const struct match_config *config,
				     enum fate fate)
{
	switch (fate) {
	case FATE_PASS:
		return TC_NEXT;
	case FATE_RESET:
		return reset_tc(skb, config);
	default:
		return TC_DROP;
	}
}

/* As much as is in the linear part. */
static __always_inline void capture_tc(const struct __sk_buff *skb, struct captured *copy)
{
	capture_bytes(copy, (void *)(long)skb->data, (void *)(long)skb->data_end, skb->len);
}

static __always_inline void capture_reset_tc(const struct __sk_buff *skb,
					     const struct match_config *config)
{
	struct captured *copy = capture_reserve(config, PLACE_TC);

	if (!copy)
		return;
	copy->kind = kind_of(config, LANE_QUESTIONS);
	copy->queue = skb->queue_mapping;
	capture_tc(skb, copy);
	bpf_ringbuf_submit(copy, BPF_RB_NO_WAKEUP);
}

SEC("xdp")
int xscan_xdp(struct xdp_md *ctx)
{
	return match_frame(ctx, configuration());
}

/*
 * xscan_xdp with a sender. Two programs, not one with a constant that chooses: Linux 6.12 lets no
 * program in a dispatcher change packets, and checks code that never runs too.
 */
SEC("xdp")
int xscan_send(struct xdp_md *ctx)
{
	const struct match_config *config = configuration();

	return send_is_asked(ctx) ? send_next(ctx, config) : match_frame(ctx, config);
}

SEC("tc")
int xscan_tc(struct __sk_buff *skb)
{
	const struct match_config *config = configuration();
	struct cursor c = skb_cursor(skb, config);
	struct captured *copy;
	struct note note;
	enum fate fate;
	int verdict;

	/* The kernel has taken a VLAN tag out of the frame: the frame is for another interface. */
	if (skb->vlan_present)
		return TC_NEXT;
	capture_begin(config, &note);
	fate = match(&c, config, PLACE_TC, &note);
	if (config->capture.mode == CAPTURE_OFF)
		return decide_tc(skb, config, fate);
	copy = capture_take(config, &note, PLACE_TC, skb->queue_mapping);
	if (copy)
		capture_tc(skb, copy);
	verdict = decide_tc(skb, config, fate);
	if (!copy)
		return verdict;
	copy->verdict = verdict;
	bpf_ringbuf_submit(copy, BPF_RB_NO_WAKEUP);
	if (verdict == TC_REDIRECT && config->capture.mode == CAPTURE_FLOW)
		capture_reset_tc(skb, config);
	return verdict;
}
