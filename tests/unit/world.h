/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* world.h - for tests of plans: a host and a command line, made by hand. */
#ifndef XSCAN_TESTS_WORLD_H
#define XSCAN_TESTS_WORLD_H

#include "plan.h"
#include "targets.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define NET	0xc6120000U /* 198.18.0.0 */
#define NET_1	0xc6120100U
#define FAR	0xc6130000U /* 198.19.0.0 */
#define SOURCE	ADDR_IP4(NET + 1)
#define GATEWAY ADDR_IP4(NET + 254)

enum { ADDRS_MAX = 4, ROUTES_MAX = 6, IFINDEX = 7 };

/* A row of a routing table: the longest prefix wins. */
struct row {
	struct addr dst;
	unsigned int len;
	struct route route;
};

/* A host, a command line, and the plan that they make. */
struct world {
	bool ip6; /* the family to plan for */
	struct network net;
	struct iface *iface; /* the one of `net` */
	struct iface_addr addrs[ADDRS_MAX];
	struct row rows[ROUTES_MAX];
	unsigned int n_rows;
	struct config config;
	struct plan plan;
	struct err err;
};

/* The world before anything is added: eth0 without an address. */
static inline void begin(struct world *w)
{
	*w = (struct world){
		.net = { .n = 1,
			 .ifaces = { { .name = "eth0",
				       .index = IFINDEX,
				       .ethernet = true,
				       .addrs = w->addrs } } },
		.iface = &w->net.ifaces[0],
		.config = { .shard = { .n = 1 } },
	};
}

static inline void add_addr(struct world *w, uint32_t addr, uint32_t subnet,
			    unsigned int prefix_len)
{
	assert_in_range(w->iface->n_addrs, 0, ADDRS_MAX - 1);
	w->addrs[w->iface->n_addrs++] = (struct iface_addr){
		.addr = addr_ip4(addr),
		.subnet = addr_ip4(subnet),
		.prefix_len = (uint8_t)(ADDR_IP4_PREFIX + prefix_len),
	};
}

/* `gateway` 0: on link. */
static inline void add_route(struct world *w, uint32_t dst, unsigned int prefix_len,
			     uint32_t gateway, uint32_t source)
{
	assert_in_range(w->n_rows, 0, ROUTES_MAX - 1);
	w->rows[w->n_rows++] = (struct row){
		.dst = addr_ip4(dst),
		.len = ADDR_IP4_PREFIX + prefix_len,
		.route = {
			.kind = ROUTE_OUT,
			.ifindex = IFINDEX,
			.hop = gateway ? BY_GATEWAY : ON_LINK,
			.gateway = addr_ip4(gateway),
			.source = addr_ip4(source),
		},
	};
}

/* An address with the route that the kernel adds for its subnet. */
static inline void add_subnet(struct world *w, uint32_t addr, unsigned int prefix_len)
{
	add_addr(w, addr, addr, prefix_len);
	add_route(w, addr, prefix_len, 0, addr);
}

static inline void add_targets(struct world *w, const char *targets)
{
	assert_int_equal(targets_parse(targets, NULL, &w->config.targets, &w->err), 0);
	ranges_settle(&w->config.targets);
}

static inline void ask_ports_by(struct world *w, enum probe_kind kind, const char *list)
{
	struct ports **ports = &w->config.ports[kind];

	*ports = calloc(1, sizeof(**ports));
	assert_non_null(*ports);
	assert_int_equal(ports_parse(list, NULL, *ports, &w->err), 0);
	w->config.asked[kind] = true;
}

static inline void ask_ports(struct world *w, const char *list)
{
	ask_ports_by(w, PROBE_TCP, list);
}

/* 198.18.0.1/24 with a gateway to everywhere. */
static inline void begin_usual(struct world *w)
{
	begin(w);
	add_subnet(w, NET + 1, 24);
	add_route(w, 0, 0, NET + 254, NET + 1);
}

