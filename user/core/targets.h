/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * targets.h - read target lists: `a.b.c.d`, CIDR, `a.b.c.d-e.f.g.h`, `a.b.c.10-50`, host names.
 *
 * Pure but for host names, which a resolver of the caller looks up. Malformed input gets one line
 * in `err` that quotes the wrong word; `out` may then hold the words before it. All functions
 * return 0 or a negative errno (-EINVAL for bad input) and leave `out` unsettled: call
 * ranges_settle after the last list.
 */
#ifndef XSCAN_TARGETS_H
#define XSCAN_TARGETS_H

#include "err.h"
#include "ranges.h"

#include <stdio.h>

/*
 * How to look up a host name. `resolve` finds the IPv4 address that is to be scanned: 0, or a
 * negative errno with the reason in err. Without a resolver (NULL) names are refused: in lists of
 * exclusions a name may move to another address.
 */
struct targets_resolver {
	int (*resolve)(void *ctx, const char *name, struct addr *addr, struct err *err);
	void *ctx;
};

/* One word or several, separated by commas or white space. An empty list is an error. */
int targets_parse(const char *list, const struct targets_resolver *resolver, struct ranges *out,
		  struct err *err);

/*
 * Read a file whose lines are such lists. `#` begins a comment; blank lines are skipped; line ends
 * may be CRLF; a byte order mark of UTF-8 may begin the file. Errors call the file `name`
 * (`name:line: …`). With `need_one`, a file without targets is an error. UTF-16, NUL bytes and
 * overlong lines are refused, never cut.
 */
int targets_read(FILE *file, const char *name, bool need_one,
		 const struct targets_resolver *resolver, struct ranges *out, struct err *err);

/*
 * Add addresses that no host can have: 0.0.0.0/8, 127.0.0.0/8, 224.0.0.0/4 and 255.255.255.255 (RFC
 * 6890, RFC 5771). 0 or -ENOMEM.
 */
int targets_add_reserved(struct ranges *out);

#endif
