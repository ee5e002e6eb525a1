// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * test-clsact-dead.c - the filter for kernels without tcx, when its guardian is stopped, or killed
 * with the process. See test-clsact.c for the rest.
 */
#include "veth0.h"

#include <errno.h>
#include <linux/capability.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
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

static bool sleeps(pid_t pid)
{
	char path[64], state = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	file = fopen(path, "re");
	assert_non_null(file);
	assert_int_equal(fscanf(file, "%*d %*s %c", &state), 1);
	fclose(file);
	return state == 'S';
}

/* Returns when the guardian waits for the end of its pipe. */
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
	while (!sleeps(other.guardian))
		usleep(1000);
	return other;
}

/* Both stop first: none does anything for the other. */
static void kill_with_guardian(struct other other)
{
	assert_int_equal(kill(other.guardian, SIGSTOP), 0);
	assert_int_equal(kill(other.pid, SIGSTOP), 0);
	assert_int_equal(kill(other.guardian, SIGKILL), 0);
	assert_int_equal(kill(other.pid, SIGKILL), 0);
	assert_int_equal(waitpid(other.pid, NULL, 0), other.pid);
	assert_int_equal(waitpid(other.guardian, NULL, 0), other.guardian);
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

static unsigned int filters(void)
{
	const struct listing l = list();
	const char *at = l.text;
	unsigned int n = 0;

	while ((at = strstr(at, "xscan_tc:["))) {
		at++;
		n++;
	}
	return n;
}

/* Neither the filter of a live xscan goes, nor another's with the same name. */
static void dead_filters_are_removed(void **state)
{
	LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = veth0(), .attach_point = BPF_TC_INGRESS);
	LIBBPF_OPTS(bpf_tc_opts, stranger, .handle = 1, .priority = 3, .prog_fd = load());
	const struct listing before = list();
	struct listing with_stranger;
	struct clsact witness;
	unsigned int i;

	(void)state;
	for (i = 0; i < 3; i++)
		kill_with_guardian(start_other());
	assert_int_equal(filters(), 3);
	clsact_remove_dead(veth0());
	check_listing(&before);

	run("tc qdisc add dev veth0 clsact");
	assert_int_equal(bpf_tc_attach(&hook, &stranger), 0);
	close(stranger.prog_fd);
	with_stranger = list();
	kill_with_guardian(start_other());
	attach(&witness);
	kill_with_guardian(start_other());
	assert_int_equal(filters(), 4);
	clsact_remove_dead(veth0());
	assert_int_equal(filters(), 2);
	assert_true(clsact_alive(&witness));
	clsact_remove_dead(veth0());
	assert_true(clsact_alive(&witness));
	assert_int_equal(clsact_detach(&witness), 0);
	check_listing(&with_stranger);
}

/* The one that brought it is dead; the discipline serves the next one, and goes with that one. */
static void discipline_of_the_dead_is_inherited(void **state)
{
	const struct listing before = list();
	struct clsact c;

	(void)state;
	kill_with_guardian(start_other());
	attach(&c);
	clsact_remove_dead(veth0());
	assert_int_equal(filters(), 1);
	assert_int_equal(clsact_detach(&c), 0);
	check_listing(&before);
}

static void what_remains_is_told(void **state)
{
	struct rights {
		struct __user_cap_header_struct header;
		struct __user_cap_data_struct data[2];
	} all = { .header.version = _LINUX_CAPABILITY_VERSION_3 }, none = all;
	const struct listing before = list();
	struct clsact c;

	(void)state;
	attach(&c);
	kill(c.guardian.pid, SIGKILL);
	assert_int_equal(syscall(SYS_capget, &all.header, all.data), 0);
	none = all;
	none.data[0].effective = none.data[1].effective = 0;
	assert_int_equal(syscall(SYS_capset, &none.header, none.data), 0);
	assert_int_equal(clsact_detach(&c), -EPERM);
	assert_int_equal(syscall(SYS_capset, &all.header, all.data), 0);
	assert_int_equal(filters(), 1);
	clsact_remove_dead(veth0());
	check_listing(&before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(stopped_guardian_holds_nobody_up),
		TEST(busy_guardian_does_not_hold_up_for_long),
		TEST(stopped_guardian_goes_on_when_xscan_is_killed),
		TEST(dead_filters_are_removed),
		TEST(discipline_of_the_dead_is_inherited),
		TEST(what_remains_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
