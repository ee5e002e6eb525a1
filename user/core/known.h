/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* known.h - neighbours whose MAC address is known without asking. Pure. */
#ifndef XSCAN_KNOWN_H
#define XSCAN_KNOWN_H

#include "addr.h"

#include <stddef.h>

struct known {
	struct addr addr;
	int ifindex;
	uint8_t mac[6];
};

/* Zero-initialised: none. */
struct known_list {
	struct known *v;
	size_t n, room;
};

/* 0 or -ENOMEM. */
int known_add(struct known_list *list, const struct known *known);

/* NULL: not known. */
const struct known *known_find(const struct known_list *list, int ifindex, struct addr addr);

void known_free(struct known_list *list);

#endif
