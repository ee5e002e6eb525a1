// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * test-checkpoint-file.c - a written file is read back; a damaged file, and one that is not ours, is
 * refused.
 */
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
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* The size of each table; one has nothing. */
static const size_t sizes[CHECKPOINT_TABLES] = {
	[CHECKPOINT_NEIGHBOURS] = 4096,	 [CHECKPOINT_TAKEN] = 2 * sizeof(uint64_t),
	[CHECKPOINT_FOUND] = 0,		 [CHECKPOINT_SLICE] = 3 * sizeof(struct range),
	[CHECKPOINT_ANSWERS] = 3 * 4096,
};

static char folder[] = "/tmp/test-checkpoint-XXXXXX";
static char path[64], aside[80], other[80];

enum { NOBODY = 65534 };

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

/* Write a file in no other's place. */
static void write_one(void)
{
	struct checkpoint r = make();
	struct err err;
	int lock = -1;

	unlink(path);
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
	assert_false(checkpoint_write(path, &r, &lock, &err));
	assert_false(checkpoint_write(path, &r, &lock, &err)); /* in the place of the first */
	close(lock);
	assert_false(checkpoint_read(path, &back, &lock, &err));
	memcpy(r.head.magic, back.head.magic, sizeof(r.head.magic));
	assert_memory_equal(&back.head, &r.head, sizeof(r.head));
	assert_same_tables(&back, &r);
	checkpoint_free(&back);
	checkpoint_free(&r);
	assert_false(checkpoint_remove(path, &lock, &err));
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
	assert_false(checkpoint_remove(path, &lock, &err));
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
	unlink(path);
	lock = -1;
	r.head.slice.n_flows = 0;
	r.head.sweep.n_flows = FLOWS_MAX + 1;
	assert_false(checkpoint_write(path, &r, &lock, &err));
	close(lock);
	assert_refused();
	unlink(path);
	checkpoint_free(&r);
}

static int write_again(struct err *err)
{
	struct checkpoint r;
	int lock = -1, code;

	assert_false(checkpoint_read(path, &r, &lock, err));
	code = checkpoint_write(path, &r, &lock, err);
	checkpoint_free(&r);
	close(lock);
	return code;
}

/* A check makes no file, and says the same. Only opening shows that another run has a file. */
static void assert_write_fails(int code, const char *said)
{
	struct checkpoint back;
	struct err err;
	int lock = -1;

	if (code != -EBUSY) {
		assert_int_equal(checkpoint_check(path, &err), code);
		assert_true(!code || strstr(err.text, said));
	}
	assert_int_equal(write_again(&err), code);
	assert_non_null(strstr(err.text, said));
	/* The old file is as it was, and nobody holds its lock. */
	assert_false(checkpoint_read(path, &back, &lock, &err));
	assert_int_equal(back.head.seed, 2);
	checkpoint_free(&back);
	close(lock);
}

static void put_text(const char *name, const char *text)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
}

static void assert_text(const char *name, const char *want)
{
	char text[64] = { 0 };
	int fd = open(name, O_RDONLY | O_CLOEXEC);

	assert_true(fd >= 0);
	assert_true(read(fd, text, sizeof(text) - 1) >= 0);
	close(fd);
	assert_string_equal(text, want);
}

/* What stands at the name of the file to be written is not followed, not changed and not removed. */
static void what_is_in_the_way_is_kept(void **state)
{
	struct stat stat;

	(void)state;
	write_one();
	put_text(other, "precious");
	assert_int_equal(symlink(other, aside), 0);
	assert_write_fails(-ELOOP, "symbolic link");
	assert_text(other, "precious");
	assert_int_equal(unlink(aside), 0);

	assert_int_equal(link(other, aside), 0);
	assert_write_fails(-EMLINK, "hard link");
	assert_text(other, "precious");
	assert_int_equal(unlink(aside), 0);

	assert_int_equal(mkfifo(aside, 0600), 0);
	assert_write_fails(-EINVAL, "no regular file");
	assert_int_equal(lstat(aside, &stat), 0);
	assert_true(S_ISFIFO(stat.st_mode));
	assert_int_equal(unlink(aside), 0);

	assert_int_equal(mkdir(aside, 0700), 0);
	assert_write_fails(-EINVAL, "no regular file");
	assert_int_equal(rmdir(aside), 0);
	unlink(other);
	unlink(path);
}

/* A run that was killed has left half a file. */
static void what_a_killed_run_left_is_replaced(void **state)
{
	struct err err;

	(void)state;
	write_one();
	put_text(aside, "half");
	assert_false(write_again(&err));
	assert_int_equal(access(aside, F_OK), -1);
	assert_write_fails(0, ""); /* the file is whole */
	unlink(path);
}

/* A file that another run is writing stays: it has a lock. */
static void what_another_run_writes_is_kept(void **state)
{
	int fd;

	(void)state;
	write_one();
	put_text(aside, "half");
	fd = open(aside, O_RDWR | O_CLOEXEC);
	assert_int_equal(flock(fd, LOCK_EX | LOCK_NB), 0);
	assert_write_fails(-EBUSY, "another xscan is using it");
	assert_text(aside, "half");
	close(fd);
	unlink(aside);
	unlink(path);
}

/* A killed run ends some moments after the next one has begun. */
static void a_run_that_ends_is_waited_for(void **state)
{
	struct checkpoint back;
	struct err err;
	int lock = -1, fd;
	pid_t child;

	(void)state;
	write_one();
	fd = open(path, O_RDWR);
	assert_int_equal(flock(fd, LOCK_EX | LOCK_NB), 0);
	child = fork(); /* the lock is that of both until the child ends */
	if (!child) {
		usleep(100000);
		_exit(0);
	}
	close(fd);
	assert_int_equal(checkpoint_read(path, &back, &lock, &err), 0);
	checkpoint_free(&back);
	close(lock);
	assert_int_equal(waitpid(child, NULL, 0), child);
	unlink(path);
}

