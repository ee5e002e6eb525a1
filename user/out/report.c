// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* report.c - hand each record to the sinks of a run. */
#include "report_parts.h"

#include <errno.h>
#include <stdio_ext.h>
#include <unistd.h>

#define SO_FAR_US 5000000ULL

static int start(struct sink *s, const void *record)
{
	return s->ops->start ? s->ops->start(s, record) : 0;
}

static int host(struct sink *s, const void *record)
{
	return s->ops->host ? s->ops->host(s, record) : 0;
}

static int port(struct sink *s, const void *record)
{
	return s->ops->port ? s->ops->port(s, record) : 0;
}

static int done(struct sink *s, const void *record)
{
	return s->ops->done ? s->ops->done(s, record) : 0;
}

static int rate(struct sink *s, const void *record)
{
	return s->ops->rate ? s->ops->rate(s, record) : 0;
}

static int histogram(struct sink *s, const void *record)
{
	return s->ops->histogram ? s->ops->histogram(s, record) : 0;
}

static int cost(struct sink *s, const void *record)
{
	return s->ops->cost ? s->ops->cost(s, record) : 0;
}

static int drops(struct sink *s, const void *record)
{
	return s->ops->drops ? s->ops->drops(s, record) : 0;
}

static int frame(struct sink *s, const void *record)
{
	return s->ops->frame ? s->ops->frame(s, record) : 0;
}

static int tick(struct sink *s, const void *record)
{
	return s->ops->tick ? s->ops->tick(s, record) : 0;
}

static int so_far(struct sink *s, const void *record)
{
	return s->ops->so_far ? s->ops->so_far(s, record) : 0;
}

static int end(struct sink *s, const void *record)
{
	return s->ops->end ? s->ops->end(s, record) : 0;
}

static int hand_to(struct sink *s, int (*call)(struct sink *s, const void *record),
		   const void *record)
{
	int code = s->file ? sink_make_room(s) : 0;

	return code ? code : call(s, record);
}

static int hand_on(struct report *r, int (*call)(struct sink *s, const void *record),
		   const void *record, struct err *err)
{
	unsigned int i;
	int code;

	for (i = 0; i < r->n; i++) {
		code = hand_to(&r->sinks[i], call, record);
		if (code)
			return report_failed(&r->sinks[i], code, err);
	}
	return 0;
}

int report_start(struct report *r, const struct result_start *record, struct err *err)
{
	int code, first = 0;
	unsigned int i;

	for (i = 0; i < r->n; i++) {
		code = hand_to(&r->sinks[i], start, record);
		if (code && !first)
			first = report_failed(&r->sinks[i], code, err);
	}
	return first;
}

/* A result that has waited for the name of its host. */
struct let_go {
	struct report *report;
	struct err *err;
};

static int result(void *ctx, const struct result_host *h, const struct result_port *p)
{
	const struct let_go *to = ctx;

	return h ? hand_on(to->report, host, h, to->err) : hand_on(to->report, port, p, to->err);
}

/* `held`: of named_host or named_port. */
static int unless_held(struct report *r, int held, int (*call)(struct sink *s, const void *record),
		       const void *record, struct err *err)
{
	if (held < 0)
		return err_set(err, held, "out of memory");
	return held ? 0 : hand_on(r, call, record, err);
}

int report_host(struct report *r, const struct result_host *record, struct err *err)
{
	struct result_host named = *record;

	if (!r->named)
		return hand_on(r, host, record, err);
	return unless_held(r, named_host(r->named, &named), host, &named, err);
}

int report_port(struct report *r, const struct result_port *record, struct err *err)
{
	struct result_port named = *record;

	if (!r->named)
		return hand_on(r, port, record, err);
	return unless_held(r, named_port(r->named, &named), port, &named, err);
}

int report_frame(struct report *r, const struct result_frame *record, struct err *err)
{
	return hand_on(r, frame, record, err);
}

bool report_wants_done(const struct report *r)
{
	unsigned int i;

	for (i = 0; i < r->n; i++)
		if (r->sinks[i].ops->done)
			return true;
	return false;
}

int report_done(struct report *r, const struct result_done *record, struct err *err)
{
	struct let_go to = { r, err };
	const struct named_out out = { result, &to };
	int code = r->named ? named_wait_for(r->named, record->addr, record->zone, &out) : 0;

	return code ? code : hand_on(r, done, record, err);
}

