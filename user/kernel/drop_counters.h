/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * drop_counters.h - read the kernel's counters of lost frames (drops.h): those of the interfaces over
 * rtnetlink, added up, and those of all CPUs in /proc/net/softnet_stat.
 */
#ifndef XSCAN_DROP_COUNTERS_H
#define XSCAN_DROP_COUNTERS_H

#include "drops.h"
#include "link_stats.h"
#include "route.h"

struct drop_counters {
	struct link_stats_reader interfaces[IFACES_MAX];
	unsigned int n;
	int softnet_fd;
};

/* What cannot be opened stays unknown. Needs no rights. */
void drop_counters_open(struct drop_counters *c, const struct iface *ifaces, unsigned int n);
void drop_counters_close(struct drop_counters *c);

/* Fill in what can be read, but for the packet socket. */
void drop_counters_read(const struct drop_counters *c, struct drops *out);

#endif
