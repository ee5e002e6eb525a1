// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* plan.c - from the command line to the list of hosts, questions and ways. */
#include "plan.h"

#include "kinds.h"
#include "payloads.h"
#include "reach.h"
#include "shard.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { SWEEP_HOSTS_MAX = 1 << 24 }; /* the sweep's table has 8 bytes for each */

enum probe_kind plan_sweep_kind(const struct plan *p)
{
	return p->ip6 ? PROBE_ND : PROBE_ARP;
}

const char *plan_sweep_name(const struct plan *p)
{
	return p->ip6 ? "neighbour discovery" : "ARP";
}

bool plan_sweeps(const struct plan *p, const struct path *path)
{
	return iface_has_neighbours(&p->net->ifaces[path->outlet]);
}

static bool is_of(const struct plan *p, struct addr addr)
{
	return addr_is_ip4(addr) != p->ip6;
}

bool plan_kernel_asks(const struct plan *p, const struct path *path)
{
	return path->hop == BY_GATEWAY && (path->others.n || !is_of(p, path->gateway));
}

/* The targets of the plan's family. */
static int add_targets(const struct plan *p, struct ranges *to, const struct ranges *from)
{
	size_t i;
	int code = 0;

	for (i = 0; i < from->n && !code; i++)
		if (is_of(p, from->v[i].first))
			code = ranges_add(to, from->v[i].first, from->v[i].last);
	return code;
}

/* The phase that asks for ports, if there is only one. */
static struct plan_phase *only_ports(struct plan *p)
{
	struct plan_phase *found = NULL;
	unsigned int i;

	for (i = 0; i < p->n_phases; i++) {
		if (kinds[p->phases[i].kind].role != KIND_PORTS)
			continue;
		if (found)
			return NULL;
		found = &p->phases[i];
	}
	return found;
}

/*
 * Cut the share of this machine (--shard). Cut from the command line's targets, before leaving out
 * addresses that only this host cannot ask. An empty share makes a scan of nothing.
 */
static int take_share(struct plan *p, const struct config *c, struct ranges *targets)
{
	const struct plan_phase *ports = only_ports(p);
	struct ranges all = *targets;
	int code;

	code = shard_of_hosts(&c->shard, &all, &p->told);
	if (!ports || !shard_by_ports(&c->shard, ranges_count(&all), ports->each->n)) {
		*targets = (struct ranges){ 0 };
		if (!code)
			code = ranges_add_all(targets, &p->told);
		ranges_settle(targets);
		ranges_free(&all);
		return code;
	}
	shard_of_ports(&c->shard, ports->all, ports->each);
	if (!ports->each->n)
		ranges_free(targets);
	return code;
}

/* `found`: on the links, in place of the command line's targets; NULL: none was looked for. */
static int choose_targets(struct plan *p, struct ranges *targets, const struct config *c,
			  const struct ranges *found, struct err *err)
{
	char names[NETWORK_NAMES];
	int code;

	if (found)
		code = plan_link_targets(p, c, found, targets);
	else if (c->targets.n)
		code = add_targets(p, targets, &c->targets);
	else
		code = network_add_subnets(p->net, targets);
	ranges_settle(targets);
	if (!code && !c->targets.n && !(found ? plan_link_has_source(p->net) : targets->n > 0))
		return err_set(err, -EADDRNOTAVAIL, "%s: has no IPv%d address to scan from",
			       network_names(p->net, names), p->ip6 ? 6 : 4);
	if (!code && !found)
		code = ranges_subtract(targets, &c->exclude);
	if (!code)
		code = take_share(p, c, targets);
	if (!code)
		code = reach_leave_out(p, targets);
	if (code)
		return err_set(err, code, "out of memory");
	p->hosts = ranges_count(targets);
	return 0;
}

