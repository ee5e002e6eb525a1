/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* flow_net.h - for tests of flows: a network in memory, and what the driver of a flow does. */
#ifndef XSCAN_TESTS_FLOW_NET_H
#define XSCAN_TESTS_FLOW_NET_H

#include "flow.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define MS 1000000ULL

enum { FIRST = 1000, N = 40000, SMALL = 640 };

/* A network: which questions are answered when asked for the how manieth time (0: never). */
struct net {
	uint8_t answers_at[N];
	uint8_t asked[N];
	uint64_t n, answered, pulses;
	bool pulses_die;
	bool deaf;	     /* nothing reaches it */
	uint64_t deaf_until; /* the same, until then */
	uint64_t rejects_from,
		rejects_until; /* a router answers what comes then, and nothing else does */
	uint8_t rejected[N];
	uint64_t n_rejected;
};

static inline bool is_answered(const void *ctx, uint64_t index)
{
	const struct net *net = ctx;

	assert_in_range(index, FIRST, FIRST + N - 1);
	index -= FIRST;
	return net->answers_at[index] && net->asked[index] >= net->answers_at[index];
}

static inline bool is_answered_by_any(const void *ctx, uint64_t index)
{
	return is_answered(ctx, index) || ((const struct net *)ctx)->rejected[index - FIRST];
}

static inline bool is_alive(const void *ctx, uint64_t index)
{
	(void)index;
	return !((const struct net *)ctx)->pulses_die;
}

static inline bool is_alive_on_link(const void *ctx, uint64_t index)
{
	(void)ctx;
	(void)index;
	return true;
}

static inline bool never(const void *ctx, uint64_t index)
{
	(void)ctx;
	(void)index;
	return false;
}

static inline uint64_t count(const void *ctx, uint64_t first, uint64_t n,
			     uint64_t few[EVIDENCE_FEW])
{
	(void)first;
	(void)n;
	(void)few;
	return ((const struct net *)ctx)->answered;
}

static inline struct flow_view view_of(const struct net *net)
{
	return (struct flow_view){ net,	  is_answered_by_any, is_answered, never,
				   never, is_alive,	      count };
}

/* A flow of n questions; `shared`: at this rate, else at that which control finds. */
static inline void init(struct flow *f, uint64_t n, struct tries tries, struct pacer *shared,
			uint64_t now)
{
	const struct flow_spec spec = {
		.first = FIRST,
		.n = n,
		.tries = tries,
		.seed = 7,
		.kind = PROBE_TCP,
		.shared = shared,
	};

	assert_false(flow_init(f, &spec, now));
}

static inline bool is_deaf(const struct net *net, uint64_t now)
{
	return net->deaf || now < net->deaf_until;
}

/* The questions reach the network. */
static inline void ask(struct flow *f, struct net *net, const uint64_t *batch, unsigned int n,
		       uint64_t now)
{
	const bool rejects = now >= net->rejects_from && now < net->rejects_until;
	unsigned int i;

	for (i = 0; i < n && rejects; i++) {
		net->n_rejected += !is_answered_by_any(net, batch[i]);
		net->rejected[batch[i] - FIRST]++;
	}
	for (i = 0; i < n && !rejects && !is_deaf(net, now); i++) {
		bool before = is_answered(net, batch[i]);

		net->asked[batch[i] - FIRST]++;
		if (before || !is_answered(net, batch[i]))
			continue;
		net->answered++;
		net->n_rejected -= net->rejected[batch[i] - FIRST] > 0;
		flow_learn(f, batch[i]);
	}
}

/* One turn. Answers are there at once; a millisecond passes. */
static inline enum flow_want turn(struct flow *f, struct net *net, uint64_t *now)
{
	const struct flow_view view = view_of(net);
	enum flow_want want = flow_step(f, &view, net->answered + net->n_rejected, *now, 20 * MS);
	struct pulse pulses[16];
	uint64_t batch[64];
	unsigned int n;

	if (want == FLOW_WANTS_QUESTIONS) {
		n = flow_next(f, &view, *now, flow_take(f, *now, 64), batch);
		ask(f, net, batch, n, *now);
		net->pulses += flow_pulses(f, &view, *now, batch, n, pulses, 16);
	} else if (want == FLOW_WANTS_CHECK) {
		net->pulses += flow_check(f, &view, *now, pulses, 16);
	} else if (want == FLOW_WANTS_HOPS) {
		flow_hops_known(f);
	}
	*now += MS;
	return want;
}

/* Drive a flow to its end. */
static inline void go_on(struct flow *f, struct net *net, uint64_t now)
{
	const uint64_t limit = now + 600000 * MS;

	while (turn(f, net, &now) != FLOW_WANTS_NOTHING)
		assert_true(now < limit);
	assert_int_equal(f->state, FLOW_DONE);
}

static inline void drive(struct flow *f, struct net *net, uint64_t n, struct tries tries)
{
	struct pacer pacer;

	net->n = n;
	pacer_init(&pacer, 1e5, 0);
	init(f, n, tries, &pacer, 0);
	go_on(f, net, 0);
}

static inline struct net *new_net(unsigned int answers_at)
{
	struct net *net = calloc(1, sizeof(*net));

	assert_non_null(net);
	memset(net->answers_at, (int)answers_at, sizeof(net->answers_at));
	return net;
}

#endif
