// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* test-resume.c - what is written is read back; what is not whole is refused. */
#include "resume.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { NEIGHBOURS = 4096, ANSWERS = 3 * 4096 };

static char folder[] = "/tmp/test-resume-XXXXXX";
static char path[64];

static struct resume make(void)
{
	struct resume r = { .head = { .scan = 1, .seed = 2, .first_host = 3, .ports_begun = 1 } };
	unsigned int i;

	r.head.sweep.table_size = NEIGHBOURS;
	r.head.ports.table_size = ANSWERS;
	r.head.ports.n_flows = 2;
	r.head.ports.flows[1].position = 77;
	r.neighbours = malloc(NEIGHBOURS);
	r.answers = malloc(ANSWERS);
	assert_true(r.neighbours && r.answers);
	memset(r.neighbours, 1, NEIGHBOURS);
	for (i = 0; i < ANSWERS; i++)
		((uint8_t *)r.answers)[i] = (uint8_t)(i * i >> 8);
	return r;
}

static void write_one(void)
{
	struct resume r = make();
	struct err err;
	int lock = -1;

	assert_false(resume_write(path, &r, &lock, &err));
	close(lock);
	resume_free(&r);
}

static void comes_back(void **state)
{
	struct resume r = make(), back;
	struct err err;
	int lock = -1;

	(void)state;
	assert_int_equal(resume_read(path, &back, &lock, &err), -ENOENT);
	write_one();
	write_one(); /* in the place of the first */
	assert_false(resume_read(path, &back, &lock, &err));
	memcpy(r.head.magic, back.head.magic, sizeof(r.head.magic));
	assert_memory_equal(&back.head, &r.head, sizeof(r.head));
	assert_memory_equal(back.neighbours, r.neighbours, NEIGHBOURS);
	assert_memory_equal(back.answers, r.answers, ANSWERS);
	resume_free(&back);
	resume_free(&r);
	resume_remove(path, &lock);
	assert_int_equal(access(path, F_OK), -1);
	assert_int_equal(lock, -1);
}

static void is_locked(void **state)
{
	struct resume r, r2;
	struct err err;
	int lock = -1, lock2 = -1;

	(void)state;
	write_one();
	assert_false(resume_read(path, &r, &lock, &err));
	assert_int_equal(resume_read(path, &r2, &lock2, &err), -EBUSY);
	/* The new file is locked like the old one. */
	assert_false(resume_write(path, &r, &lock, &err));
	assert_int_equal(resume_read(path, &r2, &lock2, &err), -EBUSY);
	resume_remove(path, &lock);
	resume_free(&r);
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
	struct resume r;
	struct err err;
	int lock = -1;

	assert_int_equal(resume_read(path, &r, &lock, &err), -EINVAL);
	assert_int_equal(lock, -1);
	assert_null(r.answers);
}

/* A few bits of the compressed data, those that fill its last byte, mean nothing. */
static void assert_refused_or_the_same(void)
{
	struct resume r, same = make();
	struct err err;
	int lock = -1;

	if (!resume_read(path, &r, &lock, &err)) {
		assert_int_equal(r.head.seed, same.head.seed);
		assert_memory_equal(r.neighbours, same.neighbours, NEIGHBOURS);
		assert_memory_equal(r.answers, same.answers, ANSWERS);
		resume_free(&r);
		close(lock);
	}
	resume_free(&same);
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

static void a_failed_write_leaves_the_old_file(void **state)
{
	struct resume r = make(), back;
	struct err err;
	int lock = -1;
	char aside[80];

	(void)state;
	write_one();
	snprintf(aside, sizeof(aside), "%s.new", path);
	assert_int_equal(symlink("/dev/full", aside), 0); /* not followed: nothing is written */
	r.head.seed = 99;
	assert_true(resume_write(path, &r, &lock, &err) < 0);
	assert_false(resume_read(path, &back, &lock, &err));
	assert_int_equal(back.head.seed, 2);
	resume_free(&back);
	resume_free(&r);
	resume_remove(path, &lock);
	unlink(aside);
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
		cmocka_unit_test(a_failed_write_leaves_the_old_file),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
