// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * test-syscalls.c - calls that the filter refuses or allows. Each case is a child process: a filter
 * stays as long as its process.
 */
#include "syscalls.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { PAGE = 4096, NO_FILTER = 254 };

static char folder[] = "/tmp/xscan-test-XXXXXX";

/* Calls: what they return is below 0 if they failed. */

static long execute(void)
{
	char *const argv[] = { "true", NULL };

	return execv("/bin/true", argv);
}

static long trace(void)
{
	return ptrace(PTRACE_TRACEME, 0, NULL, NULL);
}

static long open_inet_socket(void)
{
	return socket(AF_INET, SOCK_STREAM, 0);
}

static long open_netlink_socket(void)
{
	return socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, 0);
}

static long connect_socket(void)
{
	const struct sockaddr_in addr = { .sin_family = AF_INET };

	return connect(STDIN_FILENO, (const struct sockaddr *)&addr, sizeof(addr));
}

static void *map(int protection)
{
	return mmap(NULL, PAGE, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static long map_code(void)
{
	return map(PROT_READ | PROT_EXEC) == MAP_FAILED ? -1 : 0;
}

static long turn_data_into_code(void)
{
	void *data = map(PROT_READ | PROT_WRITE);

	return data == MAP_FAILED ? 0 : mprotect(data, PAGE, PROT_READ | PROT_EXEC);
}

static long map_data(void)
{
	return map(PROT_READ | PROT_WRITE) == MAP_FAILED ? -1 : 0;
}

static long leave_namespace(void)
{
	return unshare(CLONE_NEWUSER);
}

static long fork_into_namespace(void)
{
	return syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, NULL, NULL, NULL, NULL);
}

static long fork_and_wait(void)
{
	pid_t child = fork();

	if (!child)
		_exit(0);
	return child < 0 ? child : waitpid(child, NULL, 0);
}

/* A guardian that replaces another does so. */
static long go_on_at_end_of_parent(void)
{
	return prctl(PR_SET_PDEATHSIG, SIGCONT);
}

/* No process of the user's, not even a child: a guardian goes on by itself. */
static long send_signal(void)
{
	return kill(getpid(), 0);
}

static long open_to_read(void)
{
	return open("/etc/passwd", O_RDONLY | O_CLOEXEC);
}

static long open_to_write(void)
{
	return open("/dev/null", O_WRONLY);
}

static long open_to_read_and_write(void)
{
	return open("/dev/null", O_RDWR);
}

static long open_to_empty(void)
{
	return open("/dev/null", O_RDONLY | O_TRUNC);
}

static long replace_file(void)
{
	char aside[64], name[64];
	int fd;

	snprintf(aside, sizeof(aside), "%s/aside", folder);
	snprintf(name, sizeof(name), "%s/name", folder);
	fd = open(aside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0 || fsync(fd) || rename(aside, name))
		return -1;
	return unlink(name);
}

static long ask_user(void)
{
	return syscall(SYS_geteuid);
}

/* Of what is no terminal: the call fails, but not for the filter. */
static long ask_width(void)
{
	struct winsize size;
	int fd = open("/dev/null", O_RDONLY);

	return fd < 0 ? -1 : ioctl(fd, TIOCGWINSZ, &size);
}

/* What comes of a call behind the filter: 0, the errno, or ENOSYS too if the filter kills. */
static int behind_filter(bool files, long (*call)(void))
{
	pid_t child = fork();
	struct err err;
	int status;

	if (!child) {
		if (syscalls_filter(files, &err))
			_exit(NO_FILTER);
		_exit(call() < 0 ? errno : 0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	if (WIFSIGNALED(status) && SECCOMP == SECCOMP_kill)
		return WTERMSIG(status) == SIGSYS ? ENOSYS : -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void check(bool files, const char *name, long (*call)(void), int expected)
{
	int got = behind_filter(files, call);

	if (got != expected)
		fail_msg("%s: %s, expected: %s", name, strerror(got), strerror(expected));
}

static void need_filter(void)
{
	if (SECCOMP != SECCOMP_off)
		return;
	print_message("built with SECCOMP=off\n");
	skip();
}

#define REFUSED(call) check(false, #call, call, ENOSYS)
#define ALLOWED(call) check(false, #call, call, 0)

static void what_a_scan_never_does_is_refused(void **state)
{
	(void)state;
	need_filter();
	REFUSED(execute);
	REFUSED(trace);
	REFUSED(open_inet_socket);
	REFUSED(connect_socket);
	REFUSED(map_code);
	REFUSED(turn_data_into_code);
	REFUSED(leave_namespace);
	REFUSED(fork_into_namespace);
	REFUSED(send_signal);
	REFUSED(open_to_write);
	REFUSED(open_to_read_and_write);
	REFUSED(open_to_empty);
	REFUSED(replace_file);
}

static void what_a_scan_does_is_allowed(void **state)
{
	(void)state;
	need_filter();
	ALLOWED(open_netlink_socket);
	ALLOWED(map_data);
	ALLOWED(fork_and_wait);
	ALLOWED(go_on_at_end_of_parent);
	ALLOWED(open_to_read);
	ALLOWED(ask_user);
	check(false, "ask_width", ask_width, ENOTTY);
}

static void files_are_replaced_only_if_that_was_asked_for(void **state)
{
	(void)state;
	need_filter();
	check(true, "replace_file", replace_file, 0);
	check(true, "open_to_read", open_to_read, 0);
	check(true, "execute", execute, ENOSYS);
}

/* Without this one, what is refused above might fail for other reasons. */
static void nothing_is_refused_without_a_filter(void **state)
{
	long (*const harmless[])(void) = { send_signal,		open_inet_socket, map_code,
					   turn_data_into_code, open_to_write,	  open_to_empty,
					   replace_file };

	(void)state;
	for (size_t i = 0; i < sizeof(harmless) / sizeof(harmless[0]); i++)
		assert_true(harmless[i]() >= 0);
}

static int make_folder(void **state)
{
	(void)state;
	return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
	(void)state;
	return rmdir(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_refused_without_a_filter),
		cmocka_unit_test(what_a_scan_never_does_is_refused),
		cmocka_unit_test(what_a_scan_does_is_allowed),
		cmocka_unit_test(files_are_replaced_only_if_that_was_asked_for),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
