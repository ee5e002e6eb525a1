// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* checkpoint_file.c - read and write the file of --resume. */
#include "checkpoint_file.h"

#include "cookie.h"
#include "lack.h"
#include "writable.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <zlib.h>

#define MAGIC "xscan resume 6\n"

#define NOT_REGULAR "%.128s: is no regular file: name another for --resume"

enum { BUSY_MS = 1000, BUSY_TRIES = 50 };
enum { TABLE_MAX = 1 << 27 };  /* bytes; no table can be larger */
enum { ZLIB_BYTES = 1 << 18 }; /* what zlib takes to read a file, and some more */

uint64_t checkpoint_mix(uint64_t fingerprint, uint64_t number)
{
	const struct cookie_key key = { .k0 = fingerprint, .k1 = 0 };

	return cookie_siphash12(&key, number, 0);
}

void checkpoint_free(struct checkpoint *r)
{
	unsigned int i;

	for (i = 0; i < CHECKPOINT_TABLES; i++) {
		free(r->tables[i]);
		r->tables[i] = NULL;
	}
}

/* gzread takes and returns ints; TABLE_MAX fits. */
static bool read_all(gzFile file, void *to, size_t size)
{
	return gzread(file, to, (unsigned int)size) == (int)size;
}

static int read_table(gzFile file, void **table, uint64_t size)
{
	if (size > TABLE_MAX)
		return -EINVAL;
	*table = malloc(size ? size : 1);
	if (!*table)
		return -ENOMEM;
	return read_all(file, *table, size) ? 0 : -EINVAL;
}

static bool is_sane(const struct checkpoint_ask *ask)
{
	return ask->n_flows <= FLOWS_MAX;
}

static int read_whole(gzFile file, struct checkpoint *r)
{
	unsigned int i;
	int code = 0;
	char end;

	/* gzread hands on input that is not compressed as it is, without a checksum: refuse it. */
	if (gzdirect(file) || !read_all(file, &r->head, sizeof(r->head)) ||
	    memcmp(r->head.magic, MAGIC, sizeof(MAGIC)) || !is_sane(&r->head.sweep) ||
	    !is_sane(&r->head.slice))
		return -EINVAL;
	for (i = 0; i < CHECKPOINT_TABLES && !code; i++)
		code = read_table(file, &r->tables[i], r->head.table_size[i]);
	/* Read on to the end: only then does zlib verify the checksum. */
	if (!code && gzread(file, &end, 1) != 0)
		code = -EINVAL;
	return code;
}

/* Open the file by a descriptor of its own, which gzclose closes. NULL: *code says why. */
static gzFile open_copy(int fd, const char *mode, int *code)
{
	int copy = dup(fd);
	gzFile file = copy < 0 ? NULL : gzdopen(copy, mode);

	*code = copy < 0 ? -errno : file ? 0 : -ENOMEM;
	if (!file && copy >= 0)
		close(copy);
	return file;
}

/* Say why a file cannot be opened; `code` is a negative errno. */
static int refuse_open(const char *path, int code, struct err *err)
{
	if (code == -EISDIR || code == -ENXIO)
		return err_set(err, -EINVAL, NOT_REGULAR, path);
	return err_set(err, code, "%.128s: %s", path,
		       code == -ELOOP ? "is a symbolic link: name the file itself"
				      : strerror(-code));
}

/* Refuse a file that others may have put there, or can read or write by another name. */
static int check_ours(const char *path, const struct stat *stat, struct err *err)
{
	if (S_ISLNK(stat->st_mode))
		return refuse_open(path, -ELOOP, err);
	if (!S_ISREG(stat->st_mode))
		return err_set(err, -EINVAL, NOT_REGULAR, path);
	if (stat->st_uid != geteuid())
		return err_set(err, -EPERM,
			       "%.128s: belongs to another user: name another for --resume", path);
	if (stat->st_nlink > 1)
		return err_set(err, -EMLINK,
			       "%.128s: has a second name (hard link): remove that, or name "
			       "another for --resume",
			       path);
	return 0;
}

