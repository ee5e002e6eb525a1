// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* network.c - first the routes, then the interfaces that they lead to; or the other way round. */
#include "network.h"

#include "permanent.h"
#include "routing.h"

#include <errno.h>
#include <stdio.h>

const struct iface *network_iface(const struct network *net, int ifindex)
{
	unsigned int i;

	for (i = 0; i < net->n; i++)
		if (net->ifaces[i].index == ifindex)
			return &net->ifaces[i];
	return NULL;
}

void network_place(const struct network *net, struct paths *paths)
{
	size_t i;

	for (i = 0; i < paths->n; i++)
		paths->v[i].outlet =
			(unsigned int)(network_iface(net, paths->v[i].ifindex) - net->ifaces);
	paths->n_outlets = net->n;
	paths_number(paths);
}

const char *network_names(const struct network *net, char out[NETWORK_NAMES])
{
	size_t len = 0;
	unsigned int i;

	for (i = 0; i < net->n; i++)
		len += (size_t)snprintf(out + len, NETWORK_NAMES - len, "%s%s", i ? "," : "",
					net->ifaces[i].name);
	return out;
}

void network_free(struct network *net)
{
	while (net->n)
		route_iface_free(&net->ifaces[--net->n]);
	routes_free(&net->ip4);
	routes_free(&net->ip6);
	known_free(&net->known);
}

int network_add_subnets(const struct network *net, struct ranges *to)
{
	unsigned int i;
	size_t j;
	int code = 0;

	for (i = 0; i < net->n; i++) {
		const struct iface *iface = &net->ifaces[i];

		for (j = 0; j < iface->n_addrs && !code; j++)
			if (addr_is_ip4(iface->addrs[j].addr))
				code = ranges_add(to, iface_addr_first(&iface->addrs[j]),
						  iface_addr_last(&iface->addrs[j]));
	}
	return code;
}

/* The targets of one family without the excluded ones; without targets, the IPv4 subnets. */
static int choose_targets(const struct config *c, const struct network *net, bool ip6,
			  struct ranges *out)
{
	size_t i;
	int code = 0;

	for (i = 0; i < c->targets.n && !code; i++)
		if (addr_is_ip4(c->targets.v[i].first) != ip6)
			code = ranges_add(out, c->targets.v[i].first, c->targets.v[i].last);
	if (!c->targets.n && !ip6)
		code = network_add_subnets(net, out);
	ranges_settle(out);
	return code ? code : ranges_subtract(out, &c->exclude);
}

/* The numbers of the interfaces of --iface, also of those without carrier. Returns how many. */
static unsigned int number(const struct network *net, int via[IFACES_MAX])
{
	unsigned int n = 0, i;

	for (i = 0; i < net->n; i++)
		via[n++] = net->ifaces[i].index;
	for (i = 0; i < net->n_down; i++)
		via[n++] = net->down[i];
	return n;
}

static int read_routes(const struct config *c, struct network *net, bool ip6, struct err *err)
{
	struct ranges targets = { 0 };
	int via[IFACES_MAX], code;
	const unsigned int n = number(net, via);

	code = choose_targets(c, net, ip6, &targets);
	if (code)
		err_set(err, code, "out of memory");
	else
		code = routing_find(&targets, via, n, net->vrf,
				    c->has_source_ip ? &c->source_ip : NULL,
				    ip6 ? &net->ip6 : &net->ip4, err);
	ranges_free(&targets);
	return code;
}

/* Read another interface. */
static int add_iface(struct network *net, const char *name, struct err *err)
{
	int code;

	if (net->n == IFACES_MAX)
		return err_set(
			err, -E2BIG,
			"the targets are behind more than %d interfaces: choose with --iface",
			IFACES_MAX);
	code = route_iface_read(name, &net->ifaces[net->n], err);
	if (code)
		return code;
	if (network_iface(net, net->ifaces[net->n].index)) {
		route_iface_free(&net->ifaces[net->n]);
		return err_set(err, -EINVAL, "%s: is another name of an interface given before",
			       name);
	}
	net->n++;
	return 0;
}

/* A VRF alone says which routes count: they lead to its interfaces. */
static int take_vrf(const struct config *c, struct network *net, struct err *err)
{
	const struct iface *iface = &net->ifaces[net->n - 1];

	if (!iface_is_vrf(iface))
		return 0;
	if (c->n_ifaces > 1 || !c->targets.n)
		return err_set(err, -EINVAL,
			       "%s: is a VRF, which has no link: name one of its interfaces%s",
			       iface->name, c->n_ifaces > 1 ? "" : ", or targets");
	net->vrf = iface->index;
	route_iface_free(&net->ifaces[--net->n]);
	return 0;
}

/*
 * Read the interfaces of --iface. One of several that is down or has no carrier hides only what is behind
 * it: net->unfit says so.
 */
static int add_named(const struct config *c, struct network *net, struct err *err)
{
	unsigned int i;
	int code = 0;

	for (i = 0; i < c->n_ifaces && !code; i++) {
		code = add_iface(net, c->ifaces[i], err);
		if (code == -ENETDOWN && c->n_ifaces > 1) {
			if (!*net->unfit.text)
				net->unfit = *err;
			net->down[net->n_down++] = (int)if_nametoindex(c->ifaces[i]);
			code = 0;
		} else if (!code) {
			code = take_vrf(c, net, err);
		}
	}
	if (code || !c->n_ifaces || net->n || net->vrf)
		return code;
	*err = net->unfit;
	return -ENETDOWN;
}

