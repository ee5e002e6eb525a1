// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * trace.c - a timeline of the scan in the Trace Event Format, for ui.perfetto.dev and chrome://tracing:
 * an array of JSON with one event a line. Times are those of CLOCK_MONOTONIC, as in traces of perf.
 *
 * After each write the file is a whole array: the next write begins over its end. So nothing that kills the
 * scan makes it invalid. The file grows up to TRACE_BYTES; what then comes is counted.
 */
#include "claim.h"
#include "replace.h"
#include "sinks.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TRACE_END "\n]\n"

enum {
	TRACE_BYTES = 16 << 20,
	BUFFER = 32768,
	EVENT_MAX = 2048,
	END_LEN = sizeof(TRACE_END) - 1,
	/* After so many samples, a sample is the mean of twice as many ticks. */
	SAMPLES = 4096,
	WAYS = 64,
};

/* Lines of the timeline, by their numbers; ways follow. */
enum track { TRACK_SCAN = 1, TRACK_SWEEP, TRACK_QUESTIONS, TRACK_HOST, TRACK_CARRIER, TRACK_WAYS };

static const char *const track_names[TRACK_WAYS] = {
	[TRACK_SCAN] = "scan",		 [TRACK_SWEEP] = "who is there",
	[TRACK_QUESTIONS] = "questions", [TRACK_HOST] = "giving way to the host",
	[TRACK_CARRIER] = "carrier",
};

struct way_id {
	bool has_gateway;
	struct addr gateway;
};

struct trace {
	int fd;
	off_t size;		      /* of the file, when it is whole */
	uint64_t bytes;		      /* of events of this run */
	uint64_t left_out;	      /* events for which there was no room */
	uint64_t offset_us, begin_us; /* subtract from times of day; the start of the run */
	char buffer[BUFFER];
	size_t n;
	struct way_id ways[WAYS];
	unsigned int n_ways;
	/* Samples */
	uint64_t ticks, every, samples;
	uint64_t last_us, last_sent;
	const char *title;
	uint64_t last_answers;
};

/*
 * Half an event is in the file: put the end in its place, and blank out the rest. This needs no room that
 * the file does not have.
 */
static void repair(const struct trace *t)
{
	const off_t from = t->size - END_LEN, end = lseek(t->fd, 0, SEEK_END);
	char blanks[256];
	off_t left;

	memset(blanks, '\n', sizeof(blanks));
	if (lseek(t->fd, from, SEEK_SET) < 0 || write_all(t->fd, TRACE_END, END_LEN))
		return;
	for (left = end - t->size; left > 0; left -= (off_t)sizeof(blanks))
		if (write_all(t->fd, blanks,
			      left < (off_t)sizeof(blanks) ? (size_t)left : sizeof(blanks)))
			return;
}

/* After an error the file stays as it was, and the scan goes on without it. */
static void give_up(struct sink *s, int code)
{
	struct trace *t = s->data;

	sink_warn(s, code);
	close(t->fd);
	t->fd = -1;
}

static void write_out(struct sink *s)
{
	struct trace *t = s->data;
	int code;

	if (t->fd < 0 || !t->n)
		return;
	memcpy(t->buffer + t->n, TRACE_END, END_LEN);
	code = lseek(t->fd, t->size - END_LEN, SEEK_SET) < 0
		       ? -errno
		       : write_all(t->fd, t->buffer, t->n + END_LEN);
	if (code) {
		repair(t);
		give_up(s, code);
		return;
	}
	t->size += (off_t)t->n;
	t->n = 0;
}

__attribute__((format(printf, 2, 3))) static void add(struct trace *t, const char *format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(t->buffer + t->n, BUFFER - t->n, format, args);
	va_end(args);
	t->n += n > 0 ? (size_t)n : 0;
}

/* Begin an event. False: there is no room for it. `last`: there is always room. */
static bool begin(struct sink *s, bool last, const char *name, char phase, unsigned int track)
{
	struct trace *t = s->data;

	if (!t || t->fd < 0)
		return false;
	if (!last && t->bytes > TRACE_BYTES) {
		t->left_out++;
		return false;
	}
	if (t->n + EVENT_MAX + END_LEN > BUFFER)
		write_out(s);
	if (t->fd < 0)
		return false;
	t->bytes -= t->n;
	add(t, ",\n{\"name\":\"%s\",\"ph\":\"%c\",\"pid\":%d,\"tid\":%u", name, phase,
	    (int)getpid(), track);
	return true;
}

static void end_event(struct trace *t)
{
	add(t, "}");
	t->bytes += t->n;
}

static void add_time(struct trace *t, uint64_t time_us)
{
	add(t, ",\"ts\":%" PRIu64, time_us > t->offset_us ? time_us - t->offset_us : 0);
}