static int check_open(const char *path, int fd, struct err *err)
{
	struct stat stat;

	return fstat(fd, &stat) ? refuse_open(path, -errno, err) : check_ours(path, &stat, err);
}

/* Is this file still what stands at `path`? */
static bool is_at(const char *path, int fd)
{
	struct stat a, b;

	return !fstat(fd, &a) && !lstat(path, &b) && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

static int refuse_used(const char *path, struct err *err)
{
	return err_set(err, -EBUSY, "%.128s: another xscan is using it", path);
}

/* Lock. Then look again: until then, its owner may have renamed, replaced or removed the file. */
static int lock(const char *path, int fd, struct err *err)
{
	const int code = flock(fd, LOCK_EX | LOCK_NB) ? -errno : 0;

	if (code == -EWOULDBLOCK || (!code && !is_at(path, fd)))
		return refuse_used(path, err);
	return code ? err_set(err, code, "%.128s: cannot lock it: %s", path, strerror(-code)) : 0;
}

/*
 * Open and lock a file of ours. O_NONBLOCK: a pipe would block. Open for writing too: NFS wants
 * that of a file that is locked. Returns the descriptor; -ENOENT: there is none.
 */
static int open_locked(const char *path, struct err *err)
{
	int fd = open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW), code;

	if (fd < 0)
		return errno == ENOENT ? -ENOENT : refuse_open(path, -errno, err);
	code = check_open(path, fd, err);
	if (!code)
		code = lock(path, fd, err);
	if (!code)
		return fd;
	close(fd);
	return code;
}

/* The same. A run that was killed lets go of its file some moments later: wait for that. */
static int open_when_free(const char *path, struct err *err)
{
	const struct timespec pause = { .tv_nsec = BUSY_MS / BUSY_TRIES * 1000000 };
	unsigned int tries = 0;
	int fd;

	while ((fd = open_locked(path, err)) == -EBUSY && ++tries < BUSY_TRIES)
		nanosleep(&pause, NULL);
	return fd;
}

int checkpoint_read(const char *path, struct checkpoint *r, int *lock_fd, struct err *err)
{
	int fd = open_when_free(path, err), code, lack;
	gzFile file;

	*r = (struct checkpoint){ 0 };
	if (fd < 0)
		return fd;
	file = open_copy(fd, "rb", &code);
	if (file)
		code = read_whole(file, r);
	if (file && gzclose(file) != Z_OK && !code)
		code = -EINVAL;
	if (!code) {
		*lock_fd = fd;
		return 0;
	}
	/* zlib reports lack of memory as a broken file. */
	lack = lack_of(1, ZLIB_BYTES);
	close(fd);
	checkpoint_free(r);
	if (lack || code != -EINVAL)
		return err_set(err, code, "%.128s: %s", path, strerror(lack ? -lack : -code));
	return err_set(err, code,
		       "%.128s: is not a whole file of this xscan's --resume: name another", path);
}

static bool write_whole(gzFile file, const struct checkpoint *r)
{
	struct checkpoint_head head = r->head;
	unsigned int i;

	memcpy(head.magic, MAGIC, sizeof(MAGIC));
	if (gzwrite(file, &head, sizeof(head)) != sizeof(head))
		return false;
	for (i = 0; i < CHECKPOINT_TABLES; i++) {
		const unsigned int size = (unsigned int)head.table_size[i];

		if (size && gzwrite(file, r->tables[i], size) != (int)size)
			return false;
	}
	return true;
}

/* Write to `fd`, and wait until the disk has the data. Tables are mostly runs of one byte. */
static int write_durably(int fd, const struct checkpoint *r)
{
	int code;
	gzFile file = open_copy(fd, "wb1R", &code);
	bool written;

	if (!file)
		return code;
	errno = 0;
	written = write_whole(file, r);
	if (gzclose(file) != Z_OK || !written)
		return errno ? -errno : -EIO;
	return fsync(fd) ? -errno : 0;
}

