// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * progress.c - how far the scan is, on standard error: one line on a terminal, drawn again and again;
 * plain lines at an interval or on request; with -v each find.
 *
 * These lines are no results: a terminal that takes nothing does not end the scan.
 */
#include "sinks.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

enum { WIDTH_UNKNOWN = 80, LINE_MAX_LEN = 256, PART_MAX_LEN = 64 };

/* The rate is an average over about this time. */
#define AVERAGE_S 2.0

struct progress {
	uint64_t hosts, open;	  /* found in this run */
	uint64_t looked_us, sent; /* at the last look; looked_us 0: none yet */
	uint64_t due_us;	  /* the next plain line; 0: not known yet */
	double rate_pps;
};

/* A line under construction: parts that do not fit are left out. */
struct line {
	char text[LINE_MAX_LEN];
	size_t len, room;
};

static struct progress *progress_of(struct sink *s)
{
	if (!s->data)
		s->data = calloc(1, sizeof(struct progress));
	return s->data;
}

static size_t width(FILE *file)
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

__attribute__((format(printf, 2, 3))) static void add(struct line *l, const char *format, ...)
{
	char part[PART_MAX_LEN];
	va_list args;
	size_t len;

	va_start(args, format);
	vsnprintf(part, sizeof(part), format, args);
	va_end(args);
	len = strlen(part);
	if (l->len + len > l->room && l->len)
		return;
	len = len < l->room ? len : l->room;
	memcpy(l->text + l->len, part, len);
	l->len += len;
	l->text[l->len] = '\0';
}

static void add_left(struct line *l, uint64_t probes, double rate_pps)
{
	const double s = rate_pps > 0 ? (double)probes / rate_pps : 0;

	if (!probes || s <= 0)
		return;
	if (s < 90)
		add(l, ", %.0f s left", s < 1 ? 1 : s);
	else if (s < 90 * 60)
		add(l, ", %.0f min left", s / 60);
	else
		add(l, ", %.0f h left", s / 3600);
}

static void add_rate(struct line *l, double pps)
{
	if (pps >= 1e6)
		add(l, ", %.1fM probes/s", pps / 1e6);
	else if (pps >= 1e4)
		add(l, ", %.0fk probes/s", pps / 1e3);
	else
		add(l, ", %.0f probes/s", pps);
}

/* The share of the probes that are needed, rounded down: 100 % only if none is left. */
static unsigned int percent(const struct snapshot *now)
{
	const uint64_t done = now->ledger.asked + now->ledger.retransmits;

	return now->left ? (unsigned int)(100 * (double)done / (double)(done + now->left)) : 100;
}

/* The most important parts come first. */
static void compose(struct line *l, const struct progress *p, const struct snapshot *now)
{
	const uint64_t missing = (now->ledger.missing + 500) / 1000;

	add(l, "%s %u %%", now->title, percent(now));
	add_left(l, now->left, p->rate_pps);
	if (now->ports)
		add(l, ", %" PRIu64 " open", p->open);
	add(l, ", %" PRIu64 " host%s", p->hosts, p->hosts == 1 ? "" : "s");
	add_rate(l, p->rate_pps);
	if (missing)
		add(l, ", about %" PRIu64 " lost", missing);
	if (now->ledger.refused + now->ledger.dropped)
		add(l, ", %" PRIu64 " not sent", now->ledger.refused + now->ledger.dropped);
	if (now->again)
		add(l, ", asking again");
}

static void learn_rate(struct progress *p, const struct snapshot *now)
{
	const double s = (double)(now->time_us - p->looked_us) / 1e6;

	if (p->looked_us && s > 0) {
		const double rate = (double)(now->sent - p->sent) / s;

		p->rate_pps += (rate - p->rate_pps) * (p->rate_pps > 0 ? s / (s + AVERAGE_S) : 1);
	}
	p->looked_us = now->time_us;
	p->sent = now->sent;
}

/* Leave the last column free: a full line would move the cursor to the next one. */
static void draw(struct sink *s, const struct snapshot *now)
{
	struct line l = { .room = width(s->file) - 1 };

	l.room = l.room < LINE_MAX_LEN ? l.room : LINE_MAX_LEN - 1;
	compose(&l, s->data, now);
	fprintf(s->file, "\r%s\033[K", l.text);
	s->drawn = true;
}

static bool is_due(const struct sink *s, struct progress *p, const struct snapshot *now)
{
	const uint64_t interval_us = (uint64_t)(s->interval_s * 1e6);

	if (!interval_us)
		return false;
	if (!p->due_us)
		p->due_us = now->time_us + interval_us;
	if (now->time_us < p->due_us)
		return false;
	while (p->due_us <= now->time_us)
		p->due_us += interval_us;
	return true;
}

static int progress_tick(struct sink *s, const struct snapshot *now)
{
	struct progress *p = progress_of(s);
	struct line l = { .room = LINE_MAX_LEN - 1 };
	bool due;

	if (!p)
		return -ENOMEM;
	learn_rate(p, now);
	due = is_due(s, p, now);
	if (due || now->wanted) {
		clear(s);
		compose(&l, p, now);
		fprintf(s->file, "xscan: %s\n", l.text);
	}
	if (s->terminal)
		draw(s, now);
	return 0;
}

/* Clear the line: a row may follow in its place. */
static int progress_host(struct sink *s, const struct result_host *h)
{
	struct progress *p = progress_of(s);
	char addr[PLACE_TEXT], mac[MAC_TEXT];

	if (!p)
		return -ENOMEM;
	clear(s);
	if (h->n_also)
		return 0;
	p->hosts++;
	if (s->finds)
		fprintf(s->file, "%-11s  %s%s%s%s%s\n", "host", sink_place(h->addr, h->zone, addr),
			h->has_mac ? "  " : "", h->has_mac ? sink_mac(h->mac, mac) : "",
			h->has_mac && h->vendor ? "  " : "", h->has_mac ? h->vendor ?: "" : "");
	return 0;
}

static int progress_port(struct sink *s, const struct result_port *r)
{
	struct progress *p = progress_of(s);
	char addr[PLACE_TEXT];

	if (!p)
		return -ENOMEM;
	clear(s);
	p->open += r->state == ANSWER_OPEN;
	if (s->finds)
		fprintf(s->file, "%-11s  %s  %u/%s  %s  %s%s%s\n", "port",
			sink_place(r->addr, r->zone, addr), r->port, kinds[r->kind].protocol,
			kind_state_name(r->state), r->service ?: "unknown", r->info ? "  " : "",
			r->info ?: "");
	return 0;
}

static int progress_end(struct sink *s, const struct result_summary *sum)
{
	(void)sum;
	clear(s);
	return 0;
}

static void progress_free(struct sink *s)
{
	free(s->data);
}

const struct sink_ops out_progress = {
	.host = progress_host,
	.port = progress_port,
	.tick = progress_tick,
	.end = progress_end,
	.pause = clear,
	.free = progress_free,
};
