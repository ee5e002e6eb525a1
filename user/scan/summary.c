// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* summary.c - sum up a scan. */
#include "summary.h"

#include "outlet.h"
#include "search.h"
#include "trouble.h"
#include "yield.h"

#include <errno.h>
#include <math.h>

uint64_t summary_neighbours_up(const struct ask *sweep)
{
	const struct path *path;
	uint64_t up = 0, i;

	for (i = 0; sweep && i < sweep->hosts.n; i++)
		up += ask_answered(sweep, i) &&
		      plan_tells_near(sweep->engine->plan, hosts_at(&sweep->hosts, i, &path));
	return up;
}

/* The share of all possible answers that came; NAN: unknown. */
static double coverage(const struct checkpoint_parts *p, const struct ledger *asked,
		       const struct ledger *sweep, int code, double (*of)(const struct ledger *))
{
	const struct ledger *before[] = { sweep, &p->totals->hosts };
	double share = of(asked);
	size_t i;

	if (code || p->engine->plan->silent || p->engine->trouble->n_gone ||
	    p->engine->trouble->refused)
		return NAN;
	if (!plan_asks_ports(p->engine->plan))
		return share;
	/* A host that was not found was not asked for its ports either. Unknown is unknown. */
	for (i = 0; i < sizeof(before) / sizeof(before[0]); i++)
		share *= of(before[i]);
	return share;
}

/* With the slice that is under way. */
static struct totals totals_of(const struct checkpoint_parts *p)
{
	struct totals t = *p->totals;
	struct ledger slice;

	if (!p->slice)
		return t;
	slice = ask_ledger(p->slice);
	ledger_add(kinds[p->slice->kind].role == KIND_PORTS ? &t.ports : &t.hosts, &slice);
	ask_count(p->slice, &t.tally);
	return t;
}

/* The ledger of what was asked for. In a scan of ports, host_probes counts the search for hosts. */
static struct ledger asked_for(const struct checkpoint_parts *p, const struct totals *totals,
			       const struct ledger *sweep)
{
	struct ledger l = *sweep;

	ledger_add(&l, &totals->hosts);
	if (!plan_asks_ports(p->engine->plan))
		return l;
	l = (struct ledger){
		.host_probes = l.asked + l.retransmits,
		.sent = l.sent,
		.refused = l.refused,
		.dropped = l.dropped,
	};
	ledger_add(&l, &totals->ports);
	return l;
}

void summary_fill(struct result_summary *sum, const struct checkpoint_parts *p, int code)
{
	const struct engine *e = p->engine;
	const struct plan *plan = e->plan;
	const struct totals totals = totals_of(p);
	const struct checkpoint_tally *tally = &totals.tally;
	const struct trouble *trouble = e->trouble;
	const struct ledger sweep = p->sweep ? ask_ledger(p->sweep) : (struct ledger){ 0 };
	const struct ledger asked = asked_for(p, &totals, &sweep);
	struct ledger search = sweep;
	uint64_t now = loop_now_ns();
	unsigned int i;

	ledger_add(&search, &totals.hosts);
	*sum = (struct result_summary){
		.time_us = e->epoch_us + now / 1000,
		.ports_scanned = plan_asks_ports(plan),
		.silent = plan->silent,
		.hosts_up = summary_neighbours_up(p->sweep) + tally->hosts_up,
		.open = tally->open,
		.closed = tally->closed,
		.filtered = tally->filtered,
		.ledger = asked,
		.search = plan_asks_ports(plan) ? search : (struct ledger){ 0 },
		.coverage = coverage(p, &asked, &sweep, code, ledger_coverage),
		.coverage_low = coverage(p, &asked, &sweep, code, ledger_coverage_low),
		.lossy = ledger_lossy(&asked) || ledger_lossy(&sweep) ||
			 ledger_lossy(&totals.hosts) || trouble->n_gone || trouble->refused,
		.elapsed_s = (double)(p->totals->elapsed_ns + now - p->start_ns) / 1e9,
		.attach = attach_mode_name(e->outlets->v[0].attach.mode),
		.tx = config_tx_name(plan->n_phases ? e->config->tx : TX_AF_PACKET),
		.complete = code == 0,
		.divided = e->config->shard.n > 1,
		.self_told = e->config->targets.n || e->config->shard.n > 1,
		.conflicts = trouble->conflicts,
		.n_conflicts = trouble->n_conflicts,
		.gone = trouble->gone,
		.gone_zones = trouble->gone_zones,
		.n_gone = trouble->n_gone,
		.iface = e->outlets->names,
		.without_carrier = e->loop->without_carrier,
		.iface_lost = code == -ENETDOWN,
		.no_carrier_s = (double)e->loop->without_carrier_ns / 1e9,
		.gave_way_cpu_s = (double)e->yield->gave_way_ns[BUDGET_CPU] / 1e9,
		.gave_way_path_s = (double)e->yield->gave_way_ns[BUDGET_PATH] / 1e9,
		.refused = trouble->refused,
		.refused_first = trouble->refused_first,
		.refused_zone = trouble->refused_zone,
	};
	if (e->search)
		sum->hosts -= e->search->n_again;
	for (i = 0; i < e->n_plans; i++) {
		sum->hosts += ranges_count(&e->plans[i].told);
		if (!sum->self)
			sum->self_first = e->plans[i].self_first;
		sum->self += e->plans[i].self;
		if (!sum->unroutable)
			sum->unroutable_first = e->plans[i].unroutable_first;
		sum->unroutable += e->plans[i].unroutable;
	}
}
