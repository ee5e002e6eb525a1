// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* yield.c - from looks at the host to limits of flows. */
#include "yield.h"

#include "ask.h"
#include "engine.h"
#include "observing.h"
#include "outlet.h"

#include <stdio.h>

/* CPU time is counted in ticks of 10 ms: a look must span some of them. */
#define LOOK_NS 150000000ULL

static void look(const struct engine *e, uint64_t now_ns, struct budget_look *out)
{
	const struct yield *y = e->yield;
	struct link_stats counters;
	unsigned int lane, i;

	host_load_read(&y->host, out);
	out->time_ns = now_ns;
	out->sent = e->sent;
	out->more_bytes = e->more_bytes;
	out->tx_bytes = out->rx_bytes = 0;
	for (i = 0; i < y->n_counters; i++) {
		if (!y->counters[i].socket || link_stats_read(&y->counters[i], &counters))
			continue;
		out->tx_bytes += counters.tx_bytes;
		out->rx_bytes += counters.bytes - counters.tx_bytes;
	}
	for (lane = 0; lane < LANES; lane++) {
		const struct ask *a = e->asks[lane];

		if (!a)
			continue;
		out->answers += matcher_stats(&e->matcher, lane).seen;
		for (i = 0; i < a->hosts.n_flows; i++)
			out->delayed |= a->flows[i].state == FLOW_SENDING &&
					rtt_has_grown(&a->flows[i].rtt);
	}
}

void yield_open(struct engine *e, uint64_t now_ns)
{
	struct yield *y = e->yield;

	if (!e->config->rate_auto || e->config->budget <= 0)
		return;
	y->on = true;
	host_load_open(&y->host);
	for (; y->n_counters < e->outlets->n; y->n_counters++) {
		struct link_stats_reader *counters = &y->counters[y->n_counters];

		if (link_stats_open(counters, e->outlets->v[y->n_counters].iface->index))
			link_stats_close(counters);
	}
	y->budget = (struct budget){ .share = e->config->budget, .cpus = y->host.cpus };
	look(e, now_ns, &y->at);
	y->due_ns = now_ns + LOOK_NS;
}

void yield_close(struct yield *y)
{
	if (!y->on)
		return;
	host_load_close(&y->host);
	while (y->n_counters)
		link_stats_close(&y->counters[--y->n_counters]);
	y->on = false;
}

/* Print for -v when the scan begins to give way, or ends. */
static void tell(struct engine *e, enum budget_reason reason)
{
	struct yield *y = e->yield;

	if (reason == y->told)
		return;
	y->told = reason;
	observing_gives_way(e, reason);
	if (!e->config->verbose)
		return;
	report_pause(e->report);
	if (reason == BUDGET_FREE)
		fputs("rate       free again\n", stderr);
	else
		fprintf(stderr, "rate       gives way (%s): %.0f a second\n",
			budget_reason_name(reason), y->budget.most_pps);
}

/* How fast would the flows that send be? And how many are they? */
static double wish_of(const struct engine *e, unsigned int *n)
{
	unsigned int lane, i;
	double sum = 0;

	*n = 0;
	for (lane = 0; lane < LANES; lane++)
		for (i = 0; e->asks[lane] && i < e->asks[lane]->hosts.n_flows; i++)
			if (e->asks[lane]->flows[i].state == FLOW_SENDING) {
				sum += flow_wish_pps(&e->asks[lane]->flows[i]);
				++*n;
			}
	return sum;
}

static void limit(const struct engine *e, double each_pps, uint64_t now_ns)
{
	unsigned int lane, i;

	for (lane = 0; lane < LANES; lane++)
		for (i = 0; e->asks[lane] && i < e->asks[lane]->hosts.n_flows; i++)
			flow_give_way(&e->asks[lane]->flows[i], each_pps, now_ns);
}

void yield_look(struct engine *e, uint64_t now_ns)
{
	struct yield *y = e->yield;
	struct budget *b = &y->budget;
	const struct budget_look before = y->at;
	unsigned int n;
	double wish;

	if (!y->on || now_ns < y->due_ns)
		return;
	y->due_ns = now_ns + LOOK_NS;
	look(e, now_ns, &y->at);
	budget_judge(b, &before, &y->at);
	wish = wish_of(e, &n);
	limit(e, n ? b->most_pps / n : b->most_pps, now_ns);
	if (!n)
		return;
	/* A limit above what the scan wants is none. */
	if (b->most_pps <= 0 || wish <= b->most_pps) {
		tell(e, BUDGET_FREE);
		return;
	}
	y->gave_way_ns[b->reason] += now_ns - before.time_ns;
	tell(e, b->reason);
}
