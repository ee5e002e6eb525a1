// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* report.c - the outputs of a run. A new format is one more add() in report_open. */
#include "report.h"

#include "resume.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio_ext.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BUFFER = PIPE_BUF, RECORD_MAX = 1024 };

static int failed(struct sink *s, int code, struct err *err)
{
	s->broken |= code != -EINTR;
	return err_set(err, code, "%.128s: cannot write results: %s", s->name,
		       code == -ENXIO ? "nobody reads from it" : strerror(-code));
}

/* A run that was killed or had no room may have left half a line at the end. */
static void drop_half_line(const char *path)
{
	char tail[RECORD_MAX];
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
		if (n > 0 || !from)
			n = ftruncate(fd, from + (n > 0 ? n : 0));
	}
	close(fd);
}

/* A pipe without a reader is refused here (ENXIO), where a plain open would wait for one. */
static FILE *open_file(const char *path, bool append)
{
	const int flags = O_WRONLY | O_CREAT | O_CLOEXEC | (append ? O_APPEND : O_TRUNC);
	int fd = open(path, flags | O_NONBLOCK, 0666);

	if (fd < 0)
		return NULL;
	if (append)
		drop_half_line(path);
	fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) & ~O_NONBLOCK);
	return fdopen(fd, "w");
}

static bool blocks(FILE *file)
{
	struct stat stat;

	return fstat(fileno(file), &stat) || !S_ISREG(stat.st_mode);
}

/*
 * Write out the buffer, without being kept by a reader that does not read: until the output takes
 * something, a signal ends the wait. A buffer is no longer than PIPE_BUF, for which a writable pipe
 * has room.
 */
static int flush(const struct report *r, struct sink *s)
{
	struct pollfd fds[] = {
		{ .fd = fileno(s->file), .events = POLLOUT },
		{ .fd = r->signal_fd, .events = POLLIN },
	};

	while (s->may_block && !fds[0].revents) {
		if (poll(fds, 2, -1) < 0 && errno != EINTR)
			return -errno;
		if (!fds[0].revents && fds[1].revents)
			return -EINTR;
	}
	return sink_flush(s);
}

/* Make room in the buffer for a record. */
static int make_room(const struct report *r, struct sink *s)
{
	return __fpending(s->file) + RECORD_MAX > BUFFER ? flush(r, s) : 0;
}

/* `path` NULL or "-": standard output. */
static int add(struct report *r, const struct sink_ops *ops, const char *path, bool append,
	       struct err *err)
{
	struct sink *s = &r->sinks[r->n];

	*s = (struct sink){ .ops = ops, .name = path };
	if (!path || !strcmp(path, "-")) {
		s->name = "standard output";
		s->file = stdout;
		s->terminal = isatty(STDOUT_FILENO);
	} else {
		s->file = open_file(path, append);
	}
	if (!s->file)
		return failed(s, -errno, err);
	s->may_block = blocks(s->file);
	setvbuf(s->file, NULL, _IOFBF, BUFFER);
	r->n++;
	return 0;
}

static bool is_same_file(const struct stat *a, const char *path)
{
	struct stat b;

	return !stat(path, &b) && a->st_dev == b.st_dev && a->st_ino == b.st_ino;
}

/* A list of targets would be lost if results or the state of the scan were written to it. */
static int check_lists(const struct report_wish *wish, const char *path, struct err *err)
{
	struct stat file;
	size_t i;

	if (stat(path, &file) || !S_ISREG(file.st_mode))
		return 0;
	for (i = 0; i < wish->n_lists; i++)
		if (is_same_file(&file, wish->lists[i]))
			return err_set(err, -EINVAL,
				       "%.128s: is read by --targets or --exclude-file: write to "
				       "another file",
				       path);
	return 0;
}

/* Where --resume writes before it renames. */
static void name_aside(const struct report_wish *wish, char aside[PATH_MAX])
{
	snprintf(aside, PATH_MAX, "%s" RESUME_ASIDE, wish->resume);
}

