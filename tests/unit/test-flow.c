// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * test-flow.c - each question is asked as often as it should be, and the sample shows what is lost.
 */
#include "flow.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define MS 1000000ULL

enum { FIRST = 1000, N = 40000, SMALL = 640, SMALL_SAMPLE = 26 };

/* A network: which questions are answered when asked for the how manieth time (0: never). */
struct net {
	uint8_t answers_at[N];
	uint8_t asked[N];
};

static bool is_answered(const void *ctx, uint64_t index)
{
	const struct net *net = ctx;

	assert_in_range(index, FIRST, FIRST + N - 1);
	index -= FIRST;
	return net->answers_at[index] && net->asked[index] >= net->answers_at[index];
}

static uint64_t answered(const struct net *net, uint64_t n)
{
	uint64_t sum = 0, i;

	for (i = 0; i < n; i++)
		sum += is_answered(net, FIRST + i);
	return sum;
}

/* A flow of n questions; `shared`: at this rate, else at that which control finds. */
static void init(struct flow *f, uint64_t n, unsigned int tries, struct pacer *shared, uint64_t now)
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

/* Drive a flow of n questions to its end. */
static void go_on(struct flow *f, struct net *net, uint64_t n, uint64_t now)
{
	uint64_t batch[64];
	unsigned int i, allowed, got;
	bool last;

	while (f->state != FLOW_DONE) {
		now += MS;
		if (f->state == FLOW_WAITING) {
			now = flow_deadline_ns(f, 2000 * MS);
			last = flow_is_last_try(f, answered(net, n));
			flow_next_try(f, answered(net, n));
			assert_int_equal(last, f->state == FLOW_DONE);
			continue;
		}
		allowed = flow_take(f, now, 64);
		got = flow_next(f, now, allowed, is_answered, net, batch);
		for (i = 0; i < got; i++)
			net->asked[batch[i] - FIRST]++;
	}
}

static void drive(struct flow *f, struct net *net, uint64_t n, unsigned int tries)
{
	struct pacer pacer;

	pacer_init(&pacer, 1e6, 0);
	init(f, n, tries, &pacer, 0);
	go_on(f, net, n, 0);
}

static struct net *new_net(unsigned int answers_at)
{
	struct net *net = calloc(1, sizeof(*net));

	assert_non_null(net);
	memset(net->answers_at, (int)answers_at, sizeof(net->answers_at));
	return net;
}

static void all_answer_at_once(void **state)
{
	struct net *net = new_net(1);
	struct flow f;
	unsigned int i;

	(void)state;
	drive(&f, net, N, 3);
	for (i = 0; i < N; i++)
		assert_int_equal(net->asked[i], 1);
	assert_int_equal(f.sampled, 0);
	assert_int_equal(flow_missing(&f), 0);
	flow_free(&f);
	free(net);
}

static void nobody_answers(void **state)
{
	struct net *net = new_net(0);
	struct flow f;
	unsigned int i;

	(void)state;
	drive(&f, net, 100, 2);
	for (i = 0; i < 100; i++)
		assert_int_equal(net->asked[i], 2); /* no sample: it would tell nothing */
	flow_free(&f);
	free(net);
}

/* A third answers the first flow, a third when asked anew, a third never. */
static void asked_anew_is_what_is_missing(void **state)
{
	struct net *net = new_net(0);
	struct pacer pacer;
	struct flow f;
	unsigned int i;

	(void)state;
	for (i = 0; i < N; i++)
		net->answers_at[i] = (const uint8_t[]){ 1, 3, 0 }[i % 3];
	pacer_init(&pacer, 1e6, 0);
	init(&f, N, 1, &pacer, 0);
	go_on(&f, net, N, 0);
	for (i = 0; i < 2; i++) {
		flow_ask_anew(&f, MS);
		assert_int_equal(f.state, FLOW_SENDING);
		assert_true(flow_asks_again(&f));
		go_on(&f, net, N, MS);
	}
	for (i = 0; i < N; i++)
		assert_int_equal(net->asked[i], i % 3 ? 3 : 1);
	flow_free(&f);
	free(net);
}

