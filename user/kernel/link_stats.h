/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * link_stats.h - an interface's own counters, over rtnetlink (struct rtnl_link_stats64).
 *
 * They count the packets of everybody. Some drivers update them only every second or two.
 */
#ifndef XSCAN_LINK_STATS_H
#define XSCAN_LINK_STATS_H

#include <stdint.h>

struct link_stats {
	uint64_t bytes; /* received and sent */
	uint64_t tx_bytes;
	uint64_t tx_packets;
	uint64_t tx_dropped, tx_errors;
	uint64_t rx_dropped; /* packets without room in the receive queue or without a buffer */
	uint64_t rx_errors;
};

struct link_stats_reader {
	struct mnl_socket *socket;
	int ifindex;
};

/* Both return 0 or a negative errno. */
int link_stats_open(struct link_stats_reader *r, int ifindex);
int link_stats_read(const struct link_stats_reader *r, struct link_stats *out);

void link_stats_close(struct link_stats_reader *r);

#endif
