// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * fuzz-flow.c - a flow goes on from any state that a file of --resume may hold, is broken off
 * twice, and goes on each time from the state that it saved. Laws: it can restore each state that
 * it saves; it ends; it asks only its own questions; as pulses it asks only answered ones; the first
 * try leaves out no question behind its start.
 */
#include "flow.h"
#include "fuzz.h"

#define MS 1000000ULL

enum {
	FIRST = 1000,
	N_MAX = 512,
	FIXED_MAX = 4,
	BATCH = 64,
	PULSES = 16,
	TIMEOUT_MS = 20,
	MINUTES_MAX = 30
};

/* The input, as it is in memory; what is missing of it are zeros. */
struct script {
	struct flow_saved from;
	uint64_t seed;
	uint16_t n;
	uint8_t tries;
	uint8_t automatic;
	uint8_t stops[2];	/* after so many turns */
	uint8_t answers[N_MAX]; /* when asked for the how manieth time, up to 3; others never */
	uint8_t kind;
	uint8_t each;
	uint8_t pulses[32]; /* a bit a pulse, by turns: is it answered? */
};

struct net {
	const struct script *script;
	uint64_t n;
	uint8_t asked[N_MAX];
	uint64_t each;
	unsigned int pulses;
};

static bool is_answered(const void *ctx, uint64_t index)
{
	const struct net *net = ctx;

	LAW(index >= FIRST && index < FIRST + net->n);
	index -= FIRST;
	return net->script->answers[index] < 4 && net->asked[index] >= net->script->answers[index];
}

static bool is_alive(const void *ctx, uint64_t index)
{
	const struct net *net = ctx;

	return net->script->pulses[index / 8 % sizeof(net->script->pulses)] & 1 << index % 8;
}

static bool never(const void *ctx, uint64_t index)
{
	(void)is_answered(ctx, index);
	return false;
}

static bool always(const void *ctx, uint64_t index)
{
	return !never(ctx, index);
}

static uint64_t count_answered(const struct net *net)
{
	uint64_t sum = 0, i;

	for (i = 0; i < net->n; i++)
		sum += is_answered(net, FIRST + i);
	return sum;
}

static uint64_t count(const void *ctx, uint64_t first, uint64_t n, uint64_t few[EVIDENCE_FEW])
{
	const struct net *net = ctx;

	LAW(first == FIRST && n == net->n && !few[0]);
	few[0] = 1;
	return count_answered(net);
}

static void check_pulses(const struct net *net, const struct pulse *pulses, unsigned int n)
{
	while (n--) {
		LAW(is_answered(net, pulses[n].question));
		LAW(pulses[n].port < PULSE_PORTS);
	}
}

static void send_questions(struct flow *f, const struct flow_view *view, struct net *net,
			   uint64_t *now)
{
	struct pulse pulses[PULSES];
	uint64_t batch[BATCH];
	unsigned int allowed, got;

	allowed = flow_take(f, *now, BATCH);
	LAW(allowed <= BATCH);
	got = allowed ? flow_next(f, view, *now, allowed, batch) : 0;
	LAW(got <= allowed);
	LAW(f->position <= f->n);
	check_pulses(net, pulses, flow_pulses(f, view, *now, batch, got, pulses, PULSES));
	*now += MS;
	while (got--) {
		LAW(batch[got] >= FIRST && batch[got] < FIRST + net->n);
		net->asked[batch[got] - FIRST] += net->asked[batch[got] - FIRST] < UINT8_MAX;
		if (!is_answered(net, batch[got]))
			continue;
		flow_learn(f, batch[got]);
		LAW(flow_rtt_ns(f, batch[got], f->attempt, *now) == MS);
	}
}

/* As ask_send.c does it. */
static void take_turn(struct flow *f, struct net *net, uint64_t *now)
{
	const struct flow_view view = {
		net,	  is_answered, is_answered, never, net->each > 1 ? always : never,
		is_alive, count
	};
	enum flow_want want = flow_step(f, &view, count_answered(net), *now, TIMEOUT_MS * MS);
	struct pulse pulses[PULSES];
	uint64_t lost;

	if (want == FLOW_WANTS_QUESTIONS)
		send_questions(f, &view, net, now);
	else if (want == FLOW_WANTS_CHECK)
		check_pulses(net, pulses, flow_check(f, &view, *now, pulses, PULSES));
	else if (want == FLOW_WANTS_HOPS)
		flow_hops_known(f);
	while (flow_lost(f, &lost))
		LAW(is_answered(net, lost));
	if (f->state == FLOW_SENDING && flow_ready_ns(f, *now) > *now)
		*now = flow_ready_ns(f, *now);
	else
		*now += MS;
}

/* Go on from `from` for so many turns, and save; false: that state cannot be. */
static bool go_on(const struct script *script, struct net *net, struct way *way,
		  struct flow_saved *from, uint64_t turns)
{
	const unsigned int tries = script->tries % (FIXED_MAX + 1);
	uint64_t now = MS, limit = now + MINUTES_MAX * 60000 * MS;
	struct pacer pacer;
	const struct flow_spec spec = {
		.first = FIRST,
		.n = net->n,
		.each = net->each,
		.tries = tries ? tries_fixed(tries) : TRIES_AUTO,
		.seed = script->seed,
		.way = way,
		.kind = script->kind % PROBE_KINDS_N,
		.shared = script->automatic % 2 ? NULL : &pacer,
	};
	struct flow f;
	bool valid;

	pacer_init(&pacer, 1e5, now);
	LAW(!flow_init(&f, &spec, now));
	valid = flow_restore(&f, from, now);
	while (valid && f.state != FLOW_DONE && turns--) {
		take_turn(&f, net, &now);
		LAW(now < limit);
	}
	if (valid)
		*from = flow_save(&f, now, TIMEOUT_MS * MS);
	flow_hand_on(&f, way);
	flow_free(&f);
	return valid;
}

static void check_complete(const struct script *script, const struct net *net)
{
	struct permute order;
	uint64_t position, index;

	if (script->from.attempt || script->from.done)
		return;
	permute_init(&order, net->n, script->seed);
	for (position = script->from.position; position < net->n; position++) {
		index = permute_at(&order, position);
		LAW(net->asked[index] || is_answered(net, FIRST + index));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct script script = { 0 };
	struct way way = { 0 };
	struct flow_saved from;
	struct net net;

	memcpy(&script, data, size < sizeof(script) ? size : sizeof(script));
	net = (struct net){ .script = &script, .n = 1 + script.n % N_MAX, .each = 1 };
	if (script.each && net.n % script.each == 0)
		net.each = script.each;
	/* What a fresh flow is saved as, but for the rest of the input. */
	if (!script.from.evidence.n)
		script.from.evidence.n = script.from.attempt + 1;
	from = script.from;
	if (!go_on(&script, &net, &way, &from, script.stops[0]))
		return 0;
	LAW(go_on(&script, &net, &way, &from, script.stops[1]));
	LAW(go_on(&script, &net, &way, &from, UINT64_MAX));
	LAW(from.done);
	check_complete(&script, &net);
	return 0;
}
