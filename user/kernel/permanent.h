/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * permanent.h - ask the kernel for the neighbours that somebody has entered by hand (`ip neigh add`).
 * The kernel asks none of them for a MAC address. Changes nothing.
 */
#ifndef XSCAN_PERMANENT_H
#define XSCAN_PERMANENT_H

#include "err.h"
#include "known.h"

/* Add those of all interfaces and both families. 0 or a negative errno, reason in err. */
int permanent_read(struct known_list *out, struct err *err);

#endif
