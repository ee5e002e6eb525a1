// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* test-progress.c - the line on a terminal: its text, its width, and when it is cleared. */
#include "capture.h"

#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#define CLEAR "\r\033[K"
#define LINE  "SYN scan:  50 % sent, 300 of 1024 answered"

static const struct snapshot half = {
	.title = "SYN scan",
	.ledger = { .questions = 1024, .asked = 512, .answers = 300 },
};

static void known_lines(void **unused)
{
	struct snapshot now = half;
	struct capture c;

	(void)unused;
	capture_open(&c, &out_progress, true);
	assert_int_equal(out_progress.tick(&c.sink, &now), 0);
	now.again = true;
	now.ledger.asked = 1024;
	assert_int_equal(out_progress.tick(&c.sink, &now), 0);
	now = (struct snapshot){ .title = "ARP sweep" };
	assert_int_equal(out_progress.tick(&c.sink, &now), 0);
	capture_close(&c, "\r" LINE "\033[K"
			  "\rSYN scan: 100 % sent, 300 of 1024 answered, asking again\033[K"
			  "\rARP sweep: 100 % sent, 0 of 0 answered\033[K");
}

/* Rows, lines of others and the end clear the line, if one is there. */
static void line_is_cleared(void **unused)
{
	struct capture c;

	(void)unused;
	capture_open(&c, &out_progress, true);
	assert_int_equal(out_progress.host(&c.sink, &host), 0);
	assert_int_equal(out_progress.tick(&c.sink, &half), 0);
	assert_int_equal(out_progress.host(&c.sink, &host), 0);
	assert_int_equal(out_progress.port(&c.sink, &open_port), 0);
	assert_int_equal(out_progress.tick(&c.sink, &half), 0);
	assert_int_equal(out_progress.port(&c.sink, &open_port), 0);
	assert_int_equal(out_progress.tick(&c.sink, &half), 0);
	out_progress.pause(&c.sink);
	out_progress.pause(&c.sink);
	assert_int_equal(out_progress.tick(&c.sink, &half), 0);
	assert_int_equal(out_progress.end(&c.sink, &summary), 0);
	assert_int_equal(out_progress.end(&c.sink, &summary), 0);
	capture_close(&c, "\r" LINE "\033[K" CLEAR "\r" LINE "\033[K" CLEAR "\r" LINE "\033[K" CLEAR
			  "\r" LINE "\033[K" CLEAR);
}

/* What a terminal so wide is sent at a tick; 0: it does not know. */
static void assert_drawn(unsigned short columns, const char *want)
{
	const struct winsize size = { .ws_row = 24, .ws_col = columns };
	struct sink s = { .ops = &out_progress, .terminal = true };
	int master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK), slave;
	char text[512] = { 0 };

	assert_true(master >= 0);
	assert_int_equal(grantpt(master), 0);
	assert_int_equal(unlockpt(master), 0);
	slave = open(ptsname(master), O_RDWR | O_NOCTTY);
	assert_true(slave >= 0);
	assert_int_equal(ioctl(slave, TIOCSWINSZ, &size), 0);
	s.file = fdopen(slave, "w");
	assert_non_null(s.file);
	assert_int_equal(out_progress.tick(&s, &half), 0);
	assert_int_equal(fflush(s.file), 0);
	assert_true(read(master, text, sizeof(text) - 1) > 0);
	assert_string_equal(text, want);
	fclose(s.file);
	close(master);
}

/* The last column stays free: a cursor behind it would be on the next line. */
static void narrow_terminals_do_not_scroll(void **unused)
{
	(void)unused;
	assert_drawn(80, "\r" LINE "\033[K");
	assert_drawn(0, "\r" LINE "\033[K");
	assert_drawn(sizeof(LINE), "\r" LINE "\033[K");
	assert_drawn(sizeof(LINE) - 1, "\rSYN scan:  50 % sent, 300 of 1024 answere\033[K");
	assert_drawn(10, "\rSYN scan:\033[K");
	assert_drawn(1, "\r\033[K");
}

/* A title that is longer than all terminals is cut as well. */
static void unknown_width_is_80(void **unused)
{
	struct snapshot now = half;
	struct capture c;
	char title[300];

	(void)unused;
	memset(title, 'x', sizeof(title) - 1);
	title[sizeof(title) - 1] = '\0';
	now.title = title;
	capture_open(&c, &out_progress, true);
	assert_int_equal(out_progress.tick(&c.sink, &now), 0);
	fclose(c.sink.file);
	assert_int_equal(c.size, 1 + 79 + 3);
	free(c.text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_lines),
		cmocka_unit_test(line_is_cleared),
		cmocka_unit_test(narrow_terminals_do_not_scroll),
		cmocka_unit_test(unknown_width_is_80),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
