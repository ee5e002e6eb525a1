// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* test-report.c - what reaches which sink, and which errors end a scan. */
#include "report.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

static const struct result_host host = { .addr = ADDR_IP4(0xc6120002), .rtt_us = -1 };
static const struct result_port port = { .kind = PROBE_TCP, .port = 22, .rtt_us = -1 };
static const struct result_start run = { .version = "1" };
static const struct result_done done = { .kind = PROBE_TCP };
static const struct snapshot now = { .title = "SYN scan" };
static const struct result_summary summary = { .complete = true };

/* A sink that writes a letter for each call, and one that fails. */

static int letter_begin(struct sink *s)
{
	return fputc('b', s->file) < 0;
}

static int letter_start(struct sink *s, const struct result_start *r)
{
	assert_ptr_equal(r, &run);
	return fputc('s', s->file) < 0;
}

static int letter_done(struct sink *s, const struct result_done *d)
{
	assert_ptr_equal(d, &done);
	return fputc('d', s->file) < 0;
}

static int letter_host(struct sink *s, const struct result_host *h)
{
	assert_ptr_equal(h, &host);
	return fputc('h', s->file) < 0;
}

static int letter_port(struct sink *s, const struct result_port *p)
{
	assert_ptr_equal(p, &port);
	return fputc('p', s->file) < 0;
}

static int letter_tick(struct sink *s, const struct snapshot *snapshot)
{
	assert_ptr_equal(snapshot, &now);
	return fputc('t', s->file) < 0;
}

static int letter_end(struct sink *s, const struct result_summary *sum)
{
	assert_ptr_equal(sum, &summary);
	return fputc('e', s->file) < 0;
}

/* What the sink has of its own is freed once. */
static void letter_free(struct sink *s)
{
	fputc('f', s->file);
}

static const struct sink_ops letters = {
	.begin = letter_begin,
	.start = letter_start,
	.done = letter_done,
	.free = letter_free,
	.host = letter_host,
	.port = letter_port,
	.tick = letter_tick,
	.end = letter_end,
};

static const struct sink_ops deaf = { .option = "deaf" };

static int fail_begin(struct sink *s)
{
	(void)s;
	return -ENOSPC;
}

static int fail_start(struct sink *s, const struct result_start *r)
{
	(void)r;
	return fail_begin(s);
}

static int fail_host(struct sink *s, const struct result_host *h)
{
	(void)h;
	return fail_begin(s);
}

static int fail_port(struct sink *s, const struct result_port *p)
{
	(void)p;
	return fail_begin(s);
}

static int fail_tick(struct sink *s, const struct snapshot *snapshot)
{
	(void)snapshot;
	return fail_begin(s);
}

static int fail_end(struct sink *s, const struct result_summary *sum)
{
	(void)sum;
	return fail_begin(s);
}

static const struct sink_ops failing = {
	.start = fail_start,
	.host = fail_host,
	.port = fail_port,
	.tick = fail_tick,
	.end = fail_end,
};

struct fixture {
	char folder[32], path[2][64];
	struct report report;
	struct err err;
	int signal_fd;
};

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	if (!f)
		return -1;
	strcpy(f->folder, "/tmp/xscan-report-XXXXXX");
	if (!mkdtemp(f->folder))
		return -1;
	snprintf(f->path[0], sizeof(f->path[0]), "%s/a", f->folder);
	snprintf(f->path[1], sizeof(f->path[1]), "%s/b", f->folder);
	f->signal_fd = eventfd(0, EFD_CLOEXEC);
	f->report.signal_fd = f->signal_fd;
	*state = f;
	return f->signal_fd < 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	unlink(f->path[0]);
	unlink(f->path[1]);
	close(f->signal_fd);
	rmdir(f->folder);
	free(f);
	return 0;
}

/* A sink into a regular file, as report_open leaves it. */
static struct sink *add_sink(struct fixture *f, const struct sink_ops *ops, const char *path)
{
	struct sink *s = &f->report.sinks[f->report.n++];

	*s = (struct sink){ .ops = ops, .name = path, .file = fopen(path, "w") };
	assert_non_null(s->file);
	return s;
}

