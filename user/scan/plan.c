// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* plan.c - from the command line to the list of who is asked, and by which way. */
#include "plan.h"

#include "shard.h"
#include "targets.h"
#include "values.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
	TARGETS_TRIED = 64,	   /* to find an interface that leads to one */
	SWEEP_HOSTS_MAX = 1 << 24, /* the sweep's table has 8 bytes for each */
};

static struct addr subnet_first(const struct iface_addr *addr)
{
	return addr_prefix_first(addr->subnet, addr->prefix_len);
}

static struct addr subnet_last(const struct iface_addr *addr)
{
	return addr_prefix_last(addr->subnet, addr->prefix_len);
}

/* The interface's own subnets. */
static int add_subnets(struct ranges *to, const struct iface *iface)
{
	size_t i;
	int code = 0;

	for (i = 0; i < iface->n_addrs && !code; i++)
		code = ranges_add(to, subnet_first(&iface->addrs[i]),
				  subnet_last(&iface->addrs[i]));
	return code;
}

/* What is never asked: ourselves, addresses that are no host's own. */
static int add_impossible(struct ranges *to, const struct iface *iface)
{
	int code = targets_add_reserved(to);
	size_t i;

	for (i = 0; i < iface->n_addrs && !code; i++) {
		const struct iface_addr *addr = &iface->addrs[i];
		const struct addr first = subnet_first(addr), last = subnet_last(addr);

		code = ranges_add(to, addr->addr, addr->addr);
		/* RFC 3021: a /31 has neither network nor broadcast address; nor has IPv6. */
		if (code || !addr_is_ip4(first) || addr->prefix_len > ADDR_IP4_PREFIX + 30)
			continue;
		code = ranges_add(to, first, first);
		if (!code)
			code = ranges_add(to, last, last);
	}
	return code;
}

/*
 * Leave to other machines what is theirs. The shares are cut from what the command line says, before
 * this host leaves out what is impossible for it alone; an empty share is a scan of nothing.
 */
static int take_share(struct plan *p, const struct config *c, struct ranges *targets)
{
	uint64_t ports = c->ports ? c->ports->n : 0;
	struct ranges all = *targets;
	int code = 0;

	if (c->ports) {
		p->ports = malloc(sizeof(*p->ports));
		if (!p->ports)
			return -ENOMEM;
		*p->ports = *c->ports;
	}
	code = shard_of_hosts(&c->shard, &all, &p->told);
	if (!shard_by_ports(&c->shard, ranges_count(&all), ports)) {
		*targets = (struct ranges){ 0 };
		if (!code)
			code = ranges_add_all(targets, &p->told);
		ranges_settle(targets);
		ranges_free(&all);
		return code;
	}
	shard_of_ports(&c->shard, c->ports, p->ports);
	if (!p->ports->n)
		ranges_free(targets);
	return code;
}

static int choose_targets(struct plan *p, struct ranges *targets, const struct config *c,
			  struct err *err)
{
	struct ranges impossible = { 0 };
	int code;

	code = c->targets.n ? ranges_add_all(targets, &c->targets)
			    : add_subnets(targets, &p->iface);
	ranges_settle(targets);
	if (!code)
		code = ranges_subtract(targets, &c->exclude);
	if (!code)
		code = take_share(p, c, targets);
	if (!code)
		code = add_impossible(&impossible, &p->iface);
	ranges_settle(&impossible);
	if (!code)
		code = ranges_subtract(targets, &impossible);
	if (!code)
		code = ranges_subtract(&p->told, &impossible);
	ranges_free(&impossible);
	if (code)
		return err_set(err, code, "out of memory");
	if (!targets->n && c->shard.n == 1)
		return err_set(err, -EINVAL,
			       "no target is left: all are excluded, reserved, or "
			       "this host itself");
	return 0;
}

/* Split the targets into those ARP reaches and those behind gateways, which ARP reaches too. */
static int choose_sweep(struct plan *p, const struct config *c)
{
	size_t i;
	int code = 0;

	if (!p->iface.ethernet)
		return 0;
	for (i = 0; i < p->paths.n && !code; i++) {
		const struct path *path = &p->paths.v[i];

		if (path->hop == BY_GATEWAY && !c->sweep_only)
			code = ranges_add(&p->sweep, path->gateway, path->gateway);
		else if (path->hop == ON_LINK)
			code = ranges_add_all(&p->on_link, &path->hosts);
	}
	ranges_settle(&p->on_link);
	if (!code)
		code = ranges_add_all(&p->sweep, &p->on_link);
	ranges_settle(&p->sweep);
	return code;
}

/*
 * The interface of the first target that has one: the first may be this host itself, or be excluded
 * like the others that no packet is sent to. The reason for the first is the one to tell.
 */
static int find_iface(const struct config *c, char name[IF_NAMESIZE], struct err *err)
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

