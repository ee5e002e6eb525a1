/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* resolve.h - look up the host names of a command line. */
#ifndef XSCAN_RESOLVE_H
#define XSCAN_RESOLVE_H

#include "targets.h"

/* File descriptors and memory that one lookup of a name takes. */
enum { RESOLVE_DESCRIPTORS = 4, RESOLVE_BYTES = 1 << 18 };

/*
 * Take the first address of a name, as ssh and curl do; with -4 or -6, the first of this family. If the
 * name has others, add a note to the config. (See struct targets_resolver; ctx is the struct config.)
 */
int resolve_name(void *ctx, const char *name, struct addr *addr, struct err *err);

#endif
