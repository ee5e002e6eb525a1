/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * hosts.h - the hosts of an ask, all of one family, each with an index, sorted by their way. The
 * hosts of one way follow each other and make one flow. Pure.
 */
#ifndef XSCAN_HOSTS_H
#define XSCAN_HOSTS_H

#include "abi.h"
#include "paths.h"

/* Hosts of one path. */
struct hosts_group {
	const struct path *path;
	struct ranges addrs; /* settled, not empty */
	uint64_t base;	     /* index of the first host */
	unsigned int flow;
};

struct hosts_flow {
	unsigned int way; /* number of the way: struct path */
	bool on_link;	  /* the way is a link, not a gateway */
	unsigned int outlet;
	uint64_t first; /* index of its first host */
	uint64_t n;
};

/* Zero-initialised: no hosts. */
struct hosts {
	struct hosts_group *groups; /* by base */
	size_t n_groups;
	struct hosts_flow flows[FLOWS_MAX];
	unsigned int n_flows;
	uint64_t n;
};

/*
 * Add the hosts of a path that are in `wanted`; add nothing if there are none. All paths of one way
 * must follow each other. 0; -ENOSPC: a flow more than FLOWS_MAX would be needed; or -ENOMEM.
 */
int hosts_add(struct hosts *h, const struct ranges *wanted, const struct path *path);

/* The address with index i < h->n, and its path. */
struct addr hosts_at(const struct hosts *h, uint64_t i, const struct path **path);

/* Is `addr` among the hosts? If so, *index is its index. */
bool hosts_find(const struct hosts *h, struct addr addr, uint64_t *index);

/* The flow of the host with index i < h->n. */
unsigned int hosts_flow_of(const struct hosts *h, uint64_t i);

/* How many hosts are on links: they come first. */
uint64_t hosts_on_link(const struct hosts *h);

/*
 * The entries that the kernel searches: their number, and all of them, sorted, into `out`, by the
 * family of the hosts.
 */
size_t hosts_entries_n(const struct hosts *h);
void hosts_entries(const struct hosts *h, struct host_entry *out);
void hosts_entries6(const struct hosts *h, struct host_entry6 *out);

void hosts_free(struct hosts *h);

#endif
