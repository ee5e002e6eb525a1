// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* test-pacer.c - a simulated clock: rates hold when wakeups are late, and no stall makes a burst. */
#include "pacer.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { BATCH = 64 };

static const uint64_t SECOND = 1000000000ULL;
static const uint64_t START = 86400ULL * 365 * 1000000000; /* a machine that is up for a year */
static const double rates[] = { 0.1, 1, 10, 333.3, 499, 1000, 10e3, 123456.7, 500e3, 3e6, 40e6 };
enum { RATES = sizeof(rates) / sizeof(*rates) };

static uint64_t next_random(uint64_t *state)
{
	*state = *state * 6364136223846793005ULL + 1442695040888963407ULL;
	return *state >> 33;
}

/* Take all there is, in batches. */
static uint64_t drain(struct pacer *p, uint64_t now_ns)
{
	unsigned int got;
	uint64_t sum = 0;

	do {
		got = pacer_take(p, now_ns, BATCH);
		assert_in_range(got, 0, BATCH);
		sum += got;
	} while (got == BATCH);
	return sum;
}

/* The send loop: how many probes leave in `seconds`, when each wakeup is up to late_ns late. */
static uint64_t simulate(double rate_pps, uint64_t seconds, uint64_t late_ns, unsigned int want)
{
	uint64_t random = 1, sent = 0, now = START;
	struct pacer p;

	pacer_init(&p, rate_pps, START);
	while (now < START + seconds * SECOND) {
		sent += drain(&p, now);
		now = pacer_ready_ns(&p, now, want) + next_random(&random) % (late_ns + 1);
	}
	return sent;
}

static void rates_hold_with_late_wakeups(void **state)
{
	static const struct {
		double rate_pps;
		uint64_t seconds, late_ns;
		unsigned int want;
	} rows[] = {
		{ 0.1, 1000, 1000000, 1 }, { 1, 100, 1000000, 1 },     { 10, 10, 0, 1 },
		{ 10, 10, 1000000, 1 },	   { 333.3, 30, 1000000, 1 },  { 499, 10, 1000000, 1 },
		{ 600, 10, 1000000, 1 },   { 1000, 10, 2000000, 1 },   { 10e3, 10, 0, 1 },
		{ 10e3, 10, 1000000, 1 },  { 10e3, 10, 2000000, 1 },   { 10e3, 10, 1000000, 10 },
		{ 500e3, 10, 1000000, 1 }, { 500e3, 10, 1000000, 64 }, { 3e6, 10, 100, 1 },
		{ 3e6, 10, 1000000, 64 },  { 3e6, 10, 50000, 64 },     { 40e6, 10, 1000000, 64 },
	};
	size_t r;

	(void)state;
	for (r = 0; r < sizeof(rows) / sizeof(*rows); r++) {
		double due = rows[r].rate_pps * (double)rows[r].seconds;
		double sent = (double)simulate(rows[r].rate_pps, rows[r].seconds, rows[r].late_ns,
					       rows[r].want);

		if (fabs(sent - due) > due / 1000)
			fail_msg("row %zu: %.0f probes of %.0f", r, sent, due);
	}
}

static void a_stall_makes_no_burst(void **state)
{
	uint64_t now, burst;
	struct pacer p;
	size_t r;

	(void)state;
	for (r = 0; r < RATES; r++) {
		pacer_init(&p, rates[r], START);
		assert_int_equal(drain(&p, START), 1);
		now = START + 1000 * 3600 * SECOND;
		burst = drain(&p, now);
		assert_int_equal(burst, (uint64_t)(p.depth + 1e-6));
		assert_true(burst <= 129 ||
			    (double)burst <= 1 + rates[r] * PACER_DEPTH_NS / 1e9 + 1e-6);
		assert_true((double)burst <= 1 + 10 * rates[r] * PACER_DEPTH_NS / 1e9 + 1e-6);
		assert_int_equal(drain(&p, now), 0);
	}
}

/* From any moment to any later one, no more leaves than the bucket holds and the time earns. */
static void no_window_exceeds_the_rate(void **state)
{
	static const uint64_t steps[] = { 0, 1, 1000, 300000, 1000000, 5000000, 3000000000 };
	double ahead, lowest, highest;
	uint64_t random = 7, now, sent;
	struct pacer p;
	unsigned int k;
	size_t r;

	(void)state;
	for (r = 0; r < RATES; r++) {
		pacer_init(&p, rates[r], START);
		now = START;
		sent = 0;
		lowest = 0;
		for (k = 0; k < 20000; k++) {
			ahead = (double)sent - rates[r] * (double)(now - START) / 1e9;
			lowest = ahead < lowest ? ahead : lowest;
			sent += pacer_take(&p, now, (unsigned int)(next_random(&random) % 300));
			highest = (double)sent - rates[r] * (double)(now - START) / 1e9;
			assert_true(highest - lowest <= p.depth + 1e-3);
			now += steps[next_random(&random) % (sizeof(steps) / sizeof(*steps))];
		}
	}
}

