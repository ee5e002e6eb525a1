// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* pass.bpf.c - somebody else's program on the interface: it passes every frame. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

SEC("xdp")
int somebody_else(struct xdp_md *ctx)
{
	(void)ctx;
	return XDP_PASS;
}

char _license[] SEC("license") = "Dual BSD/GPL";