static int choose_iface(struct plan *p, const struct config *c, struct err *err)
{
	char name[IF_NAMESIZE];

	if (c->iface)
		return route_iface_read(c->iface, &p->iface, err);
	if (find_iface(c, name, err))
		return -ENETUNREACH;
	return route_iface_read(name, &p->iface, err);
}

int plan_make(struct plan *p, const struct config *c, struct err *err)
{
	struct ranges targets = { 0 }, unrouted = { 0 };
	char text[ADDR_TEXT];
	int code;

	*p = (struct plan){ 0 };
	code = choose_iface(p, c, err);
	if (!code && c->sweep_only && !p->iface.ethernet)
		code = err_set(err, -EINVAL,
			       "%s: has no Ethernet: ARP does not work there (name ports "
			       "with --tcp)",
			       p->iface.name);
	if (!code)
		code = choose_targets(p, &targets, c, err);
	if (code)
		goto out;
	p->hosts = ranges_count(&targets);
	code = paths_assign(&p->paths, p->iface.routes, p->iface.n_routes, c->iface != NULL,
			    &targets, &unrouted);
	if (!code)
		code = choose_sweep(p, c);
	if (code) {
		err_set(err, code, "out of memory");
		goto out;
	}
	if (ranges_count(&p->sweep) > SWEEP_HOSTS_MAX)
		code = err_set(err, -E2BIG,
			       "%llu addresses to ask by ARP are more than the %d of "
			       "one sweep: divide them",
			       (unsigned long long)ranges_count(&p->sweep), SWEEP_HOSTS_MAX);
	else if (unrouted.n)
		code = err_set(err, -ENETUNREACH, "%s: no route to it through %s",
			       addr_text(unrouted.v[0].first, text), p->iface.name);
	else if (c->sweep_only && ranges_count(&p->on_link) < p->hosts)
		code = err_set(err, -ENETUNREACH,
			       "not all targets are on the link of %s: ARP does "
			       "not reach beyond it (name ports with --tcp)",
			       p->iface.name);
out:
	ranges_free(&targets);
	ranges_free(&unrouted);
	if (code)
		plan_free(p);
	return code;
}

struct addr plan_source(const struct plan *p, struct addr addr)
{
	const struct path *path = paths_find(&p->paths, addr);
	size_t i;

	/* A gateway need not be a target: ask it from the address its targets are asked from. */
	for (i = 0; !path && i < p->paths.n; i++)
		if (p->paths.v[i].hop == BY_GATEWAY && addr_equal(p->paths.v[i].gateway, addr))
			path = &p->paths.v[i];
	return path ? path->source : p->iface.addrs[0].addr;
}

void plan_print(const struct plan *p, const struct config *c, FILE *file)
{
	uint64_t ports = p->ports ? p->ports->n : 0, probes = p->hosts * ports;
	char buf[ADDR_TEXT], list[256];
	size_t i;

	fprintf(file, "interface  %s\n", p->iface.name);
	for (i = 0; i < p->paths.n; i++) {
		const struct path *path = &p->paths.v[i];

		fprintf(file, "path       %llu hosts from %s, ",
			(unsigned long long)ranges_count(&path->hosts),
			addr_text(path->source, buf));
		if (path->hop == BY_GATEWAY)
			fprintf(file, "gateway %s\n", addr_text(path->gateway, buf));
		else
			fprintf(file, "on link\n");
	}
	if (c->shard.n > 1)
		fprintf(file, "share      %u of %u\n", c->shard.index + 1, c->shard.n);
	fprintf(file, "hosts      %llu, %llu asked by ARP\n", (unsigned long long)p->hosts,
		(unsigned long long)ranges_count(&p->on_link));
	if (ports)
		fprintf(file, "ports      %llu: %s\n", (unsigned long long)ports,
			ports_print(p->ports, list, sizeof(list)));
	fprintf(file, "probes     at most %llu, and as many again for each of %u retries\n",
		(unsigned long long)(probes + ranges_count(&p->sweep)), c->retries);
	if (c->rate_auto)
		fprintf(file, "rate       what each path takes without loss\n");
	else if (c->rate_pps == RATE_MAX_PPS)
		fprintf(file, "rate       as fast as the link takes them\n");
	else
		fprintf(file, "rate       %.10g a second\n", c->rate_pps);
	if (!c->rate_auto)
		fprintf(file,
			"time       at most %.1f s to send once, %.3g s to wait for answers\n",
			(double)(probes + ranges_count(&p->sweep)) / c->rate_pps,
			(double)c->timeout_ns / 1e9);
}

void plan_free(struct plan *p)
{
	route_iface_free(&p->iface);
	paths_free(&p->paths);
	ranges_free(&p->on_link);
	ranges_free(&p->told);
	ranges_free(&p->sweep);
	free(p->ports);
	p->ports = NULL;
}
