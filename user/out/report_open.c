// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* report_open.c - open the outputs of a run, or say why one cannot be written. */
#include "report_parts.h"

#include "apart.h"
#include "claim.h"
#include "writable.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int cannot_write(const char *name, int code, struct err *err)
{
	return err_set(err, code, "%.128s: cannot write results: %s", name,
		       code == -ENXIO	      ? "nobody reads from it"
		       : code == -EMEDIUMTYPE ? "name a regular file"
		       : code == -EBUSY	      ? "another process writes it"
					      : strerror(-code));
}

int report_failed(struct sink *s, int code, struct err *err)
{
	if (code != -EINTR && !s->broken)
		s->broken = code;
	return cannot_write(s->name, code, err);
}

/*
 * Cut off what no run goes on behind: half a line at the end, since an earlier run was killed or ran
 * out of space, and the line that ends a file (NULL: none).
 */
static void drop_end(const char *path, const char *last)
{
	char tail[SINK_RECORD_MAX];
	struct stat stat;
	off_t from;
	ssize_t n;
	int fd = open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		return;
	if (!fstat(fd, &stat) && S_ISREG(stat.st_mode)) {
		from = stat.st_size > (off_t)sizeof(tail) ? stat.st_size - (off_t)sizeof(tail) : 0;
		n = pread(fd, tail, sizeof(tail), from);
		while (n > 0 && tail[n - 1] != '\n')
			n--;
		if (last && n >= (ssize_t)strlen(last) &&
		    !memcmp(tail + n - strlen(last), last, strlen(last)))
			n -= (ssize_t)strlen(last);
		if (n > 0 || !from)
			n = ftruncate(fd, from + (n > 0 ? n : 0));
	}
	close(fd);
}

/*
 * Open without blocking: a pipe without a reader is refused (ENXIO), not waited for. A file that
 * another process writes stays as it is. 0 or a negative errno.
 */
static int open_file(const char *path, bool append, FILE **file)
{
	const int flags = O_WRONLY | O_CREAT | O_CLOEXEC | (append ? O_APPEND : 0);
	int fd = open(path, flags | O_NONBLOCK, 0666), code;

	if (fd < 0)
		return -errno;
	code = claim_file(fd);
	fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) & ~O_NONBLOCK);
	*file = code ? NULL : fdopen(fd, "w");
	if (*file)
		return 0;
	close(fd);
	return code ? code : -ENOMEM;
}

/* Find out what the sink's file is. */
static void look_at_file(struct sink *s, bool goes_on)
{
	struct stat stat;
	const bool regular = !fstat(fileno(s->file), &stat) && S_ISREG(stat.st_mode);

	s->may_block = !regular;
	s->goes_on = goes_on && regular && stat.st_size > 0;
}

/* Open and lock the file of a sink, and add it; `path` NULL: standard output. */
static int add(struct report *r, const struct sink_ops *ops, const char *path, bool goes_on,
	       struct err *err)
{
	struct sink *s = &r->sinks[r->n];
	int code = 0;

	*s = (struct sink){
		.ops = ops,
		.name = path,
		.goes_on = goes_on,
		.signal_fd = r->signal_fd,
		.names = r->named,
		.warn = r->warn,
		.warn_ctx = r->warn_ctx,
	};
	if (!path) {
		s->name = "standard output";
		s->file = stdout;
		s->terminal = isatty(STDOUT_FILENO);
		s->colour = s->terminal && r->colour;
	} else if (!ops->watches) {
		code = open_file(path, goes_on && ops->appends, &s->file);
	}
	if (code)
		return report_failed(s, code, err);
	r->n++;
	return 0;
}

