// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* observing.c - from counters of the kernel and of the scan to records. */
#include "observing.h"

#include "ask.h"
#include "outlet.h"

#include <string.h>

int observing_open(struct engine *e, struct err *err)
{
	drop_counters_open(&e->observing->drop_counters, e->plan->net->ifaces, e->plan->net->n);
	return e->config->cost ? cost_open(&e->observing->cost, err) : 0;
}

void observing_close(struct engine *e)
{
	cost_close(&e->observing->cost);
	drop_counters_close(&e->observing->drop_counters);
}

static struct drops read_drops(const struct engine *e)
{
	struct drops d;

	drop_counters_read(&e->observing->drop_counters, &d);
	drops_set(&d, DROPS_socket_full, outlets_full(e->outlets));
	return d;
}

void observing_start(struct engine *e)
{
	e->observing->keeps_histograms =
		e->config->histogram || report_wants_so_far(e->report, UINT64_MAX);
	e->observing->drops_before = read_drops(e);
	if (e->observing->cost.on)
		cost_start(&e->observing->cost);
}

/* In a dispatcher the kernel counts the dispatcher alone, which outlives each matcher. */
void observing_load(struct engine *e, const struct matcher *m)
{
	const struct extension_target *target = attach_target(&e->outlets->v[0].attach);

	cost_watch(&e->observing->cost, target ? target->program_fd : matcher_program_fd(m));
}

void observing_unload(struct engine *e, const struct matcher *m)
{
	unsigned int i;

	if (!m->object || attach_target(&e->outlets->v[0].attach))
		return;
	for (i = 0; i < e->outlets->n; i++)
		cost_add(&e->observing->cost, matcher_fd_at(m, i));
	cost_add(&e->observing->cost, matcher_tc_fd(m));
}

void observing_lane(struct engine *e, enum lane lane)
{
	const struct stats stats = matcher_stats(&e->matcher, lane);

	e->observing->own_answers += stats.seen + stats.pulses;
}

void observing_span(struct engine *e, enum result_span_what what, const char *name,
		    uint64_t begin_ns, uint64_t end_ns, const struct path *path)
{
	const struct result_span span = {
		.what = what,
		.name = name,
		.begin_us = e->epoch_us + begin_ns / 1000,
		.end_us = e->epoch_us + end_ns / 1000,
		.has_gateway = path && path->hop == BY_GATEWAY,
		.gateway = path ? path->gateway : (struct addr){ 0 },
	};

	report_span(e->report, &span);
}

void observing_ask(const struct ask *a, uint64_t start_ns)
{
	const struct engine *e = a->engine;
	const struct ledger ledger = ask_ledger(a);
	const struct result_span span = {
		.what = a->lane == LANE_NEIGHBOURS ? SPAN_SWEEP : SPAN_QUESTIONS,
		.name = kinds[a->kind].title,
		.begin_us = e->epoch_us + start_ns / 1000,
		.end_us = e->epoch_us + loop_now_ns() / 1000,
		.ledger = &ledger,
	};

	if (start_ns)
		report_span(e->report, &span);
}

void observing_gives_way(struct engine *e, enum budget_reason reason)
{
	struct observing *o = e->observing;
	const uint64_t now_ns = loop_now_ns();

	if (reason == o->gives_way)
		return;
	if (o->gives_way != BUDGET_FREE)
		observing_span(e, SPAN_GAVE_WAY, budget_reason_name(o->gives_way), o->gives_way_ns,
			       now_ns, NULL);
	o->gives_way = reason;
	o->gives_way_ns = now_ns;
}

/* Frames of the scan that its own program has seen: answers, and with --tx xdp probes. */
static uint64_t own_runs(const struct engine *e, const struct checkpoint_parts *parts,
			 const struct result_summary *sum)
{
	const struct ledger sweep = parts->sweep ? ask_ledger(parts->sweep) : (struct ledger){ 0 };
	const struct ledger *l = &sum->ledger;
	const uint64_t answers = e->observing->own_answers;

	if (!e->plan->n_phases || e->config->tx != TX_XDP)
		return answers;
	return answers + l->sent + l->dropped - sweep.sent - sweep.dropped;
}

void observing_answer(struct engine *e, enum probe_kind kind, const struct event *event,
		      int64_t rtt_us)
{
	struct observing *o = e->observing;
	const unsigned int answer = event->state == ANSWER_CLOSED    ? OBSERVED_CLOSED
				    : kind_is_filtered(event->state) ? OBSERVED_FILTERED
								     : OBSERVED_YES;

	if (!o->keeps_histograms)
		return;
	hist_add(&o->ring, (loop_now_ns() - event->time_ns) / 1000);
	if (rtt_us >= 0)
		hist_add(&o->round_trips[kind][answer], (uint64_t)rtt_us);
}

