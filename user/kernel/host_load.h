/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * host_load.h - what the CPUs of this host do, and how its TCP fares: /proc/stat (proc(5)),
 * /proc/net/softnet_stat, /proc/net/snmp and /proc/net/netstat of this network namespace.
 */
#ifndef XSCAN_HOST_LOAD_H
#define XSCAN_HOST_LOAD_H

#include "budget.h"

enum { HOST_LOAD_FILES = 4 };

struct host_load {
	int fds[HOST_LOAD_FILES]; /* -1: cannot be read, and counts as zero */
	unsigned int cpus;
	double tick_ns;
};

/* Open the files, so that they can be read when rights have been dropped. */
void host_load_open(struct host_load *h);
void host_load_close(struct host_load *h);

/* Fill in what is of the host: CPUs, packets, TCP. */
void host_load_read(const struct host_load *h, struct budget_look *out);

#endif
