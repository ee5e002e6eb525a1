// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* reach.c - no host has the address, this host has it, or no route leads there. */
#include "reach.h"

#include "plan.h"
#include "targets.h"

/* Add the addresses whose routes are of this kind. They may include addresses that are no targets. */
static int add_routed(const struct plan *p, enum route_kind kind, struct ranges *to)
{
	size_t i;
	int code = 0;

	for (i = 0; i < p->routes->n && !code; i++)
		if (p->routes->v[i].kind == kind)
			code = ranges_add(to, p->routes->v[i].first, p->routes->v[i].last);
	return code;
}

static int add_own(const struct plan *p, struct ranges *to)
{
	unsigned int i;
	size_t j;
	int code = add_routed(p, ROUTE_SELF, to);

	for (i = 0; i < p->net->n; i++) {
		const struct iface *iface = &p->net->ifaces[i];

		for (j = 0; j < iface->n_addrs && !code; j++) {
			const struct addr own = addr_scoped(iface->addrs[j].addr, plan_scope(p, i));

			code = ranges_add(to, own, own);
		}
	}
	ranges_settle(to);
	return code;
}

/* Add addresses that no host can have on the link of an interface. */
static int add_unusable(const struct iface *iface, struct ranges *to)
{
	size_t i;
	int code = 0;

	for (i = 0; i < iface->n_addrs && !code; i++) {
		const struct iface_addr *addr = &iface->addrs[i];
		const struct addr first = iface_addr_first(addr), last = iface_addr_last(addr);

		/* RFC 3021: a /31 has neither network nor broadcast address; nor has IPv6. */
		if (!addr_is_ip4(first) || addr->prefix_len > ADDR_IP4_PREFIX + 30)
			continue;
		code = ranges_add(to, first, first);
		if (!code)
			code = ranges_add(to, last, last);
	}
	return code;
}

/* Add addresses that no host can have. */
static int add_impossible(const struct plan *p, struct ranges *to)
{
	int code = targets_add_reserved(to);
	unsigned int i;

	if (!code)
		code = add_routed(p, ROUTE_NO_HOST, to);
	for (i = 0; i < p->net->n && !code; i++)
		code = add_unusable(&p->net->ifaces[i], to);
	ranges_settle(to);
	return code;
}

/* Leave out addresses that no host can have; nobody asks how many they are. */
static int leave_out_impossible(struct plan *p, struct ranges *targets)
{
	struct ranges impossible = { 0 };
	int code = add_impossible(p, &impossible);

	if (!code)
		code = ranges_subtract(targets, &impossible);
	if (!code)
		code = ranges_subtract(&p->told, &impossible);
	ranges_free(&impossible);
	return code;
}

/* Leave out these addresses. How many of them this machine would tell of, and one of them. */
static int leave_out(struct plan *p, struct ranges *targets, const struct ranges *out, uint64_t *n,
		     struct addr *first)
{
	struct ranges told = { 0 };
	int code = ranges_intersect(&p->told, out, &told);

	*n = ranges_count(&told);
	if (*n)
		*first = ranges_at(&told, 0);
	ranges_free(&told);
	if (!code)
		code = ranges_subtract(targets, out);
	return code ? code : ranges_subtract(&p->told, out);
}

/* Leave out our own addresses, no packet to which leaves an interface, and those without a route. */
static int leave_out_unreachable(struct plan *p, struct ranges *targets)
{
	struct ranges own = { 0 }, unroutable = { 0 };
	int code = add_own(p, &own);

	if (!code)
		code = leave_out(p, targets, &own, &p->self, &p->self_first);
	if (!code)
		code = add_routed(p, ROUTE_NONE, &unroutable);
	ranges_settle(&unroutable);
	if (!code)
		code = leave_out(p, targets, &unroutable, &p->unroutable, &p->unroutable_first);
	ranges_free(&own);
	ranges_free(&unroutable);
	return code;
}

int reach_leave_out(struct plan *p, struct ranges *targets)
{
	int code = leave_out_impossible(p, targets);

	return code ? code : leave_out_unreachable(p, targets);
}
