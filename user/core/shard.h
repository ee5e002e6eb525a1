/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * shard.h - divide a scan among N machines that do not talk to each other. Pure.
 *
 * A share follows from the addresses and ports on the command line alone, not from what a machine
 * finds. So one machine scans each host, even if other machines do not see it. Shares are disjoint,
 * and together they are the whole, for every N and every seed.
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
 * Divide the ports, or else the addresses? Divide what divides more evenly. If both do, divide the
 * addresses: then ARP asks each address only once.
 */
bool shard_by_ports(const struct shard *s, uint64_t hosts, uint64_t ports);

/*
 * Put the share of a set of addresses into `out` (empty before), settled. It is every n-th address;
 * in large sets every n-th block, so that the share has few ranges. 0 or -ENOMEM.
 */
int shard_of_hosts(const struct shard *s, const struct ranges *all, struct ranges *out);

/* The share of a set of ports: every n-th. May be empty. */
void shard_of_ports(const struct shard *s, const struct ports *all, struct ports *out);

#endif
