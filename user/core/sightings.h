/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * sightings.h - addresses that have shown themselves on the link, each with its MAC address and how it
 * was found. Whoever sends packets chooses these addresses: so the table has a limit. Pure.
 */
#ifndef XSCAN_SIGHTINGS_H
#define XSCAN_SIGHTINGS_H

#include "addr.h"
#include "cookie.h"

#include <stddef.h>

/* How an address was found. Of several ways the first in this list counts. */
enum sighted {
	SIGHTED_ECHO,	/* it answered an echo request to all hosts */
	SIGHTED_OPTION, /* it refused an option that nobody knows, in a packet to all hosts */
	SIGHTED_MLD,	/* it reported a group, or is such a group */
	SIGHTED_HEARD,	/* it spoke to others */
	SIGHTED_KNOWN,	/* the kernel has it in its neighbour table */
	SIGHTED_ASKED,	/* it answered a question to itself alone */
};

/* The word for results; NULL: the kind of question says it. */
const char *sighted_word(enum sighted how);

struct sighting {
	struct addr addr;
	uint8_t mac[6];
	uint8_t how; /* enum sighted */
};

enum { SIGHTINGS_MAX = 1 << 14 };

struct sightings {
	struct sighting *v; /* in the order in which they came; n of them */
	size_t n;
	uint64_t left_out; /* for which there was no room */
	uint32_t *slots;   /* 1 + index into v, by hash; 0: free */
	struct cookie_key key;
};

/* `key` is secret, so that nobody can choose addresses of one hash. 0 or -ENOMEM. */
int sightings_init(struct sightings *s, const struct cookie_key *key);
void sightings_free(struct sightings *s);

/* Note an address. A better way to find a known address replaces the way before. */
void sightings_add(struct sightings *s, struct addr addr, const uint8_t mac[6], enum sighted how);

/* NULL: this address has not shown itself. */
const struct sighting *sightings_find(const struct sightings *s, struct addr addr);

#endif