void observing_batch(struct engine *e, unsigned int n)
{
	if (e->observing->keeps_histograms && n)
		hist_add(&e->observing->batches, n);
}

/* What a histogram of round trips is called: by the state of ports, or by how hosts are found. */
static const char *key_of(enum probe_kind kind, unsigned int answer)
{
	static const uint8_t states[] = { ANSWER_OPEN, ANSWER_CLOSED, ANSWER_FILTERED };

	if (kinds[kind].role != KIND_PORTS && answer == OBSERVED_YES)
		return kinds[kind].how;
	return kind_state_name(states[answer]);
}

/* One for each name and key: both families, TCP and UDP have open ports, and count together. */
static void add_histogram(struct observing *o, struct result_summary *sum, const char *name,
			  const char *key, const struct hist *hist)
{
	struct result_histogram *h = o->histograms, *end = h + sum->n_histograms;

	if (!hist->n)
		return;
	while (h < end && !(key && h->key && !strcmp(h->key, key)))
		h++;
	if (h == end) {
		*h = (struct result_histogram){ sum->time_us, name, key };
		sum->n_histograms++;
	}
	hist_merge(&h->hist, hist);
}

static void add_histograms(struct engine *e, struct result_summary *sum)
{
	struct observing *o = e->observing;
	unsigned int kind, i;

	sum->prints_histograms = e->config->histogram;
	sum->histograms = o->histograms;
	sum->n_histograms = 0;
	for (kind = 0; kind < PROBE_KINDS_N; kind++)
		for (i = 0; i < OBSERVED_ANSWERS; i++)
			add_histogram(o, sum, "rtt_us", key_of(kind, i), &o->round_trips[kind][i]);
	add_histogram(o, sum, "ring_us", NULL, &o->ring);
	add_histogram(o, sum, "batch", NULL, &o->batches);
}

void observing_look(struct engine *e, struct result_summary *sum)
{
	struct observing *o = e->observing;
	const struct drops now = read_drops(e);

	o->drops = (struct result_drops){
		.time_us = sum->time_us,
		.drops = drops_between(&o->drops_before, &now),
	};
	sum->drops = &o->drops;
	add_histograms(e, sum);
}

static int tell_histograms(struct engine *e, const struct result_summary *sum, struct err *err)
{
	size_t i;
	int code = 0;

	for (i = 0; i < sum->n_histograms && sum->prints_histograms && !code; i++)
		code = report_histogram(e->report, &sum->histograms[i], err);
	return code;
}

static void fill_cost(struct engine *e, const struct checkpoint_parts *parts, bool again,
		      const struct result_summary *sum)
{
	const struct extension_target *target = attach_target(&e->outlets->v[0].attach);
	struct cost *c = &e->observing->cost;
	const struct budget_look host = cost_of_host(c);
	unsigned int lane;
	uint64_t own;

	for (lane = 0; lane < LANES; lane++)
		observing_lane(e, lane);
	own = own_runs(e, parts, sum);
	observing_unload(e, &e->matcher);
	if (target)
		cost_add(c, target->program_fd);
	e->observing->cost_result = (struct result_cost){
		.time_us = sum->time_us,
		.program = c->program,
		.runs = c->runs,
		.run_ns = c->run_ns,
		.has_foreign = !again,
		.foreign = c->runs > own ? c->runs - own : 0,
		.jited_bytes = c->jited_bytes,
		.verified_insns = c->verified_insns,
		.own_s = (double)host.own_ns / 1e9,
		.softirq_s = (double)host.softirq_ns / 1e9,
		.cpus_s = sum->elapsed_s * c->host.cpus,
		.probes = again ? e->sent : sum->ledger.sent,
	};
}

int observing_end(struct engine *e, const struct checkpoint_parts *parts, bool again,
		  struct result_summary *sum, struct err *err)
{
	struct observing *o = e->observing;
	int code;

	observing_gives_way(e, BUDGET_FREE);
	observing_look(e, sum);
	code = tell_histograms(e, sum, err);
	if (!code && o->cost.on) {
		fill_cost(e, parts, again, sum);
		sum->cost = &o->cost_result;
		code = report_cost(e->report, sum->cost, err);
	}
	return code ? code : report_drops(e->report, sum->drops, err);
}
