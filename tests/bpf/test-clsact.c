// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * test-clsact.c - the filter for kernels without tcx, tested on this kernel, which has tcx: the
 * filter works, and leaves nothing when its process is killed, at any moment. On a veth in a
 * network namespace of the test's own.
 *
 * KILLS (60): the number of kills in each of two tests.
 */
#include "veth0.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { KILLS_DEFAULT = 60, MOMENT_MAX_US = 8000 };

#define STRANGERS_FILTER                                          \
	"tc filter add dev veth0 ingress prio 1 protocol ip u32 " \
	"match ip dst 198.18.0.9 flowid 1:1"

static unsigned int kills(void)
{
	const char *text = getenv("KILLS");

	return text ? (unsigned int)atoi(text) : KILLS_DEFAULT;
}

static void comes_and_goes(void **state)
{
	const struct listing before = list();
	struct clsact c;
	int fd = load();

	(void)state;
	attach(&c);
	assert_true(lists("clsact"));
	assert_true(lists("xscan_tc"));
	assert_int_equal(clsact_replace(&c, fd), 0);
	close(fd);
	assert_true(clsact_alive(&c));
	clsact_detach(&c);
	check_listing(&before);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* no child */
	clsact_detach(&c);
}

static void strangers_discipline_stays(void **state)
{
	struct listing before;
	struct clsact c;

	(void)state;
	run("tc qdisc add dev veth0 clsact");
	before = list();
	attach(&c);
	clsact_detach(&c);
	check_listing(&before);
	run("tc qdisc del dev veth0 clsact && tc qdisc add dev veth0 ingress");
	before = list();
	attach(&c);
	clsact_detach(&c);
	check_listing(&before);
}

/* Of another kind, and where ours would be: there is room behind it. */
static void strangers_filter_stays(void **state)
{
	struct listing before;
	struct clsact c;

	(void)state;
	run("tc qdisc add dev veth0 clsact && " STRANGERS_FILTER);
	before = list();
	attach(&c);
	assert_int_equal(c.priority, 2);
	clsact_detach(&c);
	check_listing(&before);
}

/* It uses the discipline that came with us, so the discipline has to stay. */
static void strangers_filter_keeps_our_discipline(void **state)
{
	struct clsact c;

	(void)state;
	attach(&c);
	run("tc filter add dev veth0 egress prio 7 protocol ip u32 match ip dst 198.18.0.9 "
	    "flowid 1:1");
	clsact_detach(&c);
	assert_true(lists("clsact"));
	assert_true(lists("pref 7"));
	assert_false(lists("xscan_tc"));
}

/* Whoever is last takes it away, in whatever order they go. */
static void discipline_goes_with_the_last(void **state)
{
	static const unsigned int orders[][3] = { { 0, 1, 2 }, { 2, 1, 0 }, { 1, 2, 0 } };
	const struct listing before = list();
	struct clsact c[3];
	size_t o, i;

	(void)state;
	for (o = 0; o < 3; o++) {
		for (i = 0; i < 3; i++)
			attach(&c[i]);
		for (i = 0; i < 3; i++) {
			assert_true(lists("clsact"));
			assert_true(clsact_alive(&c[orders[o][i]]));
			clsact_detach(&c[orders[o][i]]);
		}
		check_listing(&before);
	}
}

static void it_notices_that_it_was_taken_away(void **state)
{
	struct clsact c;

	(void)state;
	attach(&c);
	run("tc filter del dev veth0 ingress");
	assert_false(clsact_alive(&c));
	clsact_detach(&c);
	attach(&c);
	run("tc qdisc del dev veth0 clsact");
	assert_false(clsact_alive(&c));
	clsact_detach(&c);
	attach(&c);
	run("ip link delete veth0");
	assert_false(clsact_alive(&c));
	clsact_detach(&c);
}

