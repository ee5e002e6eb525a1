// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * measure.c - run a command and write its cost as one line. It is exact where time(1) counts in 10
 * ms, and has the time that the whole machine was busy. Or measure how long a TCP answer takes.
 *
 *	measure FILE SECONDS COMMAND...
 *	measure serve PORT
 *	measure ask ADDRESS PORT SECONDS
 *
 * FILE gets: seconds by the clock, CPU seconds of the command and its children, CPU seconds of the
 * whole machine, peak RSS in KiB, CLOCK_MONOTONIC in ns right before the start, how busy the machine
 * was with other things before that (percent). A command still there after SECONDS is killed.
 *
 * `serve` sends back each byte that comes, for one connection at a time. `ask` sends the next byte
 * when the last one is back, and prints: how often, the median, the 99th percentile and the maximum
 * of the round trips in microseconds.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
	LOOK_NS = 200000000, /* how long to watch the rest of the machine */
	QUIET_PERCENT = 5,
	LOOKS = 5, /* after this many, start the command in any case */
	SERVE_SECONDS = 3600,
	ANSWER_SECONDS = 5, /* the longest wait for a byte */
	TRIPS_MAX = 1 << 20,
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

static struct sockaddr_in address_of(const char *ip, const char *port)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons((uint16_t)atoi(port)),
	};

	if (ip)
		inet_pton(AF_INET, ip, &address.sin_addr);
	return address;
}

static int failed(const char *what)
{
	fprintf(stderr, "measure: %s: %s\n", what, strerror(errno));
	return 1;
}

/* Send each byte at once, and do not wait for ever. */
static void set_options(int fd)
{
	const struct timeval wait = { .tv_sec = ANSWER_SECONDS };
	const int on = 1;

	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait));
}

static int serve(const char *port)
{
	struct sockaddr_in address = address_of(NULL, port);
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	const int on = 1;

	alarm(SERVE_SECONDS);
	signal(SIGPIPE, SIG_IGN);
	setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(listener, (struct sockaddr *)&address, sizeof(address)) || listen(listener, 1))
		return failed("serve");
	for (;;) {
		int fd = accept(listener, NULL, NULL);
		char byte;

		if (fd < 0)
			return failed("accept");
		set_options(fd);
		while (read(fd, &byte, 1) == 1 && write(fd, &byte, 1) == 1)
			;
		close(fd);
	}
}

static int by_size(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

/* Sort the round trips. */
static int print_trips(uint32_t *trips_ns, uint32_t n)
{
	qsort(trips_ns, n, sizeof(*trips_ns), by_size);
	printf("%u %.1f %.1f %.1f\n", n, trips_ns[n / 2] / 1e3, trips_ns[n - 1 - n / 100] / 1e3,
	       trips_ns[n - 1] / 1e3);
	return 0;
}

static int ask(const char *ip, const char *port, double seconds)
{
	struct sockaddr_in address = address_of(ip, port);
	uint32_t *trips_ns = malloc(TRIPS_MAX * sizeof(*trips_ns));
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	uint64_t end_ns, sent_ns, back_ns;
	uint32_t n = 0;
	char byte = 0;

	set_options(fd);
	if (!trips_ns || connect(fd, (struct sockaddr *)&address, sizeof(address)))
		return failed("connect");
	back_ns = now_ns();
	end_ns = back_ns + (uint64_t)(seconds * 1e9);
	do {
		sent_ns = back_ns;
		if (write(fd, &byte, 1) != 1 || read(fd, &byte, 1) != 1)
			return failed("no answer");
		back_ns = now_ns();
		trips_ns[n++] = (uint32_t)(back_ns - sent_ns);
	} while (n < TRIPS_MAX && back_ns < end_ns);
	return print_trips(trips_ns, n);
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

	if (argc == 3 && strcmp(argv[1], "serve") == 0)
		return serve(argv[2]);
	if (argc == 5 && strcmp(argv[1], "ask") == 0)
		return ask(argv[2], argv[3], atof(argv[4]));
	if (argc < 4) {
		fputs("measure: serve PORT, ask ADDRESS PORT SECONDS, or FILE SECONDS COMMAND...\n",
		      stderr);
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
