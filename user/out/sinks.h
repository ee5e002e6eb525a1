/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * sinks.h - the outputs of a scan: formats, and all else that watches a scan.
 *
 * A new format is one file and one row in sinks.c.
 */
#ifndef XSCAN_SINKS_H
#define XSCAN_SINKS_H

#include "result.h"

#include <limits.h>
#include <stdio.h>

/*
 * Any function may be NULL. Each puts one whole record into the file's buffer. 0, or a negative
 * errno, which ends the scan. The caller flushes.
 */
struct sink;
struct sink_ops {
	const char *option;	      /* --OPTION FILE; NULL: no option */
	const char *what;	      /* its help */
	bool appends;		      /* --resume can append to an earlier run's file */
	int (*begin)(struct sink *s); /* the file is open; after --resume it may hold records */
	int (*host)(struct sink *s, const struct result_host *h);
	int (*port)(struct sink *s, const struct result_port *p);
	int (*rest)(struct sink *s, const struct result_rest *r); /* once a host and kind */
	int (*rate)(struct sink *s, const struct result_rate *r);
	int (*tick)(struct sink *s, const struct snapshot *now);      /* a few times a second */
	int (*end)(struct sink *s, const struct result_summary *sum); /* once, interrupted or not */
	void (*pause)(struct sink *s); /* others are about to write to standard error */
};

struct sink {
	const struct sink_ops *ops;
	FILE *file;
	const char *name;  /* of the file, for errors */
	bool goes_on;	   /* the file holds records of an earlier run */
	bool lent;	   /* shared with others: the report must not close it */
	bool may_block;	   /* not a regular file: a reader may block the writer */
	int broken;	   /* the errno of the first write that failed, negative; or 0 */
	bool terminal;	   /* for a person: print a table at the end */
	bool colour;	   /* the terminal shows colours */
	int signal_fd;	   /* readable when a signal says stop */
	bool drawn;	   /* progress only: the line is on the screen, */
	bool finds;	   /* print each find as well, */
	double interval_s; /* print a plain line so often; 0: never */
	void *state;	   /* of the format itself, from begin to end */
};

/* The buffer of a sink's file fits into a writable pipe, and holds several records. */
enum { SINK_BUFFER = PIPE_BUF, SINK_RECORD_MAX = 1024 };

/*
 * Make room in the buffer for SINK_RECORD_MAX bytes. The caller of a sink's function has done so;
 * functions that write more call this before each further record. Returns as sink_flush_patiently.
 */
int sink_make_room(struct sink *s);

/*
 * Write out the buffer. While the output takes nothing, a signal ends the wait: a reader may never
 * read. 0; -EINTR: a signal says stop, and nobody reads; or another negative errno.
 */
int sink_flush_patiently(struct sink *s);

/* Write out the buffer. 0, or a negative errno; an earlier failed write counts too. */
int sink_flush(struct sink *s);

extern const struct sink_ops out_text;	   /* rows on standard output */
extern const struct sink_ops out_progress; /* how far the scan is, on standard error */
extern const struct sink_ops out_json;

/* The formats that an option asks for. */
enum { SINK_FORMATS_N = 1 };
extern const struct sink_ops *const sink_formats[SINK_FORMATS_N];

/* An output that the user asked for. */
struct sink_wish {
	const struct sink_ops *ops;
	const char *path; /* "-": standard output, in place of the table */
};

enum { SINK_WISHES_MAX = 16 };

bool sink_is_stdout(const struct sink_wish *wish);

/* A MAC address as text, in every format: "02:00:00:00:00:01". Returns `text`. */
enum { MAC_TEXT = 18 };
const char *sink_mac(const uint8_t mac[6], char text[MAC_TEXT]);

/* The vendor for people, or what is known of a MAC address without one. */
const char *sink_vendor(const char *vendor, const uint8_t mac[6]);

#endif
