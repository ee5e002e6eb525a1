// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * test-refusals.c - a model of a device with a queue and a filter: frames that the filter drops are
 * given up soon and cost the others no time; a full queue costs time, but no frame.
 */
#include "refusals.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define US 1000ULL
#define MS 1000000ULL

enum { FRAMES_MAX = 1 << 16, COST_NS = 1500, WAIT_NS = 250000 };

struct device {
	unsigned int room;    /* of the queue */
	uint64_t interval_ns; /* between two frames that leave it; 0: they leave at once */
	uint64_t dead_until_ns;
	bool (*drops)(uint64_t index);
	bool lazy;	/* frames leave only when one is offered, behind that */
	bool is_socket; /* of which the buffer is full, not the queue */
	uint64_t now_ns, left_ns, random;
	unsigned int queued;
	uint8_t taken[FRAMES_MAX], given_up[FRAMES_MAX], known[FRAMES_MAX];
	unsigned int n_taken, n_given_up, most_kept;
};

static uint32_t next_random(struct device *d)
{
	d->random = d->random * 6364136223846793005ULL + 1442695040888963407ULL;
	return (uint32_t)(d->random >> 33);
}

static void rest(struct device *d)
{
	d->now_ns += WAIT_NS + next_random(d) % (WAIT_NS / 2);
}

static void drain(struct device *d)
{
	if (d->now_ns < d->dead_until_ns)
		return;
	while (d->queued && (!d->interval_ns || d->left_ns + d->interval_ns <= d->now_ns)) {
		d->left_ns += d->interval_ns;
		d->queued--;
	}
	if (!d->queued)
		d->left_ns = d->now_ns;
}

/* Does the queue have room for one more frame? */
static bool has_room(struct device *d)
{
	bool room;

	d->now_ns += COST_NS / 2 + next_random(d) % COST_NS;
	if (!d->lazy)
		drain(d);
	room = d->queued < d->room;
	drain(d);
	return room;
}

/* As tx_af_packet.c does: each frame that is refused is offered twice. */
static int hand_over(void *ctx, const struct refusals_frame *frames, unsigned int n,
		     bool *socket_full)
{
	struct device *d = ctx;
	unsigned int i;

	assert_in_range(n, 1, REFUSALS_BATCH);
	*socket_full = false;
	for (i = 0; i < n; i++) {
		assert_int_equal(frames[i].attempt, frames[0].attempt);
		if (!has_room(d) && !has_room(d)) {
			*socket_full = d->is_socket;
			break;
		}
		if (d->drops && d->drops(frames[i].index))
			break;
		assert_false(d->taken[frames[i].index]);
		assert_false(d->given_up[frames[i].index]);
		d->taken[frames[i].index] = 1;
		d->n_taken++;
		d->queued++;
	}
	return (int)i;
}

/* As sending.c does. */
static int pass(struct refusals *r, struct device *d)
{
	int code;
	unsigned int i;

	if (refusals_are_due(r, d->now_ns))
		rest(d);
	code = refusals_pass(r, hand_over, d, d->now_ns);
	for (i = 0; i < r->n_given_up; i++) {
		assert_false(d->given_up[r->given_up[i]]);
		d->given_up[r->given_up[i]] = 1;
		d->n_given_up++;
	}
	r->n_given_up = 0;
	if (r->n_todo + r->n_aside > d->most_kept)
		d->most_kept = r->n_todo + r->n_aside;
	return code;
}

/* Send n frames in batches of `batch`. Returns the time that this has taken, all waits included. */
static uint64_t send_all(struct device *d, unsigned int n, unsigned int batch)
{
	struct refusals *r = calloc(1, sizeof(*r));
	unsigned int sent = 0, passes = 0, i;
	int code = 0;

	assert_non_null(r);
	d->now_ns = d->left_ns = 1000 * MS;
	d->dead_until_ns += d->now_ns;
	while (sent < n || r->n_todo || r->n_aside) {
		assert_in_range(passes++, 0, 1000000);
		for (i = 0; !code && refusals_have_room(r) && i < batch && sent < n; i++, sent++)
			refusals_add(r, sent, (uint8_t)(sent >> 10), d->known[sent]);
		code = pass(r, d);
		if (code || sent == n || !refusals_have_room(r))
			rest(d);
	}
	assert_int_equal(d->n_taken + d->n_given_up, n);
	assert_int_equal(refusals_next_ns(r), 0);
	free(r);
	return d->now_ns - 1000 * MS;
}