/* At the time it names the tokens are there, and not before. */
static void ready_is_exact(void **state)
{
	uint64_t random = 3, now = START, ready, early_ns;
	unsigned int k, want;
	struct pacer p, copy;
	size_t r;

	(void)state;
	for (r = 0; r < RATES; r++) {
		early_ns = 2 + (uint64_t)(1e9 * 1e-5 / rates[r]);
		pacer_init(&p, rates[r], now);
		for (k = 0; k < 2000; k++) {
			want = 1 + (unsigned int)(next_random(&random) % (uint64_t)p.depth);
			ready = pacer_ready_ns(&p, now, want);
			assert_true(ready >= now);
			if (ready > now + early_ns) {
				copy = p;
				assert_int_equal(pacer_take(&copy, ready - early_ns, want),
						 want - 1);
			}
			assert_int_equal(pacer_take(&p, ready, want), want);
			now = ready + next_random(&random) % 100000;
		}
	}
}

static void ready_never_waits_for_more_than_the_bucket_holds(void **state)
{
	struct pacer p;
	uint64_t ready;

	(void)state;
	pacer_init(&p, 1e3, START); /* holds 21 */
	ready = pacer_ready_ns(&p, START, BATCH);
	assert_in_range(ready, START + 19999990, START + 20000010);
	assert_int_equal(pacer_take(&p, ready, BATCH), 21);

	pacer_init(&p, 1e-15, START);
	assert_int_equal(pacer_take(&p, START, 1), 1);
	assert_true(pacer_ready_ns(&p, START, 1) > START + 1000000 * SECOND);
}

static void one_in_ten_seconds(void **state)
{
	struct pacer p;
	unsigned int s;

	(void)state;
	pacer_init(&p, 0.1, START);
	for (s = 0; s < 100; s++)
		assert_int_equal(pacer_take(&p, START + s * SECOND, BATCH), s % 10 == 0);
}

static void clock_that_stands_still_earns_nothing(void **state)
{
	struct pacer p;
	unsigned int k;
	size_t r;

	(void)state;
	for (r = 0; r < RATES; r++) {
		pacer_init(&p, rates[r], START);
		assert_int_equal(pacer_take(&p, START, BATCH), 1);
		for (k = 0; k < 1000; k++)
			assert_int_equal(pacer_take(&p, START, BATCH), 0);
		assert_true(pacer_ready_ns(&p, START, 1) > START);
	}
}

static void clock_that_steps_back_earns_nothing(void **state)
{
	struct pacer p;
	unsigned int k;

	(void)state;
	pacer_init(&p, 1000, START);
	assert_int_equal(pacer_take(&p, START, BATCH), 1);
	for (k = 0; k < 1000; k++) {
		assert_int_equal(pacer_take(&p, START - SECOND, BATCH), 0);
		assert_int_equal(pacer_take(&p, 0, BATCH), 0);
		assert_int_equal(pacer_take(&p, START, BATCH), 0);
	}
	/* The time that counted before does not count twice; what comes after it does. */
	assert_in_range(pacer_ready_ns(&p, START - SECOND, 1), START + 999999, START + 1000001);
	assert_int_equal(pacer_take(&p, START + 1000000, BATCH), 1);
	assert_int_equal(pacer_take(&p, START + 3000000, BATCH), 2);
}

static void returned_tokens_can_be_taken_again(void **state)
{
	struct pacer p;

	(void)state;
	pacer_init(&p, 1e3, START); /* holds 21 */
	assert_int_equal(pacer_take(&p, START + SECOND, BATCH), 21);
	pacer_return(&p, 5);
	assert_int_equal(pacer_ready_ns(&p, START + SECOND, 5), START + SECOND);
	assert_int_equal(pacer_take(&p, START + SECOND, BATCH), 5);
	assert_int_equal(pacer_take(&p, START + SECOND, BATCH), 0);
	pacer_return(&p, 1000);
	assert_int_equal(pacer_take(&p, START + SECOND, BATCH), 21);
}

/* A device that refuses a part of each batch does not lower the rate of what it takes. */
static void refused_probes_cost_nothing(void **state)
{
	uint64_t random = 5, sent = 0, now = START;
	unsigned int got, refused;
	struct pacer p;

	(void)state;
	pacer_init(&p, 10e3, START);
	while (now < START + 10 * SECOND) {
		got = pacer_take(&p, now, BATCH);
		refused = got / 2;
		pacer_return(&p, refused);
		sent += got - refused;
		now = pacer_ready_ns(&p, now, 1) + next_random(&random) % 100000;
	}
	assert_in_range(sent, 99900, 100100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rates_hold_with_late_wakeups),
		cmocka_unit_test(a_stall_makes_no_burst),
		cmocka_unit_test(no_window_exceeds_the_rate),
		cmocka_unit_test(ready_is_exact),
		cmocka_unit_test(ready_never_waits_for_more_than_the_bucket_holds),
		cmocka_unit_test(one_in_ten_seconds),
		cmocka_unit_test(clock_that_stands_still_earns_nothing),
		cmocka_unit_test(clock_that_steps_back_earns_nothing),
		cmocka_unit_test(returned_tokens_can_be_taken_again),
		cmocka_unit_test(refused_probes_cost_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