/* Sync the folder: only then is a rename durable. */
static int sync_folder(const char *path)
{
	char copy[PATH_MAX];
	int fd, code;

	snprintf(copy, sizeof(copy), "%s", path);
	fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	code = fsync(fd) ? -errno : 0;
	close(fd);
	return code;
}

/* Remove what a killed run has left, if it is ours. It is locked meanwhile. */
static int remove_left_over(const char *aside, struct err *err)
{
	int fd = open_locked(aside, err), code = 0;

	if (fd < 0)
		return fd == -ENOENT ? 0 : fd;
	if (unlink(aside))
		code = refuse_open(aside, -errno, err);
	close(fd);
	return code;
}

static int create(const char *aside)
{
	return open(aside, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
}

/* Create and lock the file to be written. Returns the descriptor or a negative errno. */
static int create_locked(const char *aside, struct err *err)
{
	int fd = create(aside), code;

	if (fd < 0 && errno == EEXIST) {
		code = remove_left_over(aside, err);
		if (code)
			return code;
		fd = create(aside);
	}
	if (fd < 0)
		return errno == EEXIST ? refuse_used(aside, err) : refuse_open(aside, -errno, err);
	code = lock(aside, fd, err);
	if (!code) {
		/* Some file systems give files to others: then no later run could read it. */
		code = check_open(aside, fd, err);
		if (code)
			unlink(aside);
	}
	if (!code)
		return fd;
	close(fd);
	return code;
}

/* Rename. The first file of a run must replace none: another run would have written it. */
static int put_in_place(const char *aside, const char *path, bool first)
{
	if (first && !renameat2(AT_FDCWD, aside, AT_FDCWD, path, RENAME_NOREPLACE))
		return 0;
	/* EINVAL: the file system cannot do that. */
	if (first && errno != EINVAL)
		return errno == EEXIST ? -EBUSY : -errno;
	return rename(aside, path) ? -errno : 0;
}

int checkpoint_aside(const char *path, char aside[PATH_MAX])
{
	const int n = snprintf(aside, PATH_MAX, "%s" CHECKPOINT_ASIDE, path);

	return n < PATH_MAX ? 0 : -ENAMETOOLONG;
}

int checkpoint_check(const char *path, struct err *err)
{
	char aside[PATH_MAX];
	struct stat stat;
	int code = checkpoint_aside(path, aside);

	if (code)
		return refuse_open(path, code, err);
	if (!lstat(aside, &stat))
		code = check_ours(aside, &stat, err);
	if (code)
		return code;
	code = writable_check(aside);
	/* What is left of a killed run will be removed. */
	if (!code)
		code = writable_check_folder(aside);
	return code ? refuse_open(aside, code, err) : 0;
}

int checkpoint_write(const char *path, const struct checkpoint *r, int *lock_fd, struct err *err)
{
	char aside[PATH_MAX];
	int fd, code = checkpoint_aside(path, aside);

	if (code)
		return refuse_open(path, code, err);
	fd = create_locked(aside, err);
	if (fd < 0)
		return fd;
	code = write_durably(fd, r);
	if (!code)
		code = put_in_place(aside, path, *lock_fd < 0);
	if (code) {
		unlink(aside);
		close(fd);
		return code == -EBUSY
			       ? refuse_used(path, err)
			       : err_set(err, code, "%.128s: cannot write what --resume needs: %s",
					 path, strerror(-code));
	}
	if (*lock_fd >= 0)
		close(*lock_fd);
	*lock_fd = fd;
	code = sync_folder(path);
	return code ? err_set(err, code, "%.128s: cannot make it durable: %s", path,
			      strerror(-code))
		    : 0;
}

int checkpoint_remove(const char *path, int *lock_fd, struct err *err)
{
	int code = unlink(path) && errno != ENOENT ? -errno : 0;

	if (*lock_fd >= 0)
		close(*lock_fd);
	*lock_fd = -1;
	return code ? err_set(err, code, "%.128s: cannot remove it: %s: remove it", path,
			      strerror(-code))
		    : 0;
}
