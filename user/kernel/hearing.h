/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * hearing.h - a packet socket that hears who is on the link, and asks all hosts at once.
 *
 * Why not the matcher: these answers come from addresses that no table holds, and are few. A filter
 * in the kernel lets only them through, and the socket's buffer bounds them. So programs of BPF stay
 * as small as they are. The socket is opened before rights are dropped, and needs none later.
 */
#ifndef XSCAN_HEARING_H
#define XSCAN_HEARING_H

#include "route.h"

#include <stddef.h>
#include <sys/types.h>

/*
 * `all`: hear ARP, mDNS and DHCP of both families as well, not only ICMPv6. Returns the descriptor, or
 * a negative errno with the reason in err.
 */
int hearing_open(const struct iface *iface, bool all, struct err *err);

/* Read the next frame. Returns its length; 0: none is there. */
size_t hearing_read(int fd, uint8_t *frame, size_t size);

/* Send a frame. 0 or a negative errno. */
int hearing_send(int fd, const uint8_t *frame, size_t len);

/* How many frames the buffer had no room for, since the last call. */
uint32_t hearing_lost(int fd);

#endif
