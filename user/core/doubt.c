// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* doubt.c - why an open port may be no service. */
#include "doubt.h"

#include <math.h>
#include <stddef.h>

#define CHANCE 4.0		   /* so many standard deviations are put down to chance */
enum { FEWEST = DOUBT_PORTS / 8 }; /* fewer open ports tell too little */

static bool are_many(uint32_t open, double asked)
{
	const double most = DOUBT_PORTS * asked;

	return open > FEWEST && open > most + CHANCE * sqrt(most * (1 - asked));
}

const char *doubt_of(const struct doubt_signs *signs)
{
	if (signs->no_window)
		return "window 0";
	if (signs->random_open)
		return "random ports answer too";
	return are_many(signs->open, signs->asked) ? "too many open ports" : NULL;
}
