// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* family.c - rules between targets, families and links. */
#include "family.h"

#include "config.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

int family_choose(int family, struct config *c, struct err *err)
{
	if (c->family != AF_UNSPEC && c->family != family)
		return err_set(err, -EINVAL, "-4 and -6: give one, or neither for both");
	c->family = family;
	return 0;
}

int family_zone(void *ctx, const char *zone, struct err *err)
{
	struct config *c = ctx;

	if (c->zone[0] && strcmp(c->zone, zone))
		return err_set(err, -EINVAL,
			       "zones %s and %s: xscan scans from one interface at a time", c->zone,
			       zone);
	strcpy(c->zone, zone);
	return 0;
}

int family_check(struct config *c, struct err *err)
{
	char text[ADDR_TEXT];
	size_t i;

	if (c->zone[0] && c->iface && strcmp(c->zone, c->iface))
		return err_set(err, -EINVAL, "zone %s and --iface %s: name the same interface",
			       c->zone, c->iface);
	if (c->zone[0])
		c->iface = c->zone;
	for (i = 0; i < c->targets.n; i++) {
		const struct addr addr = c->targets.v[i].first;
		const bool ip4 = addr_is_ip4(addr);

		if (c->family == (ip4 ? AF_INET6 : AF_INET))
			return err_set(err, -EINVAL, "%s: is no IPv%d address (-%d)",
				       addr_text(addr, text), ip4 ? 6 : 4, ip4 ? 6 : 4);
		if (!ip4 && addr_is_link_local(addr) && !c->iface)
			return err_set(err, -EINVAL,
				       "%s: is on one link alone: say on which (%s%%eth0, or "
				       "--iface eth0)",
				       addr_text(addr, text), text);
	}
	return 0;
}
