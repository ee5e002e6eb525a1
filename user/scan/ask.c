// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* ask.c - prepare a set of questions, look up their answers, add up what became of them. */
#include "ask.h"

#include "sending.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The largest table of answers, in bytes of kernel memory: no more than a busy host can spare. */
#ifndef ANSWERS_MAX
#define ANSWERS_MAX (64ULL << 20)
#endif

/*
 * On the link a neighbour answers within milliseconds: so ask those who are silent three times within a
 * second. But a sleeping radio answers ARP after more than a second.
 */
#define NEAR_NS	  400000000ULL
#define LINGER_NS 1250000000ULL
enum { NEAR_TRIES = 3 };

/* The first retransmission timeout of RFC 6298, 2.1. */
#define FAR_NS 1000000000ULL

uint64_t ask_hosts_max(const struct ports *each)
{
	return ANSWERS_MAX / (each->n ? each->n : 1);
}

/*
 * How long to wait, beside what round trips tell. A timeout that the user gives is a limit, and so long neighbours
 * are listened for.
 */
static void set_waits(const struct ask *a, struct flow_spec *spec)
{
	const struct config *c = a->engine->config;
	const bool near = a->lane == LANE_NEIGHBOURS;

	/* A service may take a second to answer: SSDP asks for that. */
	if (near || kinds[a->kind].quiet)
		spec->linger_ns = LINGER_NS < c->timeout_ns ? LINGER_NS : c->timeout_ns;
	if (c->timeout_given && near)
		spec->linger_ns = c->timeout_ns;
	if (c->timeout_given)
		return;
	if (near && spec->tries.least < NEAR_TRIES && spec->tries.most >= NEAR_TRIES)
		spec->tries.least = NEAR_TRIES;
	spec->unknown_ns = near ? NEAR_NS : FAR_NS;
	spec->again_ns = near ? NEAR_NS : 0;
}

/* Certainty of UDP ports takes minutes: only where each port's state is asked for, and no count of tries. */
static bool wants_certainty(const struct ask *a)
{
	const struct config *c = a->engine->config;

	return c->all && c->tries.least < c->tries.most;
}

static int init_flows(struct ask *a, struct err *err)
{
	struct engine *e = a->engine;
	uint64_t now = loop_now_ns();
	unsigned int i;

	for (i = 0; i < a->hosts.n_flows; i++) {
		const struct hosts_flow *flow = &a->hosts.flows[i];
		struct flow_spec spec = {
			.first = flow->first * a->each->n,
			.n = flow->n * a->each->n,
			.each = a->each->n,
			.tries = e->config->tries,
			.ahead = kinds[a->kind].quiet ? 0 : a->each->canaries,
			.seed = e->seed,
			.way = &e->ways[flow->way],
			.kind = a->kind,
			.quiet = kinds[a->kind].quiet,
			.shared = e->config->rate_auto ? NULL : &e->pacer,
			.host_pps = a->lane == LANE_QUESTIONS ? e->config->host_pps : 0,
			.ports_missing =
				a->lane == LANE_QUESTIONS ? PULSE_PORTS - e->ports.pulses : 0,
		};

		if (spec.quiet && wants_certainty(a))
			spec.certain = a->each->canaries;
		set_waits(a, &spec);
		if (flow_init(&a->flows[i], &spec, now))
			return err_set(err, -ENOMEM, "out of memory");
	}
	return 0;
}

/* Look up each host on the link in the table of neighbours once, so that no probe needs to. */
static int find_neighbours(struct ask *a, const struct hosts *sweep)
{
	const uint64_t n = hosts_on_link(&a->hosts);
	const struct path *path;
	uint64_t host, index;

	a->neighbours = calloc(n + 1, sizeof(*a->neighbours));
	if (!a->neighbours)
		return -ENOMEM;
	for (host = 0; host < n; host++)
		if (hosts_find(sweep, hosts_at(&a->hosts, host, &path), &index))
			a->neighbours[host] = (uint32_t)index;
	return 0;
}

static int init_ports(struct ask *a, struct err *err)
{
	const struct ask *sweep = a->engine->asks[LANE_NEIGHBOURS];

	a->answering = calloc(a->hosts.n / 8 + 1, 1);
	a->gone = calloc(a->hosts.n / 8 + 1, 1);
	if (!a->answering || !a->gone || ask_init_opens(a) ||
	    (sweep && find_neighbours(a, &sweep->hosts)))
		return err_set(err, -ENOMEM, "out of memory");
	return 0;
}

