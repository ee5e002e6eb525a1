// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* test-meanwhile.c - the call has been made once when meanwhile_end returns, with or without a thread. */
#include "meanwhile.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static void add_one(void *ctx)
{
	++*(int *)ctx;
}

static void test_call_in_a_thread(void **state)
{
	struct meanwhile m;
	int calls = 0;

	(void)state;
	meanwhile_begin(&m, add_one, &calls);
	assert_true(m.runs);
	meanwhile_end(&m);
	assert_int_equal(calls, 1);
}

/* In a process of its own: it has no address space left for a thread's stack. */
static void test_call_without_a_thread(void **state)
{
	const struct rlimit none = { 0, 0 };
	struct meanwhile m;
	int calls = 0, status;
	pid_t child;

	(void)state;
	child = fork();
	if (!child) {
		if (setrlimit(RLIMIT_AS, &none))
			_exit(2);
		meanwhile_begin(&m, add_one, &calls);
		if (m.runs || calls)
			_exit(3);
		meanwhile_end(&m);
		_exit(calls == 1 ? 0 : 4);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		/* First: the C library keeps the stack of a thread that has ended for the next. */
		cmocka_unit_test(test_call_without_a_thread),
		cmocka_unit_test(test_call_in_a_thread),
	};

	return cmocka_run_group_tests_name("meanwhile", tests, NULL, NULL);
}
