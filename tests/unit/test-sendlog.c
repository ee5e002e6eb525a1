// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* test-sendlog.c - every probe of the last batches is found, with the time of its batch. */
#include "sendlog.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { MODEL_MAX = 5 * SENDLOG_ENTRIES };

/* What was sent, kept in full. */
struct model {
	uint64_t first[MODEL_MAX];
	uint64_t last[MODEL_MAX];
	size_t n;
};

static uint64_t time_of(size_t batch)
{
	return 1000000007ULL * (batch + 1);
}

static uint32_t next_random(uint64_t *state)
{
	*state = *state * 6364136223846793005ULL + 1442695040888963407ULL;
	return (uint32_t)(*state >> 33);
}

/* Batches of 1 to 64 positions, with gaps of up to max_gap before them. */
static void send_batches(struct sendlog *log, struct model *model, size_t batches, uint32_t max_gap)
{
	uint64_t random = batches, position = 0;

	for (model->n = 0; model->n < batches; model->n++) {
		position += next_random(&random) % (max_gap + 1);
		model->first[model->n] = position;
		position += next_random(&random) % 64;
		model->last[model->n] = position++;
		sendlog_add(log, model->first[model->n], model->last[model->n], time_of(model->n));
	}
}

static void check_found(const struct sendlog *log, uint64_t position, size_t batch)
{
	uint64_t time_ns = 0, earliest_ns = 0;

	assert_true(sendlog_find(log, position, &time_ns, &earliest_ns));
	assert_int_equal(time_ns, time_of(batch));
	assert_int_equal(earliest_ns, time_of(batch));
}

static void check_unknown(const struct sendlog *log, uint64_t position)
{
	uint64_t time_ns = 4711, earliest_ns;

	assert_false(sendlog_find(log, position, &time_ns, &earliest_ns));
	assert_int_equal(time_ns, 4711);
}

static void check_model(const struct sendlog *log, const struct model *model)
{
	size_t i, oldest = model->n > SENDLOG_ENTRIES ? model->n - SENDLOG_ENTRIES : 0;

	for (i = 0; i < oldest; i++) {
		check_unknown(log, model->first[i]);
		check_unknown(log, model->last[i]);
	}
	for (i = oldest; i < model->n; i++) {
		check_found(log, model->first[i], i);
		check_found(log, (model->first[i] + model->last[i]) / 2, i);
		check_found(log, model->last[i], i);
	}
	check_unknown(log, model->last[model->n - 1] + 1);
	check_unknown(log, UINT64_MAX);
}

/* Probes leave between the first and the last of their batch, each after the one before. */
static void probes_leave_one_by_one(void **state)
{
	enum { FIRST = 1000, N = 65, FROM = 5000000, TO = 5006400 };
	uint64_t time_ns, earliest_ns, before_ns = 0;
	struct sendlog log;
	unsigned int i;

	(void)state;
	assert_int_equal(sendlog_init(&log), 0);
	sendlog_left(&log, 0, FROM, TO); /* nothing has been sent */
	sendlog_add(&log, FIRST, FIRST + N - 1, FROM - 100);
	sendlog_add(&log, FIRST + N + 10, FIRST + N + 10, TO + 1);
	sendlog_left(&log, 1, FROM, TO);
	sendlog_left(&log, 2, 1, 2); /* there is no such batch */
	for (i = 0; i < N; i++) {
		assert_true(sendlog_find(&log, FIRST + i, &time_ns, &earliest_ns));
		assert_int_equal(time_ns, FROM + i * 100);
		assert_int_equal(earliest_ns, FROM);
		assert_true(time_ns > before_ns);
		before_ns = time_ns;
	}
	/* A batch counts as sent while any of its probes leaves. */
	assert_int_equal(sendlog_position(&log, FROM), FIRST);
	assert_int_equal(sendlog_position(&log, TO), FIRST);
	assert_int_equal(sendlog_position(&log, TO + 1), FIRST + N + 10);
	sendlog_left(&log, 0, TO + 1, TO + 1 + (1ULL << 40));
	assert_true(sendlog_find(&log, FIRST + N + 10, &time_ns, &earliest_ns));
	assert_int_equal(earliest_ns, TO + 1);
	sendlog_free(&log);
}

static void last_batches_are_found(void **state)
{
	static const struct {
		size_t batches;
		uint32_t max_gap;
	} rows[] = {
		{ 1, 0 },
		{ 2, 1 },
		{ 1000, 0 },
		{ 1000, 100000 },
		{ SENDLOG_ENTRIES - 1, 0 },
		{ SENDLOG_ENTRIES, 0 },
		{ SENDLOG_ENTRIES + 1, 0 },
		{ SENDLOG_ENTRIES + 1, 1000 },
		{ 2 * SENDLOG_ENTRIES, 0 },
		{ 4 * SENDLOG_ENTRIES + 77, 3 },
	};
	static struct model model;
	struct sendlog log;
	size_t i;

	(void)state;
	assert_int_equal(sendlog_init(&log), 0);
	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		sendlog_reset(&log);
		send_batches(&log, &model, rows[i].batches, rows[i].max_gap);
		check_model(&log, &model);
	}
	sendlog_free(&log);
}

