/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * targets.h - read target lists: `a.b.c.d`, CIDR, `a.b.c.d-e.f.g.h`, `a.b.c.10-50`, host names;
 * over IPv6 `x::1`, `[x::1]`, prefixes, `x::1-x::9`, and link-local addresses with a zone,
 * `fe80::1%eth0`.
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
 * How to look up a host name. `resolve` finds the address that is to be scanned; `zone` takes note
 * of the interface that a zone names. 0, or a negative errno with the reason in err.
 *
 * Without a resolver (NULL) the list is one of exclusions. Names are refused, since a name may move to
 * another address, and zones too. Prefixes may have any size; those of targets over IPv6 may not.
 */
struct targets_resolver {
	int (*resolve)(void *ctx, const char *name, struct addr *addr, struct err *err);
	int (*zone)(void *ctx, const char *zone, struct err *err);
	void *ctx;
};

enum { TARGETS_PREFIX_MAX = 1 << 24 }; /* addresses of a prefix or range over IPv6 */

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
 * 6890, RFC 5771), ::, ::1 and ff00::/8 (RFC 4291). 0 or -ENOMEM.
 */
int targets_add_reserved(struct ranges *out);

#endif
