/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * dispatcher.h - a place in the libxdp dispatcher that an interface has: its programs run one after
 * the other, ours among the first, and what ours passes on comes to the others.
 *
 * To come and to go takes rights that a scan drops before its first packet. A child keeps them, the
 * agent: it is handed programs over a socket, and leaves the dispatcher when this process is gone.
 * The agent in turn has a guardian that does so when the agent is gone.
 */
#ifndef XSCAN_DISPATCHER_H
#define XSCAN_DISPATCHER_H

#include "extension.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct dispatcher {
	pid_t agent; /* 0: there is none */
	int socket;
	bool generic;
	struct extension_target target; /* what programs are to be loaded for */
};

/*
 * Go in, with a program that passes everything, to hold the place; `who` says beside whom. 0, -ENOENT
 * if the interface has no dispatcher, or another negative errno; then nothing is left.
 */
int dispatcher_open(struct dispatcher *d, int ifindex, char *who, size_t size);

/* Put this extension in the place of the program before. 0 or a negative errno. */
int dispatcher_replace(const struct dispatcher *d, int program_fd);

/* Is our program still in there? */
bool dispatcher_alive(const struct dispatcher *d);

/* Leave, and wait until it is done. */
void dispatcher_close(struct dispatcher *d);

#endif