static void assert_holds(const char *path, const char *want)
{
	char text[256] = { 0 };
	int fd = open(path, O_RDONLY);

	assert_true(fd >= 0);
	assert_true(read(fd, text, sizeof(text) - 1) >= 0);
	close(fd);
	assert_string_equal(text, want);
}

static void every_sink_is_handed_everything(void **state)
{
	struct fixture *f = *state;

	add_sink(f, &letters, f->path[0]);
	add_sink(f, &letters, f->path[1]);
	assert_int_equal(report_start(&f->report, &run, &f->err), 0);
	assert_int_equal(report_host(&f->report, &host, &f->err), 0);
	assert_int_equal(report_port(&f->report, &port, &f->err), 0);
	assert_true(report_wants_done(&f->report));
	assert_int_equal(report_done(&f->report, &done, &f->err), 0);
	assert_int_equal(report_tick(&f->report, &now, &f->err), 0);
	/* What was reported before the tick is with the reader, the tick itself is not yet. */
	assert_holds(f->path[0], "shpd");
	assert_int_equal(report_close(&f->report, &summary, &f->err), 0);
	assert_holds(f->path[0], "shpdtef");
	assert_holds(f->path[1], "shpdtef");
}

static void a_sink_needs_no_function(void **state)
{
	struct fixture *f = *state;

	add_sink(f, &deaf, f->path[0]);
	assert_false(report_wants_done(&f->report));
	assert_int_equal(report_start(&f->report, &run, &f->err), 0);
	assert_int_equal(report_done(&f->report, &done, &f->err), 0);
	assert_int_equal(report_host(&f->report, &host, &f->err), 0);
	assert_int_equal(report_port(&f->report, &port, &f->err), 0);
	assert_int_equal(report_tick(&f->report, &now, &f->err), 0);
	assert_int_equal(report_sync(&f->report, &f->err), 0);
	assert_int_equal(report_close(&f->report, &summary, &f->err), 0);
	assert_holds(f->path[0], "");
}

/* The reason names the file; the sinks before it have got the record, closing closes all. */
static void a_sink_that_fails_ends_the_scan(void **state)
{
	struct fixture *f = *state;
	char want[128];

	snprintf(want, sizeof(want), "%s: cannot write results: %s", f->path[1], strerror(ENOSPC));
	add_sink(f, &letters, f->path[0]);
	add_sink(f, &failing, f->path[1]);
	assert_int_equal(report_host(&f->report, &host, &f->err), -ENOSPC);
	assert_string_equal(f->err.text, want);
	assert_int_equal(report_port(&f->report, &port, &f->err), -ENOSPC);
	assert_int_equal(report_tick(&f->report, &now, &f->err), -ENOSPC);
	assert_true(f->report.sinks[1].broken);
	assert_int_equal(report_close(&f->report, &summary, &f->err), -ENOSPC);
	assert_holds(f->path[0], "hptef");
}

/* A format that has begun can end: so a sink that fails keeps no other from beginning. */
static void every_sink_begins(void **state)
{
	struct fixture *f = *state;

	add_sink(f, &failing, f->path[0]);
	add_sink(f, &letters, f->path[1]);
	assert_int_equal(report_start(&f->report, &run, &f->err), -ENOSPC);
	assert_int_equal(report_close(&f->report, &summary, &f->err), -ENOSPC);
	assert_holds(f->path[1], "sef");
}

static void a_file_that_is_lent_stays_open(void **state)
{
	struct fixture *f = *state;
	FILE *file;

	add_sink(f, &letters, f->path[0])->lent = true;
	file = f->report.sinks[0].file;
	assert_int_equal(report_close(&f->report, &summary, &f->err), 0);
	assert_true(fputs("mine", file) >= 0);
	assert_int_equal(fclose(file), 0);
	assert_holds(f->path[0], "efmine");
}

/* Check the outputs; open and close them too, if `opens`. */
static int try_report(const struct report_wish *wish, bool opens, struct err *err)
{
	struct report report;
	int code;

	if (!opens)
		return report_check(wish, err);
	code = report_open(&report, wish, err);
	return code ? code : report_close(&report, &summary, err);
}