static void empty_log_knows_nothing(void **state)
{
	struct sendlog log;

	(void)state;
	memset(&log, 0xff, sizeof(log));
	assert_int_equal(sendlog_init(&log), 0);
	check_unknown(&log, 0);
	check_unknown(&log, UINT64_MAX);
	sendlog_free(&log);
	check_unknown(&log, 0);
	sendlog_free(&log);
}

static void before_the_first_batch_is_unknown(void **state)
{
	struct sendlog log;

	(void)state;
	assert_int_equal(sendlog_init(&log), 0);
	sendlog_add(&log, 10, 10, time_of(0));
	check_unknown(&log, 9);
	check_found(&log, 10, 0);
	check_unknown(&log, 11);
	sendlog_free(&log);
}

/* A new try sends the same positions again: neither its unsent nor its sent ones are old news. */
static void reset_forgets(void **state)
{
	static struct model model;
	struct sendlog log;

	(void)state;
	assert_int_equal(sendlog_init(&log), 0);
	send_batches(&log, &model, SENDLOG_ENTRIES + 5, 0);
	sendlog_reset(&log);
	check_unknown(&log, 0);
	check_unknown(&log, model.last[model.n - 1]);

	sendlog_add(&log, 0, 9, time_of(123));
	check_found(&log, 9, 123);
	check_unknown(&log, 10);
	check_unknown(&log, model.last[model.n - 1]);
	sendlog_free(&log);
}

/* Forget the batches from a position on, send on from there: as if the rest had never been. */
static void rewind_forgets_the_end(void **state)
{
	static const size_t sizes[] = { 1, 100, SENDLOG_ENTRIES, 3 * SENDLOG_ENTRIES };
	static struct model model;
	struct sendlog log;
	uint64_t middle;
	size_t i, batch;

	(void)state;
	assert_int_equal(sendlog_init(&log), 0);
	for (i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		sendlog_reset(&log);
		send_batches(&log, &model, sizes[i], 0);
		batch = model.n - 1 - model.n / 10;
		middle = model.first[batch] + (model.last[batch] - model.first[batch] + 1) / 2;
		sendlog_rewind(&log, middle);
		check_unknown(&log, middle);
		check_unknown(&log, model.last[model.n - 1]);
		if (middle > model.first[batch])
			check_found(&log, middle - 1, batch);
		sendlog_add(&log, middle, middle + 9, time_of(model.n));
		check_found(&log, middle, model.n);
		check_found(&log, middle + 9, model.n);
		check_unknown(&log, middle + 10);
		if (batch)
			check_found(&log, model.last[batch - 1], batch - 1);
	}
	sendlog_free(&log);
}

/* What the ring has overwritten stays unknown, also when it holds fewer batches than its room. */
static void rewind_brings_nothing_back(void **state)
{
	static struct model model;
	struct sendlog log;
	size_t first;

	(void)state;
	assert_int_equal(sendlog_init(&log), 0);
	send_batches(&log, &model, 2 * SENDLOG_ENTRIES, 0);
	first = model.n - SENDLOG_ENTRIES;
	sendlog_rewind(&log, model.first[first + 10]);
	check_found(&log, model.first[first], first);
	check_unknown(&log, model.last[first - 1]);
	assert_int_equal(sendlog_position(&log, time_of(first + 1)), model.first[first + 1]);
	assert_int_equal(sendlog_position(&log, time_of(first)), 0);
	/* All of it, and more than all of it. */
	sendlog_rewind(&log, model.first[first]);
	check_unknown(&log, model.first[first]);
	sendlog_rewind(&log, 5);
	check_unknown(&log, 4);
	sendlog_add(&log, 5, 9, time_of(model.n));
	check_unknown(&log, 4);
	check_found(&log, 5, model.n);
	check_found(&log, 9, model.n);
	check_unknown(&log, 10);
	assert_int_equal(sendlog_position(&log, time_of(model.n) + 1), 10);
	assert_int_equal(sendlog_position(&log, time_of(0)), 0);
	sendlog_free(&log);
}

static void first_position_since_a_time(void **state)
{
	static struct model model;
	struct sendlog log;
	size_t i;

	(void)state;
	assert_int_equal(sendlog_init(&log), 0);
	assert_int_equal(sendlog_position(&log, 0), 0);
	send_batches(&log, &model, 100, 3);
	for (i = 0; i < model.n; i++) {
		assert_int_equal(sendlog_position(&log, time_of(i)), model.first[i]);
		assert_int_equal(sendlog_position(&log, time_of(i) - 1), model.first[i]);
	}
	assert_int_equal(sendlog_position(&log, time_of(i)), model.last[i - 1] + 1);
	sendlog_free(&log);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(last_batches_are_found),
		cmocka_unit_test(probes_leave_one_by_one),
		cmocka_unit_test(empty_log_knows_nothing),
		cmocka_unit_test(before_the_first_batch_is_unknown),
		cmocka_unit_test(reset_forgets),
		cmocka_unit_test(rewind_forgets_the_end),
		cmocka_unit_test(rewind_brings_nothing_back),
		cmocka_unit_test(first_position_since_a_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
