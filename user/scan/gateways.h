/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * gateways.h - the MAC addresses of gateways that the sweep cannot ask: those of IPv4 targets that have an
 * IPv6 address (ip route add 198.18.0.0/24 via inet6 fe80::1 dev eth0).
 */
#ifndef XSCAN_GATEWAYS_H
#define XSCAN_GATEWAYS_H

#include "err.h"

struct engine;

/*
 * Find them, for all plans. One that stays silent has no MAC address afterwards. Call while
 * CAP_NET_ADMIN is in effect. 0; -EINTR: a signal says stop; another negative errno, reason in err.
 */
int gateways_resolve(struct engine *e, struct err *err);

#endif
