/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * carrier.h - has an interface a carrier, and has it had one all the time? Over rtnetlink.
 *
 * Without a carrier the kernel throws frames away, and sending succeeds. It tells of the loss up to a
 * second later, and not at all if the carrier is back by then. But it counts each loss at once.
 */
#ifndef XSCAN_CARRIER_H
#define XSCAN_CARRIER_H

#include <stdbool.h>
#include <stdint.h>

struct carrier_reader {
	struct mnl_socket *socket;
	int ifindex;
};

struct carrier {
	bool there; /* and frames leave: the kernel has set up the queues */
	uint32_t losses;
};

/* Both return 0 or a negative errno. */
int carrier_open(struct carrier_reader *r, int ifindex);
int carrier_read(const struct carrier_reader *r, struct carrier *out);

void carrier_close(struct carrier_reader *r);

#endif
