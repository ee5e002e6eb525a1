// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* config_rules.c - rules between options. */
#include "config_parts.h"

#include "family.h"
#include "targets.h"

#include <errno.h>

/* A file that is called as a target is, more likely, a target behind an option that lacks its file. */
static bool is_target(const char *path)
{
	struct ranges targets = { 0 };
	struct err unused;
	bool parsed = !targets_parse(path, NULL, &targets, &unused);

	ranges_free(&targets);
	return parsed;
}

static int check_outputs(const struct config *c, struct err *err)
{
	unsigned int i;

	for (i = 0; i < c->n_outputs; i++) {
		const struct sink_wish *output = &c->outputs[i];

		if (is_target(output->path))
			return err_set(
				err, -EINVAL,
				"--%s: needs a file, but the target %.64s follows: say --%s %s",
				output->ops->option, output->path, output->ops->option,
				output->ops->watches ? "FILE" : "- (standard output)");
	}
	for (i = 0; i < c->n_outputs && c->resume; i++)
		if (!c->outputs[i].ops->appends)
			return err_set(err, -EINVAL,
				       "--%s does not go with --resume: a later run could not "
				       "append to it; take --json, --csv or --list",
				       c->outputs[i].ops->option);
	return 0;
}

static bool asks_port(const struct config *c, enum probe_kind kind, uint16_t port)
{
	const struct ports *ports = c->ports[kind];
	uint32_t i;

	for (i = 0; ports && i < ports->n; i++)
		if (ports->list[i] == port)
			return true;
	return false;
}

/* The question of --capture-flow must be one of the scan. */
static int check_flow(const struct config *c, struct err *err)
{
	char addr[ADDR_TEXT];
	bool has_file = false;
	unsigned int i;

	if (!c->flow_port)
		return 0;
	for (i = 0; i < c->n_outputs; i++)
		has_file |= c->outputs[i].ops->frame != NULL;
	if (!has_file)
		return err_set(err, -EINVAL, "--capture-flow needs --capture FILE");
	if (!asks_port(c, PROBE_TCP, c->flow_port) && !asks_port(c, PROBE_UDP, c->flow_port))
		return err_set(err, -EINVAL,
			       "--capture-flow: port %u is not asked: name it in --tcp or --udp",
			       c->flow_port);
	if (ranges_find(&c->exclude, c->flow_addr, NULL) ||
	    (c->targets.n && !ranges_find(&c->targets, c->flow_addr, NULL)))
		return err_set(err, -EINVAL, "--capture-flow: %s is not asked: name it as a target",
			       addr_text(c->flow_addr, addr));
	return 0;
}

int config_check(struct config *c, struct err *err)
{
	int code;

	ranges_settle(&c->targets);
	ranges_settle(&c->exclude);
	code = family_check(c, err);
	if (code)
		return code;
	if (check_outputs(c, err))
		return -EINVAL;
	if (c->tx == TX_XDP && c->attach == ATTACH_TC)
		return err_set(err, -EINVAL, "--tx xdp does not go with --attach tc: it needs XDP");
	if (!c->targets.n && !c->iface)
		return err_set(err, -EINVAL,
			       "nothing to scan: name a target, or an interface with "
			       "--iface (see --help)");
	if (c->listen_ns && (c->resume || c->shard.n > 1))
		return err_set(err, -EINVAL,
			       "--listen does not go with --resume or --shard: what is heard once "
			       "cannot be divided or repeated");
	if (c->rtt && !c->ports[PROBE_TCP])
		return err_set(err, -EINVAL, "--rtt is about SYNs: give --tcp too");
	return check_flow(c, err);
}