/* A routes_ask: ctx is a world. */
static inline int look_up(void *ctx, struct addr addr, struct route *out, struct err *err)
{
	const struct world *w = ctx;
	const struct row *best = NULL;
	unsigned int i;

	(void)err;
	for (i = 0; i < w->n_rows; i++) {
		const struct row *row = &w->rows[i];

		if (addr_equal(addr_prefix_first(row->dst, row->len),
			       addr_prefix_first(addr, row->len)) &&
		    addr_is_ip4(row->dst) == addr_is_ip4(addr) && (!best || row->len > best->len))
			best = row;
	}
	*out = best ? best->route : (struct route){ .kind = ROUTE_NONE };
	return 0;
}

/* Find the routes of all targets, as network_read does. */
static inline void find_routes(struct world *w)
{
	struct ranges targets = { 0 };
	struct cuts cuts = { 0 };
	unsigned int i;

	for (i = 0; i < w->config.targets.n; i++)
		if (addr_is_ip4(w->config.targets.v[i].first) != w->ip6)
			ranges_add(&targets, w->config.targets.v[i].first,
				   w->config.targets.v[i].last);
	if (!w->config.targets.n)
		assert_int_equal(network_add_subnets(&w->net, &targets), 0);
	ranges_settle(&targets);
	for (i = 0; i < w->n_rows; i++)
		assert_int_equal(cuts_add(&cuts, addr_prefix_first(w->rows[i].dst, w->rows[i].len),
					  addr_prefix_last(w->rows[i].dst, w->rows[i].len)),
				 0);
	cuts_settle(&cuts);
	routes_free(&w->net.ip4);
	routes_free(&w->net.ip6);
	assert_int_equal(routes_walk(w->ip6 ? &w->net.ip6 : &w->net.ip4, &targets, &cuts, look_up,
				     w, &w->err),
			 0);
	cuts_free(&cuts);
	ranges_free(&targets);
}

static inline int plan(struct world *w)
{
	int code;

	find_routes(w);
	code = plan_make(&w->plan, &w->config, &w->net, w->ip6, &w->err);
	return code ? code : plan_need_targets(&w->plan, 1, &w->config, &w->err);
}

static inline void end(struct world *w)
{
	plan_free(&w->plan);
	routes_free(&w->net.ip4);
	routes_free(&w->net.ip6);
	ranges_free(&w->config.targets);
	ranges_free(&w->config.exclude);
	free(w->config.ports[PROBE_TCP]);
	free(w->config.ports[PROBE_UDP]);
}

static inline void assert_refused(struct world *w, int code, const char *line)
{
	assert_int_equal(plan(w), code);
	assert_string_equal(w->err.text, line);
	end(w);
}

/* The source address from which an address is asked by ARP; asked once, or not at all. */
static inline const struct addr *swept_from(const struct plan *p, uint32_t addr)
{
	const struct addr *source = NULL;
	size_t i;

	for (i = 0; i < p->sweep.n; i++) {
		if (!ranges_find(&p->sweep.v[i].hosts, addr_ip4(addr), NULL))
			continue;
		assert_null(source);
		source = &p->sweep.v[i].source;
		assert_int_equal(p->sweep.v[i].hop, ON_LINK);
		assert_int_equal(p->sweep.v[i].way, 0);
	}
	return source;
}

static inline void assert_swept_from(const struct plan *p, uint32_t addr, uint32_t source)
{
	const struct addr *from = swept_from(p, addr);

	assert_non_null(from);
	assert_true(addr_equal(*from, addr_ip4(source)));
}

/* eth1 beside eth0, with 198.19.0.1/24. */
static inline void add_eth1(struct world *w)
{
	static struct iface_addr addrs[] = {
		{ .addr = ADDR_IP4(FAR + 1), .subnet = ADDR_IP4(FAR + 1), ADDR_IP4_PREFIX + 24 },
	};
	struct iface *eth1 = &w->net.ifaces[w->net.n++];

	*eth1 = (struct iface){
		.name = "eth1",
		.index = IFINDEX + 1,
		.ethernet = true,
		.mac = { 2 },
		.mtu = 1500,
		.addrs = addrs,
		.n_addrs = 1,
	};
	add_route(w, FAR, 24, 0, FAR + 1);
	w->rows[w->n_rows - 1].route.ifindex = IFINDEX + 1;
}

#endif