/* Empty the file, or go on behind what an earlier run has written. */
static int make_ready(struct sink *s)
{
	const bool goes_on = s->goes_on;
	struct stat stat;

	if (s->file != stdout && goes_on && s->ops->appends)
		drop_end(s->name, s->ops->last);
	else if (s->file != stdout && !fstat(fileno(s->file), &stat) && S_ISREG(stat.st_mode) &&
		 ftruncate(fileno(s->file), 0))
		return -errno;
	look_at_file(s, goes_on);
	setvbuf(s->file, NULL, _IOFBF, SINK_BUFFER);
	return 0;
}

/* Begin sinks that watch the scan, or the others. */
static int begin(struct report *r, bool watches, struct err *err)
{
	unsigned int i;
	int code = 0;

	for (i = 1; i < r->n && !code; i++) { /* the progress lines have begun */
		struct sink *s = &r->sinks[i];

		if (!!s->ops->watches != watches)
			continue;
		code = watches ? 0 : make_ready(s);
		if (!code && s->ops->begin)
			code = s->ops->begin(s);
		if (code)
			code = report_failed(s, code, err);
	}
	return code;
}

/* Add the progress lines before the other sinks, so that they are cleared before their rows. */
static void add_progress(struct report *r, const struct report_wish *wish)
{
	r->sinks[r->n++] = (struct sink){
		.ops = &out_progress,
		.name = "standard error",
		.file = stderr,
		.lent = true,
		.may_block = true,
		.signal_fd = r->signal_fd,
		.terminal = wish->progress,
		.finds = wish->finds,
		.interval_s = wish->interval_s,
	};
}

/* Something must take the results, even if there will be none: nobody knows that yet. */
static int check_stdout(struct err *err)
{
	const int mode = fcntl(STDOUT_FILENO, F_GETFL);

	if (mode < 0 || (mode & O_ACCMODE) == O_RDONLY)
		return err_set(err, -EBADF,
			       "standard output: is closed: send it to a file, or to /dev/null");
	return 0;
}

int report_check(const struct report_wish *wish, struct err *err)
{
	int code = check_stdout(err);
	unsigned int i;

	if (!code)
		code = apart_check(wish, err);
	for (i = 0; i < wish->n_files && !code; i++) {
		if (sink_is_stdout(&wish->files[i]))
			continue;
		code = wish->files[i].ops->watches ? writable_check_regular(wish->files[i].path)
						   : writable_check(wish->files[i].path);
		if (code)
			cannot_write(wish->files[i].path, code, err);
	}
	return code;
}

/*
 * Open a file and check again: of a link that led to no file, this shows where it leads. The file may
 * be one that this run has locked.
 */
static int add_file(struct report *r, const struct report_wish *wish, unsigned int i,
		    struct err *err)
{
	const struct sink_wish *file = &wish->files[i];
	const int code = add(r, file->ops, file->path, wish->goes_on, err);
	const int same = !code || code == -EBUSY ? apart_check_file(wish, i, err) : 0;

	return same ? same : code;
}

int report_open(struct report *r, const struct report_wish *wish, struct err *err)
{
	const struct sink_wish *files = wish->files;
	const struct sink_wish table = { .ops = &out_text }, *on_stdout = &table;
	unsigned int i;
	int code;

	*r = (struct report){
		.signal_fd = wish->signal_fd,
		.colour = wish->colour,
		.warn = wish->warn,
		.warn_ctx = wish->warn_ctx,
	};
	code = report_check(wish, err);
	if (code)
		return code;
	if (wish->names) {
		r->named = named_new(wish->names);
		if (!r->named)
			return err_set(err, -ENOMEM, "out of memory");
	}
	add_progress(r, wish);
	for (i = 0; i < wish->n_files; i++)
		if (sink_is_stdout(&files[i]))
			on_stdout = &files[i];
	code = add(r, on_stdout->ops, NULL, wish->goes_on, err);
	for (i = 0; i < wish->n_files && !code; i++)
		if (!sink_is_stdout(&files[i]))
			code = add_file(r, wish, i, err);
	/* All are open and locked: from here on files lose what they held. */
	if (!code)
		code = begin(r, true, err);
	return code ? code : begin(r, false, err);
}
