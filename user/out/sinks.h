/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * sinks.h - where results go: the output formats, and whatever else watches a scan.
 *
 * A new format is one file and one row in sinks.c.
 */
#ifndef XSCAN_SINKS_H
#define XSCAN_SINKS_H

#include "result.h"

#include <stdio.h>

/*
 * Any function may be NULL. Each puts one whole record into the file's buffer; 0, or a negative errno
 * that ends the scan. The caller flushes when it has no more to add for now.
 */
struct sink;
struct sink_ops {
	const char *option;	      /* --OPTION FILE; NULL: it has none */
	const char *what;	      /* its help */
	bool appends;		      /* --resume can add to the file of the run before */
	int (*begin)(struct sink *s); /* the file is open; after --resume it may have records */
	int (*host)(struct sink *s, const struct result_host *h);
	int (*port)(struct sink *s, const struct result_port *p);
	int (*tick)(struct sink *s, const struct snapshot *now);      /* a few times a second */
	int (*end)(struct sink *s, const struct result_summary *sum); /* once, interrupted or not */
};

struct sink {
	const struct sink_ops *ops;
	FILE *file;
	const char *name; /* of the file, for errors */
	bool goes_on;	  /* the file has records of an earlier run */
	bool lent;	  /* others write to the file too: the report does not close it */
	bool may_block;	  /* it is no regular file: a reader may keep us waiting */
	bool broken;	  /* something could not be written */
	bool terminal;	  /* a person reads it: align columns, print headings */
	bool drawn;	  /* progress only: the line is on the screen */
	uint8_t section;  /* text only: which table is being printed */
};

/* Write out the buffer: 0, or a negative errno, also if an earlier write has failed. */
int sink_flush(struct sink *s);

extern const struct sink_ops out_text;	   /* rows on standard output */
extern const struct sink_ops out_progress; /* one line on a terminal */
extern const struct sink_ops out_json;

/* The formats that an option asks for. */
enum { SINK_FORMATS_N = 1 };
extern const struct sink_ops *const sink_formats[SINK_FORMATS_N];

/* An output that the user asks for. */
struct sink_wish {
	const struct sink_ops *ops;
	const char *path; /* "-": standard output, in place of the table */
};

enum { SINK_WISHES_MAX = 16 };

/* For every format: "02:00:00:00:00:01". Returns `text`. */
enum { MAC_TEXT = 18 };
const char *sink_mac(const uint8_t mac[6], char text[MAC_TEXT]);

#endif
