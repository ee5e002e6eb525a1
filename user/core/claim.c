// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* claim.c - lock an output. */
#include "claim.h"

#include <errno.h>
#include <stdbool.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { BUSY_MS = 1000, BUSY_TRIES = 50 };

static bool is_regular(int fd)
{
	struct stat stat;

	return !fstat(fd, &stat) && S_ISREG(stat.st_mode);
}

int claim_file(int fd)
{
	const struct timespec pause = { .tv_nsec = BUSY_MS / BUSY_TRIES * 1000000 };
	unsigned int tries = 0;

	if (!is_regular(fd))
		return 0;
	while (flock(fd, LOCK_EX | LOCK_NB)) {
		/* Some file systems have no locks: write there without one. */
		if (errno != EWOULDBLOCK)
			return 0;
		if (++tries == BUSY_TRIES)
			return -EBUSY;
		nanosleep(&pause, NULL);
	}
	return 0;
}
