/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * tx_af_packet.h - frames that user space stamps, handed to the device over AF_PACKET (packet(7)).
 *
 * Frames go through the interface's queueing discipline like those of any program: what the host
 * set up there holds for probes too, and a full queue is noticed.
 */
#ifndef XSCAN_TX_AF_PACKET_H
#define XSCAN_TX_AF_PACKET_H

#include "route.h"
#include "tx.h"

/* How many frames go to the kernel by one call. */
enum { TX_AF_PACKET_BATCH = 64 };

/*
 * NULL with the reason in err. Without Ethernet, frames are sent from their IP header on. `iface` and
 * `probe` are used as long as the sender is.
 */
struct tx *tx_af_packet_open(const struct iface *iface, const struct probe_config *probe,
			     struct err *err);

#endif
