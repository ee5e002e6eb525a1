// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* iface.c - ask the routes of the first targets for an interface. */
#include "iface.h"

#include <errno.h>

enum { TARGETS_TRIED = 64 };

/*
 * Find the interface of the first target that has one. Targets that no packet is sent to have none:
 * this host itself, excluded addresses. If no target has one, the error is that of the first
 * target.
 */
static int find(const struct config *c, char name[IF_NAMESIZE], struct err *err)
{
	struct ranges targets = { 0 };
	struct err later;
	uint64_t i, n;
	int code;

	if (!ranges_find(&c->exclude, c->first_target, NULL) &&
	    !route_iface_to(c->first_target, name, err))
		return 0;
	code = ranges_add_all(&targets, &c->targets);
	ranges_settle(&targets);
	if (!code)
		code = ranges_subtract(&targets, &c->exclude);
	n = ranges_count(&targets);
	if (!code && !n)
		err_set(err, -EINVAL, "no target is left: all are excluded");
	for (i = 0; !code && i < n && i < TARGETS_TRIED; i++)
		if (!route_iface_to(ranges_at(&targets, i), name, i ? &later : err))
			break;
	code = code || i == n || i == TARGETS_TRIED;
	ranges_free(&targets);
	return code ? -ENETUNREACH : 0;
}

int iface_choose(const struct config *c, struct iface *out, struct err *err)
{
	char name[IF_NAMESIZE];

	*out = (struct iface){ 0 };
	if (c->iface)
		return route_iface_read(c->iface, out, err);
	if (find(c, name, err))
		return -ENETUNREACH;
	return route_iface_read(name, out, err);
}
