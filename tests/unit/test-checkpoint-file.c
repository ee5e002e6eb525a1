// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* test-checkpoint-file.c - a written file is read back; a damaged file is refused. */
#include "checkpoint_file.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

/* The size of each table; one has nothing. */
static const size_t sizes[CHECKPOINT_TABLES] = {
	[CHECKPOINT_NEIGHBOURS] = 4096,	 [CHECKPOINT_TAKEN] = 2 * sizeof(uint64_t),
	[CHECKPOINT_FOUND] = 0,		 [CHECKPOINT_SLICE] = 3 * sizeof(struct range),
	[CHECKPOINT_ANSWERS] = 3 * 4096,
};

static char folder[] = "/tmp/test-checkpoint-XXXXXX";
static char path[64];

static struct checkpoint make(void)
{
	struct checkpoint r = {
		.head = { .scan = 1, .seed = 2, .elapsed_ns = 3, .in_slice = 1, .phase = 1 }
	};
	unsigned int table, i;

	r.head.slice.n_flows = 2;
	r.head.slice.flows[1].position = 77;
	r.head.tally.open = 5;
	for (table = 0; table < CHECKPOINT_TABLES; table++) {
		r.head.table_size[table] = sizes[table];
		r.tables[table] = malloc(sizes[table] + 1);
		assert_non_null(r.tables[table]);
		for (i = 0; i < sizes[table]; i++)
			((uint8_t *)r.tables[table])[i] = (uint8_t)(i * i >> (8 - table));
	}
	return r;
}

static void assert_same_tables(const struct checkpoint *a, const struct checkpoint *b)
{
	unsigned int table;

	for (table = 0; table < CHECKPOINT_TABLES; table++)
		if (sizes[table])
			assert_memory_equal(a->tables[table], b->tables[table], sizes[table]);
}

static void write_one(void)
{
	struct checkpoint r = make();
	struct err err;
	int lock = -1;

	assert_false(checkpoint_write(path, &r, &lock, &err));
	close(lock);
	checkpoint_free(&r);
}

static void comes_back(void **state)
{
	struct checkpoint r = make(), back;
	struct err err;
	int lock = -1;

	(void)state;
	assert_int_equal(checkpoint_read(path, &back, &lock, &err), -ENOENT);
	write_one();
	write_one(); /* in the place of the first */
	assert_false(checkpoint_read(path, &back, &lock, &err));
	memcpy(r.head.magic, back.head.magic, sizeof(r.head.magic));
	assert_memory_equal(&back.head, &r.head, sizeof(r.head));
	assert_same_tables(&back, &r);
	checkpoint_free(&back);
	checkpoint_free(&r);
	checkpoint_remove(path, &lock);
	assert_int_equal(access(path, F_OK), -1);
	assert_int_equal(lock, -1);
}

static void is_locked(void **state)
{
	struct checkpoint r, r2;
	struct err err;
	int lock = -1, lock2 = -1;

	(void)state;
	write_one();
	assert_false(checkpoint_read(path, &r, &lock, &err));
	assert_int_equal(checkpoint_read(path, &r2, &lock2, &err), -EBUSY);
	/* The new file is locked like the old one. */
	assert_false(checkpoint_write(path, &r, &lock, &err));
	assert_int_equal(checkpoint_read(path, &r2, &lock2, &err), -EBUSY);
	checkpoint_remove(path, &lock);
	checkpoint_free(&r);
}

static size_t read_file(uint8_t *to, size_t size)
{
	FILE *file = fopen(path, "rb");
	size_t n;

	assert_non_null(file);
	n = fread(to, 1, size, file);
	fclose(file);
	return n;
}

static void write_file(const uint8_t *from, size_t n)
{
	FILE *file = fopen(path, "wb");

	assert_non_null(file);
	assert_int_equal(fwrite(from, 1, n, file), n);
	fclose(file);
}

static void assert_refused(void)
{
	unsigned int table;
	struct checkpoint r;
	struct err err;
	int lock = -1;

	assert_int_equal(checkpoint_read(path, &r, &lock, &err), -EINVAL);
	assert_int_equal(lock, -1);
	for (table = 0; table < CHECKPOINT_TABLES; table++)
		assert_null(r.tables[table]);
}

