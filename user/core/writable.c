// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* writable.c - look at a file, or at the folder that it would be made in. */
#include "writable.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int may(const char *path, int mode)
{
	return faccessat(AT_FDCWD, path, mode, AT_EACCESS) ? -errno : 0;
}

/* The folder that a file would be made in. */
static const char *folder_of(const char *path, char copy[PATH_MAX])
{
	snprintf(copy, PATH_MAX, "%s", path);
	return dirname(copy);
}

static const char *name_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

int writable_check_folder(const char *path)
{
	char copy[PATH_MAX];

	return may(folder_of(path, copy), W_OK | X_OK);
}

int writable_check(const char *path)
{
	struct stat there;
	int code;

	if (!stat(path, &there)) {
		if (S_ISDIR(there.st_mode))
			return -EISDIR;
		code = may(path, W_OK);
		return !code && S_ISSOCK(there.st_mode) ? -ENXIO : code;
	}
	if (errno != ENOENT || !*path)
		return -errno;
	if (!*name_of(path))
		return -EISDIR;
	/* A link that leads to no file: whether one can be made there shows when it is opened. */
	if (!lstat(path, &there))
		return 0;
	return writable_check_folder(path);
}

int writable_check_regular(const char *path)
{
	struct stat there;

	if (!lstat(path, &there)) {
		if (S_ISDIR(there.st_mode))
			return -EISDIR;
		if (!S_ISREG(there.st_mode))
			return -EMEDIUMTYPE;
	} else if (errno != ENOENT || !*path) {
		return -errno;
	} else if (!*name_of(path)) {
		return -EISDIR;
	}
	return writable_check_folder(path);
}

static bool is_same(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

static bool is_there(struct file_ref file, struct stat *to)
{
	return !(file.path ? stat(file.path, to) : fstat(file.fd, to));
}

/* Would both names make one file? */
static bool would_be_same(const char *a, const char *b)
{
	char copy_a[PATH_MAX], copy_b[PATH_MAX];
	struct stat stat_a, stat_b;

	return !strcmp(name_of(a), name_of(b)) && !stat(folder_of(a, copy_a), &stat_a) &&
	       !stat(folder_of(b, copy_b), &stat_b) && is_same(&stat_a, &stat_b);
}

bool writable_same(struct file_ref a, struct file_ref b)
{
	struct stat stat_a, stat_b;
	const bool there = is_there(a, &stat_a);

	if (there != is_there(b, &stat_b))
		return false;
	if (there)
		return S_ISREG(stat_a.st_mode) && is_same(&stat_a, &stat_b);
	return a.path && b.path && would_be_same(a.path, b.path);
}
