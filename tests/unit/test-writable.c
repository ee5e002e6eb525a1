// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* test-writable.c - what it says is what opening the file says; nothing is made or changed. */
#include "writable.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static char folder[] = "/tmp/test-writable-XXXXXX";

static void run(const char *command)
{
	assert_int_equal(system(command), 0);
}

/* Open as an output is opened. 0 or a negative errno. */
static int try_open(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_NONBLOCK | O_CLOEXEC, 0666);

	if (fd < 0)
		return -errno;
	close(fd);
	return 0;
}

static void bind_socket(const char *path)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	strcpy(addr.sun_path, path);
	assert_int_equal(bind(fd, (const struct sockaddr *)&addr, sizeof(addr)), 0);
	close(fd);
}

/* The test works in a folder of its own, without root's rights: those open every file. */
static int set_up(void **state)
{
	(void)state;
	if (!mkdtemp(folder) || chmod(folder, 0755) || chdir(folder))
		return -1;
	run("mkdir open sealed && touch file sealed/file readonly open/file");
	run("ln -s file link && ln -s none dangling && ln -s loop loop && ln file hard");
	run("mkfifo pipe && chmod 0666 pipe");
	bind_socket("socket");
	run("chmod 0777 open && chmod 0666 file sealed/file socket && chmod 0444 readonly");
	return geteuid() ? 0 : seteuid(65534);
}

static int tear_down(void **state)
{
	char command[64];

	(void)state;
	if (!getuid() && seteuid(0))
		return -1;
	snprintf(command, sizeof(command), "chmod 0777 sealed; rm -r %s", folder);
	return system(command);
}

static void it_says_what_open_says(void **state)
{
	static const struct {
		const char *path;
		int code;
	} rows[] = {
		{ "file", 0 },
		{ "link", 0 },
		{ "sealed/file", 0 },
		{ "/dev/null", 0 },
		{ "open", -EISDIR },
		{ "open/", -EISDIR },
		{ "/", -EISDIR },
		{ "", -ENOENT },
		{ "none/file", -ENOENT },
		{ "file/file", -ENOTDIR },
		{ "loop", -ELOOP },
		{ "socket", -ENXIO },
		{ "readonly", -EACCES },
		{ "sealed/new", -EACCES },
		{ "open/new/", -EISDIR },
		{ "open/new", 0 },
		{ "./open/../open/newer", 0 },
	};
	char name[NAME_MAX + 2];
	struct stat stat;
	size_t i;

	(void)state;
	chmod("sealed", 0555);
	for (i = 0; i < COUNT(rows); i++) {
		assert_int_equal(writable_check(rows[i].path), rows[i].code);
		assert_int_equal(try_open(rows[i].path), rows[i].code);
		assert_int_equal(writable_check(rows[i].path), rows[i].code);
	}
	memset(name, 'a', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	assert_int_equal(writable_check(name), -ENAMETOOLONG);

	assert_int_equal(writable_check("open/third"), 0);
	assert_int_equal(lstat("open/third", &stat), -1);
	/* Only opening shows more: there is nobody to read; where the link leads. */
	assert_int_equal(writable_check("pipe"), 0);
	assert_int_equal(try_open("pipe"), -ENXIO);
	assert_int_equal(writable_check("dangling"), 0);
}

static void one_file_has_many_names(void **state)
{
	static const struct {
		const char *a, *b;
		bool same;
	} rows[] = {
		{ "file", "file", true },
		{ "file", "./file", true },
		{ "file", "open/../file", true },
		{ "file", "link", true },
		{ "hard", "link", true },
		{ "file", "readonly", false },
		{ "file", "other", false },
		{ "other", "other", true },
		{ "other", "./open/../other", true },
		{ "other", "another", false },
		{ "other", "open/other", false },
		{ "none/other", "none/other", false }, /* refused for another reason */
		{ "/dev/null", "/dev/null", false },   /* any number may write to it */
		{ "pipe", "pipe", false },
		{ "open", "open", false },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		const struct file_ref a = { .path = rows[i].a }, b = { .path = rows[i].b };

		assert_int_equal(writable_same(a, b), rows[i].same);
		assert_int_equal(writable_same(b, a), rows[i].same);
	}
}

static void an_open_file_needs_no_name(void **state)
{
	const struct file_ref file = { .path = "file" }, other = { .path = "readonly" };
	const struct file_ref missing = { .path = "missing" }, closed = { .fd = -1 };
	struct file_ref open_file = { .fd = open("link", O_WRONLY | O_CLOEXEC) };
	struct file_ref again = { .fd = open("hard", O_WRONLY | O_CLOEXEC) };

	(void)state;
	assert_true(open_file.fd >= 0 && again.fd >= 0);
	assert_true(writable_same(open_file, file));
	assert_true(writable_same(file, open_file));
	assert_true(writable_same(open_file, again));
	assert_false(writable_same(open_file, other));
	assert_false(writable_same(open_file, missing));
	assert_false(writable_same(closed, missing));
	assert_false(writable_same(closed, closed));
	close(open_file.fd);
	close(again.fd);
}

/* What is replaced must be a file, or nothing yet; and its folder takes files. */
static void a_file_that_can_be_replaced(void **state)
{
	(void)state;
	assert_int_equal(writable_check_regular("open/file"), 0);
	assert_int_equal(writable_check_regular("open/missing"), 0);
	assert_int_equal(writable_check_regular("link"), -EMEDIUMTYPE);
	assert_int_equal(writable_check_regular("/dev/null"), -EMEDIUMTYPE);
	assert_int_equal(writable_check_regular("open"), -EISDIR);
	assert_int_equal(writable_check_regular("open/"), -EISDIR);
	assert_int_equal(writable_check_regular("none/"), -EISDIR);
	assert_int_equal(writable_check_regular(""), -ENOENT);
	assert_int_equal(writable_check_regular("sealed/file"), -EACCES);
	assert_int_equal(writable_check_regular("none/file"), -ENOENT);
}

/* A file may stand in a folder that takes no other. */
static void a_folder_that_takes_files(void **state)
{
	(void)state;
	assert_int_equal(writable_check_folder("open/new"), 0);
	assert_int_equal(writable_check_folder("sealed/file"), -EACCES);
	assert_int_equal(writable_check_folder("none/file"), -ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_says_what_open_says),
		cmocka_unit_test(one_file_has_many_names),
		cmocka_unit_test(an_open_file_needs_no_name),
		cmocka_unit_test(a_file_that_can_be_replaced),
		cmocka_unit_test(a_folder_that_takes_files),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
