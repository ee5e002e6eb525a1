// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* start.c - the record that begins a run: what the plan asks of whom. */
#include "start.h"

/* Collect the targets of all ways. 0 or -ENOMEM. */
static int all_targets(const struct plan *plan, struct ranges *to)
{
	size_t i;
	int code = 0;

	for (i = 0; i < plan->paths.n && !code; i++)
		code = ranges_add_all(to, &plan->paths.v[i].hosts);
	ranges_settle(to);
	return code;
}

int start_report(const struct engine *e, bool goes_on, struct err *err)
{
	const struct plan *plan = e->plan;
	struct ranges targets = { 0 };
	struct result_start start = {
		.time_us = e->epoch_us + loop_now_ns() / 1000,
		.version = XSCAN_VERSION,
		.arguments = e->config->arguments,
		.targets = &targets,
		.seed = e->seed,
		.goes_on = goes_on,
	};
	int code = all_targets(plan, &targets);
	unsigned int i;

	for (i = 0; i < plan->n_phases; i++)
		if (kinds[plan->phases[i].kind].role == KIND_PORTS)
			start.ports[plan->phases[i].kind] = plan->phases[i].each;
	code = code ? err_set(err, code, "out of memory") : report_start(e->report, &start, err);
	ranges_free(&targets);
	return code;
}
