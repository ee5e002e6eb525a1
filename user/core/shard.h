/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * shard.h - divide a scan among N machines, without a word between them. Pure.
 *
 * A share follows from the command line alone, from the addresses and ports named there, not from
 * what a machine finds: hosts that only some of the machines see are still scanned by just one.
 * Hence shares are disjoint, and together they are the whole, for every N and every seed.
 */
#ifndef XSCAN_SHARD_H
#define XSCAN_SHARD_H

#include "ports.h"
#include "ranges.h"

enum { SHARDS_MAX = 1 << 20 };

struct shard {
	uint32_t index; /* from 0 */
	uint32_t n;	/* 1: everything */
};

/*
 * What is divided: the addresses or the ports, whichever divides more evenly; the addresses if that
 * is the same, since then each is asked by ARP only once.
 */
bool shard_by_ports(const struct shard *s, uint64_t hosts, uint64_t ports);

/*
 * The share of a set of addresses, into `out` (empty before), settled: every n-th address or, of
 * large sets, every n-th block of them, so that the share is not too many ranges. 0 or -ENOMEM.
 */
int shard_of_hosts(const struct shard *s, const struct ranges *all, struct ranges *out);

/* The share of a set of ports: every n-th. May be none. */
void shard_of_ports(const struct shard *s, const struct ports *all, struct ports *out);

#endif
