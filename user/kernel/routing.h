/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * routing.h - ask the kernel which way packets to each target go. Its own look-up (RTM_GETROUTE) knows
 * all tables, rules, VRFs and next hops. Changes nothing.
 */
#ifndef XSCAN_ROUTING_H
#define XSCAN_ROUTING_H

#include "routes.h"

/*
 * Add the routes of `targets` (settled, of one family) to `out`. With interfaces `via`, a packet must
 * leave by one of them: the kernel's choice, else the first that has a route. With a `source`, they
 * leave from that address; NULL: the kernel chooses. `vrf` 0: none. 0 or a negative errno, reason in
 * err.
 */
int routing_find(const struct ranges *targets, const int *via, unsigned int n_via, int vrf,
		 const struct addr *source, struct routes *out, struct err *err);

#endif
