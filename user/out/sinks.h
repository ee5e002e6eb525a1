/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * sinks.h - the outputs of a scan: formats, and all else that watches a scan.
 *
 * A new format is one file and one row in sinks.c.
 */
#ifndef XSCAN_SINKS_H
#define XSCAN_SINKS_H

#include "result.h"

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
	int (*rate)(struct sink *s, const struct result_rate *r);
	int (*histogram)(struct sink *s, const struct result_histogram *h);
	int (*cost)(struct sink *s, const struct result_cost *c);
	int (*tick)(struct sink *s, const struct snapshot *now);      /* a few times a second */
	int (*end)(struct sink *s, const struct result_summary *sum); /* once, interrupted or not */
	void (*pause)(struct sink *s); /* others are about to write to standard error */
};

struct sink {
	const struct sink_ops *ops;
	FILE *file;
	const char *name; /* of the file, for errors */
	bool goes_on;	  /* the file holds records of an earlier run */
	bool lent;	  /* shared with others: the report must not close it */
	bool may_block;	  /* not a regular file: a reader may block the writer */
	int broken;	  /* the errno of the first write that failed, negative; or 0 */
	bool terminal;	  /* for a person: align columns, print headings */
	bool drawn;	  /* progress only: the line is on the screen */
	uint8_t section;  /* text only: which table is being printed */
};

/* Write out the buffer. 0, or a negative errno; an earlier failed write counts too. */
int sink_flush(struct sink *s);

extern const struct sink_ops out_text;	   /* rows on standard output */
extern const struct sink_ops out_progress; /* one line on a terminal */
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

#endif
