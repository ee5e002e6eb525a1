// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* test-progress.c - the line on a terminal: its text, its width, and when it is cleared. */
#include "capture.h"

#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#define CLEAR "\r\033[K"
#define LINE  "SYN scan 50 %, 0 open, 0 hosts, 0 probes/s"

static const struct snapshot half = {
	.title = "SYN scan",
	.time_us = TIME_US,
	.ledger = { .questions = 1024, .asked = 512, .answers = 300 },
	.left = 512,
	.ports = true,
};

static void tick(struct capture *c, const struct snapshot *now)
{
	assert_int_equal(out_progress.tick(&c->sink, now), 0);
}

static void end(struct capture *c)
{
	assert_int_equal(out_progress.end(&c->sink, &summary), 0);
}

static void known_lines(void **unused)
{
	struct snapshot now = half;
	struct capture c;

	(void)unused;
	capture_open(&c, &out_progress, true);
	tick(&c, &now);
	now.time_us += 1000000;
	now.sent = 256;
	tick(&c, &now);
	now.again = true;
	now.left = 0;
	now.ledger.missing = 20400;
	now.ledger.refused = 3;
	tick(&c, &now);
	end(&c);
	capture_close(&c, "\r" LINE "\033[K"
			  "\rSYN scan 50 %, 2 s left, 0 open, 0 hosts, 256 probes/s\033[K"
			  "\rSYN scan 100 %, 0 open, 0 hosts, 256 probes/s, about 20 lost, 3 not "
			  "sent\033[K" CLEAR);

	capture_open(&c, &out_progress, true);
	now = (struct snapshot){ .title = "ARP sweep" };
	tick(&c, &now);
	end(&c);
	capture_close(&c, "\rARP sweep 100 %, 0 hosts, 0 probes/s\033[K" CLEAR);
}

/* What a line says of so many probes that are left, at 1,000 a second. */
static void assert_left(uint64_t left, const char *want)
{
	struct snapshot now = half;
	struct capture c;

	capture_open(&c, &out_progress, false);
	tick(&c, &now);
	now.time_us += 1000000;
	now.sent = 1000;
	now.left = left;
	now.wanted = true;
	tick(&c, &now);
	end(&c);
	fclose(c.sink.file);
	assert_non_null(strstr(c.text, want));
	free(c.text);
}

static void time_left(void **unused)
{
	(void)unused;
	assert_left(1, "SYN scan 99 %, 1 s left, ");
	assert_left(89000, "SYN scan 0 %, 89 s left, ");
	assert_left(90000, ", 2 min left, ");
	assert_left(7200000, ", 2 h left, ");
	assert_left(0, "SYN scan 100 %, 0 open, ");
}

/* Finds are counted; -v prints them as well. */
static void finds_are_counted(void **unused)
{
	struct snapshot now = half;
	struct result_port closed = open_port;
	struct capture c;

	(void)unused;
	closed.state = ANSWER_CLOSED;
	now.wanted = true;
	capture_open(&c, &out_progress, false);
	assert_int_equal(out_progress.host(&c.sink, &host), 0);
	assert_int_equal(out_progress.port(&c.sink, &open_port), 0);
	assert_int_equal(out_progress.port(&c.sink, &closed), 0);
	tick(&c, &now);
	c.sink.finds = true;
	assert_int_equal(out_progress.host(&c.sink, &host_unknown), 0);
	assert_int_equal(out_progress.host(&c.sink, &host), 0);
	assert_int_equal(out_progress.port(&c.sink, &open_port), 0);
	end(&c);
	capture_close(&c, "xscan: SYN scan 50 %, 1 open, 1 host, 0 probes/s\n"
			  "host         255.255.255.255  00:00:00:00:00:00\n"
			  "host         198.18.0.2  02:00:00:00:00:fe  Maker \"A/B\"\n"
			  "port         198.18.0.2  22/tcp  open  ssh\n");
}

/* Plain lines come once an interval, and on request; a drawn line is cleared before. */
static void plain_lines(void **unused)
{
	struct snapshot now = half;
	struct capture c;

	(void)unused;
	capture_open(&c, &out_progress, false);
	tick(&c, &now);
	c.sink.interval_s = 0.5;
	tick(&c, &now);
	now.time_us += 400000;
	tick(&c, &now);
	now.time_us += 200000;
	tick(&c, &now);
	now.time_us += 200000;
	tick(&c, &now);
	now.time_us += 5000000;
	tick(&c, &now);
	now.time_us += 100000;
	tick(&c, &now);
	end(&c);
	capture_close(&c, "xscan: " LINE "\n"
			  "xscan: " LINE "\n");

	capture_open(&c, &out_progress, true);
	now = half;
	tick(&c, &now);
	now.wanted = true;
	tick(&c, &now);
	end(&c);
	capture_close(&c, "\r" LINE "\033[K" CLEAR "xscan: " LINE "\n\r" LINE "\033[K" CLEAR);
}

/* Rows, lines of others and the end clear the line, if one is there. */
static void line_is_cleared(void **unused)
{
	const char *one = "\rSYN scan 50 %, 0 open, 2 hosts, 0 probes/s\033[K" CLEAR;
	const char *two = "\rSYN scan 50 %, 1 open, 2 hosts, 0 probes/s\033[K" CLEAR;
	struct capture c;
	char want[512];

	(void)unused;
	capture_open(&c, &out_progress, true);
	assert_int_equal(out_progress.host(&c.sink, &host), 0);
	assert_int_equal(out_progress.host(&c.sink, &host), 0);
	tick(&c, &half);
	assert_int_equal(out_progress.port(&c.sink, &open_port), 0);
	tick(&c, &half);
	out_progress.pause(&c.sink);
	out_progress.pause(&c.sink);
	tick(&c, &half);
	end(&c);
	end(&c);
	snprintf(want, sizeof(want), "%s%s%s", one, two, two);
	capture_close(&c, want);
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
	free(s.data);
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
	assert_drawn(sizeof(LINE) - 1, "\rSYN scan 50 %, 0 open, 0 hosts\033[K");
	assert_drawn(20, "\rSYN scan 50 %\033[K");
	assert_drawn(10, "\rSYN scan \033[K");
	assert_drawn(1, "\r\033[K");
}

/* A title that is too long is cut, and what does not fit is left out. */
static void long_titles_are_cut(void **unused)
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
	free(c.sink.data);
	fclose(c.sink.file);
	assert_in_range(c.size, 1 + 63 + 3, 1 + 79 + 3);
	free(c.text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_lines),
		cmocka_unit_test(time_left),
		cmocka_unit_test(finds_are_counted),
		cmocka_unit_test(plain_lines),
		cmocka_unit_test(line_is_cleared),
		cmocka_unit_test(narrow_terminals_do_not_scroll),
		cmocka_unit_test(long_titles_are_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
