/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* resolve.h - look up the host names of a command line. */
#ifndef XSCAN_RESOLVE_H
#define XSCAN_RESOLVE_H

#include "targets.h"

/* File descriptors and memory that one lookup of a name takes. */
enum { RESOLVE_DESCRIPTORS = 4, RESOLVE_BYTES = 1 << 18 };

/*
 * Take the first address of a name, of the family of -4 and -6, as ssh and curl do (struct
 * targets_resolver; ctx is the struct config). If the name has others, add a note to the config.
 */
int resolve_name(void *ctx, const char *name, struct addr *addr, struct err *err);

#endif
