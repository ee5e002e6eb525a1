/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * dispatcher.h - a place in an interface's libxdp dispatcher. Its programs run one after the other,
 * ours among the first; the others see what ours passes on.
 *
 * Joining and leaving take rights that a scan drops before its first packet. A child process, the
 * agent, keeps them. It receives programs over a socket, and leaves the dispatcher when this
 * process is gone. The agent has a guardian, which leaves the dispatcher when the agent is gone.
 */
#ifndef XSCAN_DISPATCHER_H
#define XSCAN_DISPATCHER_H

#include "extension.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct dispatcher {
	pid_t agent; /* 0: no agent */
	int socket;
	bool generic;
	struct extension_target target; /* what programs must extend */
};

/*
 * Go in with a program that passes everything, to hold the place; `who` becomes the names of the
 * others. 0, -ENOENT if the interface has no dispatcher, or another negative errno; after an error
 * nothing is left.
 */
int dispatcher_open(struct dispatcher *d, int ifindex, char *who, size_t size);

/* Replace the program by this extension. 0 or a negative errno. */
int dispatcher_replace(const struct dispatcher *d, int program_fd);

/* Is our program still in there? */
bool dispatcher_alive(const struct dispatcher *d);

/*
 * Leave the dispatcher and wait until that is done, but not for an agent that somebody has stopped:
 * that one leaves when this process ends.
 */
void dispatcher_close(struct dispatcher *d);

#endif
