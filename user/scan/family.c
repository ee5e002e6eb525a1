// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* family.c - rules between targets, families and links. */
#include "family.h"

#include "config.h"

#include <errno.h>
#include <stdio.h>
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
			       "zones %s and %s: scan link-local addresses link by link", c->zone,
			       zone);
	strcpy(c->zone, zone);
	return 0;
}

/*
 * Without targets, IPv6 hosts are those that a search of the link finds. Nobody knows them before:
 * they cannot be divided, and a later run may find others.
 */
static int check_link(struct config *c, struct err *err)
{
	const char *option = c->resume ? "--resume" : c->shard.n > 1 ? "--shard" : NULL;
	char *note;

	if (c->family == AF_INET6 && option)
		return err_set(err, -EINVAL,
			       "%s needs IPv6 targets: found hosts are not known before", option);
	if (c->family != AF_UNSPEC || !option || !c->iface)
		return 0;
	if (asprintf(&note, "%s: asks the IPv4 subnets alone; scan IPv6 without it (-6)", option) <
	    0)
		return err_set(err, -ENOMEM, "out of memory");
	return config_note(c, note) ? err_set(err, -ENOMEM, "out of memory") : 0;
}

/* Each target has the family of --source-ip. Without targets, the link has it too. */
static int check_source(struct config *c, struct err *err)
{
	const bool ip4 = addr_is_ip4(c->source_ip);
	char text[ADDR_TEXT];
	size_t i;

	addr_text(c->source_ip, text);
	for (i = 0; i < c->targets.n; i++)
		if (addr_is_ip4(c->targets.v[i].first) != ip4)
			return err_set(err, -EINVAL,
				       "--source-ip %s: is no address to ask IPv%d targets from: "
				       "scan them without it",
				       text, ip4 ? 6 : 4);
	if (c->targets.n)
		return 0;
	if (!ip4)
		return err_set(err, -EINVAL,
			       "--source-ip %s: a link is searched from each of its addresses: "
			       "name targets",
			       text);
	if (c->family == AF_INET6)
		return err_set(err, -EINVAL, "--source-ip %s: is no IPv6 address (-6)", text);
	c->family = AF_INET;
	return 0;
}

int family_check(struct config *c, struct err *err)
{
	char text[ADDR_TEXT];
	size_t i;

	for (i = 0; i < c->n_ifaces && c->zone[0]; i++)
		if (strcmp(c->zone, c->ifaces[i]))
			return err_set(err, -EINVAL,
				       "zone %s and --iface %s: name the same interface", c->zone,
				       c->ifaces[i]);
	if (c->zone[0]) {
		c->iface = c->ifaces[0] = c->zone;
		c->n_ifaces = 1;
	}
	for (i = 0; i < c->targets.n; i++) {
		const struct addr addr = c->targets.v[i].first;
		const bool ip4 = addr_is_ip4(addr);

		if (c->family == (ip4 ? AF_INET6 : AF_INET))
			return err_set(err, -EINVAL, "%s: is no IPv%d address (-%d)",
				       addr_text(addr, text), ip4 ? 6 : 4, ip4 ? 6 : 4);
		if (!ip4 && addr_is_link_local(addr) && c->n_ifaces != 1)
			return err_set(err, -EINVAL,
				       "%s: is on one link alone: say on which (%s%%eth0, or one "
				       "--iface)",
				       addr_text(addr, text), text);
	}
	if (c->has_source_ip && check_source(c, err))
		return -EINVAL;
	return c->targets.n ? 0 : check_link(c, err);
}