/* Routes to interfaces that are not read lead nowhere. */
static void cut_routes(const struct network *net, struct routes *routes)
{
	size_t i;

	for (i = 0; i < routes->n; i++)
		if (routes->v[i].kind == ROUTE_OUT && !network_iface(net, routes->v[i].ifindex))
			routes->v[i].kind = ROUTE_NONE;
}

/*
 * Read the interfaces that routes lead to. Routes to interfaces that cannot carry a scan lead
 * nowhere; net->unfit is then the reason.
 */
static int add_ifaces(struct network *net, struct routes *routes, struct err *err)
{
	char name[IF_NAMESIZE];
	struct err why = { "" };
	size_t i;
	int code, bad = 0;

	for (i = 0; i < routes->n; i++) {
		struct route *route = &routes->v[i];

		if (route->kind != ROUTE_OUT || network_iface(net, route->ifindex))
			continue;
		code = route->ifindex == bad ? -ENODEV : 0;
		if (!code)
			code = if_indextoname((unsigned int)route->ifindex, name)
				       ? add_iface(net, name, &why)
				       : -ENODEV;
		if (code == -E2BIG || code == -ENOMEM) {
			*err = why;
			return code;
		}
		if (!code)
			continue;
		if (route->ifindex != bad && !*net->unfit.text)
			net->unfit = why;
		bad = route->ifindex;
	}
	return 0;
}

/* No target is behind an interface. Say why of one: the first on the command line, if it has a route. */
static int refuse(const struct config *c, const struct network *net, struct err *err)
{
	const struct routes *all[] = { &net->ip4, &net->ip6 };
	const struct route *route = NULL;
	char text[ADDR_TEXT];
	struct addr addr = c->first_target;
	size_t i, j;

	if (*net->unfit.text) {
		*err = net->unfit;
		return -ENETUNREACH;
	}
	for (i = 0; i < 2; i++)
		for (j = 0; j < all[i]->n; j++)
			if (!route || (!addr_less(addr, all[i]->v[j].first) &&
				       !addr_less(all[i]->v[j].last, addr)))
				route = &all[i]->v[j];
	if (!route)
		return err_set(err, -EDESTADDRREQ, "no target is left: all are excluded");
	if (addr_less(addr, route->first) || addr_less(route->last, addr))
		addr = route->first;
	addr_text(addr, text);
	if (route->kind == ROUTE_SELF)
		return err_set(err, -EINVAL,
			       "%s: is an address of this host; no packet to it "
			       "leaves an interface",
			       text);
	if (route->kind == ROUTE_NO_HOST)
		return err_set(err, -EINVAL, "%s: is no address of a single host", text);
	return err_set(err, -ENETUNREACH, "%s: no route to it", text);
}

/* Answers reach this host only at an address that it has. */
static int check_source(const struct config *c, const struct network *net, struct err *err)
{
	const int vrf = net->vrf ?: net->n ? net->ifaces[0].vrf : 0;
	struct ranges source = { 0 };
	struct routes routes = { 0 };
	char text[ADDR_TEXT];
	int code = ranges_add(&source, c->source_ip, c->source_ip);

	ranges_settle(&source);
	if (code)
		err_set(err, code, "out of memory");
	else
		code = routing_find(&source, NULL, 0, vrf, NULL, &routes, err);
	if (!code && (!routes.n || routes.v[0].kind != ROUTE_SELF))
		code = err_set(err, -EADDRNOTAVAIL, "--source-ip %s: is no address of this host",
			       addr_text(c->source_ip, text));
	routes_free(&routes);
	ranges_free(&source);
	return code;
}

/* Put one with neighbours first, if there is one: the first of the matchers knows neighbours. */
static void put_neighbours_first(struct network *net)
{
	const struct iface first = net->ifaces[0];
	unsigned int i;

	for (i = 0; i < net->n && !iface_has_neighbours(&net->ifaces[i]); i++)
		;
	if (!i || i == net->n)
		return;
	net->ifaces[0] = net->ifaces[i];
	net->ifaces[i] = first;
}

int network_read(const struct config *c, struct network *out, struct err *err)
{
	bool by_routes;
	int code;

	*out = (struct network){ .n = 0 };
	code = add_named(c, out, err);
	by_routes = !out->n;
	if (!code && !c->n_ifaces)
		out->vrf = route_vrf_of_process();
	if (!code && c->has_source_ip)
		code = check_source(c, out, err);
	if (!code)
		code = read_routes(c, out, false, err);
	if (!code)
		code = read_routes(c, out, true, err);
	if (!code)
		code = permanent_read(&out->known, err);
	if (!code && by_routes)
		code = add_ifaces(out, &out->ip4, err);
	if (!code && by_routes)
		code = add_ifaces(out, &out->ip6, err);
	if (!code && !out->n)
		code = refuse(c, out, err);
	cut_routes(out, &out->ip4);
	cut_routes(out, &out->ip6);
	put_neighbours_first(out);
	return code;
}
