// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* drops.c - differences of counters. */
#include "drops.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

const struct drops_place drops_places[DROPS_PLACES_N] = {
#define DROPS_ROW(name, bits, words, meaning) { #name, words, meaning, bits },
	DROPS_PLACES(DROPS_ROW)
#undef DROPS_ROW
};

/* All places are of one type, one behind the other. */
static uint64_t *at(struct drops *d, unsigned int place)
{
	return (uint64_t *)d + place;
}

_Static_assert(offsetof(struct drops, known) == DROPS_PLACES_N * sizeof(uint64_t),
	       "a counter for each place, and nothing between them");

void drops_set(struct drops *d, unsigned int place, uint64_t value)
{
	*at(d, place) = value;
	d->known |= 1U << place;
}

uint64_t drops_get(const struct drops *d, unsigned int place)
{
	return *at((struct drops *)d, place);
}

bool drops_knows(const struct drops *d, unsigned int place)
{
	return d->known & 1U << place;
}

struct drops drops_between(const struct drops *before, const struct drops *after)
{
	struct drops d = { 0 };
	unsigned int i;

	for (i = 0; i < DROPS_PLACES_N; i++)
		if (drops_knows(before, i) && drops_knows(after, i))
			drops_set(&d, i,
				  (drops_get(after, i) - drops_get(before, i)) &
					  UINT64_MAX >> (64 - drops_places[i].bits));
	return d;
}

void drops_read_softnet(struct drops *d, const char *text)
{
	uint64_t dropped = 0, squeezed = 0;
	uint32_t a, b;

	for (; text && *text; text = strchr(text, '\n'), text += !!text) {
		if (sscanf(text, "%*x %" SCNx32 " %" SCNx32, &a, &b) != 2)
			return;
		dropped += a;
		squeezed += b;
	}
	drops_set(d, DROPS_softnet_dropped, dropped);
	drops_set(d, DROPS_softnet_squeezed, squeezed);
}
