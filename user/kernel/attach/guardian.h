/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * guardian.h - a child that undoes what the kernel does not undo when this process is gone. The
 * child reads from a pipe, which closes however this process ends.
 */
#ifndef XSCAN_GUARDIAN_H
#define XSCAN_GUARDIAN_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* 0 or a negative errno. */
typedef int (*guardian_job)(const void *ctx);

struct guardian {
	pid_t pid; /* 0: no guardian */
	int pipe_fd;
};

/*
 * Start the guardian. Call before making the change that it must undo. `job` runs in the child, on
 * a copy of this process's memory, without its descriptors, and with only the rights for `uses` (of
 * enum privilege_use). `job` must find out what there is to undo. 0 or a negative errno.
 */
int guardian_start(struct guardian *g, unsigned int uses, guardian_job job, const void *ctx);

/* Is the guardian alive? If not, guardian_start may be called again. */
bool guardian_watches(struct guardian *g);

/*
 * Let the guardian do its job, and wait for its end. False: it did not do the job, so do it
 * instead. It was killed, it failed, somebody stopped it, or it takes longer than two seconds. One
 * that was stopped goes on when this process ends, and finds nothing to do. This process does not
 * resume it: the right to send signals would reach all processes of the user.
 */
bool guardian_release(struct guardian *g);

/* Call in a child: if somebody has stopped it, let it go on when its parent ends. */
void guardian_go_on_at_end_of_parent(void);

/*
 * Wait for a child to end. Returns its status, which is not 0 if it was killed or is stopped; -1 if
 * the time is over.
 */
int guardian_wait(pid_t child, unsigned int seconds);

#endif
