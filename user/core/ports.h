/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * ports.h - read port lists (`22`, `1-1024`, `22,80,8000-8100`, `-`, `ssh,http`) into a sorted set.
 *
 * Pure; names are looked up through a function given by the caller. Ports are in host order.
 */
#ifndef XSCAN_PORTS_H
#define XSCAN_PORTS_H

#include "err.h"

#include <stdint.h>

struct ports {
	uint32_t n;	      /* 1 to 65,535 after a successful parse */
	uint32_t canaries;    /* of these, the last in the list: silence.h; nobody asked for them */
	uint16_t list[65535]; /* ascending, no duplicates */
	uint16_t slot[65536]; /* 1 + index in list, or 0: the shape of the table of slots (abi.h) */
};

/* The port of the service `name`, host order, or 0 if there is none. */
typedef uint16_t (*ports_by_name)(const char *name);

/*
 * Parse `text` into `out`, replacing its contents. `-` alone is 1-65535; `-100` and `60000-` are
 * ranges from 1 and to 65535, as in nmap. 0, or -EINVAL with a line in err that quotes the wrong
 * part (empty elements, 0, above 65535, first > last, unknown names).
 */
int ports_parse(const char *text, ports_by_name by_name, struct ports *out, struct err *err);

/* The number of ports that the user asked for: all but the canaries, and first in the list. */
static inline uint32_t ports_named(const struct ports *p)
{
	return p->n - p->canaries;
}

/* Add up to n high ports that are closed almost surely. The same set gets the same canaries. */
void ports_add_canaries(struct ports *p, unsigned int n);

/* Set to port 0, which stands for the host itself: for kinds without ports. */
void ports_set_none(struct ports *out);

/* The longest text of a set of ports, with its NUL. */
enum { PORTS_TEXT_MAX = 6 * 65536 };

/*
 * The shortest list that parses back to the set without canaries, `1-21,23,8000-8100`, cut with `…`
 * to fit `size` bytes. Returns `buf`.
 */
char *ports_print(const struct ports *p, char *buf, unsigned long size);

#endif
