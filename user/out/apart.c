// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* apart.c - keep the outputs apart from other files of the run. */
#include "apart.h"

#include "checkpoint_file.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

static bool is_one(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

bool apart_is_same(const struct stat *file, const char *path)
{
	struct stat other;

	return !stat(path, &other) && is_one(file, &other);
}

/* Would both names make one file? Neither exists yet. */
static bool would_be_same(const char *a, const char *b)
{
	char name_a[PATH_MAX], name_b[PATH_MAX];
	struct stat folder;

	snprintf(name_a, sizeof(name_a), "%s", a);
	snprintf(name_b, sizeof(name_b), "%s", b);
	if (strcmp(basename(name_a), basename(name_b)))
		return false;
	/* dirname cuts the string: do not ask for the last part afterwards. */
	return !stat(dirname(name_a), &folder) && apart_is_same(&folder, dirname(name_b));
}

static bool is_list(const struct stat *file, const char *list)
{
	struct stat input;

	if (strcmp(list, "-"))
		return apart_is_same(file, list);
	return !fstat(STDIN_FILENO, &input) && is_one(file, &input);
}

/* Refuse to write to a list of targets: the list would be lost. */
static int check_lists(const struct report_wish *wish, const char *name, const struct stat *file,
		       struct err *err)
{
	size_t i;

	for (i = 0; i < wish->n_lists; i++)
		if (S_ISREG(file->st_mode) && is_list(file, wish->lists[i]))
			return err_set(err, -EINVAL,
				       "%.128s: is read by --targets or --exclude-file: write to "
				       "another file",
				       name);
	return 0;
}

static int refuse_resumes(const char *name, struct err *err)
{
	return err_set(err, -EINVAL, "%.128s: is written by --resume: name another file", name);
}

/* The file that --resume writes before renaming it. */
static void name_aside(const struct report_wish *wish, char aside[PATH_MAX])
{
	snprintf(aside, PATH_MAX, "%s" CHECKPOINT_ASIDE, wish->resume);
}

/* Refuse a file that is read, or that --resume reads and writes. */
static int check_known(const struct report_wish *wish, const char *name, const struct stat *file,
		       struct err *err)
{
	int code = check_lists(wish, name, file, err);
	char aside[PATH_MAX];

	if (code || !wish->resume)
		return code;
	name_aside(wish, aside);
	if (apart_is_same(file, wish->resume) || apart_is_same(file, aside))
		return refuse_resumes(name, err);
	return 0;
}

/* A file that is missing can only be one that --resume is going to make. */
static int check_missing(const struct report_wish *wish, const char *path, struct err *err)
{
	char aside[PATH_MAX];

	if (!wish->resume)
		return 0;
	name_aside(wish, aside);
	if (would_be_same(path, wish->resume) || would_be_same(path, aside))
		return refuse_resumes(path, err);
	return 0;
}

int apart_check_file(const struct report_wish *wish, const char *path, struct err *err)
{
	struct stat file, out;

	if (stat(path, &file))
		return check_missing(wish, path, err);
	if (!fstat(STDOUT_FILENO, &out) && S_ISREG(out.st_mode) && is_one(&file, &out))
		return err_set(err, -EINVAL, "%.128s: is where standard output goes: use - instead",
			       path);
	return check_known(wish, path, &file, err);
}

/* Something must take the results, even if there will be none: nobody knows that yet. */
static int check_stdout(const struct report_wish *wish, struct err *err)
{
	const int mode = fcntl(STDOUT_FILENO, F_GETFL);
	struct stat file;

	if (mode < 0 || (mode & O_ACCMODE) == O_RDONLY || fstat(STDOUT_FILENO, &file))
		return err_set(err, -EBADF,
			       "standard output: is closed: send it to a file, or to /dev/null");
	return check_known(wish, "standard output", &file, err);
}

int apart_check(const struct report_wish *wish, struct err *err)
{
	int code = check_stdout(wish, err);
	char aside[PATH_MAX];
	struct stat file;
	unsigned int i;

	if (!code && wish->resume) {
		name_aside(wish, aside);
		if (!stat(aside, &file))
			code = check_lists(wish, aside, &file, err);
	}
	for (i = 0; i < wish->n_files && !code; i++)
		if (!sink_is_stdout(&wish->files[i]))
			code = apart_check_file(wish, wish->files[i].path, err);
	return code;
}
