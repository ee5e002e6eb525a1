/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * kind.h - which kinds this object can match. The Makefile builds xscan.bpf.c for each kind of question, as
 * KIND. The object holds the code for that kind and for neighbours of its family, and none for others: the
 * verifier reads all code of a program, also what never runs, and that takes longer than a short scan.
 */
#ifndef XSCAN_BPF_KIND_H
#define XSCAN_BPF_KIND_H

#include "vmlinux.h"

#include "abi.h"

/* Does this object match IPv6? */
static __always_inline bool is_ip6(void)
{
	return probe_is_ip6(KIND);
}

/* The kind of a lane, if it is one that this object can match; else PROBE_NONE. */
static __always_inline enum probe_kind kind_of(const struct match_config *config, enum lane lane)
{
	const enum probe_kind neighbour = is_ip6() ? PROBE_ND : PROBE_ARP;
	const enum probe_kind kind = lane == LANE_NEIGHBOURS ? neighbour : KIND;

	if (lane == LANE_QUESTIONS && kind == neighbour)
		return PROBE_NONE;
	return config->lanes[lane].kind == kind ? kind : PROBE_NONE;
}

#endif
