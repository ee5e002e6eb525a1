// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * metrics.c - the figures of a scan for Prometheus, in its text format. Each time the file is replaced as
 * a whole: node_exporter's textfile collector and other readers never find half of it.
 *
 * No series is about one host: their number must not grow with the network.
 */
#include "claim.h"
#include "replace.h"
#include "sinks.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct metrics {
	double start_s; /* since the epoch */
	int claim;	/* the lock of the file, as of claim_path */
	bool warned;
};

/*
 * Figures that may become smaller, or have another unit here. The others are counters, under the names
 * and with the meanings of the ledger.
 */
static const struct {
	const char *name;
	const char *meaning; /* NULL: the ledger's */
	double unit;	     /* 0: 1 */
} figures[LEDGER_FIGURES_N] = {
	[LEDGER_questions] = { "questions" },
	[LEDGER_alive] = { "alive_total", "pulses that were answered" },
	[LEDGER_missing] = { "missing_answers", "firm answers that are likely to be missing",
			     1e-3 },
	[LEDGER_missing_most] = { "missing_answers_most",
				  "no more firm answers are missing, with 95 % probability", 1e-3 },
	[LEDGER_unjudged] = { "unjudged_questions" },
	[LEDGER_silent] = { "silent_udp_ports" },
	[LEDGER_mute] = { "mute_udp_ports",
			  "UDP ports without an answer, on hosts that tell of no closed port" },
	[LEDGER_elapsed_ns] = { "asking_seconds_total", "time that asking took", 1e-9 },
};

/*
 * Buckets end below powers of two: 2^first - 1 is the most that the first one holds, 2^last - 1 the last but
 * that of +Inf. Each file has the same buckets, as readers want it.
 */
static const struct metrics_histogram {
	const char *of; /* result_histogram.name */
	const char *name;
	const char *meaning;
	double unit;
	unsigned int first, last;
} histograms[] = {
	{ "rtt_us", "rtt_seconds", "round trips; of closed ports one in 64, unless --all is given",
	  1e-6, 4, 26 },
	{ "ring_us", "ring_seconds", "how long results waited in the ring buffer", 1e-6, 2, 20 },
	{ "batch", "batch_questions", "how many questions left at once", 1, 1, 13 },
};

static bool ends_with(const char *text, const char *end)
{
	const size_t n = strlen(text), m = strlen(end);

	return n >= m && !strcmp(text + n - m, end);
}

/* The lines before the values of a metric. */
static void head_of(FILE *f, const char *name, const char *type, const char *meaning)
{
	fprintf(f, "# HELP xscan_%s %s\n# TYPE xscan_%s %s\n", name, meaning, name, type);
}

static void head(FILE *f, const char *name, const char *meaning)
{
	head_of(f, name, ends_with(name, "_total") ? "counter" : "gauge", meaning);
}

static void put(FILE *f, const char *name, const char *meaning, double value)
{
	if (isnan(value))
		return;
	head(f, name, meaning);
	fprintf(f, "xscan_%s %.17g\n", name, value);
}

static void put_count(FILE *f, const char *name, const char *meaning, uint64_t value)
{
	head(f, name, meaning);
	fprintf(f, "xscan_%s %" PRIu64 "\n", name, value);
}

/* The value of a label. */
static void put_text(FILE *f, const char *text)
{
	for (; text && *text; text++) {
		if (*text == '"' || *text == '\\')
			fputc('\\', f);
		fputc(*text, f);
	}
}

static void put_ledger(FILE *f, const struct ledger *ledger)
{
	const struct ledger_figure *figure = ledger_figures;
	char name[64];
	unsigned int i;

	for (i = 0; i < LEDGER_FIGURES_N; i++, figure++) {
		const char *meaning = figures[i].meaning ?: figure->meaning;
		const uint64_t value = ledger_get(ledger, i);

		snprintf(name, sizeof(name), "%s_total", figure->name);
		if (figures[i].unit > 0)
			put(f, figures[i].name, meaning, (double)value * figures[i].unit);
		else
			put_count(f, figures[i].name ?: name, meaning, value);
	}
}

static void put_drops(FILE *f, const struct result_drops *d)
{
	char name[64];
	unsigned int i;

	for (i = 0; d && i < DROPS_PLACES_N; i++) {
		if (!drops_knows(&d->drops, i))
			continue;
		snprintf(name, sizeof(name), "%s_total", drops_places[i].name);
		put_count(f, name, drops_places[i].meaning, drops_get(&d->drops, i));
	}
}

static void put_states(FILE *f, const struct result_summary *sum)
{
	const struct {
		const char *state;
		uint64_t n;
	} states[] = {
		{ "open", sum->open },
		{ "closed", sum->closed },
		{ "filtered", sum->filtered },
	};
	size_t i;

	if (!sum->ports_scanned)
		return;
	head(f, "ports", "ports with an answer, by what it says");
	for (i = 0; i < sizeof(states) / sizeof(states[0]); i++)
		fprintf(f, "xscan_ports{state=\"%s\"} %" PRIu64 "\n", states[i].state, states[i].n);
}

static void put_place(FILE *f, const struct result_summary *sum)
{
	head(f, "scan_info", "where answers are matched, and who sends");
	fputs("xscan_scan_info{version=\"" XSCAN_VERSION "\",interface=\"", f);
	put_text(f, sum->iface);
	fputs("\",attach=\"", f);
	put_text(f, sum->attach);
	fputs("\",tx=\"", f);
	put_text(f, sum->tx);
	fputs("\"} 1\n", f);
}

