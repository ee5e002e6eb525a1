// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* test-report.c - what reaches which sink, and which errors end a scan. */
#include "report.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

static const struct result_host host = { .addr = ADDR_IP4(0xc6120002), .rtt_us = -1 };
static const struct result_port port = { .kind = PROBE_TCP, .port = 22, .rtt_us = -1 };
static const struct snapshot now = { .title = "SYN scan" };
static const struct result_summary summary = { .complete = true };

/* A sink that writes a letter for each call, and one that fails. */

static int letter_begin(struct sink *s)
{
	return fputc('b', s->file) < 0;
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

static const struct sink_ops letters = {
	.begin = letter_begin,
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
	assert_int_equal(report_host(&f->report, &host, &f->err), 0);
	assert_int_equal(report_port(&f->report, &port, &f->err), 0);
	assert_int_equal(report_tick(&f->report, &now, &f->err), 0);
	/* What was reported before the tick is with the reader, the tick itself is not yet. */
	assert_holds(f->path[0], "hp");
	assert_int_equal(report_close(&f->report, &summary, &f->err), 0);
	assert_holds(f->path[0], "hpte");
	assert_holds(f->path[1], "hpte");
}

static void a_sink_needs_no_function(void **state)
{
	struct fixture *f = *state;

	add_sink(f, &deaf, f->path[0]);
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
	assert_holds(f->path[0], "hpte");
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
	assert_holds(f->path[0], "emine");
}

/* report_open takes standard output, so each case is a process of its own. */
static int opened(const struct report_wish *wish, const char *said)
{
	pid_t child = fork();
	struct report report;
	struct err err;
	int status, code;

	if (!child) {
		err.text[0] = '\0';
		if (!freopen("/dev/null", "w", stdout))
			_exit(99);
		code = report_open(&report, wish, &err);
		if (!code)
			code = report_close(&report, &summary, &err);
		if (said && !strstr(err.text, said))
			_exit(98);
		_exit(-code);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void files_are_opened_and_begun(void **state)
{
	static const struct sink_ops unable = { .begin = fail_begin };
	struct fixture *f = *state;
	struct sink_wish files[2] = { { &letters, f->path[0] }, { &deaf, f->path[1] } };
	struct report_wish wish = { .files = files, .n_files = 2, .signal_fd = f->signal_fd };

	assert_int_equal(opened(&wish, NULL), 0);
	assert_holds(f->path[0], "be");
	assert_holds(f->path[1], "");
	files[1].ops = &unable;
	assert_int_equal(opened(&wish, "No space left"), ENOSPC);
}

/* The file of an earlier run is kept by a format that can go on with it. */
static void a_run_that_goes_on_appends_where_the_format_can(void **state)
{
	static const struct sink_ops appends = { .appends = true, .end = letter_end };
	struct fixture *f = *state;
	struct sink_wish files[2] = { { &appends, f->path[0] }, { &letters, f->path[1] } };
	struct report_wish wish = {
		.files = files, .n_files = 2, .signal_fd = f->signal_fd, .goes_on = true
	};
	FILE *file = fopen(f->path[0], "w");

	assert_non_null(file);
	fputs("old\nhalf a li", file);
	fclose(file);
	assert_int_equal(opened(&wish, NULL), 0);
	assert_int_equal(opened(&wish, NULL), 0);
	assert_holds(f->path[0], "old\ne");
	assert_holds(f->path[1], "be");
}

static void two_outputs_need_two_files(void **state)
{
	struct fixture *f = *state;
	struct sink_wish files[2] = { { &letters, f->path[0] }, { &deaf, f->path[0] } };
	struct report_wish wish = { .files = files, .n_files = 2, .signal_fd = f->signal_fd };

	assert_int_equal(opened(&wish, "is given for two outputs"), EINVAL);
}

static int checked(const struct report_wish *wish, const char *said)
{
	struct err err = { "" };
	int code = report_check(wish, &err);

	if (strncmp(err.text, said, strlen(said)))
		fail_msg("not `%s`, but `%s`", said, err.text);
	return code;
}

/* What report_open refuses, report_check refuses with the same line; and no file is touched. */
static void a_check_touches_nothing(void **state)
{
	struct fixture *f = *state;
	char path[80], missing[80], want[160];
	struct sink_wish files[2] = { { &letters, f->path[0] }, { &deaf, path } };
	struct report_wish wish = { .files = files, .n_files = 2, .signal_fd = f->signal_fd };
	FILE *file = fopen(f->path[0], "w");

	assert_non_null(file);
	fputs("old", file);
	fclose(file);
	snprintf(path, sizeof(path), "%s.new", f->path[1]);
	snprintf(missing, sizeof(missing), "%s/none/file", f->path[1]);
	assert_int_equal(checked(&wish, ""), 0);
	assert_int_equal(access(path, F_OK), -1);

	/* Two names of a file that is not there; the file that --resume will make. */
	files[0].path = path;
	snprintf(want, sizeof(want), "%s: is given for two outputs: name two files", path);
	assert_int_equal(checked(&wish, want), -EINVAL);
	assert_int_equal(opened(&wish, want), EINVAL);
	files[0].path = f->path[0];
	wish.resume = f->path[1];
	unlink(f->path[1]);
	snprintf(want, sizeof(want), "%s: is written by --resume: name another file", path);
	assert_int_equal(checked(&wish, want), -EINVAL);
	assert_int_equal(opened(&wish, want), EINVAL);
	wish.resume = NULL;

	/* Not even the files before one that cannot be opened. */
	files[1].path = missing;
	snprintf(want, sizeof(want), "%s: cannot write results: %s", missing, strerror(ENOENT));
	assert_int_equal(checked(&wish, want), -ENOENT);
	assert_int_equal(opened(&wish, want), ENOENT);
	assert_int_equal(access(path, F_OK), -1);
	assert_holds(f->path[0], "old");
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
		cmocka_unit_test_setup_teardown(two_outputs_need_two_files, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_check_touches_nothing, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
