// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * test-certain.c - hosts that limit their ICMP errors, in simulated time: each closed port is told of in the
 * end, and it takes as long as the limit of the host demands.
 */
#include "flow.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define MS	1000000ULL
#define SECOND	1000000000ULL
#define TRIP	(MS / 5)
#define CEILING (2 * SECOND)

enum { CANARIES = 8, EACH_MAX = 1008, FEW_HOSTS = 4, HOSTS_MAX = 256, BURST = 6, BATCH = 64 };
enum port { CLOSED, OPEN, DROPPED };

/* Hosts as Linux: so many errors at once, then so many a second. */
struct net {
	uint64_t each, now_ns, opens, probes, seed, linger_ns;
	double pps;	  /* 0: no limit */
	double host_pps;  /* as in struct flow_spec */
	bool one_stack;	  /* all hosts share a limit */
	double odd_times; /* every other host has so many times the rate */
	double tokens[HOSTS_MAX];
	uint64_t last_ns[HOSTS_MAX];
	enum port ports[HOSTS_MAX * EACH_MAX];
	bool answered[HOSTS_MAX * EACH_MAX];
	bool alive[HOSTS_MAX * EACH_MAX]; /* asked again, and answered since */
	uint64_t dies_ns;		  /* the first host; 0: never */
	uint64_t lost;			  /* hosts that the flow takes for dead */
	struct silence_tries tries;	  /* of the first host */
};

static bool is_answered(const void *ctx, uint64_t i)
{
	return ((const struct net *)ctx)->answered[i];
}

static bool is_open(const void *ctx, uint64_t i)
{
	const struct net *net = ctx;

	return net->answered[i] && net->ports[i] == OPEN;
}

static bool are_all_answered(const void *ctx, uint64_t first, uint64_t n)
{
	uint64_t i;

	for (i = first; i < first + n; i++)
		if (!is_answered(ctx, i))
			return false;
	return true;
}

static bool never(const void *ctx, uint64_t i)
{
	(void)ctx;
	(void)i;
	return false;
}

static bool is_alive(const void *ctx, uint64_t i)
{
	return ((const struct net *)ctx)->alive[i];
}

static bool always(const void *ctx, uint64_t i)
{
	(void)ctx;
	(void)i;
	return true;
}

static uint64_t count(const void *ctx, uint64_t first, uint64_t n, uint64_t few[EVIDENCE_FEW])
{
	uint64_t sum = 0, i;

	(void)few;
	for (i = first; i < first + n; i++)
		sum += is_open(ctx, i);
	return sum;
}

static bool is_told(struct net *net, uint64_t question)
{
	const uint64_t host = net->one_stack ? 0 : question / net->each;
	const double pps = host % 2 ? net->odd_times * net->pps : net->pps;
	double earned = (double)(net->now_ns - net->last_ns[host]) * pps / 1e9;

	net->probes++;
	if (!host && net->dies_ns && net->now_ns >= net->dies_ns)
		return false;
	if (net->ports[question] != CLOSED)
		return net->ports[question] == OPEN;
	net->last_ns[host] = net->now_ns;
	net->tokens[host] += earned;
	if (net->tokens[host] > BURST)
		net->tokens[host] = BURST;
	if (pps > 0 && net->tokens[host] < 1)
		return false;
	net->tokens[host] -= 1;
	return true;
}

static void arrive(struct net *net, uint64_t question)
{
	if (!is_told(net, question))
		return;
	net->opens += net->ports[question] == OPEN && !net->answered[question];
	net->answered[question] = true;
}

static void arrive_again(struct net *net, const struct pulse *pulses, unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		net->alive[pulses[i].question] = is_told(net, pulses[i].question);
}

static struct net *net_new(unsigned int hosts, uint64_t each, double pps)
{
	struct net *net = calloc(1, sizeof(*net));
	unsigned int i;

	assert_non_null(net);
	net->seed = 3;
	net->each = each;
	net->pps = pps;
	net->odd_times = 1;
	for (i = 0; i < hosts; i++)
		net->tokens[i] = BURST;
	return net;
}