/* Two that write to one file destroy what the other has written. */
static int check_apart(const struct report_wish *wish, struct err *err)
{
	char aside[PATH_MAX];
	struct stat out;

	if (!fstat(STDOUT_FILENO, &out) && S_ISREG(out.st_mode) && is_same_file(&out, wish->json))
		return err_set(err, -EINVAL,
			       "%.128s: is where standard output goes: say --json - for JSON alone",
			       wish->json);
	if (!wish->resume || stat(wish->json, &out))
		return 0;
	name_aside(wish, aside);
	if (is_same_file(&out, wish->resume) || is_same_file(&out, aside))
		return err_set(err, -EINVAL, "%.128s: is what --resume writes, too", wish->json);
	return 0;
}

/* They may turn out to be the same only when the file is there. */
static int add_json(struct report *r, const struct report_wish *wish, struct err *err)
{
	int code = check_lists(wish, wish->json, err);

	if (!code)
		code = check_apart(wish, err);
	if (!code)
		code = add(r, &out_json, wish->json, wish->goes_on, err);
	return code ? code : check_apart(wish, err);
}

int report_open(struct report *r, const struct report_wish *wish, struct err *err)
{
	bool json_on_stdout = wish->json && !strcmp(wish->json, "-");
	char aside[PATH_MAX];
	int code = 0;

	*r = (struct report){ .signal_fd = wish->signal_fd };
	if (wish->resume) {
		name_aside(wish, aside);
		code = check_lists(wish, aside, err);
	}
	if (!code && !json_on_stdout)
		code = add(r, &out_text, NULL, wish->goes_on, err);
	if (code || !wish->json)
		return code;
	return json_on_stdout ? add(r, &out_json, wish->json, wish->goes_on, err)
			      : add_json(r, wish, err);
}

int report_host(struct report *r, const struct result_host *host, struct err *err)
{
	unsigned int i;
	int code;

	for (i = 0; i < r->n; i++) {
		code = make_room(r, &r->sinks[i]);
		if (!code)
			code = r->sinks[i].ops->host(&r->sinks[i], host);
		if (code)
			return failed(&r->sinks[i], code, err);
	}
	return 0;
}

int report_port(struct report *r, const struct result_port *port, struct err *err)
{
	unsigned int i;
	int code;

	for (i = 0; i < r->n; i++) {
		code = make_room(r, &r->sinks[i]);
		if (!code)
			code = r->sinks[i].ops->port(&r->sinks[i], port);
		if (code)
			return failed(&r->sinks[i], code, err);
	}
	return 0;
}

int report_flush(struct report *r, struct err *err)
{
	unsigned int i;
	int code;

	for (i = 0; i < r->n; i++) {
		if (!__fpending(r->sinks[i].file))
			continue;
		code = flush(r, &r->sinks[i]);
		if (code)
			return failed(&r->sinks[i], code, err);
	}
	return 0;
}

int report_sync(struct report *r, struct err *err)
{
	int code = report_flush(r, err);
	unsigned int i;

	/* After a failure stdio's buffer is empty, but what was in it is nowhere. */
	for (i = 0; i < r->n && !code; i++)
		if (r->sinks[i].broken)
			code = failed(&r->sinks[i], -EIO, err);
		else if (!r->sinks[i].may_block && fdatasync(fileno(r->sinks[i].file)))
			code = failed(&r->sinks[i], -errno, err);
	return code;
}

int report_close(struct report *r, const struct result_summary *summary, struct err *err)
{
	int code, first = 0;
	unsigned int i;

	for (i = 0; i < r->n; i++) {
		struct sink *s = &r->sinks[i];

		code = make_room(r, s);
		if (!code)
			code = s->ops->end(s, summary);
		if (!code)
			code = flush(r, s);
		if (code == -EINTR)
			__fpurge(s->file); /* or fclose would wait for the reader all the same */
		if (fclose(s->file) && !code)
			code = -errno;
		if (code && !first)
			first = failed(s, code, err);
	}
	r->n = 0;
	return first;
}
