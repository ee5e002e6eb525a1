// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* pass.bpf.c - a foreign program on the interface: count every frame and pass it. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} others_frames SEC(".maps");

SEC("xdp")
int somebody_else(struct xdp_md *ctx)
{
	const __u32 zero = 0;
	__u64 *n = bpf_map_lookup_elem(&others_frames, &zero);

	(void)ctx;
	if (n)
		__sync_fetch_and_add(n, 1);
	return XDP_PASS;
}

char _license[] SEC("license") = "Dual BSD/GPL";
