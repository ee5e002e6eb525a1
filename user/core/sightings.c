// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* sightings.c - a hash table of fixed size with open addressing. */
#include "sightings.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { SLOTS = 4 * SIGHTINGS_MAX };

const char *sighted_word(enum sighted how)
{
	switch (how) {
	case SIGHTED_ECHO:
		return "multicast-echo";
	case SIGHTED_OPTION:
		return "unknown-option";
	case SIGHTED_MLD:
		return "mld";
	case SIGHTED_HEARD:
		return "heard";
	default:
		return NULL;
	}
}

int sightings_init(struct sightings *s, const struct cookie_key *key)
{
	*s = (struct sightings){ .key = *key };
	s->v = calloc(SIGHTINGS_MAX, sizeof(*s->v));
	s->slots = calloc(SLOTS, sizeof(*s->slots));
	if (s->v && s->slots)
		return 0;
	sightings_free(s);
	return -ENOMEM;
}

void sightings_free(struct sightings *s)
{
	free(s->v);
	free(s->slots);
	*s = (struct sightings){ 0 };
}

/* The slot of this address, or the free one where it belongs. */
static uint32_t *slot_of(const struct sightings *s, struct addr addr)
{
	const uint64_t upper = cookie_siphash12(&s->key, addr.hi, 0);
	uint64_t i = cookie_siphash12(&s->key, addr.lo ^ upper, 1) % SLOTS;

	while (s->slots[i] && !addr_equal(s->v[s->slots[i] - 1].addr, addr))
		i = (i + 1) % SLOTS;
	return &s->slots[i];
}

void sightings_add(struct sightings *s, struct addr addr, const uint8_t mac[6], enum sighted how)
{
	uint32_t *slot = slot_of(s, addr);
	struct sighting *known;

	if (!*slot && s->n == SIGHTINGS_MAX) {
		s->left_out++;
		return;
	}
	if (!*slot) {
		*slot = (uint32_t)++s->n;
		s->v[s->n - 1] = (struct sighting){ .addr = addr, .how = (uint8_t)how };
	}
	known = &s->v[*slot - 1];
	memcpy(known->mac, mac, sizeof(known->mac));
	if (how < known->how)
		known->how = (uint8_t)how;
}

const struct sighting *sightings_find(const struct sightings *s, struct addr addr)
{
	const uint32_t slot = *slot_of(s, addr);

	return slot ? &s->v[slot - 1] : NULL;
}