static void asked_once_means_once(void **state)
{
	struct net *net = new_net(1);
	struct flow f;
	unsigned int i;

	(void)state;
	memset(net->answers_at, 0, N / 2);
	drive(&f, net, N, 1);
	for (i = 0; i < N; i++)
		assert_int_equal(net->asked[i], 1);
	assert_int_equal(f.sampled, 0);
	flow_free(&f);
	free(net);
}

/* Half is silent for ever, a tenth would answer the third time: two tries miss that tenth. */
static void the_sample_tells_what_is_missing(void **state)
{
	struct net *net = new_net(1);
	uint64_t missing, asked = 0;
	struct flow f;
	unsigned int i;

	(void)state;
	memset(net->answers_at, 0, N / 2);
	memset(net->answers_at, 3, N / 10);
	drive(&f, net, N, 2);
	for (i = 0; i < N; i++)
		asked += net->asked[i];
	assert_int_equal(f.sampled, FLOW_SAMPLE_MAX);
	assert_int_equal(asked, N + N / 2 + f.sampled);
	flow_count_sample(&f, is_answered, net);
	missing = flow_missing(&f);
	assert_in_range(missing + f.found, N / 10 * 3 / 4, N / 10 * 5 / 4);
	flow_free(&f);
	free(net);
}

/* Fewer are missing than a sample has: all are asked once more, and nothing is left to estimate. */
static void a_small_rest_is_the_sample(void **state)
{
	struct net *net = new_net(1);
	struct flow f;

	(void)state;
	memset(net->answers_at, 3, 20);
	drive(&f, net, N, 2);
	assert_int_equal(f.sampled, 20);
	flow_count_sample(&f, is_answered, net);
	assert_int_equal(f.found, 20);
	assert_int_equal(flow_missing(&f), 0);
	assert_int_equal(answered(net, N), N);
	flow_free(&f);
	free(net);
}

/*
 * Broken off after each so many questions and gone on with elsewhere: no question is left out that
 * was not answered, and none is asked for the first time twice.
 */
static void goes_on_elsewhere(void **state)
{
	struct net *net = new_net(1);
	uint64_t batch[64], now = MS, first_times = 0, i;
	struct flow_saved saved = { 0 };
	unsigned int allowed, got, turn;
	struct pacer pacer;
	struct flow f;

	(void)state;
	memset(net->answers_at, 2, N / 8); /* what the first run must not miss */
	for (turn = 0; !saved.done; turn++) {
		assert_in_range(turn, 0, 1000);
		pacer_init(&pacer, 1e6, now);
		init(&f, N, 3, &pacer, now);
		assert_true(flow_restore(&f, &saved, now));
		for (i = 0; i < 50 && f.state != FLOW_DONE; i++) {
			now += MS;
			if (f.state == FLOW_WAITING) {
				now = flow_deadline_ns(&f, 20 * MS);
				flow_next_try(&f, answered(net, N));
				continue;
			}
			allowed = flow_take(&f, now, 64);
			got = flow_next(&f, now, allowed, is_answered, net, batch);
			first_times += flow_asks_again(&f) ? 0 : got;
			while (got)
				net->asked[batch[--got] - FIRST]++;
		}
		saved = flow_save(&f, now, 20 * MS);
		flow_free(&f);
	}
	assert_int_equal(first_times, N);
	assert_int_equal(answered(net, N), N);
	free(net);
}

/* No run begins a sample where nobody answers, but its file may say so. */
static void a_sample_is_the_end(void **state)
{
	static const struct flow_saved in_sample = { .attempt = 3 };
	struct flow f;

	(void)state;
	init(&f, SMALL, 3, NULL, MS);
	assert_true(flow_restore(&f, &in_sample, MS));
	flow_next_try(&f, 0);
	assert_int_equal(f.state, FLOW_DONE);
	flow_free(&f);
}

