/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * send.h - the in-kernel sender: build one probe in a frame, for the next target in the queue that
 * user space filled, and redirect the frame to the device.
 *
 * The sender is part of the matcher, which is attached and so in the XDP dispatcher already.
 * BPF_PROG_RUN would enter a program that is not attached into the dispatcher and take it out
 * again. That costs two RCU grace periods a call (60-120 ms).
 */
#ifndef XSCAN_BPF_SEND_H
#define XSCAN_BPF_SEND_H

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

#include "abi.h"
#include "capture.h"

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct send_queue);
} xscan_queue SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_DEVMAP);
	__uint(max_entries, 1);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(__u32));
} xscan_device SEC(".maps");

/*
 * Frames of BPF_PROG_RUN come from the loopback device. xscan never attaches to loopback, so no
 * frame from the wire looks like one of them.
 */
static __always_inline bool send_is_asked(const struct xdp_md *ctx)
{
	return ctx->ingress_ifindex == 1;
}

/* Keep a probe to the target that --capture-flow names. */
static __always_inline void capture_probe(const struct xdp_md *ctx,
					  const struct match_config *config,
					  const struct probe_target *target, __u32 len)
{
	const enum probe_kind kind = kind_of(config, LANE_QUESTIONS);
	struct answer about = { .port = net_be16(target->port) };
	struct captured *copy;

	if (is_ip6())
		about.addr6 = target->addr6;
	else
		about.addr = target->addr;
	if (!capture_is_of_flow(config, &about))
		return;
	copy = capture_reserve(config, PLACE_XDP);
	if (!copy)
		return;
	copy->kind = kind;
	copy->queue = 0;
	capture_bytes(copy, (void *)(long)ctx->data, (void *)(long)ctx->data_end, len);
	bpf_ringbuf_submit(copy, BPF_RB_NO_WAKEUP);
}

static __always_inline int send_next(struct xdp_md *ctx, const struct match_config *config)
{
	const enum probe_kind kind = kind_of(config, LANE_QUESTIONS);
	const __u32 zero = 0;
	struct send_queue *q = bpf_map_lookup_elem(&xscan_queue, &zero);
	const struct probe_target *target;
	__u32 len, too_many, i;
	void *frame;

	if (!q)
		return XDP_DROP;
	frame = (void *)(long)ctx->data;
	if (frame + probe_room(kind, &config->probe) > (void *)(long)ctx->data_end)
		return XDP_DROP;
	i = q->next++ & (SEND_QUEUE - 1);
	target = &q->targets[i];
	if (!(i & (SEND_CLOCK - 1)))
		q->now_ns = bpf_ktime_get_ns();
	if (!(i & (SEND_MARK - 1)))
		q->times_ns[i / SEND_MARK] = q->now_ns;
	/* Write every byte every time: frames are recycled with their old contents. */
	probe_build(frame, kind, &config->probe, target, q->attempt);
	probe_stamp(frame, kind, &config->probe, q->now_ns);
	/*
	 * The frame came with SEND_SPARE bytes too many, and the probe may be shorter. Cutting them
	 * makes the kernel update its record of the length: it does not notice when a receiver on a
	 * veth changed the length in place.
	 */
	len = probe_len(kind, &config->probe, target, q->attempt);
	if (config->capture.mode == CAPTURE_FLOW)
		capture_probe(ctx, config, target, len);
	too_many = SEND_SPARE + probe_room(kind, &config->probe) - len;
	if (bpf_xdp_adjust_tail(ctx, -(int)too_many))
		return XDP_DROP;
	return bpf_redirect_map(&xscan_device, 0, XDP_DROP);
}

#endif
