// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* test-lack.c - resources that are left under limits; each case runs in a child process. */
#include "lack.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static rlim_t addresses_in_use(void)
{
	unsigned long pages = 0;
	FILE *file = fopen("/proc/self/statm", "re");

	if (file) {
		if (fscanf(file, "%lu", &pages) != 1)
			pages = 0;
		fclose(file);
	}
	return pages * (rlim_t)sysconf(_SC_PAGESIZE);
}

/* The answer under a limit: a positive errno or 0. */
static int under(int resource, rlim_t more, unsigned int descriptors, size_t bytes)
{
	const rlim_t used = resource == RLIMIT_AS ? addresses_in_use() : 3;
	const struct rlimit limit = { used + more, used + more };
	int status, fd;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (!pid) {
		for (fd = 3; fd < 64; fd++)
			close(fd);
		if (setrlimit(resource, &limit))
			_exit(255);
		/* What it takes it gives back: the second answer is the first. */
		if (lack_of(descriptors, bytes) != lack_of(descriptors, bytes))
			_exit(254);
		_exit(-lack_of(descriptors, bytes));
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void descriptors_are_counted(void **state)
{
	(void)state;
	assert_int_equal(under(RLIMIT_NOFILE, 16, 16, 0), 0);
	assert_int_equal(under(RLIMIT_NOFILE, 15, 16, 0), EMFILE);
	assert_int_equal(under(RLIMIT_NOFILE, 0, 1, 1 << 20), EMFILE);
	assert_int_equal(under(RLIMIT_NOFILE, 0, 0, 1 << 20), 0);
}

static void memory_is_measured(void **state)
{
	(void)state;
	assert_int_equal(under(RLIMIT_AS, 4 << 20, 4, 2 << 20), 0);
	assert_int_equal(under(RLIMIT_AS, 1 << 20, 4, 2 << 20), ENOMEM);
	assert_int_equal(under(RLIMIT_AS, 1 << 20, 4, 0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(descriptors_are_counted),
		cmocka_unit_test(memory_is_measured),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
