// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* gateways.c - ask the kernel again and again until it knows. */
#include "engine.h"
#include "gateways.h"
#include "neighbour.h"

#include <errno.h>
#include <string.h>

/* The kernel asks three times, once a second. */
#define WAIT_NS 4000000000ULL
#define LOOK_NS 10000000ULL

static int resolve(struct engine *e, struct path *path, struct err *err)
{
	const uint64_t end_ns = loop_now_ns() + WAIT_NS;
	int code = neighbour_solicit(path->ifindex, path->gateway);
	char text[ADDR_TEXT];

	if (!code)
		code = neighbour_look(path->ifindex, path->gateway, path->mac);
	while (code == -EAGAIN && loop_now_ns() < end_ns) {
		code = loop_wait(e->loop, loop_now_ns() + LOOK_NS, err);
		if (code)
			return code;
		code = neighbour_look(path->ifindex, path->gateway, path->mac);
	}
	path->has_mac = !code;
	if (!code || code == -EAGAIN || code == -EHOSTUNREACH)
		return 0;
	return err_set(err, code, "gateway %s: the kernel does not look for it: %s",
		       addr_text(path->gateway, text), strerror(-code));
}

int gateways_resolve(struct engine *e, struct err *err)
{
	unsigned int plan;
	size_t i;
	int code = 0;

	for (plan = 0; plan < e->n_plans; plan++) {
		struct plan *p = &e->plans[plan];

		for (i = 0; i < p->paths.n && p->iface->ethernet && !code; i++)
			if (plan_has_foreign_gateway(p, &p->paths.v[i]) && !p->paths.v[i].has_mac)
				code = resolve(e, &p->paths.v[i], err);
	}
	return code;
}
