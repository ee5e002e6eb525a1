/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * guardian.h - a child that undoes what the kernel does not undo by itself, when this process is
 * gone: however it ends, the pipe that the child reads from is closed with it.
 */
#ifndef XSCAN_GUARDIAN_H
#define XSCAN_GUARDIAN_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

typedef void (*guardian_job)(const void *ctx);

struct guardian {
	pid_t pid; /* 0: there is none */
	int pipe_fd;
};

/*
 * Start it, before that is done which it is to undo. `job` runs in the child, on a copy of this
 * process's memory, without its descriptors, and with no rights but those for `uses` (of enum
 * privilege_use). Whether there is anything to undo is for it to see. 0 or a negative errno.
 */
int guardian_start(struct guardian *g, unsigned int uses, guardian_job job, const void *ctx);

/* Does it still watch? If not, it can be started anew. */
bool guardian_watches(struct guardian *g);

/* Let it do its job, and wait until it has. False: there is none, or it was killed. */
bool guardian_release(struct guardian *g);

#endif