/* Ask all; returns how long it took, in seconds. */
static double scan(struct net *net, unsigned int hosts, unsigned int canaries, struct tries tries)
{
	const struct flow_view view = {
		.ctx = net,
		.answered = is_answered,
		.firm = is_answered,
		.lost = never,
		.partial = always,
		.alive = is_alive,
		.count = count,
		.shows = is_open,
		.steady = is_open,
		.all = are_all_answered,
	};
	const struct flow_spec spec = {
		.n = hosts * net->each,
		.each = net->each,
		.tries = tries,
		.seed = net->seed,
		.kind = PROBE_UDP,
		.quiet = true,
		.certain = canaries,
		.linger_ns = net->linger_ns,
		.host_pps = net->host_pps,
	};
	struct pulse pulses[BATCH];
	uint64_t batch[BATCH];
	const struct silence_tries *tries_had;
	uint64_t lost;
	unsigned int n, i;
	enum flow_want want;
	struct flow f;

	net->now_ns = SECOND;
	assert_false(flow_init(&f, &spec, net->now_ns));
	for (;;) {
		want = flow_step(&f, &view, net->opens, net->now_ns, CEILING);
		if (want == FLOW_WANTS_NOTHING)
			break;
		if (want == FLOW_WANTS_HOPS)
			flow_hops_known(&f);
		if (want == FLOW_WANTS_CHECK)
			arrive_again(net, pulses,
				     flow_check(&f, &view, net->now_ns, pulses, BATCH));
		if (want == FLOW_WANTS_QUESTIONS) {
			n = flow_next(&f, &view, net->now_ns, flow_take(&f, net->now_ns, BATCH),
				      batch);
			arrive_again(net, pulses,
				     flow_pulses(&f, &view, net->now_ns, batch, n, pulses, BATCH));
			for (i = 0; i < n; i++) {
				arrive(net, batch[i]);
				flow_rtt_ns(&f, batch[i], f.attempt, net->now_ns + TRIP);
			}
		}
		net->now_ns += MS;
		assert_in_range(net->now_ns, 0, 4000 * SECOND);
	}
	while (flow_lost(&f, &lost))
		net->lost++;
	if (!net->dies_ns)
		assert_int_equal(net->lost, 0);
	tries_had = flow_certain_tries(&f, 0);
	if (tries_had)
		net->tries = *tries_had;
	flow_free(&f);
	return (double)(net->now_ns - SECOND) / 1e9;
}

/* Canaries left out. */
static uint64_t silent_closed(const struct net *net, uint64_t n)
{
	uint64_t i, sum = 0;

	for (i = 0; i < n; i++)
		sum += i % net->each < net->each - CANARIES && net->ports[i] == CLOSED &&
		       !net->answered[i];
	return sum;
}

/* The limit of Linux, and quicker ones. A host cannot tell faster than that; it takes 3 % more at most. */
static void a_host_is_asked_at_its_own_rate(void **state)
{
	static const double rates[] = { 1, 3, 10, 100 };
	unsigned int i;

	(void)state;
	for (i = 0; i < sizeof(rates) / sizeof(rates[0]); i++) {
		struct net *net = net_new(1, EACH_MAX, rates[i]);
		const double least_s = (EACH_MAX - BURST) / rates[i];
		const double took_s = scan(net, 1, CANARIES, TRIES_AUTO);

		assert_int_equal(silent_closed(net, EACH_MAX), 0);
		print_message("%g a second: %.0f s, at least %.0f s\n", rates[i], took_s, least_s);
		if (took_s > 1.03 * least_s + 30)
			fail_msg("%g a second: %g s", rates[i], took_s);
		free(net);
	}
}

/* Open ports and ports behind a filter stay what they are; all closed ones are told of. */
static void others_do_not_disturb(void **state)
{
	struct net *net = net_new(1, EACH_MAX, 10);
	unsigned int i;

	(void)state;
	for (i = 0; i < EACH_MAX - CANARIES; i++)
		net->ports[i] = i % 10 == 3 ? OPEN : i % 10 == 5 || i % 10 == 6 ? DROPPED : CLOSED;
	scan(net, 1, CANARIES, TRIES_AUTO);
	assert_int_equal(silent_closed(net, EACH_MAX), 0);
	free(net);
}

