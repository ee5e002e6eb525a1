// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* known.c - a list of known neighbours. */
#include "known.h"

#include <errno.h>
#include <stdlib.h>

int known_add(struct known_list *list, const struct known *known)
{
	struct known *grown;

	if (list->n == list->room) {
		grown = reallocarray(list->v, list->room ? 2 * list->room : 16, sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		list->v = grown;
		list->room = list->room ? 2 * list->room : 16;
	}
	list->v[list->n++] = *known;
	return 0;
}

const struct known *known_find(const struct known_list *list, int ifindex, struct addr addr)
{
	size_t i;

	for (i = 0; i < list->n; i++)
		if (list->v[i].ifindex == ifindex && addr_equal(list->v[i].addr, addr))
			return &list->v[i];
	return NULL;
}

void known_free(struct known_list *list)
{
	free(list->v);
	*list = (struct known_list){ 0 };
}