static void add_span(struct trace *t, uint64_t begin_us, uint64_t end_us)
{
	add_time(t, begin_us);
	add(t, ",\"dur\":%" PRIu64, end_us > begin_us ? end_us - begin_us : 0);
}

static void name_track(struct sink *s, unsigned int track, const char *name)
{
	if (!begin(s, true, "thread_name", 'M', track))
		return;
	add(s->data, ",\"args\":{\"name\":\"%s\"}", name);
	end_event(s->data);
}

/* The name of a way: one line of the timeline, and one of its rate. */
static const char *way_name(const struct way_id *way, char text[ADDR_TEXT])
{
	return way->has_gateway ? addr_text(way->gateway, text) : "link";
}

static unsigned int track_of(struct sink *s, bool has_gateway, struct addr gateway)
{
	struct trace *t = s->data;
	char text[ADDR_TEXT], name[ADDR_TEXT + 8];
	unsigned int i;

	for (i = 0; i < t->n_ways; i++)
		if (t->ways[i].has_gateway == has_gateway &&
		    (!has_gateway || addr_equal(t->ways[i].gateway, gateway)))
			return TRACK_WAYS + i;
	if (t->n_ways == WAYS)
		return TRACK_WAYS + WAYS; /* all others */
	t->ways[t->n_ways++] = (struct way_id){ has_gateway, gateway };
	snprintf(name, sizeof(name), "way %s", way_name(&t->ways[i], text));
	name_track(s, TRACK_WAYS + i, name);
	return TRACK_WAYS + i;
}

/* Does the file hold an array of an earlier run, with its end? */
static bool is_whole(int fd, off_t size)
{
	char tail[END_LEN];

	return size > END_LEN && pread(fd, tail, END_LEN, size - END_LEN) == END_LEN &&
	       !memcmp(tail, TRACE_END, END_LEN);
}

static int open_file(struct sink *s, struct trace *t)
{
	const char head[] = "[\n{\"name\":\"process_name\",\"ph\":\"M\",\"pid\":%d,\"tid\":0,"
			    "\"args\":{\"name\":\"xscan\"}}" TRACE_END;
	char text[EVENT_MAX];
	struct stat stat;
	int code;

	t->fd = open(s->name, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0666);
	if (t->fd < 0 || fstat(t->fd, &stat))
		return -errno;
	if (!S_ISREG(stat.st_mode))
		return -EMEDIUMTYPE;
	code = claim_file(t->fd);
	if (code)
		return code;
	t->size = stat.st_size;
	if (s->goes_on && is_whole(t->fd, t->size))
		return 0;
	t->size = snprintf(text, sizeof(text), head, (int)getpid());
	if (ftruncate(t->fd, 0))
		return -errno;
	return write_all(t->fd, text, (size_t)t->size);
}

static int trace_begin(struct sink *s)
{
	struct trace *t = calloc(1, sizeof(*t));
	int code;

	if (!t)
		return -ENOMEM;
	t->every = 1;
	code = open_file(s, t);
	if (code && t->fd >= 0)
		close(t->fd);
	if (code)
		free(t);
	else
		s->data = t;
	return code;
}

static int trace_start(struct sink *s, const struct result_start *r)
{
	struct trace *t = s->data;
	unsigned int i;

	t->offset_us = r->time_us - r->monotonic_us;
	t->begin_us = r->time_us;
	for (i = TRACK_SCAN; i < TRACK_WAYS; i++)
		name_track(s, i, track_names[i]);
	return 0;
}

static int trace_rate(struct sink *s, const struct result_rate *r)
{
	const struct way_id way = { r->has_gateway, r->gateway };
	char text[ADDR_TEXT], name[ADDR_TEXT + 64];
	unsigned int track;

	track = track_of(s, r->has_gateway, r->gateway);
	if (!begin(s, false, r->why, 'i', track))
		return 0;
	add_time(s->data, r->time_us);
	add(s->data, ",\"s\":\"t\",\"args\":{\"phase\":\"%s\",\"rate_pps\":%.0f",
	    kinds[r->kind].title, r->rate_pps);
	if (r->limit_pps > 0)
		add(s->data, ",\"limit_pps\":%.0f", r->limit_pps);
	if (r->asked)
		add(s->data, ",\"asked\":%" PRIu64 ",\"answered\":%" PRIu64, r->asked, r->answered);
	add(s->data, "}");
	end_event(s->data);
	snprintf(name, sizeof(name), "rate %s, %s", way_name(&way, text), kinds[r->kind].title);
	if (!begin(s, false, name, 'C', track))
		return 0;
	add_time(s->data, r->time_us);
	add(s->data, ",\"args\":{\"rate_pps\":%.0f}", r->rate_pps);
	end_event(s->data);
	return 0;
}