/* What the numbers of the first host say of its silent ports. */
static double closed_p(const struct net *net)
{
	struct silence s = { .canaries = CANARIES, .tries = net->tries.n ? &net->tries : NULL };
	uint64_t i;

	for (i = 0; i < net->each; i++) {
		if (i >= net->each - CANARIES) {
			s.canaries_closed += net->answered[i];
			continue;
		}
		s.closed += net->answered[i] && net->ports[i] == CLOSED;
		s.silent += !net->answered[i];
	}
	return silence_closed_p(&s);
}

/* Few ports spend all that a host tells of at once: the others need its patience, whatever the order. */
static void few_ports_are_certain_too(void **state)
{
	static const double rates[] = { 1, 2, 10 };
	unsigned int ports, hosts, rate;

	(void)state;
	for (rate = 0; rate < 3; rate++)
		for (hosts = 1; hosts <= FEW_HOSTS; hosts++)
			for (ports = 1; ports <= 40; ports += 1 + ports / 8) {
				const uint64_t each = ports + CANARIES;
				struct net *net = net_new(hosts, each, rates[rate]);
				const double least_s = (double)ports / rates[rate];
				double took_s;

				net->seed = 100 * hosts + ports;
				took_s = scan(net, hosts, CANARIES, TRIES_AUTO);
				if (silent_closed(net, hosts * each))
					fail_msg("%u hosts, %u ports, %g a second: %d silent",
						 hosts, ports, rates[rate],
						 (int)silent_closed(net, hosts * each));
				if (took_s > 2 * least_s + 30)
					fail_msg("%u hosts, %u ports, %g a second: %g s", hosts,
						 ports, rates[rate], took_s);
				free(net);
			}
}

/* Of few ports one is behind a filter: it stays silent, and the canaries say that it is hardly closed. */
static void silence_of_few_ports_tells(void **state)
{
	unsigned int ports;

	(void)state;
	for (ports = 2; ports <= 20; ports++) {
		struct net *net = net_new(1, ports + CANARIES, 1);

		net->seed = ports;
		net->ports[ports / 2] = DROPPED;
		scan(net, 1, CANARIES, TRIES_AUTO);
		assert_int_equal(silent_closed(net, net->each), 0);
		assert_false(net->answered[ports / 2]);
		if (closed_p(net) > 0.1)
			fail_msg("%u ports: closed_p %g", ports, closed_p(net));
		free(net);
	}
}

/* The same of many ports, at hosts of any rate. */
static void silence_of_many_ports_tells(void **state)
{
	static const double rates[] = { 1, 10, 100 };
	unsigned int i, port;

	(void)state;
	for (i = 0; i < 60; i++) {
		struct net *net = net_new(1, 400 + CANARIES, rates[i % 3]);

		net->seed = i;
		for (port = 50; port < 60; port++)
			net->ports[port] = DROPPED;
		scan(net, 1, CANARIES, TRIES_AUTO);
		if (closed_p(net) > 0.01)
			fail_msg("%g a second, seed %u: closed_p %g", rates[i % 3], i,
				 closed_p(net));
		free(net);
	}
}

/* 100 ports of each host, every other of which is `odd_times` as fast: none stays silent, in time for one. */
static void scan_hosts(unsigned int hosts, double odd_times, unsigned int seed)
{
	const uint64_t each = 100 + CANARIES;
	struct net *net = net_new(hosts, each, 1);
	double took_s;

	net->seed = seed;
	net->odd_times = odd_times;
	took_s = scan(net, hosts, CANARIES, TRIES_AUTO);
	if (silent_closed(net, hosts * each))
		fail_msg("%u hosts, every other %g times as fast: %d silent", hosts, odd_times,
			 (int)silent_closed(net, hosts * each));
	assert_true(took_s < 2 * (double)each);
	free(net);
}

/* Several hosts are asked side by side: no longer than one. */
static void hosts_side_by_side(void **state)
{
	unsigned int hosts, seed;

	(void)state;
	for (hosts = 4; hosts <= HOSTS_MAX; hosts *= 4)
		for (seed = 0; seed < 10; seed++)
			scan_hosts(hosts, 1, seed);
}

/* Their rates differ: the slow ones are asked until they have told of all, too. */
static void hosts_of_different_rates(void **state)
{
	unsigned int hosts, seed;

	(void)state;
	for (hosts = 2; hosts <= HOSTS_MAX; hosts *= 2)
		for (seed = 0; seed < 10; seed++)
			scan_hosts(hosts, seed % 2 ? 10 : 2, seed);
}

