/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * truth_net.h - for test-truth.c: hosts behind a path, both with faults drawn from a seed. Questions
 * are numbered by host; time stands still between calls.
 */
#ifndef XSCAN_TESTS_TRUTH_NET_H
#define XSCAN_TESTS_TRUTH_NET_H

#include "flow.h"
#include "random.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#define MS 1000000ULL
#define S  (1000 * MS)

enum {
	N_MAX = 8192,
	HOSTS_MAX = 1024,
	QUEUE = 1 << 15,
	KNOWN = 1 << 19,
	BAN_EVERY = 4,
	BAN_AFTER_MOST = 20
};

enum fault {
	NO_FAULT,
	DEATH,
	OUTAGE,
	BAN,
	FAULTS, /* these are drawn */
	EGRESS	/* the interface refuses frames to each fourth host */
};

struct scenario {
	uint64_t seed;
	uint64_t hosts, each;
	double up;	     /* share of hosts that answer at all */
	double open, closed; /* shares of their questions; others are silent */
	double loss;	     /* each way */
	double syn_limit;    /* a second and host, to whichever port; 0: none */
	double rst_limit;    /* the same */
	double capacity_pps; /* of the path; 0: no limit */
	double rate_pps;     /* 0: automatic */
	uint64_t latency_ns;
	enum fault fault;
	uint64_t fault_ns, fault_end_ns;
	uint64_t ban_after; /* answers */
	bool stateful;	    /* a SYN from a port that the question has had is not limited */
	double dead_flows; /* share of the pairs of a question and a source port that are always lost */
};

enum truth { SILENT, CLOSED, OPEN };

struct bucket {
	double tokens;
	uint64_t last_ns;
};

struct arrival {
	uint64_t time_ns;
	uint32_t question;
	bool pulse;
};

struct net {
	const struct scenario *s;
	uint64_t n, now_ns, random;
	uint8_t truth[N_MAX], answered[N_MAX], alive[N_MAX];
	bool answering[HOSTS_MAX], lost[HOSTS_MAX], refused[HOSTS_MAX];
	uint64_t heard[HOSTS_MAX]; /* answers of each host */
	struct bucket syn[HOSTS_MAX], rst[HOSTS_MAX], path;
	struct arrival queue[QUEUE]; /* a ring: the latency is the same for all */
	uint32_t head, tail;
	uint64_t answers, frames;
	uint8_t known[KNOWN / 8]; /* by stateful hosts, a bit for each hash of a flow */
};

static inline double uniform(uint64_t *state)
{
	return (double)(next_random(state) & 0xffffffffffff) / (double)(1ULL << 48);
}

static inline bool chance(uint64_t *state, double share)
{
	return uniform(state) < share;
}

/* From low to high, each order of magnitude as often as any other. */
static inline double log_uniform(uint64_t *state, double low, double high)
{
	return low * pow(high / low, uniform(state));
}

static inline struct scenario draw(uint64_t seed, bool faults)
{
	uint64_t r = seed * 2 + 1;
	struct scenario s = { .seed = seed };

	uniform(&r);
	s.hosts = chance(&r, 0.4) ? 1 : (uint64_t)log_uniform(&r, 2, HOSTS_MAX);
	s.each = (uint64_t)log_uniform(&r, 1, (double)N_MAX / (double)s.hosts);
	if (s.hosts == 1 && s.each < 64)
		s.each = 1000;
	s.up = s.hosts == 1 ? 1 : log_uniform(&r, 0.05, 1);
	s.open = chance(&r, 0.2) ? uniform(&r) : log_uniform(&r, 0.002, 0.2);
	s.closed = chance(&r, 0.5) ? 1 - s.open : 0;
	s.latency_ns = (uint64_t)log_uniform(&r, 0.1 * MS, 80.0 * MS);
	s.rate_pps = chance(&r, 0.5) ? 0 : log_uniform(&r, 1000, 200000);
	if (!faults)
		return s;
	s.loss = chance(&r, 0.3) ? 0 : 0.3 * uniform(&r);
	s.syn_limit = chance(&r, 0.15) ? log_uniform(&r, 50, 2000) : 0;
	s.rst_limit = chance(&r, 0.15) ? log_uniform(&r, 50, 2000) : 0;
	s.capacity_pps = chance(&r, 0.15) ? log_uniform(&r, 2000, 50000) : 0;
	s.fault = chance(&r, 0.4) ? (enum fault)(1 + next_random(&r) % (FAULTS - 1)) : NO_FAULT;
	s.fault_ns = (uint64_t)log_uniform(&r, 2.0 * MS, 1500.0 * MS);
	s.fault_end_ns = s.fault_ns + (uint64_t)log_uniform(&r, 100.0 * MS, 3000.0 * MS);
	s.ban_after = 1 + next_random(&r) % BAN_AFTER_MOST;
	s.stateful = chance(&r, 0.3);
	s.dead_flows = chance(&r, 0.07) ? 0.4 * uniform(&r) : 0;
	return s;
}

static inline void net_init(struct net *net, const struct scenario *s)
{
	uint64_t r = s->seed ^ 0x5555, h, i;

	memset(net, 0, sizeof(*net));
	net->s = s;
	net->n = s->hosts * s->each;
	net->random = s->seed ^ 0x1234567;
	for (h = 0; h < s->hosts; h++) {
		bool up = chance(&r, s->up);

		for (i = 0; i < s->each; i++) {
			double share = uniform(&r);

			net->truth[h * s->each + i] = !up			    ? SILENT
						      : share < s->open		    ? OPEN
						      : share < s->open + s->closed ? CLOSED
										    : SILENT;
		}
	}
}

