/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* neighbours.h - read the kernel's table of IPv6 neighbours over rtnetlink. Changes nothing. */
#ifndef XSCAN_NEIGHBOURS_H
#define XSCAN_NEIGHBOURS_H

#include "addr.h"

/*
 * Call `take` for each IPv6 neighbour of the interface that has a MAC address. A list that changes
 * while it is read may come more than once. 0 or a negative errno.
 */
int neighbours_read(int ifindex, void (*take)(void *ctx, struct addr addr, const uint8_t mac[6]),
		    void *ctx);

#endif
