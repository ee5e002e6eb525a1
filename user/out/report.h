/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * report.h - hand each result to every sink: the outputs that the user asked for, and the progress
 * line.
 */
#ifndef XSCAN_REPORT_H
#define XSCAN_REPORT_H

#include "err.h"
#include "named.h"
#include "sinks.h"

/* All outputs that can be asked for, plus the table and the progress lines. */
enum { REPORT_SINKS_MAX = SINK_WISHES_MAX + 2 };

/* What is wanted. */
struct report_wish {
	const struct sink_wish *files; /* at most one of them is standard output */
	unsigned int n_files;
	const char *resume;	  /* the file of --resume, or NULL */
	const char *const *lists; /* read by this run, so not to be written; "-": standard input */
	size_t n_lists;
	int signal_fd;	   /* readable when a signal says stop */
	sink_warning warn; /* called with `warn_ctx`; NULL: nobody is told */
	void *warn_ctx;
	bool goes_on;	   /* an earlier run of this scan has written the files: append */
	bool progress;	   /* a person watches standard error: draw a line there, */
	bool finds;	   /* print each find, */
	double interval_s; /* print a plain line so often; 0: never */
	bool colour;	   /* if standard output is a terminal */
	const struct name_source *names; /* of hosts; NULL: nobody asks for them */
};

struct report {
	int signal_fd; /* readable when a signal says stop */
	bool colour;
	sink_warning warn;
	void *warn_ctx;
	uint64_t so_far_us;  /* when report_so_far was last called; 0: never */
	struct named *named; /* NULL: no names */
	struct sink sinks[REPORT_SINKS_MAX];
	unsigned int n;
};

/*
 * Refuse files that report_open would refuse, as far as that shows before any is opened. Opens and
 * changes nothing. 0 or a negative errno, the reason in err; -ENOTUNIQ: one file is named twice.
 */
int report_check(const struct report_wish *wish, struct err *err);

/*
 * Check and open the files. 0 or a negative errno, the reason in err; a refused file is not changed.
 * `signal_fd` must be readable when a (blocked) signal says stop: it ends the wait for a slow
 * reader.
 */
int report_open(struct report *r, const struct report_wish *wish, struct err *err);

/* Call before all results. Goes on after an error, so that each file begins; returns the first one. */
int report_start(struct report *r, const struct result_start *record, struct err *err);

/*
 * Results are buffered until report_flush. 0; -EINTR: a signal came while an output took nothing.
 * Another negative errno ends the scan: an output cannot take results; reason in err.
 */
int report_host(struct report *r, const struct result_host *record, struct err *err);
int report_port(struct report *r, const struct result_port *record, struct err *err);
int report_done(struct report *r, const struct result_done *record, struct err *err);
int report_rate(struct report *r, const struct result_rate *record, struct err *err);
int report_histogram(struct report *r, const struct result_histogram *record, struct err *err);
int report_cost(struct report *r, const struct result_cost *record, struct err *err);
int report_frame(struct report *r, const struct result_frame *record, struct err *err);
int report_drops(struct report *r, const struct result_drops *record, struct err *err);

/* For sinks that watch: never an error. */
void report_span(struct report *r, const struct result_span *record);

/* Does any output want report_done? */
bool report_wants_done(const struct report *r);

/* Call about five times a second. Also flushes. An earlier failed write counts too. */
int report_tick(struct report *r, const struct snapshot *now, struct err *err);

/*
 * Tell how the whole scan stands, if an output wants that. report_wants_so_far: is it time? At
 * UINT64_MAX: will any output ever want it?
 */
bool report_wants_so_far(const struct report *r, uint64_t time_us);
int report_so_far(struct report *r, const struct result_summary *sum, struct err *err);

/* Write out all buffered results. */
int report_flush(struct report *r, struct err *err);

/* report_flush, then wait until the disk has the data. */
int report_sync(struct report *r, struct err *err);

/* Call before others write to standard error. */
void report_pause(struct report *r);

/* End each file's format and close the file. Goes on after an error; returns the first one. */
int report_close(struct report *r, const struct result_summary *summary, struct err *err);

#endif