int report_rate(struct report *r, const struct result_rate *record, struct err *err)
{
	return hand_on(r, rate, record, err);
}

int report_histogram(struct report *r, const struct result_histogram *record, struct err *err)
{
	return hand_on(r, histogram, record, err);
}

int report_cost(struct report *r, const struct result_cost *record, struct err *err)
{
	return hand_on(r, cost, record, err);
}

int report_drops(struct report *r, const struct result_drops *record, struct err *err)
{
	return hand_on(r, drops, record, err);
}

void report_span(struct report *r, const struct result_span *record)
{
	unsigned int i;

	for (i = 0; i < r->n; i++)
		if (r->sinks[i].ops->watches && r->sinks[i].ops->span)
			r->sinks[i].ops->span(&r->sinks[i], record);
}

int report_flush(struct report *r, struct err *err)
{
	struct let_go to = { r, err };
	const struct named_out out = { result, &to };
	unsigned int i;
	int code = r->named ? named_turn(r->named, &out) : 0;

	if (code)
		return code;
	for (i = 0; i < r->n; i++) {
		if (!r->sinks[i].file || !__fpending(r->sinks[i].file))
			continue;
		code = sink_drain(&r->sinks[i]);
		if (code)
			return report_failed(&r->sinks[i], code, err);
	}
	return 0;
}

/* After an error stdio's buffer is empty, but its contents were not written. */
static int check_whole(struct report *r, struct err *err)
{
	unsigned int i;

	for (i = 0; i < r->n; i++)
		if (r->sinks[i].broken)
			return report_failed(&r->sinks[i], r->sinks[i].broken, err);
	return 0;
}

int report_tick(struct report *r, const struct snapshot *now, struct err *err)
{
	/* Write waiting rows before the progress line. */
	int code = report_flush(r, err);

	if (!code)
		code = hand_on(r, tick, now, err);
	return code ? code : check_whole(r, err);
}

bool report_wants_so_far(const struct report *r, uint64_t time_us)
{
	unsigned int i;

	for (i = 0; i < r->n; i++)
		if (r->sinks[i].ops->so_far)
			return !r->so_far_us || time_us >= r->so_far_us + SO_FAR_US;
	return false;
}

int report_so_far(struct report *r, const struct result_summary *sum, struct err *err)
{
	r->so_far_us = sum->time_us;
	return hand_on(r, so_far, sum, err);
}

int report_sync(struct report *r, struct err *err)
{
	struct let_go to = { r, err };
	const struct named_out out = { result, &to };
	int code = r->named ? named_let_go(r->named, &out) : 0;
	unsigned int i;

	if (!code)
		code = report_flush(r, err);
	if (!code)
		code = check_whole(r, err);
	for (i = 0; i < r->n && !code; i++)
		if (r->sinks[i].file && !r->sinks[i].may_block &&
		    fdatasync(fileno(r->sinks[i].file)))
			code = report_failed(&r->sinks[i], -errno, err);
	return code;
}

void report_pause(struct report *r)
{
	unsigned int i;

	for (i = 0; i < r->n; i++)
		if (r->sinks[i].ops->pause)
			r->sinks[i].ops->pause(&r->sinks[i]);
}

static int close_file(struct sink *s, int code)
{
	if (s->ops->free)
		s->ops->free(s);
	if (s->lent || !s->file)
		return code;
	if (!code)
		code = sink_drain(s);
	if (!code)
		code = s->broken;
	if (code == -EINTR)
		__fpurge(s->file); /* else fclose would wait for the reader */
	if (fclose(s->file) && !code)
		code = -errno;
	return code;
}

int report_close(struct report *r, const struct result_summary *summary, struct err *err)
{
	struct let_go to = { r, err };
	const struct named_out out = { result, &to };
	int code, first = 0;
	unsigned int i;

	if (r->named)
		first = summary->complete ? named_end(r->named, &out)
					  : named_let_go(r->named, &out);
	for (i = 0; i < r->n; i++) {
		struct sink *s = &r->sinks[i];

		code = close_file(s, hand_to(s, end, summary));
		if (code && !first)
			first = report_failed(s, code, err);
	}
	r->n = 0;
	named_free(r->named);
	r->named = NULL;
	return first;
}
