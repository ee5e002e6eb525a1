/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * neighbour.h - let the kernel find the MAC address of a neighbour, as it does for a packet of its
 * own. Its table has the neighbour afterwards, as after any packet.
 */
#ifndef XSCAN_NEIGHBOUR_H
#define XSCAN_NEIGHBOUR_H

#include "addr.h"

#include <stdint.h>

/* Begin; needs CAP_NET_ADMIN. 0 or a negative errno. */
int neighbour_solicit(int ifindex, struct addr addr);

/* 0: `mac` is known; -EAGAIN: not yet; -EHOSTUNREACH: the neighbour is silent; another negative errno. */
int neighbour_look(int ifindex, struct addr addr, uint8_t mac[6]);

#endif
