/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * targets.h - read target lists: `a.b.c.d`, CIDR, `a.b.c.d-e.f.g.h`, `a.b.c.10-50`, host names.
 *
 * Pure but for the host names, which a resolver given by the caller looks up. Malformed input gets
 * one line in `err` that quotes the offending word; the set may then hold what came before it.
 * All functions return 0 or a negative errno (-EINVAL for bad input) and leave `out` unsettled:
 * call ranges_settle when all lists are read.
 */
#ifndef XSCAN_TARGETS_H
#define XSCAN_TARGETS_H

#include "err.h"
#include "ranges.h"

#include <stdio.h>

/*
 * Find an IPv4 address of `name`: 0, or a negative errno with the reason in err.
 * NULL in place of a resolver refuses names (exclude lists: a name that moves excludes nothing).
 */
typedef int (*targets_resolve)(const char *name, struct addr *addr, struct err *err);

/* One word or several, separated by commas or white space. An empty list is an error. */
int targets_parse(const char *list, targets_resolve resolve, struct ranges *out, struct err *err);

/*
 * Lines of such lists; `#` begins a comment, blank lines are nothing, line ends may be CRLF. `name`
 * is how errors call the file (`name:line: …`). A file without any target is an error when
 * `need_one` is set. NUL bytes and lines of any length are refused or handled, never cut.
 */
int targets_read(FILE *file, const char *name, bool need_one, targets_resolve resolve,
		 struct ranges *out, struct err *err);

/*
 * Add the addresses no host on a network has: 0.0.0.0/8, 127.0.0.0/8, 224.0.0.0/4 and
 * 255.255.255.255 (RFC 6890, RFC 5771). 0 or -ENOMEM.
 */
int targets_add_reserved(struct ranges *out);

#endif
