// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* apart.c - keep the outputs apart from each other and from other files of the run. */
#include "apart.h"

#include "checkpoint_file.h"
#include "writable.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

static const struct file_ref standard_output = { .fd = STDOUT_FILENO };

static struct file_ref list_ref(const char *list)
{
	return (struct file_ref){ .path = strcmp(list, "-") ? list : NULL, .fd = STDIN_FILENO };
}

/* Refuse to write to a list of targets: the list would be lost. */
static int check_lists(const struct report_wish *wish, const char *name, struct file_ref file,
		       struct err *err)
{
	size_t i;

	for (i = 0; i < wish->n_lists; i++)
		if (writable_same(file, list_ref(wish->lists[i])))
			return err_set(err, -ENOTUNIQ,
				       "%.128s: is read by --targets or --exclude-file: write to "
				       "another file",
				       name);
	return 0;
}

/* Refuse what --resume reads, or will write. A name too long is refused by checkpoint_check. */
static int check_resume(const struct report_wish *wish, const char *name, struct file_ref file,
			struct err *err)
{
	char aside[PATH_MAX];

	if (!wish->resume || checkpoint_aside(wish->resume, aside))
		return 0;
	if (writable_same(file, (struct file_ref){ .path = wish->resume }) ||
	    writable_same(file, (struct file_ref){ .path = aside }))
		return err_set(err, -ENOTUNIQ, "%.128s: is written by --resume: name another file",
			       name);
	return 0;
}

static int check_known(const struct report_wish *wish, const char *name, struct file_ref file,
		       struct err *err)
{
	int code = check_lists(wish, name, file, err);

	return code ? code : check_resume(wish, name, file, err);
}

/* Refuse the i-th file if an earlier one is the same. */
static int check_alone(const struct report_wish *wish, unsigned int i, struct err *err)
{
	const struct file_ref file = { .path = wish->files[i].path };
	unsigned int k;

	for (k = 0; k < i; k++)
		if (!sink_is_stdout(&wish->files[k]) &&
		    writable_same(file, (struct file_ref){ .path = wish->files[k].path }))
			return err_set(err, -ENOTUNIQ,
				       "%.128s: is given for two outputs: name two files",
				       file.path);
	return 0;
}

int apart_check_file(const struct report_wish *wish, unsigned int i, struct err *err)
{
	const struct file_ref file = { .path = wish->files[i].path };
	int code = check_known(wish, file.path, file, err);

	if (!code && writable_same(file, standard_output))
		return err_set(err, -ENOTUNIQ, "%.128s: is where standard output goes: %s",
			       file.path,
			       wish->files[i].ops->watches ? "name another file" : "use - instead");
	return code ? code : check_alone(wish, i, err);
}

/* --resume must not write to a list either. */
static int check_aside(const struct report_wish *wish, struct err *err)
{
	char aside[PATH_MAX];

	if (!wish->resume || checkpoint_aside(wish->resume, aside))
		return 0;
	return check_lists(wish, aside, (struct file_ref){ .path = aside }, err);
}

int apart_check(const struct report_wish *wish, struct err *err)
{
	int code = check_known(wish, "standard output", standard_output, err);
	unsigned int i;

	if (!code)
		code = check_aside(wish, err);
	for (i = 0; i < wish->n_files && !code; i++)
		if (!sink_is_stdout(&wish->files[i]))
			code = apart_check_file(wish, i, err);
	return code;
}
