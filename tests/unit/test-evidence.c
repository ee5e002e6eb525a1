// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* test-evidence.c - what tries and pulses prove, and the modules that collect it. */
#include "check.h"
#include "evidence.h"
#include "life.h"
#include "pulse.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define MS 1000000ULL

/* Each try loses a third of 900, pulses too: what is left is likely to be missing. */
static void loss_of_all_alike(void **state)
{
	const struct evidence e = { .n = 3,
				    .tries = { { .answers = 600, .thorough = 1 },
					       { .answers = 200, .thorough = 1 },
					       { .answers = 67, 300, 200, 1 } } };
	const struct estimate m = evidence_missing(&e, 5000);

	(void)state;
	assert_true(m.likely > 27 && m.likely < 40); /* the truth: 33 */
	assert_true(m.most > m.likely && m.most < 80);
	assert_false(evidence_suffices(&e, 5000));
	/* Fewer are unanswered than are likely to be missing. */
	assert_true(evidence_missing(&e, 10).likely == 10);
}

/* One host of 250 limits its answers: the last try brought little, and its pulses died. */
static void loss_of_one_host(void **state)
{
	const struct evidence e = { .n = 2,
				    .tries = { { .answers = 249000 + 281, .thorough = 1 },
					       { .answers = 7, 20, 0, 1 } } };

	(void)state;
	assert_true(evidence_missing(&e, 712).likely > 200);
	assert_false(evidence_suffices(&e, 712));
}

static void no_loss_is_no_doubt_but_no_proof(void **state)
{
	const struct evidence few = {
		.n = 2, .tries = { { .answers = 3, .thorough = 1 }, { 0, 16, 16, 1 } }
	};
	const struct evidence many = {
		.n = 2, .tries = { { .answers = 3000, .thorough = 1 }, { 0, 256, 256, 1 } }
	};

	(void)state;
	assert_true(evidence_missing(&few, 1000).likely == 0);
	assert_true(evidence_missing(&few, 1000).most > 0.1);
	assert_true(evidence_suffices(&few, 1000));
	assert_true(evidence_missing(&many, 1000).most < 1);
	assert_true(evidence_missing(&few, 0).most == 0);
}

static void nothing_known_is_not_nothing_lost(void **state)
{
	const struct evidence nobody = { .n = 2 };
	const struct evidence no_pulses = { .n = 1, .tries = { { .answers = 3, .thorough = 1 } } };

	(void)state;
	assert_true(isnan(evidence_missing(&nobody, 100).likely));
	assert_true(isnan(evidence_missing(&no_pulses, 100).most));
	/* Nobody answers: another try would tell nothing. Without pulses it would. */
	assert_true(evidence_suffices(&nobody, 100));
	assert_false(evidence_suffices(&no_pulses, 100));
}

/* Silent hosts were asked everything once: hosts with one answer tell of them. */
static void silent_hosts_are_estimated_too(void **state)
{
	struct evidence e = { .n = 2,
			      .few = { 30 },
			      .tries = { { .answers = 800, .thorough = 1 },
					 { .answers = 200, 100, 80 } } };

	(void)state;
	assert_true(evidence_missing_of_silent(&e) > 4);
	e.tries[1].thorough = 1;
	assert_true(evidence_missing_of_silent(&e) == 0);
}

/* Half of a sample of rejected questions got a better answer: so would half of the others. */
static void a_sample_tells_of_all_rejected(void **state)
{
	const struct estimate half = evidence_of_rejected(20, 40, 1000);
	const struct estimate all = evidence_of_rejected(40, 40, 1000);
	const struct estimate none = evidence_of_rejected(0, 40, 1000);

	(void)state;
	assert_true(half.likely == 500);
	assert_true(half.most > 550 && half.most < 700);
	assert_true(all.likely == 1000 && all.most <= 1000 + 1e-9);
	assert_true(none.likely == 0 && none.most == 0);
	assert_true(evidence_of_rejected(40, 40, 0).most == 0);
	assert_true(evidence_of_rejected(0, 0, 7).most == 0);
}

static void more_answers_tolerate_more_doubt(void **state)
{
	(void)state;
	assert_true(evidence_tolerance(1) == evidence_tolerance(1000));
	assert_true(evidence_tolerance(1) < 0.01);
	assert_true(evidence_tolerance(100000) < 100);
	assert_true(evidence_tolerance(100000) > 1);
}

static void pulses_are_answered_questions(void **state)
{
	unsigned int i, seen = 0;
	struct pulses p;
	uint64_t q;

	(void)state;
	pulses_init(&p, 1, PULSE_PORTS);
	assert_false(pulses_pick(&p, &q));
	for (i = 0; i < 10000; i++)
		pulses_learn(&p, i);
	for (i = 0; i < 1000; i++) {
		assert_true(pulses_pick(&p, &q));
		assert_in_range(q, 0, 9999);
		seen += q >= 5000;
	}
	assert_in_range(seen, 250, 750); /* a fair sample: late ones too */
}