int ask_init(struct ask *a, struct engine *e, enum probe_kind kind, struct hosts *hosts,
	     const struct ports *each, struct err *err)
{
	int code;

	*a = (struct ask){
		.engine = e,
		.kind = kind,
		.lane = kinds[kind].role == KIND_NEIGHBOURS ? LANE_NEIGHBOURS : LANE_QUESTIONS,
		.hosts = *hosts,
		.each = each,
		.counted = { .questions = hosts->n * (each->n - each->canaries) },
	};
	*hosts = (struct hosts){ 0 };
	if (a->lane == LANE_QUESTIONS && e->asks[LANE_NEIGHBOURS])
		ask_hand_on(e->asks[LANE_NEIGHBOURS]);
	code = init_flows(a, err);
	return code || a->lane == LANE_NEIGHBOURS ? code : init_ports(a, err);
}

void ask_hand_on(const struct ask *a)
{
	unsigned int i;

	for (i = 0; i < a->hosts.n_flows; i++)
		flow_hand_on(&a->flows[i], &a->engine->ways[a->hosts.flows[i].way]);
}

void ask_free(struct ask *a)
{
	unsigned int i;

	for (i = 0; i < a->hosts.n_flows; i++) {
		flow_free(&a->flows[i]);
		free(a->rechecks[i].hosts);
	}
	hosts_free(&a->hosts);
	sending_free(a->sending);
	free(a->batch);
	free(a->neighbours);
	free(a->answering);
	free(a->gone);
	free(a->host_opens);
	*a = (struct ask){ 0 };
}

struct matcher_lane ask_lane_of(const struct engine *e, enum probe_kind kind,
				const struct ports *each)
{
	struct matcher_lane lane = {
		.kind = kind,
		.each = each->n,
		.slots = each->slot,
		.report_all = e->config->all,
		.pulse = (uint8_t)try_port_of_pulse(e->ports, 0),
	};

	/*
	 * Let the stack have what neighbours say: the host itself may wait for it. Of ports the
	 * stack knows nothing.
	 */
	if (kinds[kind].role == KIND_NEIGHBOURS)
		return lane;
	lane.fate_no = FATE_DROP;
	lane.fate_yes = kind_is_tcp(kind) ? e->synack : FATE_DROP;
	return lane;
}

struct matcher_lane ask_lane(const struct ask *a)
{
	struct matcher_lane lane = ask_lane_of(a->engine, a->kind, a->each);

	lane.hosts = &a->hosts;
	return lane;
}

static uint8_t *state_at(const struct ask *a, uint64_t index)
{
	const struct matcher *m = &a->engine->matcher;
	struct neighbour *neighbours = m->neighbours.mem;

	if (a->lane == LANE_NEIGHBOURS)
		return &neighbours[index].state;
	return (uint8_t *)m->answers.mem + index;
}

uint8_t ask_state(const struct ask *a, uint64_t index)
{
	return __atomic_load_n(state_at(a, index), __ATOMIC_ACQUIRE) & (uint8_t)~ANSWER_MARKS;
}

static bool is_firm(uint8_t state)
{
	return state == ANSWER_OPEN || state == ANSWER_UP || state == ANSWER_CLOSED;
}

bool ask_is_firm(const void *ctx, uint64_t index)
{
	return is_firm(ask_state(ctx, index));
}

uint64_t ask_count_firm(const struct ask *a, uint64_t first, uint64_t n)
{
	uint64_t i, sum = 0;

	for (i = 0; i < n; i++)
		sum += is_firm(ask_state(a, first + i));
	return sum;
}

bool ask_is_alive(const void *ctx, uint64_t index)
{
	return __atomic_load_n(state_at(ctx, index), __ATOMIC_ACQUIRE) & ANSWER_ALIVE;
}

void ask_forget_alive(struct ask *a, uint64_t index)
{
	__atomic_fetch_and(state_at(a, index), (uint8_t)~ANSWER_ALIVE, __ATOMIC_ACQ_REL);
}

void ask_lose(struct ask *a, uint64_t host)
{
	if (a->gone)
		a->gone[host / 8] |= (uint8_t)(1 << host % 8);
}

bool ask_is_lost(const struct ask *a, uint64_t host)
{
	return a->gone && a->gone[host / 8] & 1 << host % 8;
}