static void a_state_that_cannot_be_is_refused(void **state)
{
	static const struct flow_saved wrong[] = {
		{ .position = 2, .reached = 1 },
		{ .reached = SMALL + 1 },
		{ .attempt = 4 },
		{ .sampled = FLOW_SAMPLE_MAX + 1, .position = 1, .reached = 1 },
		{ .sampled = 1 },
		{ .found = 1 },
		/* Of a sample that is not complete nothing is kept; the sampled would not fit. */
		{ .attempt = 3, .sampled = 1, .position = 1, .reached = 1 },
		{ .done = 1, .sampled = SMALL_SAMPLE + 1, .position = 1, .reached = 1 },
	};
	/* Where each question is asked once there is no sample. */
	static const struct flow_saved wrong_once[] = {
		{ .attempt = 1 },
		{ .done = 1, .sampled = 1, .position = 1, .reached = 1 },
	};
	struct pacer pacer;
	struct flow f;
	size_t i;

	(void)state;
	pacer_init(&pacer, 1e6, 0);
	init(&f, SMALL, 3, &pacer, 0);
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_false(flow_restore(&f, &wrong[i], 0));
	flow_free(&f);
	init(&f, SMALL, 1, &pacer, 0);
	for (i = 0; i < sizeof(wrong_once) / sizeof(wrong_once[0]); i++)
		assert_false(flow_restore(&f, &wrong_once[i], 0));
	flow_free(&f);
}

/* What comes due in four milliseconds, from 8 on, at most 64; less if a stretch ends with less. */
static void probes_leave_in_slices(void **state)
{
	static const struct {
		double rate_pps;
		uint64_t slice_ns;
	} rows[] = { { 100, 10 * MS }, { 1e3, MS }, { 10e3, 4 * MS }, { 1e6, 64000 } };
	uint64_t indices[64], now = MS;
	struct pacer pacer;
	struct flow f;
	size_t r;

	(void)state;
	for (r = 0; r < sizeof(rows) / sizeof(*rows); r++) {
		pacer_init(&pacer, rows[r].rate_pps, now);
		init(&f, N, 1, &pacer, now);
		assert_int_equal(flow_take(&f, now, 64), 1);
		assert_in_range(flow_ready_ns(&f, now), now + rows[r].slice_ns - 10,
				now + rows[r].slice_ns + 10);
		flow_free(&f);
	}

	init(&f, N, 1, NULL, now); /* the first stretch is of 32 */
	pacer_set_rate(f.pacer, 10e3, now);
	assert_int_equal(flow_next(&f, now, flow_take(&f, now, 64), NULL, NULL, indices), 1);
	now += 3 * MS;
	assert_int_equal(flow_next(&f, now, flow_take(&f, now, 64), NULL, NULL, indices), 30);
	assert_in_range(flow_ready_ns(&f, now), now + MS / 10 - 10, now + MS / 10 + 10);
	flow_free(&f);
}

/* Broken off while it waited for the last answers of a try: there is nothing left to send. */
static void goes_on_waiting(void **state)
{
	static const struct flow_saved all_asked = { .position = SMALL, .reached = SMALL };
	struct flow f;

	(void)state;
	init(&f, SMALL, 3, NULL, MS);
	assert_true(flow_restore(&f, &all_asked, MS));
	assert_int_equal(f.state, FLOW_WAITING);
	assert_in_range(flow_deadline_ns(&f, 20 * MS), MS, 21 * MS);
	flow_next_try(&f, 0);
	assert_int_equal(f.attempt, 1);
	assert_int_equal(f.state, FLOW_SENDING);
	assert_true(flow_take(&f, 1000 * MS, 64) > 0);
	flow_free(&f);
}

/* Frames are lost from `from` on; known 100 ms later; until `to` nothing is sent. */
static void lose_carrier(struct flow *f, struct net *net, uint64_t n, uint64_t from, uint64_t to)
{
	uint64_t batch[64], now = 0;
	unsigned int i, got;
	bool over = false;

	while (f->state != FLOW_DONE) {
		now += MS;
		if (now >= from + 100 * MS && now < to)
			continue;
		if (now >= to && !over)
			flow_rewind(f, from, now);
		over |= now >= to;
		flow_judge(f, now, is_answered, net);
		if (f->state == FLOW_WAITING && now >= flow_deadline_ns(f, 2000 * MS))
			flow_next_try(f, answered(net, n));
		if (f->state != FLOW_SENDING)
			continue;
		got = flow_next(f, now, flow_take(f, now, 64), is_answered, net, batch);
		for (i = 0; i < got; i++)
			if (now < from || over)
				net->asked[batch[i] - FIRST]++;
	}
}

