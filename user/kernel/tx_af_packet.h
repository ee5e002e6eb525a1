/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * tx_af_packet.h - send frames built in user space over AF_PACKET (packet(7)).
 *
 * Frames pass the interface's queueing discipline like those of any program: the host's settings
 * hold for probes too, and a full queue is noticed.
 */
#ifndef XSCAN_TX_AF_PACKET_H
#define XSCAN_TX_AF_PACKET_H

#include "route.h"
#include "tx.h"

/* Frames handed to the kernel by one call. */
enum { TX_AF_PACKET_BATCH = 64 };

/*
 * NULL with the reason in err. Without Ethernet, send frames from their IP header on. The sender
 * keeps using `iface` and `probe`.
 */
struct tx *tx_af_packet_open(const struct iface *iface, const struct probe_config *probe,
			     struct err *err);

#endif