static void guardian_is_replaced(void **state)
{
	const struct listing before = list();
	struct clsact c;
	pid_t first;

	(void)state;
	attach(&c);
	first = c.guardian.pid;
	assert_int_equal(kill(first, SIGTERM), 0);
	assert_int_equal(kill(first, SIGINT), 0);
	assert_true(clsact_alive(&c));
	assert_int_equal(c.guardian.pid, first);
	kill(first, SIGKILL);
	while (clsact_alive(&c) && c.guardian.pid == first)
		usleep(1000);
	assert_true(clsact_alive(&c));
	assert_int_not_equal(c.guardian.pid, first);
	clsact_detach(&c);
	check_listing(&before);
	/* Killed when nobody looks any more. */
	attach(&c);
	kill(c.guardian.pid, SIGKILL);
	clsact_detach(&c);
	check_listing(&before);
}

/* It keeps nobody waiting for the end of a pipe, and nothing open. */
static void guardian_holds_one_descriptor(void **state)
{
	unsigned int n = 0, tries;
	struct clsact c;
	char path[64];
	DIR *dir;

	(void)state;
	attach(&c);
	snprintf(path, sizeof(path), "/proc/%d/fd", (int)c.guardian.pid);
	for (tries = 0; tries < 1000 && n != 3; tries++, usleep(1000)) {
		dir = opendir(path);
		assert_non_null(dir);
		for (n = 0; readdir(dir); n++)
			;
		closedir(dir);
	}
	assert_int_equal(n, 3); /* ".", ".." and the pipe */
	clsact_detach(&c);
}

/* Attach, replace and detach until killed. */
static void live(void)
{
	int fd = load();
	struct clsact c;

	for (;;) {
		if (clsact_attach(&c, veth0(), fd))
			_exit(1);
		clsact_replace(&c, fd);
		clsact_alive(&c);
		clsact_detach(&c);
	}
}

/* SIGKILL to a process after a random moment. Returns when its guardian is gone, too. */
static void kill_at_random(unsigned int *seed)
{
	pid_t pid = fork();
	int status;

	if (!pid)
		live();
	assert_true(pid > 0);
	usleep((useconds_t)(rand_r(seed) % MOMENT_MAX_US));
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
	while (waitpid(-1, NULL, 0) > 0)
		;
}

static void nothing_is_left_after_sigkill(void **state)
{
	static const char *const scenes[] = {
		"true",
		"tc qdisc add dev veth0 clsact",
		STRANGERS_FILTER,
	};
	unsigned int seed = (unsigned int)time(NULL), i;
	struct listing before;
	size_t s;

	(void)state;
	print_message("  seed %u\n", seed);
	for (s = 0; s < sizeof(scenes) / sizeof(scenes[0]); s++) {
		run(scenes[s]);
		before = list();
		for (i = 0; i < kills() / 3; i++) {
			kill_at_random(&seed);
			check_listing(&before);
		}
	}
}

/* Two at a time, both killed: neither takes away what the other needs, and none leaves anything. */
static void two_are_killed(void **state)
{
	const struct listing before = list();
	unsigned int seed = (unsigned int)time(NULL), i;
	struct clsact witness;
	pid_t pids[2];

	(void)state;
	print_message("  seed %u\n", seed);
	for (i = 0; i < kills() / 3; i++) {
		pids[0] = fork();
		if (!pids[0])
			live();
		pids[1] = fork();
		if (!pids[1])
			live();
		attach(&witness);
		usleep((useconds_t)(rand_r(&seed) % MOMENT_MAX_US));
		kill(pids[0], SIGKILL);
		kill(pids[1], SIGKILL);
		assert_int_equal(waitpid(pids[0], NULL, 0), pids[0]);
		assert_int_equal(waitpid(pids[1], NULL, 0), pids[1]);
		assert_true(clsact_alive(&witness));
		clsact_detach(&witness);
		while (waitpid(-1, NULL, 0) > 0)
			;
		check_listing(&before);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(comes_and_goes),
		TEST(strangers_discipline_stays),
		TEST(strangers_filter_stays),
		TEST(strangers_filter_keeps_our_discipline),
		TEST(discipline_goes_with_the_last),
		TEST(it_notices_that_it_was_taken_away),
		TEST(guardian_is_replaced),
		TEST(guardian_holds_one_descriptor),
		TEST(nothing_is_left_after_sigkill),
		TEST(two_are_killed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