/*
 * report_open takes standard output, so each case is a process of its own. Standard output goes to
 * `out`, opened with `flags`.
 */
static int tried_on(const char *out, int flags, const struct report_wish *wish, bool opens,
		    const char *said)
{
	struct err err = { "" };
	pid_t child = fork();
	int status, code, fd;

	if (!child) {
		fd = open(out, flags | O_CLOEXEC);
		if (fd < 0 || dup2(fd, STDOUT_FILENO) < 0)
			_exit(99);
		code = try_report(wish, opens, &err);
		if (said && !strstr(err.text, said))
			_exit(98);
		_exit(-code);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static int opened(const struct report_wish *wish, const char *said)
{
	return tried_on("/dev/null", O_WRONLY, wish, true, said);
}

/* What report_open refuses, report_check refuses with the same line. */
static void assert_refused_on(const char *out, int flags, const struct report_wish *wish, int code,
			      const char *said)
{
	assert_int_equal(tried_on(out, flags, wish, false, said), code);
	assert_int_equal(tried_on(out, flags, wish, true, said), code);
}

static void assert_refused(const struct report_wish *wish, int code, const char *said)
{
	assert_refused_on("/dev/null", O_WRONLY, wish, code, said);
}

static void put_text(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static void files_are_opened_and_begun(void **state)
{
	static const struct sink_ops unable = { .begin = fail_begin };
	struct fixture *f = *state;
	struct sink_wish files[2] = { { &letters, f->path[0] }, { &deaf, f->path[1] } };
	struct report_wish wish = { .files = files, .n_files = 2, .signal_fd = f->signal_fd };

	assert_int_equal(opened(&wish, NULL), 0);
	assert_holds(f->path[0], "bef");
	assert_holds(f->path[1], "");
	files[1].ops = &unable;
	assert_int_equal(opened(&wish, "No space left"), ENOSPC);
}

static int tell_goes_on(struct sink *s)
{
	return fputc(s->goes_on ? 'g' : 'n', s->file) < 0;
}

/* The file of an earlier run is kept by a format that can go on with it. */
static void a_run_that_goes_on_appends_where_the_format_can(void **state)
{
	static const struct sink_ops appends = { .appends = true, .end = letter_end };
	static const struct sink_ops ends = {
		.appends = true, .last = "# end\n", .begin = tell_goes_on, .end = letter_end
	};
	struct fixture *f = *state;
	struct sink_wish files[2] = { { &appends, f->path[0] }, { &letters, f->path[1] } };
	struct report_wish wish = {
		.files = files, .n_files = 2, .signal_fd = f->signal_fd, .goes_on = true
	};

	put_text(f->path[0], "old\nhalf a li");
	assert_int_equal(opened(&wish, NULL), 0);
	assert_int_equal(opened(&wish, NULL), 0);
	assert_holds(f->path[0], "old\ne");
	assert_holds(f->path[1], "bef");

	/* Nothing goes on behind the line that ends a file. */
	files[0].ops = &ends;
	put_text(f->path[0], "old\n# end\nhalf a li");
	assert_int_equal(opened(&wish, NULL), 0);
	assert_holds(f->path[0], "old\nge");
	put_text(f->path[0], "end\n");
	assert_int_equal(opened(&wish, NULL), 0);
	assert_holds(f->path[0], "end\nge");
	/* An empty file holds no records of an earlier run. */
	put_text(f->path[0], "# end\n");
	assert_int_equal(opened(&wish, NULL), 0);
	assert_holds(f->path[0], "ne");
	put_text(f->path[0], "new");
	wish.goes_on = false;
	assert_int_equal(opened(&wish, NULL), 0);
	assert_holds(f->path[0], "ne");
}

/* Whole records of any length reach a reader through a pipe, in pieces that fit. */
static void long_records_are_written_in_pieces(void **state)
{
	enum { LEN = 3 * SINK_BUFFER + 77 };
	struct fixture *f = *state;
	char want[LEN], got[LEN];
	size_t used = 0;
	ssize_t n = 1;
	pid_t child;
	int ends[2];

	memset(want, 'x', sizeof(want));
	want[LEN - 1] = '\n';
	assert_int_equal(pipe(ends), 0);
	child = fork();
	if (!child) {
		struct sink s = { .file = fdopen(ends[1], "w"),
				  .signal_fd = f->signal_fd,
				  .may_block = true };

		setvbuf(s.file, NULL, _IOFBF, SINK_BUFFER);
		_exit(!!sink_write(&s, want, LEN) || sink_drain(&s));
	}
	close(ends[1]);
	while (n > 0 && used < sizeof(got)) {
		n = read(ends[0], got + used, sizeof(got) - used);
		used += n > 0 ? (size_t)n : 0;
	}
	assert_int_equal(waitpid(child, NULL, 0), child);
	assert_int_equal(used, LEN);
	assert_memory_equal(got, want, LEN);
	close(ends[0]);
}

/*
 * After a signal a reader that reads gets the rest. One that does not read ends the wait, once: the
 * rest of a long record does not wait again.
 */
static void a_signal_ends_the_wait_for_a_reader(void **state)
{
	struct fixture *f = *state;
	struct sink s = { .signal_fd = f->signal_fd, .may_block = true };
	static char text[1 << 17]; /* more than a pipe holds */
	char got[4096];
	int ends[2], i;
	pid_t child;

	assert_int_equal(pipe(ends), 0);
	s.file = fdopen(ends[1], "w");
	setvbuf(s.file, NULL, _IOFBF, SINK_BUFFER);
	assert_int_equal(eventfd_write(f->signal_fd, 1), 0);
	child = fork();
	if (!child) {
		close(ends[1]);
		while (read(ends[0], got, sizeof(got)) > 0)
			usleep(1000);
		_exit(0);
	}
	assert_int_equal(sink_write(&s, text, sizeof(text)), 0);
	kill(child, SIGSTOP);
	assert_int_equal(sink_write(&s, text, sizeof(text)), -EINTR);
	assert_true(s.stuck);
	for (i = 0; i < 1000; i++) /* each would take a second */
		assert_int_equal(sink_drain(&s), -EINTR);
	kill(child, SIGKILL);
	assert_int_equal(waitpid(child, NULL, 0), child);
	__fpurge(s.file);
	fclose(s.file);
	close(ends[0]);
}

static void two_outputs_need_two_files(void **state)
{
	struct fixture *f = *state;
	struct sink_wish files[2] = { { &letters, f->path[0] }, { &deaf, f->path[0] } };
	struct report_wish wish = { .files = files, .n_files = 2, .signal_fd = f->signal_fd };

	assert_refused(&wish, ENOTUNIQ, "is given for two outputs");
}

/* Open a file and lock it, as another process that writes it. */
static int locked(const char *path)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(flock(fd, LOCK_EX | LOCK_NB), 0);
	return fd;
}

/* The file stays as it is, whether the run would begin it or go on in it. */
static void what_another_process_writes_is_left_alone(void **state)
{
	struct fixture *f = *state;
	struct sink_ops appending = letters;
	struct sink_wish file = { &letters, f->path[0] };
	struct report_wish wish = { .files = &file, .n_files = 1, .signal_fd = f->signal_fd };
	int fd;

	put_text(f->path[0], "theirs\nhalf");
	fd = locked(f->path[0]);
	assert_int_equal(opened(&wish, "cannot write results: another process writes it"), EBUSY);
	assert_holds(f->path[0], "theirs\nhalf");
	appending.appends = true;
	file.ops = &appending;
	wish.goes_on = true;
	assert_int_equal(opened(&wish, "another process writes it"), EBUSY);
	assert_holds(f->path[0], "theirs\nhalf");
	close(fd);
	assert_int_equal(opened(&wish, NULL), 0);
	assert_holds(f->path[0], "theirs\nbef");
}

/* A run that was killed lets go of its file a little later. */
static void a_run_waits_for_a_file(void **state)
{
	struct fixture *f = *state;
	const struct sink_wish file = { &letters, f->path[0] };
	struct report_wish wish = { .files = &file, .n_files = 1, .signal_fd = f->signal_fd };
	pid_t child;
	int fd;

	put_text(f->path[0], "theirs");
	fd = locked(f->path[0]);
	child = fork();
	if (!child) {
		usleep(100000);
		_exit(0); /* the lock goes with its last descriptor */
	}
	close(fd);
	assert_int_equal(opened(&wish, NULL), 0);
	assert_holds(f->path[0], "bef");
	assert_int_equal(waitpid(child, NULL, 0), child);
}

/* Even if no result should come, and whatever other outputs there are. */
static void standard_output_must_be_open(void **state)
{
	struct fixture *f = *state;
	const struct sink_wish file = { &letters, f->path[0] };
	struct report_wish wish = { .files = &file, .signal_fd = f->signal_fd };

	assert_refused_on("/dev/null", O_RDONLY, &wish, EBADF, "standard output: is closed");
	assert_refused_on("/", O_PATH, &wish, EBADF, "standard output: is closed");
	assert_int_equal(tried_on("/dev/null", O_RDWR, &wish, true, NULL), 0);
	wish.n_files = 1;
	assert_refused_on("/dev/null", O_RDONLY, &wish, EBADF, "standard output: is closed");
	assert_int_equal(access(f->path[0], F_OK), -1);
}

/* Whatever name is used, for a file and for standard output. */
static void what_the_run_reads_is_not_written(void **state)
{
	struct fixture *f = *state;
	const struct sink_wish file = { &letters, f->path[1] };
	const char *lists[] = { f->path[0] };
	struct report_wish wish = { .files = &file,
				    .n_files = 1,
				    .lists = lists,
				    .n_lists = 1,
				    .signal_fd = f->signal_fd };
	int input, before = dup(STDIN_FILENO);

	put_text(f->path[0], "list");
	assert_int_equal(link(f->path[0], f->path[1]), 0);
	assert_refused(&wish, ENOTUNIQ, "is read by --targets");
	unlink(f->path[1]);
	assert_int_equal(symlink(f->path[0], f->path[1]), 0);
	assert_refused(&wish, ENOTUNIQ, "is read by --targets");

	/* The list is standard input. */
	lists[0] = "-";
	assert_int_equal(opened(&wish, NULL), 0); /* control: it is another file */
	put_text(f->path[0], "list");
	input = open(f->path[0], O_RDONLY | O_CLOEXEC);
	assert_int_equal(dup2(input, STDIN_FILENO), STDIN_FILENO);
	assert_refused(&wish, ENOTUNIQ, "is read by --targets");
	dup2(before, STDIN_FILENO);
	close(before);
	close(input);

	lists[0] = f->path[0];
	wish.n_files = 0;
	assert_refused_on(f->path[1], O_WRONLY | O_APPEND, &wish, ENOTUNIQ,
			  "standard output: is read by");
	assert_holds(f->path[0], "list");
}

/* The file of --resume and the one that it writes aside, before they are there and after. */
static void what_resume_writes_is_not_written_twice(void **state)
{
	struct fixture *f = *state;
	struct sink_wish file = { &letters, f->path[1] };
	struct report_wish wish = { .files = &file, .n_files = 1, .signal_fd = f->signal_fd };
	char same[80], aside[80];

	wish.resume = f->path[1];
	snprintf(same, sizeof(same), "%s/./b", f->folder);
	snprintf(aside, sizeof(aside), "%s/b.new", f->folder);
	file.path = same;
	assert_refused(&wish, ENOTUNIQ, "is written by --resume");
	assert_int_equal(access(same, F_OK), -1);
	file.path = aside;
	assert_refused(&wish, ENOTUNIQ, "is written by --resume");
	assert_int_equal(access(aside, F_OK), -1);
	file.path = f->path[0];
	assert_int_equal(opened(&wish, NULL), 0); /* control: this one is another */
	unlink(f->path[0]);

	put_text(aside, "kept");
	assert_int_equal(link(aside, f->path[0]), 0);
	assert_refused(&wish, ENOTUNIQ, "is written by --resume");
	wish.n_files = 0;
	assert_refused_on(aside, O_WRONLY, &wish, ENOTUNIQ,
			  "standard output: is written by --resume");
	assert_holds(f->path[0], "kept");
	unlink(aside);
	put_text(f->path[1], "kept");
	assert_refused_on(f->path[1], O_WRONLY, &wish, ENOTUNIQ, "standard output: is written by");
	assert_holds(f->path[1], "kept");
}

/* The kernel tells only once that data did not reach the disk. A pipe has no disk. */
static void results_that_are_not_durable_end_the_scan(void **state)
{
	struct fixture *f = *state;
	int ends[2];

	assert_int_equal(pipe(ends), 0);
	f->report.sinks[0] =
		(struct sink){ .ops = &letters, .name = "disk", .file = fdopen(ends[1], "w") };
	f->report.n = 1;
	assert_int_equal(report_sync(&f->report, &f->err), -EINVAL);
	assert_int_equal(report_tick(&f->report, &now, &f->err), -EINVAL);
	assert_non_null(strstr(f->err.text, "disk: cannot write results: Invalid argument"));
	assert_int_equal(report_close(&f->report, &summary, &f->err), -EINVAL);
	close(ends[0]);
}

/* Not even the files before one that is refused. */
static void a_check_touches_nothing(void **state)
{
	struct fixture *f = *state;
	char path[80], missing[80], want[160];
	struct sink_wish files[2] = { { &letters, f->path[0] }, { &deaf, path } };
	struct report_wish wish = { .files = files, .n_files = 2, .signal_fd = f->signal_fd };

	put_text(f->path[0], "old");
	snprintf(path, sizeof(path), "%s.new", f->path[1]);
	snprintf(missing, sizeof(missing), "%s/none/file", f->path[1]);
	assert_int_equal(tried_on("/dev/null", O_WRONLY, &wish, false, ""), 0);
	assert_int_equal(access(path, F_OK), -1);

	/* Two names of a file that is not there; the file that --resume will make. */
	files[0].path = path;
	snprintf(want, sizeof(want), "%s: is given for two outputs: name two files", path);
	assert_refused(&wish, ENOTUNIQ, want);
	files[0].path = f->path[0];
	wish.resume = f->path[1];
	snprintf(want, sizeof(want), "%s: is written by --resume: name another file", path);
	assert_refused(&wish, ENOTUNIQ, want);
	wish.resume = NULL;

	files[1].path = missing;
	snprintf(want, sizeof(want), "%s: cannot write results: %s", missing, strerror(ENOENT));
	assert_refused(&wish, ENOENT, want);
	assert_int_equal(access(path, F_OK), -1);
	assert_holds(f->path[0], "old");
}

/* A link that leads to no file: where it leads shows when it is opened. */
static void a_dangling_link_is_followed(void **state)
{
	struct fixture *f = *state;
	struct sink_wish files[2] = { { &letters, f->path[0] }, { &deaf, f->path[1] } };
	struct report_wish wish = { .files = files, .n_files = 2, .signal_fd = f->signal_fd };

	assert_int_equal(symlink("b", f->path[0]), 0);
	assert_int_equal(tried_on("/dev/null", O_WRONLY, &wish, false, ""), 0);
	assert_int_equal(opened(&wish, "is given for two outputs"), ENOTUNIQ);
	unlink(f->path[1]);
	wish.n_files = 1;
	wish.resume = f->path[1];
	assert_int_equal(opened(&wish, "is written by --resume"), ENOTUNIQ);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(every_sink_is_handed_everything, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_sink_needs_no_function, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_sink_that_fails_ends_the_scan, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_file_that_is_lent_stays_open, set_up, tear_down),
		cmocka_unit_test_setup_teardown(files_are_opened_and_begun, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_run_that_goes_on_appends_where_the_format_can,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(every_sink_begins, set_up, tear_down),
		cmocka_unit_test_setup_teardown(long_records_are_written_in_pieces, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(a_signal_ends_the_wait_for_a_reader, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(two_outputs_need_two_files, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_another_process_writes_is_left_alone, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(a_run_waits_for_a_file, set_up, tear_down),
		cmocka_unit_test_setup_teardown(standard_output_must_be_open, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_the_run_reads_is_not_written, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(what_resume_writes_is_not_written_twice, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(results_that_are_not_durable_end_the_scan, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(a_check_touches_nothing, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_dangling_link_is_followed, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