static struct device *new_device(unsigned int room, uint64_t interval_ns,
				 bool (*drops)(uint64_t index))
{
	struct device *d = calloc(1, sizeof(*d));

	assert_non_null(d);
	d->room = room;
	d->interval_ns = interval_ns;
	d->drops = drops;
	return d;
}

static uint32_t mix(uint64_t index)
{
	return (uint32_t)((index + 1) * 0x9e3779b97f4a7c15ULL >> 32);
}

static bool one_in_eight(uint64_t index)
{
	return mix(index) % 8 == 0;
}
static bool nine_in_ten(uint64_t index)
{
	return mix(index) % 10 != 0;
}
static bool the_last(uint64_t index)
{
	return index == 511;
}
static bool all(uint64_t index)
{
	(void)index;
	return true;
}

/* What the filter drops is given up, all of it, and nothing else. */
static void check_filter(const struct device *d, unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		assert_int_equal(d->given_up[i], d->drops(i));
}

static void a_filter_costs_no_time(void **state)
{
	static const unsigned int batches[] = { 1, 7, 64 };
	struct device *d;
	uint64_t took;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(batches) / sizeof(*batches); i++) {
		d = new_device(1000, 0, one_in_eight);
		took = send_all(d, 512, batches[i]);
		check_filter(d, 512);
		assert_in_range(took, 0, 100 * MS);
		free(d);
	}
}

/* The only frame dropped is the last: no other frame can prove that the queue has room. */
static void the_last_frame_has_the_usual_patience(void **state)
{
	struct device *d = new_device(1000, 0, the_last);
	uint64_t took = send_all(d, 512, 64);

	(void)state;
	check_filter(d, 512);
	assert_in_range(took, 40 * MS, 60 * MS);
	free(d);
}

static void a_filter_that_drops_most(void **state)
{
	struct device *d = new_device(1000, 0, nine_in_ten);
	uint64_t took = send_all(d, 4096, 64);

	(void)state;
	check_filter(d, 4096);
	assert_in_range(took, 0, 4000 * MS); /* not 50 ms for each */
	free(d);
}

/* 50 ms once, then a moment for each batch. */
static void a_filter_that_drops_all(void **state)
{
	struct device *d = new_device(1000, 0, all);
	uint64_t took = send_all(d, 65536, 64);

	(void)state;
	check_filter(d, 65536);
	assert_in_range(took, 50 * MS, 1024 * 4 * MS);
	free(d);
}

/* Refused before: one refusal is enough, so no frame has a second try. */
static void known_targets_are_given_up_at_once(void **state)
{
	struct device *d = new_device(1000, 0, one_in_eight);
	unsigned int i;

	(void)state;
	for (i = 0; i < 512; i++)
		d->known[i] = one_in_eight(i) || i % 3 == 0; /* some of them pass by now */
	assert_in_range(send_all(d, 512, 64), 0, 10 * MS);
	check_filter(d, 512);
	free(d);
}

