/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* explain.h - why an interface refuses a program, and what to do instead. */
#ifndef XSCAN_EXPLAIN_H
#define XSCAN_EXPLAIN_H

#include "err.h"

#include <stdbool.h>
#include <stddef.h>

struct attach;

/* Is there another XDP program? If so, describe it, as far as libxdp can tell. */
bool explain_taken(const struct attach *a, char *what, size_t size);

/* Put the line for `code`, a negative errno of attaching, in err. Returns `code`. */
int explain(const struct attach *a, int code, struct err *err);

#endif
