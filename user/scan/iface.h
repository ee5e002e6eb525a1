/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * iface.h - choose the interface to scan from: the one of --iface, or the one that the route to the
 * first target leads to.
 */
#ifndef XSCAN_IFACE_H
#define XSCAN_IFACE_H

#include "config.h"
#include "route.h"

/*
 * Choose the interface and read all that the kernel says of it. 0 or a negative errno with the
 * reason in err. The caller calls route_iface_free.
 */
int iface_choose(const struct config *c, struct iface *out, struct err *err);

#endif