/* A host without a limit has told of all canaries: what is silent then needs no patience. */
static void no_limit_no_pace(void **state)
{
	struct net *net = net_new(1, EACH_MAX, 0);
	unsigned int i;

	(void)state;
	for (i = 0; i < 500; i++)
		net->ports[i] = DROPPED;
	assert_true(scan(net, 1, CANARIES, TRIES_AUTO) < 10);
	assert_int_equal(silent_closed(net, EACH_MAX), 0);
	assert_in_range(net->probes, EACH_MAX, 3 * EACH_MAX);
	free(net);
}

/* A late answer can only come where a port is silent. */
static void where_all_is_told_nobody_waits(void **state)
{
	const uint64_t linger_ns = 5 * SECOND;
	unsigned int dropped, canaries;

	(void)state;
	for (canaries = 0; canaries <= CANARIES; canaries += CANARIES)
		for (dropped = 0; dropped < 2; dropped++) {
			struct net *net = net_new(1, EACH_MAX, 0);
			double took_s;

			net->linger_ns = linger_ns;
			net->ports[7] = OPEN;
			net->ports[70] = dropped ? DROPPED : CLOSED;
			took_s = scan(net, 1, canaries, TRIES_AUTO);
			assert_int_equal(took_s >= (double)linger_ns / SECOND, dropped);
			free(net);
		}
}

/* Nobody tells of closed ports, or certainty is not asked for: the usual tries. */
static void without_need_it_is_quick(void **state)
{
	struct net *net = net_new(1, EACH_MAX, 1);
	unsigned int i;

	(void)state;
	assert_true(scan(net, 1, 0, TRIES_AUTO) < 10);
	free(net);
	net = net_new(1, EACH_MAX, 1);
	for (i = 0; i < EACH_MAX; i++)
		net->ports[i] = DROPPED;
	assert_true(scan(net, 1, CANARIES, TRIES_AUTO) < 10);
	free(net);
}

/* It dies at once, or while certainty is sought. The others are asked to the end. */
static void a_host_that_dies_is_lost(void **state)
{
	static const unsigned int after_ms[] = { 20, 2000, 20000, 60000 };
	unsigned int i, hosts;

	(void)state;
	for (hosts = 1; hosts <= 64; hosts *= 4)
		for (i = 0; i < 4; i++) {
			struct net *net = net_new(hosts, 100 + CANARIES, 1);
			uint64_t silent;

			net->seed = i;
			net->dies_ns = SECOND + after_ms[i] * MS;
			scan(net, hosts, i ? CANARIES : 0, TRIES_AUTO);
			silent = silent_closed(net, net->each);
			assert_in_range(silent, 1, net->each);
			if (net->lost != 1)
				fail_msg("%u hosts, dies after %u ms: %u lost", hosts, after_ms[i],
					 (unsigned int)net->lost);
			if (i)
				assert_int_equal(silent_closed(net, hosts * net->each), silent);
			free(net);
		}
}

/* Each has told of some ports, and in the few seconds of a check not all tell again. */
static void addresses_of_one_host_live(void **state)
{
	unsigned int hosts;

	(void)state;
	for (hosts = 1; hosts <= 64; hosts *= 2) {
		struct net *net = net_new(hosts, 240, 1);

		net->one_stack = true;
		net->host_pps = 2.5;
		scan(net, hosts, 0, TRIES_AUTO);
		free(net);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_host_is_asked_at_its_own_rate),
		cmocka_unit_test(others_do_not_disturb),
		cmocka_unit_test(few_ports_are_certain_too),
		cmocka_unit_test(silence_of_few_ports_tells),
		cmocka_unit_test(silence_of_many_ports_tells),
		cmocka_unit_test(hosts_side_by_side),
		cmocka_unit_test(hosts_of_different_rates),
		cmocka_unit_test(no_limit_no_pace),
		cmocka_unit_test(where_all_is_told_nobody_waits),
		cmocka_unit_test(without_need_it_is_quick),
		cmocka_unit_test(a_host_that_dies_is_lost),
		cmocka_unit_test(addresses_of_one_host_live),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