/* At a given rate or that which control finds; in the middle, or when all was just sent. */
static void a_lost_carrier_loses_nothing(void **state)
{
	static const uint64_t froms[] = { 5, 100, 300, 600, 640, 700 };
	struct pacer pacer;
	unsigned int i, tries;
	size_t row;

	(void)state;
	for (row = 0; row < 4 * sizeof(froms) / sizeof(*froms); row++) {
		const uint64_t from = froms[row / 4] * MS;
		struct net *net = new_net(1);
		struct flow f;

		tries = 1 + row / 2 % 2;
		pacer_init(&pacer, 1e6, 0);
		init(&f, N, tries, row % 2 ? &pacer : NULL, 0);
		lose_carrier(&f, net, N, from, from + 2000 * MS);
		for (i = 0; i < N; i++)
			assert_int_equal(net->asked[i], 1);
		assert_int_equal(flow_missing(&f), 0);
		flow_free(&f);
		free(net);
	}
}

/* In the second try: what the first has lost is asked again, and so is what the carrier has lost. */
static void a_carrier_lost_in_the_second_try(void **state)
{
	struct net *net = new_net(2);
	struct pacer pacer;
	struct flow f;
	unsigned int i;

	(void)state;
	pacer_init(&pacer, 1e6, 0);
	init(&f, N, 2, &pacer, 0);
	lose_carrier(&f, net, N, 2900 * MS, 4900 * MS);
	assert_int_equal(answered(net, N), N);
	for (i = 0; i < N; i++)
		assert_int_equal(net->asked[i], 2);
	flow_free(&f);
	free(net);
}

/* Nothing was sent meanwhile: nothing changes. */
static void a_carrier_lost_while_nothing_was_sent(void **state)
{
	struct net *net = new_net(0);
	struct pacer pacer;
	struct flow f;
	uint64_t batch[64], now;

	(void)state;
	pacer_init(&pacer, 1e6, 0);
	init(&f, 64, 1, &pacer, 0);
	flow_rewind(&f, 0, MS);
	assert_int_equal(f.position, 0);
	for (now = MS; f.state == FLOW_SENDING; now += MS)
		flow_next(&f, now, flow_take(&f, now, 64), is_answered, net, batch);
	flow_rewind(&f, 1000 * MS, 2000 * MS);
	assert_int_equal(f.state, FLOW_WAITING);
	flow_rewind(&f, 1 * MS, 2000 * MS);
	assert_int_equal(f.state, FLOW_SENDING);
	assert_true(flow_take(&f, 2000 * MS, 1));
	assert_int_equal(flow_next(&f, 2000 * MS, 1, is_answered, net, batch), 1);
	assert_true(flow_asks_again(&f));
	f.state = FLOW_DONE;
	flow_rewind(&f, MS, 3000 * MS);
	assert_int_equal(f.state, FLOW_DONE);
	flow_free(&f);
	free(net);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(probes_leave_in_slices),
		cmocka_unit_test(all_answer_at_once),
		cmocka_unit_test(nobody_answers),
		cmocka_unit_test(asked_anew_is_what_is_missing),
		cmocka_unit_test(asked_once_means_once),
		cmocka_unit_test(the_sample_tells_what_is_missing),
		cmocka_unit_test(a_small_rest_is_the_sample),
		cmocka_unit_test(goes_on_elsewhere),
		cmocka_unit_test(goes_on_waiting),
		cmocka_unit_test(a_lost_carrier_loses_nothing),
		cmocka_unit_test(a_carrier_lost_in_the_second_try),
		cmocka_unit_test(a_carrier_lost_while_nothing_was_sent),
		cmocka_unit_test(a_sample_is_the_end),
		cmocka_unit_test(a_state_that_cannot_be_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
