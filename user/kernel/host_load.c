// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* host_load.c - read counters in /proc. */
#include "host_load.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { STAT, SOFTNET, SNMP, NETSTAT };
enum { READ_MAX = 32768 };

static const char *const paths[HOST_LOAD_FILES] = {
	[STAT] = "/proc/stat",
	[SOFTNET] = "/proc/net/softnet_stat",
	[SNMP] = "/proc/net/snmp",
	[NETSTAT] = "/proc/net/netstat",
};

void host_load_open(struct host_load *h)
{
	const long cpus = sysconf(_SC_NPROCESSORS_ONLN), ticks = sysconf(_SC_CLK_TCK);
	unsigned int i;

	h->cpus = cpus > 0 ? (unsigned int)cpus : 1;
	h->tick_ns = 1e9 / (double)(ticks > 0 ? ticks : 100);
	for (i = 0; i < HOST_LOAD_FILES; i++)
		h->fds[i] = open(paths[i], O_RDONLY | O_CLOEXEC);
}

void host_load_close(struct host_load *h)
{
	unsigned int i;

	for (i = 0; i < HOST_LOAD_FILES; i++) {
		if (h->fds[i] >= 0)
			close(h->fds[i]);
		h->fds[i] = -1;
	}
}

/* At most `size` - 1 bytes, as a string. False: cannot be read. */
static bool read_text(int fd, char *text, size_t size)
{
	ssize_t len = fd < 0 ? -1 : pread(fd, text, size - 1, 0);

	text[len > 0 ? len : 0] = '\0';
	return len > 0;
}

/* The first line: "cpu", then ticks for user, nice, system, idle, iowait, irq, softirq. */
static void read_stat(const struct host_load *h, struct budget_look *out)
{
	uint64_t t[7];
	char text[256];

	if (!read_text(h->fds[STAT], text, sizeof(text)) ||
	    sscanf(text,
		   "cpu %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64
		   " %" SCNu64,
		   &t[0], &t[1], &t[2], &t[3], &t[4], &t[5], &t[6]) != 7)
		return;
	out->busy_ns = (uint64_t)((double)(t[0] + t[1] + t[2]) * h->tick_ns);
	out->idle_ns = (uint64_t)((double)(t[3] + t[4]) * h->tick_ns);
	out->softirq_ns = (uint64_t)((double)t[6] * h->tick_ns);
}

/* A line for each CPU; the first number is hexadecimal and counts packets. */
static void read_softnet(const struct host_load *h, char *text, struct budget_look *out)
{
	const char *line = text;

	if (!read_text(h->fds[SOFTNET], text, READ_MAX))
		return;
	for (; line && *line; line = strchr(line, '\n'), line += !!line)
		out->packets += strtoull(line, NULL, 16);
}

/* The value of a counter: a line "NAME: names", and one "NAME: values" after it. 0: not there. */
static uint64_t counter(const char *text, const char *group, const char *name)
{
	const char *names = strstr(text, group), *values;
	size_t len = strlen(name), n;

	values = names ? strstr(names + 1, group) : NULL;
	while (values) {
		names = strchr(names, ' ');
		values = strchr(values, ' ');
		if (!names || !values)
			return 0;
		n = strcspn(++names, " \n");
		values++;
		if (n == len && !strncmp(names, name, n))
			return strtoull(values, NULL, 10);
		if (names[n] == '\n')
			return 0;
	}
	return 0;
}

static void read_tcp(const struct host_load *h, char *text, struct budget_look *out)
{
	if (read_text(h->fds[SNMP], text, READ_MAX))
		out->troubles += counter(text, "Tcp:", "RetransSegs");
	if (read_text(h->fds[NETSTAT], text, READ_MAX))
		out->troubles += counter(text, "TcpExt:", "TCPOFOQueue");
}

void host_load_read(const struct host_load *h, struct budget_look *out)
{
	char *text = malloc(READ_MAX);
	struct timespec own;

	*out = (struct budget_look){ 0 };
	if (!clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &own))
		out->own_ns = (uint64_t)own.tv_sec * 1000000000 + (uint64_t)own.tv_nsec;
	read_stat(h, out);
	if (text) {
		read_softnet(h, text, out);
		read_tcp(h, text, out);
	}
	free(text);
}
