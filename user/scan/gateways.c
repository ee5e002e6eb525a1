// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* gateways.c - ask the kernel again and again until it knows. */
#include "engine.h"
#include "gateways.h"
#include "neighbour.h"

#include <errno.h>
#include <string.h>

/* The kernel asks three times, once a second. Another next hop need not wait for that. */
#define WAIT_NS	  4000000000ULL
#define OTHERS_NS 1500000000ULL
#define LOOK_NS	  10000000ULL

static int refuse(struct addr gateway, int code, struct err *err)
{
	char text[ADDR_TEXT];

	return err_set(err, code, "gateway %s: the kernel does not look for it: %s",
		       addr_text(gateway, text), strerror(-code));
}

static int solicit(const struct path *path, struct err *err)
{
	int code = neighbour_solicit(path->ifindex, path->gateway);
	unsigned int i;

	/* What is wrong with another one shows when it is looked at. */
	for (i = 0; i < path->others.n && !code; i++)
		neighbour_solicit(path->ifindex, path->others.v[i]);
	return code ? refuse(path->gateway, code, err) : 0;
}

/* Look at the other next hops. One that answers takes the gateway's place. */
static bool take_another(struct path *path)
{
	unsigned int i;

	for (i = 0; i < path->others.n; i++) {
		if (neighbour_look(path->ifindex, path->others.v[i], path->mac))
			continue;
		path->gateway = path->others.v[i];
		return true;
	}
	return false;
}

/* 0: the gateway, or another next hop, is known; -EHOSTUNREACH: all are silent; or as gateways_resolve. */
static int wait_for(struct engine *e, struct path *path, struct err *err)
{
	const uint64_t began_ns = loop_now_ns();
	uint64_t now_ns = began_ns;
	int code;

	for (;;) {
		code = neighbour_look(path->ifindex, path->gateway, path->mac);
		if (code && code != -EAGAIN && code != -EHOSTUNREACH)
			return refuse(path->gateway, code, err);
		if (!code || ((code == -EHOSTUNREACH || now_ns > began_ns + OTHERS_NS) &&
			      take_another(path)))
			return 0;
		if (now_ns > began_ns + WAIT_NS || (code == -EHOSTUNREACH && !path->others.n))
			return -EHOSTUNREACH;
		code = loop_wait(e->loop, now_ns + LOOK_NS, err);
		if (code)
			return code;
		now_ns = loop_now_ns();
	}
}

static int resolve(struct engine *e, struct path *path,
		   void (*warn)(void *ctx, const struct err *line), void *ctx, struct err *err)
{
	const struct addr wanted = path->gateway;
	char text[ADDR_TEXT], other[ADDR_TEXT];
	struct err line;
	int code = solicit(path, err);

	if (!code)
		code = wait_for(e, path, err);
	path->has_mac = !code;
	if (!code && !addr_equal(path->gateway, wanted)) {
		err_set(&line, 0, "gateway %s does not answer: %s takes its targets",
			addr_text(wanted, text), addr_text(path->gateway, other));
		warn(ctx, &line);
	}
	return code == -EHOSTUNREACH ? 0 : code;
}

int gateways_resolve(struct engine *e, void (*warn)(void *ctx, const struct err *line), void *ctx,
		     struct err *err)
{
	unsigned int plan;
	size_t i;
	int code = 0;

	for (plan = 0; plan < e->n_plans; plan++) {
		struct plan *p = &e->plans[plan];

		for (i = 0; i < p->paths.n && p->n_phases && !code; i++)
			if (plan_sweeps(p, &p->paths.v[i]) && plan_kernel_asks(p, &p->paths.v[i]) &&
			    !p->paths.v[i].has_mac)
				code = resolve(e, &p->paths.v[i], warn, ctx, err);
	}
	return code;
}
