// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * ceiling.bpf.c - a receiver that only counts and a sender that only redirects: how fast a link is
 * without any computing.
 */
#include "ceiling.h"
#include "cursor.h"

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct arrivals);
} arrivals SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_DEVMAP);
	__uint(max_entries, 1);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(__u32));
} device SEC(".maps");

/*
 * Count IPv4 frames and drop them. The namespace's own stack answers ARP, so that senders find a
 * gateway.
 */
SEC("xdp")
int sink(struct xdp_md *ctx)
{
	struct cursor c = { (const void *)(long)ctx->data, (const void *)(long)ctx->data_end };
	const struct net_eth *eth = cursor_pull_eth(&c);
	const __u32 zero = 0;
	struct arrivals *a = bpf_map_lookup_elem(&arrivals, &zero);

	if (!eth || !a)
		return XDP_PASS;
	if (eth->type == net_be16(NET_ETH_ARP)) {
		if (!a->first_arp_ns)
			a->first_arp_ns = bpf_ktime_get_ns();
		return XDP_PASS;
	}
	if (eth->type != net_be16(NET_ETH_IP4))
		return XDP_PASS;
	/* Do not read the clock for every frame: that would cost about as much as a frame. */
	if (a->frames % ARRIVALS_A_STAMP == 0) {
		a->stamped = a->frames;
		a->last_ns = bpf_ktime_get_ns();
		if (!a->first_ns)
			a->first_ns = a->last_ns;
	}
	a->frames++;
	return XDP_DROP;
}

/* Frames of BPF_PROG_RUN come from the loopback device; no frame from the wire does. */
SEC("xdp")
int forward(struct xdp_md *ctx)
{
	return ctx->ingress_ifindex == 1 ? bpf_redirect_map(&device, 0, XDP_DROP) : XDP_PASS;
}

/* Measure what BPF_PROG_RUN itself costs. */
SEC("xdp")
int pass(struct xdp_md *ctx)
{
	(void)ctx;
	return XDP_PASS;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
