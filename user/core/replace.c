// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* replace.c - write aside, then rename. */
#include "replace.h"

#include "claim.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

static int open_new(const char *path)
{
	const int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
	int fd = open(path, flags, 0666);

	/* A killed process of the same number has left it. */
	if (fd < 0 && errno == EEXIST && !unlink(path))
		fd = open(path, flags, 0666);
	return fd < 0 ? -errno : fd;
}

int write_all(int fd, const char *text, size_t n)
{
	ssize_t written;

	for (; n; text += written, n -= (size_t)written) {
		written = write(fd, text, n);
		if (written < 0 && errno != EINTR)
			return -errno;
		written = written < 0 ? 0 : written;
	}
	return 0;
}

/* Write and lock a new file. Its descriptor, or a negative errno. */
static int write_new(const char *path, const char *text, size_t n)
{
	int fd = open_new(path), kept, code;

	if (fd < 0)
		return fd;
	code = write_all(fd, text, n);
	kept = dup(fd);
	if (kept < 0 && !code)
		code = -errno;
	/* A network file system may tell only now that its disk is full. */
	if (close(fd) && !code)
		code = -errno;
	if (!code)
		code = claim_file(kept);
	if (code && kept >= 0)
		close(kept);
	return code ? code : kept;
}

int replace_file(const char *path, const char *text, size_t n, int *claim)
{
	char aside[PATH_MAX];
	int fd, code;

	/* The number of the process keeps two of them apart. */
	if (snprintf(aside, sizeof(aside), "%s.%d.new", path, (int)getpid()) >= (int)sizeof(aside))
		return -ENAMETOOLONG;
	fd = write_new(aside, text, n);
	code = fd < 0 ? fd : rename(aside, path) ? -errno : 0;
	if (code)
		unlink(aside);
	if (fd >= 0)
		close(code ? fd : *claim);
	if (!code)
		*claim = fd;
	return code;
}