bool ask_mark_reported(const struct ask *a, uint64_t index)
{
	/* One step: the kernel may put a better answer into the table at the same time. */
	return !(__atomic_fetch_or(state_at(a, index), ANSWER_REPORTED, __ATOMIC_ACQ_REL) &
		 ANSWER_REPORTED);
}

bool ask_done(const struct ask *a)
{
	unsigned int i;

	for (i = 0; i < a->hosts.n_flows; i++)
		if (a->flows[i].state != FLOW_DONE)
			return false;
	return true;
}

bool ask_answered(const void *ctx, uint64_t index)
{
	return ask_state(ctx, index) != ANSWER_NONE;
}

/*
 * Note which hosts have answered at least once: they are asked again for all that is missing. A
 * silent host is likely absent, or drops everything. So ask a silent host again only a few times, not
 * once for each port.
 */
void ask_take_stock(struct ask *a)
{
	const uint64_t each = a->each->n;
	uint64_t host, i;

	if (kinds[a->kind].role != KIND_PORTS)
		return;
	for (host = 0; host < a->hosts.n; host++) {
		for (i = 0; i < each; i++)
			if (ask_answered(a, host * each + i))
				break;
		if (i < each)
			a->answering[host / 8] |= (uint8_t)(1 << host % 8);
	}
}

void *ask_table(const struct ask *a, size_t *size)
{
	const bool near = a->lane == LANE_NEIGHBOURS;

	*size = a->hosts.n * a->each->n * (near ? sizeof(struct neighbour) : 1);
	return near ? a->engine->matcher.neighbours.mem : a->engine->matcher.answers.mem;
}

uint64_t ask_flow_answers(const struct ask *a, unsigned int flow)
{
	uint64_t answers = matcher_stats(&a->engine->matcher, a->lane).answers[flow];

	return answers > a->asked_anew[flow] ? answers - a->asked_anew[flow] : 0;
}

uint64_t ask_answers(const struct ask *a)
{
	const struct stats stats = matcher_stats(&a->engine->matcher, a->lane);
	uint64_t sum = 0;
	unsigned int i;

	for (i = 0; i < a->hosts.n_flows; i++)
		sum += stats.answers[i];
	return sum;
}

bool ask_first_try_settled(const struct ask *a, uint64_t now_ns)
{
	unsigned int i;

	for (i = 0; i < a->hosts.n_flows; i++)
		if (!flow_first_try_settled(&a->flows[i], now_ns))
			return false;
	return true;
}

/*
 * The kernel takes a neighbour's answer to a pulse for a duplicate: an ARP reply names no try. Other
 * answers to pulses it does not count.
 */
static uint64_t pulse_answers(const struct ask *a)
{
	uint64_t sum = a->pulse_answers;
	unsigned int i;

	for (i = 0; a->lane == LANE_NEIGHBOURS && i < a->hosts.n_flows; i++)
		sum += a->flows[i].fresh.alive + a->flows[i].again.alive + a->flows[i].checks_alive;
	return sum;
}

/* In thousandths. */
static void add_missing(struct ledger *l, struct estimate missing)
{
	l->missing += (uint64_t)ceil(missing.likely * 1000);
	l->missing_most += (uint64_t)ceil(missing.most * 1000);
}

static void add_evidence(struct ledger *l, const struct flow *f, uint64_t unanswered)
{
	/* After loss, what a router has answered may lack the target's own answer. */
	const uint64_t open =
		evidence_of_loss(&f->evidence) ? f->n - evidence_answers(&f->evidence) : unanswered;
	const struct estimate missing = evidence_missing(&f->evidence, open);
	uint64_t i;

	l->firm += evidence_answers(&f->evidence);
	for (i = 0; i < f->evidence.n; i++) {
		l->pulses += f->evidence.tries[i].pulses;
		l->alive += f->evidence.tries[i].alive;
	}
	l->silent += f->quiet ? unanswered : 0;
	if (f->quiet && f->state == FLOW_DONE && !f->dead && isnan(missing.likely))
		return;
	if (f->state != FLOW_DONE || f->dead || isnan(missing.likely)) {
		l->unjudged += unanswered;
		return;
	}
	add_missing(l, missing);
}

struct ledger ask_ledger(const struct ask *a)
{
	const struct stats stats = matcher_stats(&a->engine->matcher, a->lane);
	struct ledger l = a->counted;
	unsigned int i;

