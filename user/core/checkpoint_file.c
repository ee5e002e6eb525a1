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
#include <unistd.h>
#include <zlib.h>

#define MAGIC "xscan resume 5\n"

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

/* Open and lock a regular file of ours: a pipe would block. */
static int open_locked(const char *path, struct err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), code;
	struct stat stat;

	if (fd < 0)
		return errno == ENOENT ? -ENOENT
				       : err_set(err, -errno, "%.128s: %s", path, strerror(errno));
	if (fstat(fd, &stat) || !S_ISREG(stat.st_mode))
		code = err_set(err, -EINVAL,
			       "%.128s: is no regular file: name another for --resume", path);
	else if (flock(fd, LOCK_EX | LOCK_NB))
		code = err_set(err, -EBUSY, "%.128s: another xscan is using it", path);
	else
		return fd;
	close(fd);
	return code;
}

int checkpoint_read(const char *path, struct checkpoint *r, int *lock_fd, struct err *err)
{
	int fd = open_locked(path, err), code, lack;
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

static int name_aside(const char *path, char aside[PATH_MAX], struct err *err)
{
	if (snprintf(aside, PATH_MAX, "%s" CHECKPOINT_ASIDE, path) < PATH_MAX)
		return 0;
	return err_set(err, -ENAMETOOLONG, "%.128s: %s", path, strerror(ENAMETOOLONG));
}

int checkpoint_check(const char *path, struct err *err)
{
	char aside[PATH_MAX];
	struct stat stat;
	int code = name_aside(path, aside, err);

	if (code)
		return code;
	code = !lstat(aside, &stat) && S_ISLNK(stat.st_mode) ? -ELOOP : writable_check(aside);
	return code ? err_set(err, code, "%.128s: %s", aside, strerror(-code)) : 0;
}

int checkpoint_write(const char *path, const struct checkpoint *r, int *lock_fd, struct err *err)
{
	char aside[PATH_MAX];
	int fd, code = name_aside(path, aside, err);

	if (code)
		return code;
	fd = open(aside, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
	if (fd < 0)
		return err_set(err, -errno, "%.128s: %s", aside, strerror(errno));
	if (flock(fd, LOCK_EX | LOCK_NB))
		code = -EBUSY;
	else if (ftruncate(fd, 0))
		code = -errno;
	if (!code)
		code = write_durably(fd, r);
	if (!code && rename(aside, path))
		code = -errno;
	if (code) {
		if (code != -EBUSY)
			unlink(aside);
		close(fd);
		return err_set(err, code, "%.128s: cannot write what --resume needs: %s", path,
			       strerror(-code));
	}
	if (*lock_fd >= 0)
		close(*lock_fd);
	*lock_fd = fd;
	code = sync_folder(path);
	return code ? err_set(err, code, "%.128s: cannot make it durable: %s", path,
			      strerror(-code))
		    : 0;
}

void checkpoint_remove(const char *path, int *lock_fd)
{
	unlink(path);
	if (*lock_fd >= 0)
		close(*lock_fd);
	*lock_fd = -1;
}
