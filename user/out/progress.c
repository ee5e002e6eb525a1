// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * progress.c - one line on a terminal that says how far the scan is.
 *
 * The line is no result: a terminal that takes nothing does not end the scan.
 */
#include "sinks.h"

#include <inttypes.h>
#include <sys/ioctl.h>

enum { WIDTH_UNKNOWN = 80, LINE_MAX_LEN = 256 };

static int width(FILE *file)
{
	struct winsize size;
	int fd = fileno(file);

	if (fd < 0 || ioctl(fd, TIOCGWINSZ, &size) || !size.ws_col)
		return WIDTH_UNKNOWN;
	return size.ws_col;
}

static void clear(struct sink *s)
{
	if (s->drawn)
		fputs("\r\033[K", s->file);
	s->drawn = false;
}

/* Draw the line. Leave the last column free: a full line would move the cursor to the next one. */
static int progress_tick(struct sink *s, const struct snapshot *now)
{
	const struct ledger *l = &now->ledger;
	char line[LINE_MAX_LEN];
	double share = l->questions ? (double)l->asked / (double)l->questions : 1;

	snprintf(line, sizeof(line), "%s: %3.0f %% sent, %" PRIu64 " of %" PRIu64 " answered%s",
		 now->title, 100 * share, l->answers, l->questions,
		 now->again ? ", asking again" : "");
	fprintf(s->file, "\r%.*s\033[K", width(s->file) - 1, line);
	s->drawn = true;
	return 0;
}

/* Clear the line: a row may follow in its place. */
static int progress_host(struct sink *s, const struct result_host *h)
{
	(void)h;
	clear(s);
	return 0;
}

static int progress_port(struct sink *s, const struct result_port *p)
{
	(void)p;
	clear(s);
	return 0;
}

static int progress_end(struct sink *s, const struct result_summary *sum)
{
	(void)sum;
	clear(s);
	return 0;
}

const struct sink_ops out_progress = {
	.host = progress_host,
	.port = progress_port,
	.tick = progress_tick,
	.end = progress_end,
	.pause = clear,
};