/* May the search for the IPv6 hosts of the link find one that is not excluded? */
static bool may_find(const struct plan *p, const struct config *c)
{
	static const struct addr first = { 0 }, last = { UINT64_MAX, UINT64_MAX };
	struct ranges all = { 0 };
	bool may = true;

	if (!p->link)
		return false;
	/* IPv4 lies within, but is none of these. */
	if (!ranges_add(&all, first, addr_prev(addr_ip4(0))) &&
	    !ranges_add(&all, addr_next(addr_ip4(UINT32_MAX)), last)) {
		ranges_settle(&all);
		may = ranges_subtract(&all, &c->exclude) || all.n;
	}
	ranges_free(&all);
	return may;
}

int plan_need_targets(const struct plan *plans, unsigned int n, const struct config *c,
		      struct err *err)
{
	char text[ADDR_TEXT], names[NETWORK_NAMES];
	bool gateways = false;
	unsigned int i;

	for (i = 0; i < n && c->has_gateway_mac; i++)
		gateways |= plans[i].gateways_given;
	if (c->has_gateway_mac && !gateways && c->shard.n == 1)
		return err_set(err, -EINVAL, "--gateway-mac: no target is behind a gateway");
	for (i = 0; i < n; i++)
		if (plans[i].hosts || may_find(&plans[i], c) || c->shard.n > 1)
			return 0;
	for (i = 0; i < n; i++)
		if (plans[i].unroutable)
			return err_set(err, -ENETUNREACH, "%s: no route to it%s%s",
				       addr_text(plans[i].unroutable_first, text),
				       c->iface ? " through " : "",
				       c->iface ? network_names(plans[i].net, names) : "");
	return err_set(err, c->exclude.n ? -EDESTADDRREQ : -EINVAL,
		       "no target is left: all are excluded, reserved, or this host itself");
}

/* Make the phases that the command line asks for, each with a copy of its ports. */
static int choose_phases(struct plan *p, const struct config *c, struct err *err)
{
	enum probe_kind kind;
	struct ports *each;

	for (kind = 0; kind < PROBE_KINDS_N; kind++) {
		if (kinds[kind].role == KIND_NEIGHBOURS || (p->ip6 && !kinds[kind].ip6) ||
		    !(kinds[kind].role == KIND_PORTS ? !!c->ports[kind] : c->asked[kind]))
			continue;
		each = calloc(1, sizeof(*each));
		if (!each)
			return err_set(err, -ENOMEM, "out of memory");
		if (c->ports[kind])
			*each = *c->ports[kind];
		else
			ports_set_none(each);
		p->phases[p->n_phases++] = (struct plan_phase){
			.kind = p->ip6 ? kinds[kind].ip6 : kind,
			.each = each,
			.all = c->ports[kind],
		};
	}
	return 0;
}

/*
 * The path of the sweep by the interface of this path and with this source address; made if missing.
 * NULL: out of memory.
 */
static struct path *sweep_from(struct plan *p, const struct path *by, struct addr source)
{
	const struct path path = { .ifindex = by->ifindex, .hop = ON_LINK, .source = source };
	size_t i;

	for (i = 0; i < p->sweep.n; i++)
		if (p->sweep.v[i].ifindex == by->ifindex &&
		    addr_equal(p->sweep.v[i].source, source))
			return &p->sweep.v[i];
	return paths_add(&p->sweep, &path) ? NULL : &p->sweep.v[p->sweep.n - 1];
}

/* Is this gateway in the sweep already? One that leads to several paths is asked once. */
static bool is_swept(const struct plan *p, struct addr addr)
{
	size_t i;

	for (i = 0; i < p->sweep.n; i++)
		if (ranges_find(&p->sweep.v[i].hosts, addr, NULL))
			return true;
	return false;
}

/*
 * The source address for asking a gateway: ours in its subnet, since some systems answer no other.
 * A gateway in none of our subnets is asked from the address of its path.
 */
static struct addr source_to(const struct plan *p, const struct path *path)
{
	const struct iface *iface = network_iface(p->net, path->ifindex);
	const struct addr *near = NULL;
	size_t i;

	for (i = 0; i < iface->n_addrs; i++) {
		const struct iface_addr *own = &iface->addrs[i];

		if (own->no_source ||
		    !addr_equal(iface_addr_first(own),
				addr_prefix_first(path->gateway, own->prefix_len)))
			continue;
		if (!near || addr_equal(own->addr, path->source))
			near = &own->addr;
	}
	return near ? *near : path->source;
}

