/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* resolved.h - say which address of a host name is scanned. Pure. */
#ifndef XSCAN_RESOLVED_H
#define XSCAN_RESOLVED_H

#include "addr.h"

#include <stddef.h>

/* How many addresses the line names; it counts the rest. */
enum { RESOLVED_NAMED = 8 };

/*
 * The first of n addresses is scanned: *line becomes a line that says so, which the caller frees.
 * NULL if the others are the same address: then there is nothing to say. 0 or -ENOMEM.
 */
int resolved_line(const char *name, const struct addr *addrs, size_t n, char **line);

#endif
