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

enum { ADDRS_MAX = 4, ROUTES_MAX = 6 };

/* A host, a command line, and the plan that they make. */
struct world {
	bool ip6; /* the family to plan for */
	struct iface iface;
	struct iface_addr addrs[ADDRS_MAX];
	struct route routes[ROUTES_MAX];
	struct config config;
	struct plan plan;
	struct err err;
};

/* The world before anything is added: eth0 without an address. */
static inline void begin(struct world *w)
{
	*w = (struct world){
		.iface = { .name = "eth0",
			   .ethernet = true,
			   .addrs = w->addrs,
			   .routes = w->routes },
		.config = { .shard = { .n = 1 } },
	};
}

static inline void add_addr(struct world *w, uint32_t addr, uint32_t subnet,
			    unsigned int prefix_len)
{
	assert_in_range(w->iface.n_addrs, 0, ADDRS_MAX - 1);
	w->addrs[w->iface.n_addrs++] = (struct iface_addr){
		.addr = addr_ip4(addr),
		.subnet = addr_ip4(subnet),
		.prefix_len = (uint8_t)(ADDR_IP4_PREFIX + prefix_len),
	};
}

/* `gateway` 0: on link. */
static inline void add_route(struct world *w, uint32_t dst, unsigned int prefix_len,
			     uint32_t gateway, uint32_t source)
{
	assert_in_range(w->iface.n_routes, 0, ROUTES_MAX - 1);
	w->routes[w->iface.n_routes++] = (struct route){
		.kind = ROUTE_OURS,
		.dst = addr_ip4(dst),
		.prefix_len = (uint8_t)(ADDR_IP4_PREFIX + prefix_len),
		.hop = gateway ? BY_GATEWAY : ON_LINK,
		.gateway = addr_ip4(gateway),
		.source = addr_ip4(source),
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

static inline void ask_ports(struct world *w, const char *list)
{
	struct ports **ports = &w->config.ports[PROBE_TCP];

	*ports = calloc(1, sizeof(**ports));
	assert_non_null(*ports);
	assert_int_equal(ports_parse(list, NULL, *ports, &w->err), 0);
	w->config.asked[PROBE_TCP] = true;
}

/* 198.18.0.1/24 with a gateway to everywhere. */
static inline void begin_usual(struct world *w)
{
	begin(w);
	add_subnet(w, NET + 1, 24);
	add_route(w, 0, 0, NET + 254, NET + 1);
}

static inline int plan(struct world *w)
{
	int code = plan_make(&w->plan, &w->config, &w->iface, w->ip6, &w->err);

	return code ? code : plan_need_targets(&w->plan, 1, &w->config, &w->err);
}

static inline void end(struct world *w)
{
	plan_free(&w->plan);
	ranges_free(&w->config.targets);
	ranges_free(&w->config.exclude);
	free(w->config.ports[PROBE_TCP]);
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

#endif