static bool is_even(const void *ctx, uint64_t question)
{
	(void)ctx;
	return question % 2 == 0;
}

static void pulses_are_judged_when_due(void **state)
{
	struct pulse pulse;
	struct pulses p;
	bool alive;

	(void)state;
	pulses_init(&p, 1, PULSE_PORTS);
	pulses_add(&p, 3, 10);
	pulses_add(&p, 4, 20);
	pulses_add(&p, 5, 30);
	assert_true(pulses_has(&p, 4) && !pulses_has(&p, 6));
	assert_true(pulses_judge(&p, 0, is_even, NULL, &pulse, &alive));
	assert_true(alive && pulse.question == 4);
	assert_false(pulses_judge(&p, 9, is_even, NULL, &pulse, &alive));
	assert_true(pulses_judge(&p, 10, is_even, NULL, &pulse, &alive));
	assert_true(!alive && pulse.question == 3);
	assert_false(pulses_judge(&p, 10, is_even, NULL, &pulse, &alive));
	assert_int_equal(p.n, 1);
}

/* The dead are asked again until the end, the living once. */
static void a_check_ends(void **state)
{
	uint64_t asked[2] = { 0 }, now = MS, questions[8];
	unsigned int n;
	struct check c;

	(void)state;
	check_begin(&c, now);
	assert_true(check_add(&c, 1) && check_add(&c, 2));
	while (!check_over(&c, false)) {
		for (n = check_next(&c, now, is_even, NULL, questions, 8); n; n--)
			asked[questions[n - 1] - 1]++;
		now += MS;
		assert_true(now < 10000 * MS);
	}
	assert_true(c.over && c.items[1].alive && !c.items[0].alive);
	assert_int_equal(asked[1], 1);
	assert_in_range(asked[0], 10, 20);
	assert_in_range(now, 3000 * MS, 8000 * MS); /* longer than most outages */
}

static void one_that_lives_is_enough_for_a_way(void **state)
{
	uint64_t questions[8];
	struct check c;

	(void)state;
	check_begin(&c, MS);
	check_add(&c, 1);
	check_add(&c, 2);
	assert_int_equal(check_next(&c, MS, is_even, NULL, questions, 8), 2);
	assert_int_equal(check_next(&c, 2 * MS, is_even, NULL, questions, 8), 0);
	assert_true(check_over(&c, true));
	assert_false(check_over(&c, false));
}

/* Ten answers a millisecond, then none. */
static void life_ends_when_answers_should_have_come(void **state)
{
	uint64_t now;
	struct life l;

	(void)state;
	life_begin(&l, 0);
	for (now = 0; now < 100 * MS; now += MS) {
		life_sent(&l, 10);
		life_heard(&l, now);
		assert_false(life_in_doubt(&l, now, 50 * MS, 50 * MS, 12));
	}
	for (; now < 140 * MS; now += MS) {
		life_sent(&l, 10);
		assert_false(life_in_doubt(&l, now, 50 * MS, 50 * MS, 12));
	}
	for (; now < 300 * MS; now += MS)
		if (life_in_doubt(&l, now, 50 * MS, 50 * MS, 12))
			break;
	assert_in_range(now, 150 * MS, 250 * MS);
}

/* Silence without expected answers tells nothing. */
static void silence_alone_is_no_death(void **state)
{
	uint64_t now;
	struct life l;

	(void)state;
	life_begin(&l, 0);
	life_sent(&l, 5);
	for (now = 0; now < 5000 * MS; now += MS)
		assert_false(life_in_doubt(&l, now, 50 * MS, 50 * MS, 12));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(loss_of_all_alike),
		cmocka_unit_test(loss_of_one_host),
		cmocka_unit_test(no_loss_is_no_doubt_but_no_proof),
		cmocka_unit_test(nothing_known_is_not_nothing_lost),
		cmocka_unit_test(silent_hosts_are_estimated_too),
		cmocka_unit_test(a_sample_tells_of_all_rejected),
		cmocka_unit_test(more_answers_tolerate_more_doubt),
		cmocka_unit_test(pulses_are_answered_questions),
		cmocka_unit_test(pulses_are_judged_when_due),
		cmocka_unit_test(a_check_ends),
		cmocka_unit_test(one_that_lives_is_enough_for_a_way),
		cmocka_unit_test(life_ends_when_answers_should_have_come),
		cmocka_unit_test(silence_alone_is_no_death),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