static void put_gave_way(FILE *f, const struct result_summary *sum)
{
	head(f, "gave_way_seconds_total", "time for which the scan was slower for others");
	fprintf(f, "xscan_gave_way_seconds_total{what=\"cpu\"} %.17g\n", sum->gave_way_cpu_s);
	fprintf(f, "xscan_gave_way_seconds_total{what=\"path\"} %.17g\n", sum->gave_way_path_s);
}

/* The label that says what a histogram is of; `next`: another label follows. */
static void put_answer(FILE *f, const char *key, bool next)
{
	if (key)
		fprintf(f, "answer=\"%s\"%s", key, next ? "," : "");
}

static void put_bucket(FILE *f, const char *name, const char *key, double most, uint64_t n)
{
	fprintf(f, "xscan_%s_bucket{", name);
	put_answer(f, key, true);
	if (isinf(most))
		fprintf(f, "le=\"+Inf\"} %" PRIu64 "\n", n);
	else
		fprintf(f, "le=\"%.12g\"} %" PRIu64 "\n", most, n);
}

static void put_part(FILE *f, const char *name, const char *part, const char *key)
{
	fprintf(f, "xscan_%s_%s", name, part);
	if (!key)
		return;
	fputc('{', f);
	put_answer(f, key, false);
	fputc('}', f);
}

static void put_histogram(FILE *f, const struct metrics_histogram *m,
			  const struct result_histogram *h)
{
	uint64_t powers[HIST_POWERS], n = 0;
	unsigned int i;

	hist_powers(&h->hist, powers);
	for (i = 0; i <= m->last; i++) {
		n += powers[i];
		if (i >= m->first)
			put_bucket(f, m->name, h->key, (double)((1ULL << i) - 1) * m->unit, n);
	}
	put_bucket(f, m->name, h->key, INFINITY, h->hist.n);
	put_part(f, m->name, "sum", h->key);
	fprintf(f, " %.17g\n", (double)h->hist.sum * m->unit);
	put_part(f, m->name, "count", h->key);
	fprintf(f, " %" PRIu64 "\n", h->hist.n);
}

static void put_histograms(FILE *f, const struct result_summary *sum)
{
	size_t i, j;

	for (i = 0; i < sizeof(histograms) / sizeof(histograms[0]); i++) {
		bool begun = false;

		for (j = 0; j < sum->n_histograms; j++) {
			if (strcmp(sum->histograms[j].name, histograms[i].of) != 0)
				continue;
			if (!begun)
				head_of(f, histograms[i].name, "histogram", histograms[i].meaning);
			begun = true;
			put_histogram(f, &histograms[i], &sum->histograms[j]);
		}
	}
}

static void compose(FILE *f, const struct metrics *m, const struct result_summary *sum,
		    bool running)
{
	put_place(f, sum);
	put(f, "start_time_seconds", "when the run began, since the epoch", m->start_s);
	put(f, "elapsed_seconds", "how long the scan has taken, with earlier runs", sum->elapsed_s);
	put_count(f, "running", "1: the scan goes on; 0: it has ended", running);
	put_count(f, "complete", "1: the scan was neither interrupted nor broken off",
		  sum->complete);
	put_count(f, "hosts_up", "hosts that have answered", sum->hosts_up);
	put_states(f, sum);
	put(f, "coverage_ratio", "share of the possible answers that came", sum->coverage);
	put(f, "coverage_low_ratio", "at least this share came, with 95 % probability",
	    sum->coverage_low);
	put_ledger(f, &sum->ledger);
	put_gave_way(f, sum);
	put_drops(f, sum->drops);
	put_histograms(f, sum);
}

/* Errors are told once: no result is lost. */
static int replace(struct sink *s, const struct result_summary *sum, bool running)
{
	struct metrics *m = s->data;
	char *text = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&text, &n);
	int code = f ? 0 : -ENOMEM;

	if (f) {
		compose(f, m, sum, running);
		code = fclose(f) ? -ENOMEM : replace_file(s->name, text, n, &m->claim);
	}
	free(text);
	if (code && !m->warned)
		sink_warn(s, code);
	m->warned |= code != 0;
	return 0;
}

static int metrics_begin(struct sink *s)
{
	struct metrics *m = calloc(1, sizeof(*m));
	int code;

	if (!m)
		return -ENOMEM;
	m->claim = claim_path(s->name);
	code = m->claim < 0 ? m->claim : 0;
	if (code)
		free(m);
	else
		s->data = m;
	return code;
}

static int metrics_start(struct sink *s, const struct result_start *r)
{
	struct metrics *m = s->data;

	m->start_s = (double)r->time_us / 1e6;
	return 0;
}

/* A scan that could not start has no figures. */
static bool has_started(const struct sink *s)
{
	const struct metrics *m = s->data;

	return m && m->start_s > 0;
}

static int metrics_so_far(struct sink *s, const struct result_summary *sum)
{
	return has_started(s) ? replace(s, sum, true) : 0;
}

static int metrics_end(struct sink *s, const struct result_summary *sum)
{
	return has_started(s) ? replace(s, sum, false) : 0;
}

static void metrics_free(struct sink *s)
{
	struct metrics *m = s->data;

	if (m)
		claim_end(m->claim, s->name);
	free(m);
}

const struct sink_ops out_metrics = {
	.option = "metrics",
	.what = "figures of the scan for Prometheus, written aside and renamed, every 5 s and at "
		"the end",
	.appends = true, /* a later run replaces the file, as each write does */
	.watches = true,
	.replaces = true,
	.begin = metrics_begin,
	.start = metrics_start,
	.so_far = metrics_so_far,
	.end = metrics_end,
	.free = metrics_free,
};
