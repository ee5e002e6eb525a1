/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * candidates.h - which IPv6 addresses of a link are worth a question. They have shown themselves, or
 * their hosts are likely to have them as well. Pure.
 */
#ifndef XSCAN_CANDIDATES_H
#define XSCAN_CANDIDATES_H

#include "ranges.h"
#include "sightings.h"

/* A prefix of the link. `first` is its first address; `len` counts of 128 bits. */
struct link_prefix {
	struct addr first;
	uint8_t len;
};

enum { LINK_PREFIXES_MAX = 8 };

/* Can a host of the link have this IPv6 address? */
bool candidates_may_be(struct addr addr);

/* The group that hosts with these low 24 bits join, ff02::1:ff00:0/104 (RFC 4291, 2.7.1). */
bool candidates_is_group(struct addr addr);

/* The lower half of an address that is made of a MAC address (RFC 4291, appendix A). */
uint64_t candidates_eui64(const uint8_t mac[6]);

/*
 * Add the candidates in n prefixes to `out`, and settle it. They are:
 *	each IPv6 address of a sighting;
 *	its lower half, in each prefix of up to 64 bits;
 *	what its MAC address makes, in the same prefixes;
 *	the low 24 bits of a group, and each IPv4 address, where a prefix has room for them;
 *	the addresses 1 to 255 of each prefix.
 * 0 or -ENOMEM.
 */
int candidates_make(const struct sightings *s, const struct link_prefix *prefixes, size_t n,
		    struct ranges *out);

#endif
