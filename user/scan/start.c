// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* start.c - the record that begins a run: what the plan asks of whom. */
#include "start.h"

#include "capturing.h"

/* A search of the link may ask any address of its prefixes. */
static int add_prefixes(const struct iface *iface, struct ranges *to)
{
	struct link_source sources[LINK_PREFIXES_MAX];
	const size_t n = plan_link_sources(iface, sources);
	size_t i;
	int code = 0;

	for (i = 0; i < n && !code; i++) {
		const struct link_prefix *prefix = &sources[i].prefix;

		code = ranges_add(to, prefix->first, addr_prefix_last(prefix->first, prefix->len));
	}
	return code;
}

/* Collect the targets of all ways. 0 or -ENOMEM. */
static int add_targets(const struct plan *plan, struct ranges *to)
{
	size_t i;
	int code = 0;

	for (i = 0; i < plan->net->n && !code; i++)
		if (plan_searches(plan, (unsigned int)i))
			code = add_prefixes(&plan->net->ifaces[i], to);
	if (plan->link)
		return code;
	for (i = 0; i < plan->paths.n && !code; i++)
		code = ranges_add_all(to, &plan->paths.v[i].hosts);
	return code;
}

/* One kind stands for its protocol: that over IPv4. */
static void add_ports(const struct plan *plan, struct result_start *start)
{
	unsigned int i;

	for (i = 0; i < plan->n_phases; i++) {
		const struct plan_phase *phase = &plan->phases[i];

		if (kinds[phase->kind].role == KIND_PORTS)
			start->ports[kind_over_ip4(phase->kind)] = phase->each;
	}
}

int start_report(struct engine *e, bool goes_on, struct err *err)
{
	const uint64_t now_us = loop_now_ns() / 1000;
	const struct network *net = e->plan->net;
	struct result_iface ifaces[IFACES_MAX];
	struct ranges targets = { 0 };
	struct result_start start = {
		.time_us = e->epoch_us + now_us,
		.monotonic_us = now_us,
		.version = XSCAN_VERSION,
		.arguments = e->config->arguments,
		.targets = &targets,
		.seed = e->seed,
		.goes_on = goes_on,
		.ifaces = ifaces,
		.n_ifaces = net->n,
		.captured = capturing_title(e),
	};
	unsigned int i;
	int code = 0;

	for (i = 0; i < net->n; i++)
		ifaces[i] = (struct result_iface){ net->ifaces[i].name, !net->ifaces[i].ethernet };
	for (i = 0; i < e->n_plans && !code; i++) {
		code = add_targets(&e->plans[i], &targets);
		add_ports(&e->plans[i], &start);
	}
	ranges_settle(&targets);
	code = code ? err_set(err, code, "out of memory") : report_start(e->report, &start, err);
	ranges_free(&targets);
	return code;
}
