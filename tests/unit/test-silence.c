// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* test-silence.c - of silent ports that are closed with probability P, the share P is closed. */
#include "random.h"
#include "silence.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { CANARIES = 8, PORTS = 100, BINS = 10 };

static double random_share(uint64_t *random)
{
	return ((double)(next_random(random) % 1000003) + 0.5) / 1000003;
}

/* Drawn from Jeffreys' prior. */
static double jeffreys(uint64_t *random)
{
	const double sine = sin(M_PI_2 * random_share(random));

	return sine * sine;
}

/* Worlds as the priors have them: in each bin the predicted share is the true one. */
static void probabilities_are_calibrated(void **state)
{
	double predicted[BINS] = { 0 }, closed[BINS] = { 0 }, n[BINS] = { 0 };
	uint64_t random = 61;
	unsigned int i, k;

	(void)state;
	for (i = 0; i < 4000; i++) {
		const double p = jeffreys(&random), q = jeffreys(&random);
		struct silence s = { .canaries = CANARIES };
		unsigned int silent_closed = 0, bin;
		double said;

		for (k = 0; k < CANARIES; k++)
			s.canaries_closed += random_share(&random) < p;
		for (k = 0; k < PORTS; k++) {
			const int is_closed = random_share(&random) < q;
			const int is_told = is_closed && random_share(&random) < p;

			s.closed += is_told;
			s.silent += !is_told;
			silent_closed += is_closed && !is_told;
		}
		said = silence_closed_p(&s);
		if (!s.canaries_closed)
			assert_true(said == 0);
		if (!s.canaries_closed || !s.silent)
			continue;
		assert_true(said > 0 && said < 1);
		bin = (unsigned int)(said * BINS);
		predicted[bin] += said * s.silent;
		closed[bin] += silent_closed;
		n[bin] += s.silent;
	}
	for (i = 0; i < BINS; i++)
		if (n[i] > 2000)
			assert_true(fabs(predicted[i] - closed[i]) < 0.08 * n[i]);
	assert_true(n[0] > 2000);
}

/* The more canaries are answered, the less a silent port is closed. */
static void silence_tells_by_the_canaries(void **state)
{
	struct silence s = { .canaries = CANARIES, .closed = 40, .silent = 10 };
	double before = 1, now;

	(void)state;
	for (s.canaries_closed = 1; s.canaries_closed <= CANARIES; s.canaries_closed++) {
		now = silence_closed_p(&s);
		assert_true(now > 0 && now < before);
		before = now;
	}
	assert_true(before < 0.5);
}

/* The host tells more slowly than it was asked: neither ports nor canaries. */
static void tries_that_brought_nothing(void **state)
{
	struct silence_tries tries = { .n = 3, .canaries = CANARIES };
	const struct silence s = {
		.canaries = CANARIES, .closed = 6, .silent = 3, .tries = &tries
	};

	(void)state;
	assert_false(silence_tells(&s));
	assert_true(silence_closed_p(&s) == 0);
	tries.closed[0] = 1;
	assert_true(silence_tells(&s));
}

/* A filter drops all canaries, and the host has told of ports at its own rate: canaries tell nothing. */
static void canaries_behind_a_filter(void **state)
{
	struct silence_tries tries = { .n = 4, .closed = { 380, 3 } };
	struct silence s = { .canaries = CANARIES, .closed = 390, .silent = 10, .tries = &tries };
	const double without = silence_closed_p(&s);

	(void)state;
	tries.canaries = CANARIES;
	assert_true(silence_closed_p(&s) == without);
	s.canaries_closed = tries.canaries_closed = CANARIES;
	assert_true(silence_closed_p(&s) < without);
}

/*
 * Tries at the host's own rate, in worlds as the priors have them: each tells of a closed port with the same
 * probability, in half of the worlds of canaries too. Two or more tries say what they say of silence.
 */
static void tries_are_calibrated(void **state)
{
	double predicted = 0, closed = 0, n = 0;
	uint64_t random = 62;
	unsigned int i, k, t;

	(void)state;
	for (i = 0; i < 3000; i++) {
		const double p = jeffreys(&random), q = jeffreys(&random);
		struct silence_tries tries = { .n = 2, .canaries = i % 2 ? CANARIES : 0 };
		struct silence s = { .canaries = CANARIES, .tries = &tries };
		unsigned int silent_closed = 0;

		for (k = 0; k < PORTS; k++) {
			const int is_closed = random_share(&random) < q;

			for (t = 0; t < tries.n && !(is_closed && random_share(&random) < p); t++)
				;
			if (t < tries.n)
				tries.closed[t]++;
			s.silent += t == tries.n;
			silent_closed += is_closed && t == tries.n;
		}
		for (k = 0; k < tries.canaries; k++)
			tries.canaries_closed += random_share(&random) < p;
		s.canaries_closed = tries.canaries_closed;
		if (!s.silent || !silence_tells(&s) || (tries.canaries && !tries.canaries_closed))
			continue;
		predicted += silence_closed_p(&s) * s.silent;
		closed += silent_closed;
		n += s.silent;
	}
	assert_true(n > 10000);
	assert_true(fabs(predicted - closed) < 0.02 * n);
}

/* The last try brought nothing: silence is no closed port. One such try alone is no proof. */
static void a_try_in_vain_is_proof(void **state)
{
	struct silence_tries tries = { .n = 3, .closed = { 300, 60, 0 } };
	struct silence s = {
		.canaries = 8, .canaries_closed = 8, .closed = 390, .silent = 10, .tries = &tries
	};

	(void)state;
	assert_true(silence_closed_p(&s) < 0.01);
	tries.closed[2] = 40;
	assert_true(silence_closed_p(&s) > 0.1);
	tries = (struct silence_tries){ .n = 1, .closed = { 300 } };
	assert_true(silence_closed_p(&s) > 0.1);
}

/* Large numbers do not overflow. */
static void all_ports_of_a_host(void **state)
{
	const struct silence s = {
		.canaries = CANARIES, .canaries_closed = 4, .closed = 32000, .silent = 33000
	};
	const double p = silence_closed_p(&s);

	(void)state;
	assert_true(p > 0.5 && p < 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(probabilities_are_calibrated),
		cmocka_unit_test(silence_tells_by_the_canaries),
		cmocka_unit_test(tries_that_brought_nothing),
		cmocka_unit_test(canaries_behind_a_filter),
		cmocka_unit_test(tries_are_calibrated),
		cmocka_unit_test(a_try_in_vain_is_proof),
		cmocka_unit_test(all_ports_of_a_host),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