/* Sweep the targets on the link, then the gateways that are no targets. */
static int choose_sweep(struct plan *p)
{
	struct path *sweep;
	size_t i;
	int code = 0;

	for (i = 0; i < p->paths.n && !code; i++) {
		const struct path *path = &p->paths.v[i];

		if (!plan_sweeps(p, path))
			continue;
		if (path->hop == BY_GATEWAY &&
		    (!p->n_phases || path->has_mac || plan_kernel_asks(p, path) ||
		     is_swept(p, path->gateway)))
			continue;
		sweep = sweep_from(p, path,
				   path->hop == BY_GATEWAY ? source_to(p, path) : path->source);
		if (!sweep)
			return -ENOMEM;
		if (path->hop == BY_GATEWAY) {
			code = ranges_add(&sweep->hosts, path->gateway, path->gateway);
		} else {
			code = ranges_add_all(&p->on_link, &path->hosts);
			if (!code)
				code = ranges_add_all(&sweep->hosts, &path->hosts);
		}
		ranges_settle(&sweep->hosts);
	}
	ranges_settle(&p->on_link);
	network_place(p->net, &p->sweep);
	return code;
}

uint64_t plan_sweep_n(const struct plan *p)
{
	uint64_t n = 0;
	size_t i;

	for (i = 0; i < p->sweep.n; i++)
		n += ranges_count(&p->sweep.v[i].hosts);
	return n;
}

/* Has each path an address to send from? */
static int check_sources(const struct plan *p, struct err *err)
{
	size_t i;

	for (i = 0; i < p->paths.n; i++) {
		const struct path *path = &p->paths.v[i];

		if (path->source.hi || (uint32_t)path->source.lo)
			continue;
		return err_set(err, -EADDRNOTAVAIL, "%s: has no IPv%d address to scan from",
			       network_iface(p->net, path->ifindex)->name, p->ip6 ? 6 : 4);
	}
	return 0;
}

/* Is this address asked for its MAC address by this path? */
static bool asks(const struct plan *p, const struct path *path, struct addr addr)
{
	if (!plan_sweeps(p, path))
		return false;
	if (path->hop == ON_LINK)
		return ranges_find(&path->hosts, addr, NULL);
	return !path->has_mac && addr_equal(path->gateway, addr);
}

/*
 * Does each gateway have an address of its own? The matcher tells neighbours by their address alone, so
 * none may be on two links.
 */
static int check_gateways(const struct plan *p, struct err *err)
{
	char text[ADDR_TEXT];
	size_t i, j;

	for (i = 0; i < p->paths.n && p->net->n > 1; i++) {
		const struct path *one = &p->paths.v[i];

		if (one->hop != BY_GATEWAY || !asks(p, one, one->gateway))
			continue;
		for (j = 0; j < p->paths.n; j++) {
			const struct path *other = &p->paths.v[j];

			if (one->ifindex == other->ifindex || !asks(p, other, one->gateway))
				continue;
			return err_set(err, -EINVAL,
				       "%s: is on the links of %s and %s: scan from one interface "
				       "at a time (--iface)",
				       addr_text(one->gateway, text),
				       network_iface(p->net, one->ifindex)->name,
				       network_iface(p->net, other->ifindex)->name);
		}
	}
	return 0;
}

/* Can each interface send the probes of all ports? IPv6 has 1,280 bytes everywhere: more than any probe. */
static int check_lengths(const struct plan *p, struct err *err)
{
	unsigned int i, k;

	for (i = 0; i < p->n_phases; i++) {
		const uint16_t port =
			p->phases[i].kind == PROBE_UDP ? payload_longest(p->phases[i].all) : 0;
		const unsigned int len = port ? payload_packet_len(port) : 0;

		for (k = 0; k < p->net->n; k++)
			if (p->net->ifaces[k].mtu && p->net->ifaces[k].mtu < len)
				return err_set(err, -EMSGSIZE,
					       "%s: its MTU of %u bytes is too small for the probe "
					       "of UDP port %u, %u bytes: leave the port out, or "
					       "raise the MTU",
					       p->net->ifaces[k].name, p->net->ifaces[k].mtu, port,
					       len);
	}
	return 0;
}

