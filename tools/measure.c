// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * measure.c - run a command and write its cost as one line. It is exact where time(1) counts in 10
 * ms, and has the time that the whole machine was busy.
 *
 *	measure FILE SECONDS COMMAND...
 *
 * FILE gets: seconds by the clock, CPU seconds of the command and its children, CPU seconds of the
 * whole machine, peak RSS in KiB, CLOCK_MONOTONIC in ns right before the start, how busy the machine
 * was with other things before that (percent). A command still there after SECONDS is killed.
 */
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
	LOOK_NS = 200000000, /* how long to watch the rest of the machine */
	QUIET_PERCENT = 5,
	LOOKS = 50, /* after this many, start the command in any case */
};

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

/*
 * Seconds that all CPUs together were idle. Busy time is what is left: idle time is counted
 * exactly, busy time by ticks.
 */
static double idle_seconds(void)
{
	unsigned long long user, nice, system, idle = 0, wait = 0, irq, softirq, steal = 0;
	FILE *file = fopen("/proc/stat", "re");

	if (!file)
		return 0;
	if (fscanf(file, "cpu %llu %llu %llu %llu %llu %llu %llu %llu", &user, &nice, &system,
		   &idle, &wait, &irq, &softirq, &steal) < 4)
		idle = 0;
	fclose(file);
	return (double)(idle + wait + steal) / (double)sysconf(_SC_CLK_TCK);
}

static double busy_seconds(uint64_t since_ns, double idle_then)
{
	double wall = (double)(now_ns() - since_ns) / 1e9;
	double busy = wall * (double)sysconf(_SC_NPROCESSORS_ONLN) - (idle_seconds() - idle_then);

	return busy > 0 ? busy : 0;
}

/* Wait for a while until the machine is idle. Returns how busy it is, in percent. */
static double await_quiet(void)
{
	const struct timespec look = { .tv_nsec = LOOK_NS };
	double percent = 100;
	int i;

	for (i = 0; i < LOOKS && percent > QUIET_PERCENT; i++) {
		double idle = idle_seconds();
		uint64_t start = now_ns();

		nanosleep(&look, NULL);
		percent = 100 * busy_seconds(start, idle) / ((double)LOOK_NS / 1e9) /
			  (double)sysconf(_SC_NPROCESSORS_ONLN);
	}
	return percent;
}

/* The child leads a process group, so that its own children can be killed too. */
static pid_t start(char **command, const sigset_t *signals)
{
	pid_t pid = fork();

	if (pid)
		return pid;
	setpgid(0, 0);
	sigprocmask(SIG_SETMASK, signals, NULL);
	execvp(command[0], command);
	fprintf(stderr, "measure: %s: %s\n", command[0], strerror(errno));
	_exit(127);
}

/* Wait for the child, killing its group at the deadline. Returns its exit status as a shell does. */
static int await_end(pid_t pid, unsigned int seconds, struct rusage *usage)
{
	const struct timespec limit = { .tv_sec = seconds };
	sigset_t child;
	int status;

	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	if (sigtimedwait(&child, NULL, &limit) < 0)
		kill(-pid, SIGKILL);
	if (wait4(pid, &status, 0, usage) < 0)
		return 126;
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static double seconds_of(struct timeval t)
{
	return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

int main(int argc, char **argv)
{
	struct rusage usage = { 0 };
	uint64_t start_ns, end_ns;
	double percent, idle, busy;
	sigset_t child, before;
	FILE *file;
	pid_t pid;
	int status;

	if (argc < 4) {
		fputs("usage: measure FILE SECONDS COMMAND...\n", stderr);
		return 2;
	}
	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	sigprocmask(SIG_BLOCK, &child, &before);
	percent = await_quiet();
	idle = idle_seconds();
	start_ns = now_ns();
	pid = start(argv + 3, &before);
	if (pid < 0) {
		perror("measure: fork");
		return 126;
	}
	status = await_end(pid, (unsigned int)atoi(argv[2]), &usage);
	end_ns = now_ns();
	busy = busy_seconds(start_ns, idle);
	file = fopen(argv[1], "we");
	if (!file) {
		perror(argv[1]);
		return 126;
	}
	fprintf(file, "%.6f %.6f %.3f %ld %llu %.0f\n", (double)(end_ns - start_ns) / 1e9,
		seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime), busy, usage.ru_maxrss,
		(unsigned long long)start_ns, percent);
	return fclose(file) ? 126 : status;
}
