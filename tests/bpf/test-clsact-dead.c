// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * test-clsact-dead.c - the filter for kernels without tcx, when its guardian is stopped, or killed
 * with the process. See test-clsact.c for the rest.
 */
#include "veth0.h"

#include <signal.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

/* SIGALRM ends the test if it waits for longer. */
enum { HANGS_S = 30, MOMENT_US = 8000 };

static void stop(pid_t pid)
{
	siginfo_t info;

	assert_int_equal(kill(pid, SIGSTOP), 0);
	assert_int_equal(waitid(P_PID, (id_t)pid, &info, WSTOPPED | WNOWAIT), 0);
}

/* Wait until all children and those of killed children are gone. */
static void wait_for_all(void)
{
	while (waitpid(-1, NULL, 0) > 0)
		;
}

static void stopped_guardian_holds_nobody_up(void **state)
{
	const struct listing before = list();
	struct clsact c;
	pid_t guardian;

	(void)state;
	attach(&c);
	guardian = c.guardian.pid;
	stop(guardian);
	assert_true(clsact_alive(&c));
	alarm(HANGS_S);
	assert_int_equal(clsact_detach(&c), 0);
	check_listing(&before);
	/* What it finds when it goes on is not its own. */
	attach(&c);
	assert_int_equal(kill(guardian, SIGCONT), 0);
	assert_int_equal(waitpid(guardian, NULL, 0), guardian);
	assert_true(clsact_alive(&c));
	assert_int_equal(clsact_detach(&c), 0);
	check_listing(&before);
	alarm(0);
}

/* A debugger holds it: its parent is not told so, and waits in vain. */
static void busy_guardian_does_not_hold_up_for_long(void **state)
{
	const struct listing before = list();
	struct clsact c;
	pid_t debugger;
	int status;

	(void)state;
	attach(&c);
	debugger = fork();
	if (!debugger) {
		if (ptrace(PTRACE_SEIZE, c.guardian.pid, NULL, NULL) ||
		    ptrace(PTRACE_INTERRUPT, c.guardian.pid, NULL, NULL) ||
		    waitpid(c.guardian.pid, &status, __WALL) != c.guardian.pid)
			_exit(1);
		raise(SIGSTOP);
		pause();
	}
	assert_true(debugger > 0);
	assert_int_equal(waitpid(debugger, &status, WUNTRACED), debugger);
	assert_true(WIFSTOPPED(status));
	alarm(HANGS_S);
	assert_int_equal(clsact_detach(&c), 0);
	check_listing(&before);
	assert_int_equal(kill(debugger, SIGKILL), 0);
	wait_for_all();
	check_listing(&before);
	alarm(0);
}

/* A process with a filter; its pid, and that of its guardian. */
struct other {
	pid_t pid, guardian;
};

static struct other start_other(void)
{
	struct other other;
	struct clsact c;
	int ends[2];

	assert_int_equal(pipe(ends), 0);
	other.pid = fork();
	if (!other.pid) {
		attach(&c);
		if (write(ends[1], &c.guardian.pid, sizeof(c.guardian.pid)) > 0)
			pause();
		_exit(1);
	}
	assert_true(other.pid > 0);
	assert_int_equal(read(ends[0], &other.guardian, sizeof(other.guardian)), sizeof(pid_t));
	close(ends[0]);
	close(ends[1]);
	return other;
}

static void stopped_guardian_goes_on_when_xscan_is_killed(void **state)
{
	const struct listing before = list();
	struct other other = start_other();

	(void)state;
	assert_int_equal(kill(other.guardian, SIGSTOP), 0);
	usleep(MOMENT_US);
	assert_int_equal(kill(other.pid, SIGKILL), 0);
	alarm(HANGS_S);
	wait_for_all();
	alarm(0);
	check_listing(&before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(stopped_guardian_holds_nobody_up),
		TEST(busy_guardian_does_not_hold_up_for_long),
		TEST(stopped_guardian_goes_on_when_xscan_is_killed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