static int check(const struct plan *p, struct err *err)
{
	const uint64_t sweep_n = plan_sweep_n(p);
	char names[NETWORK_NAMES];
	int code;

	if (sweep_n > SWEEP_HOSTS_MAX)
		return err_set(err, -E2BIG,
			       "%llu addresses to ask by %s are more than the %d of "
			       "one sweep: divide them (--shard)",
			       (unsigned long long)sweep_n, plan_sweep_name(p), SWEEP_HOSTS_MAX);
	code = check_sources(p, err);
	if (!code)
		code = check_gateways(p, err);
	if (!code)
		code = check_lengths(p, err);
	if (code)
		return code;
	if (!p->n_phases && ranges_count(&p->on_link) < p->hosts)
		return err_set(err, -ENETUNREACH,
			       "not all targets are on the link of %s: %s does "
			       "not reach beyond it (ask by --ping, --tcp or --udp)",
			       network_names(p->net, names), plan_sweep_name(p));
	return 0;
}

static int know_neighbours(struct plan *p, const struct config *c)
{
	int code = paths_know(&p->paths, &p->net->known);

	if (c->has_gateway_mac)
		p->gateways_given = paths_know_gateways(&p->paths, c->gateway_mac) > 0;
	return code;
}

static int make(struct plan *p, const struct config *c, const struct network *net, bool ip6,
		const struct ranges *found, struct err *err)
{
	const struct iface *iface = &net->ifaces[0];
	struct ranges targets = { 0 };
	int code;

	*p = (struct plan){
		.net = net,
		.iface = iface,
		.routes = ip6 ? &net->ip6 : &net->ip4,
		.ip6 = ip6,
		.link = found,
	};
	code = choose_phases(p, c, err);
	if (!code && !p->n_phases && !iface_has_neighbours(iface))
		code = err_set(err, -EINVAL,
			       "%s: %s: %s does not work there (name ports "
			       "with --tcp or --udp)",
			       iface->name, iface->ethernet ? "is set to NOARP" : "has no Ethernet",
			       plan_sweep_name(p));
	if (!code)
		code = choose_targets(p, &targets, c, found, err);
	if (code)
		goto out;
	plan_add_canaries(p, c->all);
	code = found ? plan_link_paths(p, found, &targets)
		     : paths_assign(&p->paths, p->routes, &targets);
	network_place(net, &p->paths);
	if (!code && !found && p->n_phases && iface->ethernet)
		code = know_neighbours(p, c);
	if (!code && iface_has_neighbours(iface))
		code = choose_sweep(p);
	code = code ? err_set(err, code, "out of memory") : check(p, err);
out:
	ranges_free(&targets);
	return code;
}

int plan_make(struct plan *p, const struct config *c, const struct network *net, bool ip6,
	      struct err *err)
{
	return make(p, c, net, ip6, NULL, err);
}

int plan_link(struct plan *p, const struct config *c, const struct network *net,
	      const struct ranges *candidates, struct err *err)
{
	return make(p, c, net, true, candidates, err);
}

bool plan_asks_ports(const struct plan *p)
{
	unsigned int i;

	for (i = 0; i < p->n_phases; i++)
		if (kinds[p->phases[i].kind].role == KIND_PORTS)
			return true;
	return false;
}

bool plan_tells_near(const struct plan *p, struct addr addr)
{
	return ranges_find(&p->on_link, addr, NULL) && ranges_find(&p->told, addr, NULL);
}

bool plan_tells_far(const struct plan *p, struct addr addr)
{
	return !ranges_find(&p->on_link, addr, NULL) && ranges_find(&p->told, addr, NULL);
}

void plan_free(struct plan *p)
{
	unsigned int i;

	paths_free(&p->paths);
	paths_free(&p->sweep);
	ranges_free(&p->on_link);
	ranges_free(&p->told);
	for (i = 0; i < p->n_phases; i++)
		free(p->phases[i].each);
	*p = (struct plan){ 0 };
}
