// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* doubt.c - why an open port may be no service. */
#include "doubt.h"

#include <stddef.h>

/* Of 200 open ports of a host more than these are in the first eighth once in 10^11 scans. */
enum { FEWEST = DOUBT_PORTS / 8 };

static bool are_many(uint32_t open, double asked)
{
	return open > FEWEST && open > DOUBT_PORTS * asked;
}

const char *doubt_of(const struct doubt_signs *signs)
{
	if (signs->no_window)
		return "window 0";
	if (signs->random_open)
		return "random ports answer too";
	return are_many(signs->open, signs->asked) ? "too many open ports" : NULL;
}