/* A few bits of the compressed data, those that fill its last byte, mean nothing. */
static void assert_refused_or_the_same(void)
{
	struct checkpoint r, same = make();
	struct err err;
	int lock = -1;

	if (!checkpoint_read(path, &r, &lock, &err)) {
		assert_int_equal(r.head.seed, same.head.seed);
		assert_same_tables(&r, &same);
		checkpoint_free(&r);
		close(lock);
	}
	checkpoint_free(&same);
}

/* Cut anywhere, changed anywhere. */
static void what_is_not_whole_is_refused(void **state)
{
	static uint8_t whole[65536], changed[65536];
	size_t n, i;

	(void)state;
	write_one();
	n = read_file(whole, sizeof(whole) - 1);
	assert_in_range(n, 100, sizeof(whole) - 2);
	for (i = 0; i < n; i += 13) {
		write_file(whole, i);
		assert_refused();
	}
	/* The first 10 bytes are gzip's header, of which some mean nothing. */
	for (i = 10; i < n; i += 7) {
		memcpy(changed, whole, n);
		changed[i] ^= 1 << i % 8;
		write_file(changed, n);
		assert_refused_or_the_same();
	}
	unlink(path);
}

/* More flows than there can be. */
static void what_cannot_be_is_refused(void **state)
{
	struct checkpoint r = make();
	struct err err;
	int lock = -1;

	(void)state;
	r.head.slice.n_flows = FLOWS_MAX + 1;
	assert_false(checkpoint_write(path, &r, &lock, &err));
	close(lock);
	assert_refused();
	lock = -1;
	r.head.slice.n_flows = 0;
	r.head.sweep.n_flows = FLOWS_MAX + 1;
	assert_false(checkpoint_write(path, &r, &lock, &err));
	close(lock);
	assert_refused();
	unlink(path);
	checkpoint_free(&r);
}

static void a_failed_write_leaves_the_old_file(void **state)
{
	struct checkpoint r = make(), back;
	struct err err;
	int lock = -1;
	char aside[80];

	(void)state;
	write_one();
	snprintf(aside, sizeof(aside), "%s" CHECKPOINT_ASIDE, path);
	assert_int_equal(symlink("/dev/full", aside), 0); /* not followed: nothing is written */
	r.head.seed = 99;
	assert_true(checkpoint_write(path, &r, &lock, &err) < 0);
	assert_false(checkpoint_read(path, &back, &lock, &err));
	assert_int_equal(back.head.seed, 2);
	checkpoint_free(&back);
	checkpoint_free(&r);
	checkpoint_remove(path, &lock);
	unlink(aside);
}

/* checkpoint_check says what checkpoint_write would say, and makes no file. */
static void assert_cannot_write(const char *to, int code)
{
	struct checkpoint r = make();
	struct err said, err;
	int lock = -1;

	assert_int_equal(checkpoint_check(to, &said), code);
	assert_int_equal(checkpoint_write(to, &r, &lock, &err), code);
	assert_string_equal(said.text, err.text);
	assert_int_equal(lock, -1);
	checkpoint_free(&r);
}

static void a_check_says_it_before(void **state)
{
	char other[5000], aside[80];
	struct err err;

	(void)state;
	snprintf(aside, sizeof(aside), "%s" CHECKPOINT_ASIDE, path);
	assert_int_equal(checkpoint_check(path, &err), 0);
	assert_int_equal(access(path, F_OK), -1);
	assert_int_equal(access(aside, F_OK), -1);

	snprintf(other, sizeof(other), "%s/none/state", folder);
	assert_cannot_write(other, -ENOENT);
	memset(other, 'a', sizeof(other) - 1);
	other[sizeof(other) - 1] = '\0';
	assert_cannot_write(other, -ENAMETOOLONG);
	assert_int_equal(symlink("/dev/full", aside), 0);
	assert_cannot_write(path, -ELOOP);
	unlink(aside);
	assert_int_equal(mkdir(aside, 0700), 0);
	assert_cannot_write(path, -EISDIR);
	rmdir(aside);
}

static int make_folder(void **state)
{
	(void)state;
	if (!mkdtemp(folder))
		return -1;
	snprintf(path, sizeof(path), "%s/state", folder);
	return 0;
}

static int remove_folder(void **state)
{
	(void)state;
	return rmdir(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(comes_back),
		cmocka_unit_test(is_locked),
		cmocka_unit_test(what_is_not_whole_is_refused),
		cmocka_unit_test(what_cannot_be_is_refused),
		cmocka_unit_test(a_failed_write_leaves_the_old_file),
		cmocka_unit_test(a_check_says_it_before),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