	l.seen = stats.seen - pulse_answers(a);
	l.late = stats.late;
	l.duplicates = stats.duplicates - pulse_answers(a);
	l.rejected = stats.rejected;
	l.events_lost = stats.events_lost;
	if (a->start_ns)
		l.elapsed_ns += loop_now_ns() - a->start_ns;
	else
		l.mute = ask_mute(a);
	for (i = 0; i < a->hosts.n_flows; i++) {
		const struct flow *f = &a->flows[i];
		const struct hosts_flow *hosts = &a->hosts.flows[i];
		const uint64_t canaries = ask_canary_answers(a, hosts->first, hosts->n);
		const uint64_t n = f->n - hosts->n * a->each->canaries;
		uint64_t answers = ask_flow_answers(a, i);
		uint64_t unanswered;

		l.duplicates += a->asked_anew[i];
		answers = answers > canaries ? answers - canaries : 0;
		unanswered = n > answers ? n - answers : 0;
		l.seen -= canaries < l.seen ? canaries : l.seen;
		l.answers += answers;
		add_evidence(&l, f, unanswered);
		add_missing(&l, rejects_missing(a, i));
	}
	/* Canaries may be late too: nobody counts which. */
	l.late = l.late < l.answers ? l.late : l.answers;
	return l;
}

void ask_count(const struct ask *a, struct checkpoint_tally *tally)
{
	const struct plan *plan = a->engine->plan;
	const uint64_t each = a->each->n;
	const struct path *path;
	uint64_t host, i;

	for (host = 0; host < a->hosts.n; host++) {
		uint64_t up = 0;

		for (i = 0; i < each; i++) {
			uint8_t state = ask_state(a, host * each + i);

			/* An ICMP error comes from a router: no proof that the host is up. */
			up += is_firm(state);
			if (kinds[a->kind].role != KIND_PORTS || i >= each - a->each->canaries)
				continue;
			tally->open += state == ANSWER_OPEN;
			tally->closed += state == ANSWER_CLOSED;
			tally->filtered += state >= ANSWER_FILTERED;
		}
		if (!up || a->kind != plan->phases[0].kind)
			continue;
		/* Count no host twice: the sweep counts hosts on the link, other shards theirs. */
		if (plan_tells_far(plan, hosts_at(&a->hosts, host, &path)))
			tally->hosts_up++;
	}
}

void ask_save(const struct ask *a, struct checkpoint_ask *to)
{
	uint64_t now = loop_now_ns();
	unsigned int i;

	*to = (struct checkpoint_ask){
		.ledger = ask_ledger(a),
		.stats = matcher_stats(&a->engine->matcher, a->lane),
		.n_flows = a->hosts.n_flows,
		.pulse_answers = pulse_answers(a),
	};
	memcpy(to->asked_anew, a->asked_anew, sizeof(to->asked_anew));
	for (i = 0; i < a->hosts.n_flows; i++)
		to->flows[i] = flow_save(&a->flows[i], now, a->engine->config->timeout_ns);
}

int ask_restore(struct ask *a, const struct checkpoint_ask *from, const void *answers, size_t size)
{
	struct matcher *m = &a->engine->matcher;
	const struct ledger *l = &from->ledger;
	uint64_t now = loop_now_ns();
	bool again = false;
	size_t table_size;
	void *table = ask_table(a, &table_size);
	unsigned int i;

	if (from->n_flows != a->hosts.n_flows || size != table_size ||
	    l->questions != a->counted.questions)
		return -EINVAL;
	for (i = 0; i < a->hosts.n_flows; i++) {
		if (!flow_restore(&a->flows[i], &from->flows[i], now))
			return -EINVAL;
		matcher_set_attempt(m, a->lane, i,
				    (uint8_t)try_port(a->engine->ports, a->flows[i].attempt));
		again |= a->flows[i].attempt;
	}
	memcpy(table, answers, table_size);
	matcher_set_stats(m, a->lane, &from->stats);
	/* The rest of the ledger follows from these, the flows and the statistics. */
	memcpy(a->asked_anew, from->asked_anew, sizeof(a->asked_anew));
	a->pulse_answers = from->pulse_answers;
	a->counted = (struct ledger){
		.questions = l->questions,
		.asked = l->asked,
		.retransmits = l->retransmits,
		.host_probes = l->host_probes,
		.sent = l->sent,
		.refused = l->refused,
		.dropped = l->dropped,
		.recovered = l->recovered,
		.elapsed_ns = l->elapsed_ns,
	};
	ask_count_opens(a);
	ask_learn_earlier(a);
	if (again)
		ask_take_stock(a);
	return 0;
}
