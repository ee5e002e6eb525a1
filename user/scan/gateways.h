/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * gateways.h - find the MAC addresses of gateways that the sweep does not ask: those of IPv4 targets that
 * have an IPv6 address (ip route add 198.18.0.0/24 via inet6 fe80::1 dev eth0), and those of routes with
 * several next hops, of which one that answers is enough.
 */
#ifndef XSCAN_GATEWAYS_H
#define XSCAN_GATEWAYS_H

#include "err.h"

struct engine;

/*
 * Find them, for all plans. If a gateway is silent and another next hop answers, that one takes its place,
 * and `warn` is called with a line. A gateway that stays silent has no MAC address afterwards. Call while
 * CAP_NET_ADMIN is in effect. 0; -EINTR: a signal says stop; another negative errno, reason in err.
 */
int gateways_resolve(struct engine *e, void (*warn)(void *ctx, const struct err *line), void *ctx,
		     struct err *err);

#endif