/* Take a token; the bucket holds what `burst_s` seconds bring, and one more. */
static inline bool pass(struct bucket *b, double rate, double burst_s, uint64_t now_ns)
{
	double depth = 1 + rate * burst_s;

	if (rate <= 0)
		return true;
	b->tokens = b->last_ns ? b->tokens + rate * (double)(now_ns - b->last_ns) / 1e9 : depth;
	b->tokens = b->tokens < depth ? b->tokens : depth;
	b->last_ns = now_ns;
	if (b->tokens < 1)
		return false;
	b->tokens--;
	return true;
}

static inline bool is_broken(const struct net *net, uint64_t host, uint64_t now_ns)
{
	const struct scenario *s = net->s;

	if (s->fault == BAN)
		return host % BAN_EVERY == 0 && net->heard[host] >= s->ban_after;
	if (now_ns < s->fault_ns)
		return false;
	return s->fault == DEATH || (s->fault == OUTAGE && now_ns < s->fault_end_ns);
}

/* A number for a question and a source port. */
static inline uint64_t flow_of(const struct net *net, uint64_t question, unsigned int port)
{
	uint64_t r = net->s->seed ^ (question << 8 | port) * 0x9e3779b97f4a7c15ULL;

	next_random(&r);
	return next_random(&r);
}

/* Does the host's limit let a SYN through? */
static inline bool pass_limit(struct net *net, uint64_t host, uint64_t flow, uint64_t now_ns)
{
	uint8_t *known = &net->known[flow % KNOWN / 8];
	const uint8_t bit = (uint8_t)(1 << flow % 8);

	if (net->s->stateful && *known & bit)
		return true;
	if (!pass(&net->syn[host], net->s->syn_limit, 0.01, now_ns))
		return false;
	*known |= bit;
	return true;
}

/* A probe leaves; the source ports of pulses differ from those of tries. */
static inline void net_send(struct net *net, uint64_t question, unsigned int port, bool pulse)
{
	const struct scenario *s = net->s;
	const uint64_t flow = flow_of(net, question, port);
	const uint64_t host = question / s->each;
	const uint64_t now = net->now_ns;

	if (pulse)
		net->alive[question] = false;
	if (s->fault == EGRESS && now >= s->fault_ns && host % 4 == 1) {
		net->refused[host] = true;
		return;
	}
	net->frames++;
	if (is_broken(net, host, now) || !pass(&net->path, s->capacity_pps, 0.05, now) ||
	    chance(&net->random, s->loss))
		return;
	if ((double)(flow >> 40) < s->dead_flows * (1 << 24) || !pass_limit(net, host, flow, now) ||
	    net->truth[question] == SILENT)
		return;
	if (net->truth[question] == CLOSED && !pass(&net->rst[host], s->rst_limit, 0.01, now))
		return;
	if (chance(&net->random, s->loss) || net->tail - net->head == QUEUE)
		return;
	net->queue[net->tail++ % QUEUE] = (struct arrival){
		.time_ns = now + s->latency_ns,
		.question = (uint32_t)question,
		.pulse = pulse,
	};
}

/* Answers come in until now. */
static inline void net_receive(struct net *net, struct flow *f)
{
	while (net->head != net->tail && net->queue[net->head % QUEUE].time_ns <= net->now_ns) {
		const struct arrival *a = &net->queue[net->head++ % QUEUE];

		if (a->pulse) {
			net->alive[a->question] = true;
			continue;
		}
		if (net->answered[a->question])
			continue;
		net->answered[a->question] = true;
		net->answers++;
		net->heard[a->question / net->s->each]++;
		if (net->truth[a->question] == OPEN || net->answers % 64 == 1) {
			flow_learn(f, a->question);
			flow_rtt_ns(f, a->question, f->attempt, a->time_ns);
		}
	}
}

/* The view of a flow: ctx is the net. */

static inline bool net_answered(const void *ctx, uint64_t question)
{
	return ((const struct net *)ctx)->answered[question];
}

static inline bool net_alive(const void *ctx, uint64_t question)
{
	return ((const struct net *)ctx)->alive[question];
}

static inline bool net_partial(const void *ctx, uint64_t question)
{
	const struct net *net = ctx;

	return net->s->each > 1 && net->answering[question / net->s->each];
}

static inline bool net_lost(const void *ctx, uint64_t question)
{
	const struct net *net = ctx;

	return net->lost[question / net->s->each];
}

static inline uint64_t net_count(const void *ctx, uint64_t first, uint64_t n,
				 uint64_t few[EVIDENCE_FEW])
{
	const struct net *net = ctx;
	const uint64_t each = net->s->each;
	uint64_t host, i, sum;

	for (host = first; host < first + n; host += each) {
		for (i = sum = 0; i < each; i++)
			sum += net->answered[host + i];
		if (each > 1 && sum && sum <= EVIDENCE_FEW)
			few[sum - 1]++;
	}
	return net->answers;
}

static inline bool net_refused(const void *ctx, uint64_t question)
{
	const struct net *net = ctx;

	return net->refused[question / net->s->each];
}

static inline struct flow_view net_view(const struct net *net)
{
	return (struct flow_view){
		.ctx = net,
		.answered = net_answered,
		.firm = net_answered,
		.lost = net_lost,
		.partial = net_partial,
		.alive = net_alive,
		.count = net_count,
		.refused = net_refused,
	};
}

/* As ask_take_stock does it. */
static inline void net_take_stock(struct net *net)
{
	uint64_t i;

	for (i = 0; i < net->n; i++)
		net->answering[i / net->s->each] |= net->answered[i];
}

#endif
