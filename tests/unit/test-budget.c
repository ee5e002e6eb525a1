// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* test-budget.c - a scan gives way when others want what it takes, and only then. */
#include "budget.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define MS	1000000ULL
#define LOOK_MS 150
#define COST_NS 2000 /* CPU time of a probe */

enum { CPUS = 2 };

/* A host: what others use. The scan sends what its limit allows, at most `wish_pps`. */
struct host {
	struct budget budget;
	struct budget_look now;
	double others_cpus, others_bytes; /* a second */
	double wish_pps;
	double more_bytes; /* of a probe, beyond a usual one */
	uint64_t troubles; /* a look */
};

static double rate_of(const struct host *h)
{
	const double most = h->budget.most_pps;

	return most > 0 && most < h->wish_pps ? most : h->wish_pps;
}

/* A look later. Answers come to all probes; the scan and others together have no more than all CPUs. */
static void pass_time(struct host *h)
{
	const struct budget_look before = h->now;
	const double s = LOOK_MS / 1e3, sent = rate_of(h) * s, own = sent * COST_NS;
	const double all = CPUS * s * 1e9, others = h->others_cpus * s * 1e9;

	h->now.own_ns += (uint64_t)own;
	h->now.busy_ns += (uint64_t)(own + others < all ? own + others : all);
	h->now.idle_ns += (uint64_t)(own + others < all ? all - own - others : 0);
	h->now.packets += (uint64_t)sent;
	h->now.troubles += h->troubles;
	h->now.time_ns += LOOK_MS * MS;
	h->now.sent += (uint64_t)sent;
	h->now.answers += (uint64_t)sent;
	h->now.more_bytes += (uint64_t)(sent * h->more_bytes);
	h->now.tx_bytes += (uint64_t)(sent * (58 + h->more_bytes) + h->others_bytes * s);
	h->now.rx_bytes += (uint64_t)(sent * 54);
	budget_judge(&h->budget, &before, &h->now);
}

static void pass_looks(struct host *h, unsigned int n)
{
	while (n--)
		pass_time(h);
}

static struct host host_of(double wish_pps)
{
	return (struct host){ .budget = { .share = 0.05, .cpus = CPUS }, .wish_pps = wish_pps };
}

static void alone_there_is_no_limit(void **state)
{
	struct host h = host_of(1e6); /* it takes both CPUs */

	(void)state;
	pass_looks(&h, 10);
	assert_true(h.budget.most_pps == 0);
	assert_int_equal(h.budget.reason, BUDGET_FREE);
}

/* Others want all CPUs: the scan uses half of its budget, which costs others as much again. */
static void others_have_the_cpus(void **state)
{
	struct host h = host_of(300000);

	(void)state;
	pass_looks(&h, 3);
	h.others_cpus = 2;
	pass_looks(&h, 1);
	assert_int_equal(h.budget.reason, BUDGET_CPU);
	pass_looks(&h, 5);
	assert_in_range((uint64_t)rate_of(&h), 22000, 28000);
	/* They leave: within a second all is as before. */
	h.others_cpus = 0;
	pass_looks(&h, 1);
	assert_true(rate_of(&h) == h.wish_pps);
}

/* Others leave a CPU and a half idle: there is enough for all. */
static void what_is_idle_may_be_used(void **state)
{
	struct host h = host_of(200000); /* 0.4 CPUs */

	(void)state;
	h.others_cpus = 0.5;
	pass_looks(&h, 10);
	assert_true(rate_of(&h) == h.wish_pps);
	/* They want one and a half: half a CPU stays idle, or the budget is what the scan has. */
	h.others_cpus = 1.5;
	pass_looks(&h, 10);
	assert_in_range((uint64_t)rate_of(&h), 22000, 28000);
}

/* 20 Mbit/s of others, and their TCP has losses: the scan moves 5 % of that. */
static void others_have_the_path(void **state)
{
	struct host h = host_of(30000);

	(void)state;
	h.others_bytes = 20e6 / 8;
	pass_looks(&h, 5);
	assert_true(h.budget.most_pps == 0);
	h.troubles = 1;
	pass_looks(&h, 2);
	assert_int_equal(h.budget.reason, BUDGET_PATH);
	assert_in_range((uint64_t)h.budget.most_pps, 1000, 1700);
	/* No more losses: hold on for two seconds. */
	h.troubles = 0;
	pass_looks(&h, 10);
	assert_int_equal(h.budget.reason, BUDGET_PATH);
	pass_looks(&h, 10);
	assert_int_equal(h.budget.reason, BUDGET_FREE);
	/* Others stop. */
	h.troubles = 1;
	pass_looks(&h, 2);
	h.others_bytes = 0;
	pass_looks(&h, 1);
	assert_int_equal(h.budget.reason, BUDGET_FREE);
}

static void losses_of_others_elsewhere_are_no_reason(void **state)
{
	struct host h = host_of(30000);

	(void)state;
	h.troubles = 5;
	pass_looks(&h, 10);
	assert_int_equal(h.budget.reason, BUDGET_FREE);
}

/* A scan of long datagrams is not others, and moves as many bytes as one of short frames, not as many probes. */
static void long_probes_are_bytes(void **state)
{
	struct host h = host_of(1000);

	(void)state;
	h.more_bytes = 1200;
	h.troubles = 1;
	pass_looks(&h, 10);
	assert_int_equal(h.budget.reason, BUDGET_FREE);
	h.others_bytes = 20e6 / 8;
	pass_looks(&h, 10);
	assert_int_equal(h.budget.reason, BUDGET_PATH);
	assert_in_range((uint64_t)h.budget.most_pps, 65, 110);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(alone_there_is_no_limit),
		cmocka_unit_test(others_have_the_cpus),
		cmocka_unit_test(what_is_idle_may_be_used),
		cmocka_unit_test(others_have_the_path),
		cmocka_unit_test(losses_of_others_elsewhere_are_no_reason),
		cmocka_unit_test(long_probes_are_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
