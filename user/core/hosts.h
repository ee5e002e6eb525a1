/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * hosts.h - who is asked, sorted by the way to them (flow), each host with an index. Pure.
 */
#ifndef XSCAN_HOSTS_H
#define XSCAN_HOSTS_H

#include "abi.h"
#include "ranges.h"

struct hosts {
	struct ranges flows[FLOWS_MAX]; /* settled and disjoint, none empty */
	uint64_t base[FLOWS_MAX];	/* index of the flow's first host */
	unsigned int n_flows;
	uint64_t n;
};

/*
 * Add a flow of the hosts that are in both sets; nothing if there are none. Beyond FLOWS_MAX flows
 * they join the last. 0 or -ENOMEM.
 */
int hosts_add(struct hosts *h, const struct ranges *wanted, const struct ranges *reached);

/* The address with index i < h->n. */
struct addr hosts_at(const struct hosts *h, uint64_t i);

/* Whether `addr` is among them, and its index. */
bool hosts_find(const struct hosts *h, struct addr addr, uint64_t *index);

/* As the kernel searches them, IPv4 alone: how many entries, and all, sorted, into `out`. */
size_t hosts_entries_n(const struct hosts *h);
void hosts_entries(const struct hosts *h, struct host_entry *out);

void hosts_free(struct hosts *h);

#endif
