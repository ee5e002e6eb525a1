// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * fuzz-flow.c - a flow goes on from any state that a file of --resume may hold, is broken off
 * twice, and goes on each time from the state that it saved. Laws: it can restore each state that
 * it saves; it ends; it asks only its own questions; the first try leaves out no question behind
 * its start.
 */
#include "flow.h"
#include "fuzz.h"

#define MS 1000000ULL

enum { FIRST = 1000, N_MAX = 512, TRIES_MAX = 4, BATCH = 64, TIMEOUT_MS = 20, MINUTES_MAX = 10 };

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
};

struct net {
	const struct script *script;
	uint64_t n;
	uint8_t asked[N_MAX];
};

static bool is_answered(const void *ctx, uint64_t index)
{
	const struct net *net = ctx;

	LAW(index >= FIRST && index < FIRST + net->n);
	index -= FIRST;
	return net->script->answers[index] < 4 && net->asked[index] >= net->script->answers[index];
}

static uint64_t count_answered(const struct net *net)
{
	uint64_t sum = 0, i;

	for (i = 0; i < net->n; i++)
		sum += is_answered(net, FIRST + i);
	return sum;
}

/* As phase.c does it. */
static void take_turn(struct flow *f, struct net *net, uint64_t *now)
{
	uint64_t batch[BATCH];
	unsigned int allowed, got;

	flow_judge(f, *now, is_answered, net);
	if (f->state == FLOW_WAITING) {
		*now = flow_deadline_ns(f, TIMEOUT_MS * MS);
		flow_next_try(f, count_answered(net));
		if (f->state == FLOW_DONE)
			flow_count_sample(f, is_answered, net);
		return;
	}
	allowed = flow_take(f, *now, BATCH);
	LAW(allowed <= BATCH);
	got = allowed ? flow_next(f, *now, allowed, is_answered, net, batch) : 0;
	LAW(got <= allowed);
	LAW(f->position <= f->n);
	LAW(f->sampled <= f->sample_size && f->sample_size <= FLOW_SAMPLE_MAX);
	*now += MS;
	while (got--) {
		LAW(batch[got] >= FIRST && batch[got] < FIRST + net->n);
		net->asked[batch[got] - FIRST] += net->asked[batch[got] - FIRST] < UINT8_MAX;
		if (is_answered(net, batch[got]))
			LAW(flow_rtt_ns(f, batch[got], f->attempt, *now) == MS);
	}
	if (f->state == FLOW_SENDING && flow_ready_ns(f, *now) > *now)
		*now = flow_ready_ns(f, *now);
}

/* Go on from `from` for so many turns, and save; false: that state cannot be. */
static bool go_on(const struct script *script, struct net *net, struct way *way,
		  struct flow_saved *from, uint64_t turns)
{
	const unsigned int tries = 1 + script->tries % TRIES_MAX;
	uint64_t now = MS, limit = now + MINUTES_MAX * 60000 * MS;
	struct pacer pacer;
	const struct flow_spec spec = {
		.first = FIRST,
		.n = net->n,
		.tries = tries,
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
	if (valid) {
		*from = flow_save(&f, now, TIMEOUT_MS * MS);
		LAW(!from->done || flow_missing(&f) <= net->n);
	}
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
	net = (struct net){ .script = &script, .n = 1 + script.n % N_MAX };
	from = script.from;
	if (!go_on(&script, &net, &way, &from, script.stops[0]))
		return 0;
	LAW(go_on(&script, &net, &way, &from, script.stops[1]));
	LAW(go_on(&script, &net, &way, &from, UINT64_MAX));
	LAW(from.done);
	check_complete(&script, &net);
	return 0;
}