static void add_ledger(struct trace *t, const struct ledger *l)
{
	unsigned int i;

	for (i = 0; i < LEDGER_FIGURES_N; i++)
		if (ledger_get(l, i))
			add(t, "%s\"%s\":%" PRIu64, t->buffer[t->n - 1] == '{' ? "" : ",",
			    ledger_figures[i].name, ledger_get(l, i));
}

static int trace_span(struct sink *s, const struct result_span *r)
{
	static const unsigned int tracks[] = {
		[SPAN_SWEEP] = TRACK_SWEEP,
		[SPAN_QUESTIONS] = TRACK_QUESTIONS,
		[SPAN_GAVE_WAY] = TRACK_HOST,
		[SPAN_NO_CARRIER] = TRACK_CARRIER,
	};
	const unsigned int track =
		r->what == SPAN_PAUSE ? track_of(s, r->has_gateway, r->gateway) : tracks[r->what];
	struct trace *t = s->data;

	if (!begin(s, false, r->name, 'X', track))
		return 0;
	/* The first probe leaves before the outputs are told of the start. */
	if (r->begin_us < t->begin_us)
		t->begin_us = r->begin_us;
	add_span(t, r->begin_us, r->end_us);
	add(t, ",\"args\":{");
	if (r->ledger)
		add_ledger(t, r->ledger);
	add(t, "}");
	end_event(t);
	return 0;
}

static double a_second(uint64_t n, uint64_t us)
{
	return us ? (double)n * 1e6 / (double)us : 0;
}

static void sample(struct sink *s, const struct snapshot *now)
{
	const struct ledger *l = &now->ledger;
	struct trace *t = s->data;
	const uint64_t us = now->time_us - (t->last_us ?: t->begin_us);
	const uint64_t answers = l->answers > t->last_answers ? l->answers - t->last_answers : 0;

	if (begin(s, false, "a second", 'C', TRACK_SCAN)) {
		add_time(t, now->time_us);
		add(t, ",\"args\":{\"probes\":%.0f,\"answers\":%.0f}",
		    a_second(now->sent - t->last_sent, us), a_second(answers, us));
		end_event(t);
	}
	if (begin(s, false, "questions", 'C', TRACK_SCAN)) {
		add_time(t, now->time_us);
		add(t, ",\"args\":{\"unanswered\":%" PRIu64 "}", ledger_unanswered(l));
		end_event(t);
	}
	if (begin(s, false, "losses", 'C', TRACK_SCAN)) {
		add_time(t, now->time_us);
		add(t,
		    ",\"args\":{\"likely missing\":%.3f,\"not sent\":%" PRIu64
		    ",\"pulses without an answer\":%" PRIu64 "}",
		    (double)l->missing / 1000, l->refused + l->dropped,
		    l->pulses > l->alive ? l->pulses - l->alive : 0);
		end_event(t);
	}
}

static int trace_tick(struct sink *s, const struct snapshot *now)
{
	struct trace *t = s->data;

	if (t->title != now->title)
		t->last_answers = 0; /* another phase counts anew */
	t->title = now->title;
	if (++t->ticks >= t->every) {
		sample(s, now);
		t->ticks = 0;
		t->last_us = now->time_us;
		t->last_sent = now->sent;
		t->last_answers = now->ledger.answers;
		if (!(++t->samples % SAMPLES))
			t->every *= 2;
	}
	write_out(s);
	return 0;
}

static int trace_end(struct sink *s, const struct result_summary *sum)
{
	struct trace *t = s->data;

	if (!t || !begin(s, true, "scan", 'X', TRACK_SCAN))
		return 0;
	add_span(t, t->begin_us, sum->time_us);
	add(t, ",\"args\":{\"complete\":%s,\"hosts_up\":%" PRIu64 ",\"open\":%" PRIu64,
	    sum->complete ? "true" : "false", sum->hosts_up, sum->open);
	if (!isnan(sum->coverage_low))
		add(t, ",\"coverage_low\":%.15g", sum->coverage_low);
	add(t, ",\"events left out\":%" PRIu64 "}", t->left_out);
	end_event(t);
	write_out(s);
	return 0;
}

static void trace_free(struct sink *s)
{
	struct trace *t = s->data;

	if (t && t->fd >= 0)
		close(t->fd);
	free(t);
}

const struct sink_ops out_trace = {
	.option = "trace",
	.what = "a timeline for ui.perfetto.dev or chrome://tracing",
	.appends = true,
	.watches = true,
	.begin = trace_begin,
	.start = trace_start,
	.rate = trace_rate,
	.span = trace_span,
	.tick = trace_tick,
	.end = trace_end,
	.free = trace_free,
};