/* Queues of many sizes and speeds: no frame is lost, and the queue never waits for frames. */
static void a_full_queue_loses_nothing(void **state)
{
	static const struct {
		unsigned int room;
		uint64_t interval_ns;
		unsigned int n;
	} rows[] = {
		{ 1000, 1000, 65536 }, { 100, 7 * US, 65536 },	  { 1000, 7 * US, 65536 },
		{ 10, 7 * US, 65536 }, { 1, 100 * US, 8192 },	  { 16, 100 * US, 16384 },
		{ 256, 1 * MS, 4096 }, { 4, 1 * MS, 4096 },	  { 64, 5 * MS, 1024 },
		{ 64, 20 * MS, 512 },  { 1000, 300 * US, 16384 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < 2 * sizeof(rows) / sizeof(*rows); i++) {
		const size_t row = i / 2;
		struct device *d = new_device(rows[row].room, rows[row].interval_ns, NULL);
		uint64_t took,
			pace = rows[row].interval_ns > COST_NS ? rows[row].interval_ns : COST_NS;

		d->lazy = i % 2;
		took = send_all(d, rows[row].n, 64);
		/* A small queue is empty before the wait is over. */
		if (pace * rows[row].room < WAIT_NS)
			pace = 2 * WAIT_NS / rows[row].room + COST_NS;
		assert_int_equal(d->n_given_up, 0);
		assert_in_range(took, 0, rows[row].n * pace * 3 / 2);
		assert_in_range(d->most_kept, 0, REFUSALS_ROOM);
		free(d);
	}
}

/* A full queue and a filter at once: what the filter drops is given up, and nothing else. */
static void a_full_queue_and_a_filter(void **state)
{
	static const uint64_t intervals[] = { 7 * US, 100 * US, 1 * MS };
	size_t i;
	unsigned int j, wrong;

	(void)state;
	for (i = 0; i < sizeof(intervals) / sizeof(*intervals); i++) {
		struct device *d = new_device(200, intervals[i], one_in_eight);

		send_all(d, 4096, 64);
		for (wrong = j = 0; j < 4096; j++) {
			assert_true(d->given_up[j] || !one_in_eight(j));
			wrong += d->given_up[j] && !one_in_eight(j);
		}
		assert_int_equal(wrong, 0);
		free(d);
	}
}

/* A device that takes nothing for a while: shorter than the patience, nothing is lost. */
static void a_device_that_rests(void **state)
{
	struct device *d = new_device(100, 10 * US, NULL);

	(void)state;
	d->dead_until_ns = 45 * MS;
	send_all(d, 2048, 64);
	assert_int_equal(d->n_given_up, 0);
	free(d);
}

/* A socket whose buffer is full has refused no frame. */
static void a_full_socket_is_waited_for(void **state)
{
	struct device *d = new_device(100, 10 * US, NULL);

	(void)state;
	d->is_socket = true;
	d->dead_until_ns = 900 * MS;
	send_all(d, 2048, 64);
	assert_int_equal(d->n_given_up, 0);
	free(d);
}

static int broken(void *ctx, const struct refusals_frame *frames, unsigned int n, bool *socket_full)
{
	(void)ctx;
	(void)n;
	*socket_full = false;
	return frames[0].index == 3 ? -ENETDOWN : 0;
}

/* An error: the caller learns of it, and which frames it has never tried. */
static void an_error_ends_the_pass(void **state)
{
	struct refusals *r = calloc(1, sizeof(*r));
	unsigned int i;

	(void)state;
	assert_non_null(r);
	for (i = 0; i < 10; i++)
		refusals_add(r, i, 0, false);
	assert_int_equal(refusals_pass(r, broken, NULL, MS), -ENETDOWN);
	assert_int_equal(refusals_forget(r), 7);
	assert_int_equal(r->n_todo, 0);
	assert_int_equal(r->n_aside, 3);
	for (i = 0; i < 3; i++)
		assert_int_equal(r->aside[i].index, i);
	refusals_give_up(r);
	assert_int_equal(r->n_given_up, 3);
	free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_filter_costs_no_time),
		cmocka_unit_test(the_last_frame_has_the_usual_patience),
		cmocka_unit_test(a_filter_that_drops_most),
		cmocka_unit_test(a_filter_that_drops_all),
		cmocka_unit_test(known_targets_are_given_up_at_once),
		cmocka_unit_test(a_full_queue_loses_nothing),
		cmocka_unit_test(a_full_queue_and_a_filter),
		cmocka_unit_test(a_device_that_rests),
		cmocka_unit_test(a_full_socket_is_waited_for),
		cmocka_unit_test(an_error_ends_the_pass),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