/* Two runs have seen that there is no file. The second one must not replace the file of the first. */
static void the_first_write_replaces_nothing(void **state)
{
	struct checkpoint r = make(), back;
	int lock = -1, lock2 = -1;
	struct err err;

	(void)state;
	assert_false(checkpoint_write(path, &r, &lock, &err));
	r.head.seed = 99;
	assert_int_equal(checkpoint_write(path, &r, &lock2, &err), -EBUSY);
	assert_non_null(strstr(err.text, "another xscan is using it"));
	assert_int_equal(access(aside, F_OK), -1);
	close(lock);
	assert_false(checkpoint_read(path, &back, &lock, &err));
	assert_int_equal(back.head.seed, 2);
	checkpoint_free(&back);
	checkpoint_free(&r);
	close(lock);
	unlink(path);
}

static void assert_unread(const char *name, int code, const char *said)
{
	struct checkpoint r;
	struct err err;
	int lock = -1;

	assert_int_equal(checkpoint_read(name, &r, &lock, &err), code);
	assert_int_equal(lock, -1);
	assert_non_null(strstr(err.text, said));
}

static void a_file_with_other_names_is_refused(void **state)
{
	(void)state;
	write_one();
	assert_int_equal(link(path, other), 0);
	assert_unread(path, -EMLINK, "hard link");
	assert_unread(other, -EMLINK, "hard link");
	unlink(other);
	assert_int_equal(symlink(path, other), 0);
	assert_unread(other, -ELOOP, "symbolic link");
	unlink(path); /* now the link leads nowhere: a save would replace it */
	assert_unread(other, -ELOOP, "symbolic link");
	unlink(other);
}

/* Others have written it, or can. Root may give files away; another user has root's to try. */
static void a_file_of_another_user_is_refused(void **state)
{
	(void)state;
	if (geteuid()) {
		assert_unread("/etc/passwd", -EACCES, "/etc/passwd");
		return;
	}
	write_one();
	assert_int_equal(chown(path, NOBODY, NOBODY), 0);
	assert_unread(path, -EPERM, "another user");
	unlink(path);
	write_one();
	put_text(aside, "half");
	assert_int_equal(chown(aside, NOBODY, NOBODY), 0);
	assert_write_fails(-EPERM, "another user");
	assert_text(aside, "half");
	unlink(aside);
	unlink(path);
}

static void a_failed_removal_is_told(void **state)
{
	struct err err;
	int lock = -1;

	(void)state;
	assert_false(checkpoint_remove(path, &lock, &err)); /* somebody else has */
	assert_int_equal(mkdir(path, 0700), 0);
	assert_true(checkpoint_remove(path, &lock, &err) < 0);
	assert_non_null(strstr(err.text, path));
	assert_int_equal(rmdir(path), 0);
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
	char name[5000];
	struct err err;

	(void)state;
	assert_int_equal(checkpoint_check(path, &err), 0);
	assert_int_equal(access(path, F_OK), -1);
	assert_int_equal(access(aside, F_OK), -1);
	put_text(aside, "half"); /* a killed run has left it */
	assert_int_equal(checkpoint_check(path, &err), 0);
	assert_text(aside, "half");
	unlink(aside);

	snprintf(name, sizeof(name), "%s/none/state", folder);
	assert_cannot_write(name, -ENOENT);
	memset(name, 'a', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	assert_cannot_write(name, -ENAMETOOLONG);
	name[300] = '\0';
	assert_cannot_write(name, -ENAMETOOLONG);
	assert_int_equal(symlink("/dev/full", aside), 0);
	assert_cannot_write(path, -ELOOP);
	unlink(aside);
	assert_int_equal(mkdir(aside, 0700), 0);
	assert_cannot_write(path, -EINVAL);
	rmdir(aside);
	assert_int_equal(mknod(aside, S_IFSOCK | 0600, 0), 0);
	assert_cannot_write(path, -EINVAL);
	unlink(aside);
}

/* A file of ours is there, but the folder takes no other. */
static void a_folder_that_takes_no_file(void **state)
{
	const uid_t me = geteuid();

	(void)state;
	put_text(aside, "half");
	assert_int_equal(me ? 0 : chown(aside, NOBODY, NOBODY), 0);
	assert_int_equal(chmod(folder, 0555), 0);
	assert_int_equal(me ? 0 : seteuid(NOBODY), 0); /* root may write to every folder */
	assert_cannot_write(path, -EACCES);
	assert_int_equal(seteuid(me), 0);
	assert_int_equal(chmod(folder, 0700), 0);
	assert_text(aside, "half");
	unlink(aside);
}

static int make_folder(void **state)
{
	(void)state;
	if (!mkdtemp(folder))
		return -1;
	snprintf(path, sizeof(path), "%s/state", folder);
	snprintf(aside, sizeof(aside), "%s" CHECKPOINT_ASIDE, path);
	snprintf(other, sizeof(other), "%s/other", folder);
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
		cmocka_unit_test(what_is_in_the_way_is_kept),
		cmocka_unit_test(what_a_killed_run_left_is_replaced),
		cmocka_unit_test(what_another_run_writes_is_kept),
		cmocka_unit_test(a_run_that_ends_is_waited_for),
		cmocka_unit_test(the_first_write_replaces_nothing),
		cmocka_unit_test(a_file_with_other_names_is_refused),
		cmocka_unit_test(a_file_of_another_user_is_refused),
		cmocka_unit_test(a_failed_removal_is_told),
		cmocka_unit_test(a_check_says_it_before),
		cmocka_unit_test(a_folder_that_takes_no_file),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
