// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* plan_link.c - plans without targets: which families, and the ways to what is found on the link. */
#include "kinds.h"
#include "plan.h"

#include <sys/socket.h>

static bool has_prefix(const struct link_source *sources, size_t n,
		       const struct link_prefix *prefix)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (addr_equal(sources[i].prefix.first, prefix->first) &&
		    sources[i].prefix.len == prefix->len)
			return true;
	return false;
}

/* Add sources that are link-local or not, deprecated or not. */
static size_t add_sources(const struct iface *iface, bool link_local, bool deprecated,
			  struct link_source *out, size_t n)
{
	size_t i;

	for (i = 0; i < iface->n_addrs && n < LINK_PREFIXES_MAX; i++) {
		const struct iface_addr *own = &iface->addrs[i];
		const struct link_prefix prefix = { addr_prefix_first(own->subnet, own->prefix_len),
						    own->prefix_len };

		if (addr_is_ip4(own->addr) || own->no_source || own->deprecated != deprecated ||
		    addr_is_link_local(own->addr) != link_local || has_prefix(out, n, &prefix))
			continue;
		out[n++] = (struct link_source){ own->addr, prefix };
	}
	return n;
}

size_t plan_link_sources(const struct iface *iface, struct link_source out[LINK_PREFIXES_MAX])
{
	size_t n = add_sources(iface, true, false, out, 0);

	n = add_sources(iface, false, false, out, n);
	return add_sources(iface, false, true, out, n);
}

bool plan_link_has_source(const struct network *net)
{
	struct link_source sources[LINK_PREFIXES_MAX];
	unsigned int i;

	for (i = 0; i < net->n; i++)
		if (plan_link_sources(&net->ifaces[i], sources))
			return true;
	return false;
}

static bool can_search(const struct iface *iface)
{
	struct link_source sources[LINK_PREFIXES_MAX];

	return iface_has_neighbours(iface) && plan_link_sources(iface, sources);
}

bool plan_searches(const struct plan *p, unsigned int i)
{
	return p->link && (p->net->n == 1 || can_search(&p->net->ifaces[i]));
}

uint32_t plan_scope(const struct plan *p, unsigned int i)
{
	return p->link && p->net->n > 1 ? (uint32_t)p->net->ifaces[i].index : 0;
}

struct addr plan_place(const struct plan *p, const struct path *path, struct addr addr,
		       const char **zone)
{
	*zone = addr_is_link_local(addr) ? p->net->ifaces[path->outlet].name : NULL;
	return addr_unscoped(addr, plan_scope(p, path->outlet));
}

/* Add those of one link. Exclusions have no scope, so they come first. */
static int add_targets(const struct ranges *candidates, const struct ranges *exclude,
		       uint32_t scope, struct ranges *to)
{
	struct ranges left = { 0 }, some = { 0 };
	int code = ranges_add_all(&left, candidates);

	ranges_settle(&left);
	if (!code)
		code = ranges_subtract(&left, exclude);
	if (!code)
		code = ranges_scoped(&left, scope, &some);
	if (!code)
		code = ranges_add_all(to, &some);
	ranges_free(&left);
	ranges_free(&some);
	return code;
}

int plan_link_targets(const struct plan *p, const struct config *c, const struct ranges *candidates,
		      struct ranges *targets)
{
	unsigned int i;
	int code = 0;

	for (i = 0; i < p->net->n && !code; i++)
		code = add_targets(&candidates[i], &c->exclude, plan_scope(p, i), targets);
	return code;
}

static int add_path(struct plan *p, int ifindex, struct addr source, const struct ranges *hosts)
{
	struct path path = { .ifindex = ifindex, .hop = ON_LINK, .source = source };
	int code = ranges_add_all(&path.hosts, hosts);

	ranges_settle(&path.hosts);
	if (!code)
		code = paths_add(&p->paths, &path);
	if (code)
		ranges_free(&path.hosts);
	return code;
}

/* Move the addresses of a prefix from `rest` to a path of their own. */
static int take_prefix(struct plan *p, unsigned int iface, const struct link_source *source,
		       struct ranges *rest)
{
	const struct link_prefix *prefix = &source->prefix;
	const struct addr last = addr_prefix_last(prefix->first, prefix->len);
	const uint32_t scope = plan_scope(p, iface);
	struct ranges all = { 0 }, some = { 0 };
	int code;

	code = ranges_add(&all, addr_scoped(prefix->first, scope), addr_scoped(last, scope));
	ranges_settle(&all);
	if (!code)
		code = ranges_intersect(rest, &all, &some);
	if (!code && some.n)
		code = add_path(p, p->net->ifaces[iface].index, source->addr, &some);
	if (!code)
		code = ranges_subtract(rest, &all);
	ranges_free(&all);
	ranges_free(&some);
	return code;
}

/* The paths to targets on one link. */
static int add_paths(struct plan *p, unsigned int iface, struct ranges *rest)
{
	struct link_source sources[LINK_PREFIXES_MAX];
	const size_t n = plan_link_sources(&p->net->ifaces[iface], sources);
	size_t i;
	int code = 0;

	for (i = 0; i < n && !code; i++)
		code = take_prefix(p, iface, &sources[i], rest);
	/* Of foreign prefixes: the link-local address is first, and any host of the link answers it. */
	if (!code && rest->n && n)
		code = add_path(p, p->net->ifaces[iface].index, sources[0].addr, rest);
	return code;
}

int plan_link_paths(struct plan *p, const struct ranges *candidates, const struct ranges *targets)
{
	unsigned int i;
	int code = 0;

	for (i = 0; i < p->net->n && !code; i++) {
		struct ranges here = { 0 }, rest = { 0 };

		code = ranges_scoped(&candidates[i], plan_scope(p, i), &here);
		if (!code)
			code = ranges_intersect(&here, targets, &rest);
		if (!code)
			code = add_paths(p, i, &rest);
		ranges_free(&here);
		ranges_free(&rest);
	}
	paths_number(&p->paths);
	return code;
}

struct plan plan_silent(const struct network *net)
{
	return (struct plan){
		.net = net,
		.iface = &net->ifaces[0],
		.routes = &net->ip4,
		.silent = true,
	};
}

static bool has_addr(const struct network *net, bool ip6)
{
	unsigned int i;
	size_t j;

	for (i = 0; i < net->n; i++) {
		const struct iface *iface = &net->ifaces[i];

		for (j = 0; j < iface->n_addrs; j++)
			if (addr_is_ip4(iface->addrs[j].addr) != ip6 && !iface->addrs[j].no_source)
				return true;
	}
	return false;
}

/* Can a link be searched? A share or a state of a scan needs targets that are known before. */
static bool is_searched(const struct config *c, const struct network *net)
{
	unsigned int i;

	for (i = 0; i < net->n && c->shard.n == 1 && !c->resume; i++)
		if (can_search(&net->ifaces[i]))
			return true;
	return false;
}

bool plan_is_for(const struct config *c, const struct network *net, bool ip6)
{
	size_t i;

	for (i = 0; i < c->targets.n; i++)
		if (addr_is_ip4(c->targets.v[i].first) != ip6)
			return true;
	if (c->targets.n)
		return false;
	if (c->family != AF_UNSPEC)
		return ip6 == (c->family == AF_INET6);
	return ip6 ? is_searched(c, net) : has_addr(net, false) || !is_searched(c, net);
}
