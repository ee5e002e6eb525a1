// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* test-chance.c - laws of chance, by drawing lots. */
#include "chance.h"
#include "random.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { DRAWS = 20000 };

static bool draw(uint64_t *random, double share)
{
	return (double)(next_random(random) & 0xffffff) < share * (double)0x1000000;
}

static uint64_t draw_lost(uint64_t *random, double loss, uint64_t n)
{
	uint64_t lost = 0;

	while (n--)
		lost += draw(random, loss);
	return lost;
}

static void loss_lies_above_what_was_seen(void **state)
{
	struct chance seen;

	(void)state;
	assert_true(chance_loss(&(struct chance){ 0, 0 }) == 0.5);
	for (seen.of = 1; seen.of <= 1000; seen.of += 7)
		for (seen.lost = 0; seen.lost <= seen.of; seen.lost++) {
			const double p = (double)seen.lost / (double)seen.of;

			assert_true(chance_loss(&seen) >= p - 1e-9);
			assert_true(chance_loss(&seen) <= 1 + 1e-9);
		}
	assert_true(fabs(chance_loss(&(struct chance){ 300000, 1000000 }) - 0.3) < 0.001);
}

/* n hosts that live are asked as often as wanted: one of them is silent in one scan of ten thousand at most. */
static void rounds_are_enough(void **state)
{
	static const double losses[] = { 0.01, 0.1, 0.23, 0.44, 0.56, 0.75 };
	uint64_t random = 1, silent;
	unsigned int i, k, h, r;

	(void)state;
	for (i = 0; i < sizeof(losses) / sizeof(losses[0]); i++) {
		const uint64_t hosts = i % 2 ? 1 : 5;
		const uint32_t rounds = chance_rounds(losses[i], hosts);

		for (k = silent = 0; k < DRAWS; k++)
			for (h = 0; h < hosts; h++) {
				for (r = 0; r < rounds && draw(&random, losses[i]); r++)
					;
				silent += r == rounds;
			}
		assert_true(silent <= DRAWS / 10000 * 3);
		assert_true(chance_rounds(losses[i], hosts * 10) >= rounds);
	}
	assert_int_equal(chance_rounds(1, 1), UINT32_MAX);
	assert_int_equal(chance_rounds(0, 100), 1);
}

/* Plain loss that was measured on the same way is told apart from a limit, hardly ever wrongly. */
static void chance_explains_plain_loss(void **state)
{
	static const double losses[] = { 0, 0.05, 0.23, 0.44, 0.56 };
	uint64_t random = 7, named;
	unsigned int i, k;

	(void)state;
	for (i = 0; i < sizeof(losses) / sizeof(losses[0]); i++) {
		for (k = named = 0; k < DRAWS; k++) {
			const uint64_t n = 1 + next_random(&random) % 16;
			const struct chance seen = { draw_lost(&random, losses[i], 64), 64 };

			named += !chance_explains(chance_loss(&seen),
						  draw_lost(&random, losses[i], n), n);
		}
		assert_true(named <= DRAWS / 1000 * 3);
	}
}

static void a_limit_shows(void **state)
{
	(void)state;
	assert_false(chance_explains(chance_loss(&(struct chance){ 0, 16 }), 10, 16));
	assert_false(chance_explains(chance_loss(&(struct chance){ 0, 64 }), 3, 3));
	assert_false(chance_explains(chance_loss(&(struct chance){ 2, 64 }), 9, 16));
	assert_false(chance_explains(0.5, 16, 16));
	assert_true(chance_explains(0.5, 3, 3));
	assert_true(chance_explains(0.01, 0, 16));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(loss_lies_above_what_was_seen),
		cmocka_unit_test(rounds_are_enough),
		cmocka_unit_test(chance_explains_plain_loss),
		cmocka_unit_test(a_limit_shows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
