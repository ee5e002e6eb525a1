// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* claim.c - lock an output. */
#include "claim.h"

#include <errno.h>
#include <fcntl.h>
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

/* Until the lock was there, its owner may have replaced or removed the file. */
static bool is_still_there(int fd, const char *path)
{
	struct stat ours, there;

	return !fstat(fd, &ours) && !lstat(path, &there) && ours.st_dev == there.st_dev &&
	       ours.st_ino == there.st_ino;
}

int claim_path(const char *path)
{
	unsigned int tries;

	for (tries = 0; tries < BUSY_TRIES; tries++) {
		/* Who may replace a file need not be allowed to write it. */
		int fd = open(path, O_RDONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0666);
		int code = fd < 0 ? -errno : claim_file(fd);

		if (!code && is_still_there(fd, path))
			return fd;
		if (fd >= 0)
			close(fd);
		if (code)
			return code;
	}
	return -EBUSY;
}

void claim_end(int fd, const char *path)
{
	struct stat stat;

	if (!fstat(fd, &stat) && !stat.st_size && is_still_there(fd, path))
		unlink(path);
	close(fd);
}
