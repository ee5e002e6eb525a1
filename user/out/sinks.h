/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * sinks.h - the outputs of a scan: formats, and all else that watches a scan.
 *
 * A new format is one file and one row in sinks.c.
 */
#ifndef XSCAN_SINKS_H
#define XSCAN_SINKS_H

#include "err.h"
#include "result.h"

#include <limits.h>
#include <stdio.h>

/*
 * Any function may be NULL. Each puts one whole record into the file's buffer, which has room for
 * SINK_RECORD_MAX bytes; longer records go through sink_write or sink_text. 0, or a negative errno,
 * which ends the scan. The caller flushes.
 */
enum { SINK_RECORD_MAX = 1024, SINK_BUFFER = 4096 /* PIPE_BUF */ };
struct sink;
struct sink_ops {
	const char *option; /* --OPTION FILE; NULL: no option */
	const char *what;   /* its help */
	bool appends;	    /* --resume can append to an earlier run's file */
	bool watches;	    /* no results: opens its own file, and calls sink_warn on errors */
	bool replaces;	    /* makes new files while the scan runs */
	const char *last;   /* the line that ends a file: an earlier run's is cut off; NULL: none */
	int (*begin)(struct sink *s); /* the file is open; after --resume it may hold records */
	int (*start)(struct sink *s, const struct result_start *r); /* before all results */
	int (*host)(struct sink *s, const struct result_host *h);
	int (*port)(struct sink *s, const struct result_port *p);
	int (*done)(struct sink *s, const struct result_done *d);
	int (*rate)(struct sink *s, const struct result_rate *r);
	int (*histogram)(struct sink *s, const struct result_histogram *h);
	int (*cost)(struct sink *s, const struct result_cost *c);
	int (*drops)(struct sink *s, const struct result_drops *d);
	int (*frame)(struct sink *s, const struct result_frame *f);
	int (*span)(struct sink *s, const struct result_span *r);
	int (*tick)(struct sink *s, const struct snapshot *now);	 /* a few times a second */
	int (*so_far)(struct sink *s, const struct result_summary *sum); /* every 5 s */
	int (*end)(struct sink *s, const struct result_summary *sum); /* once, interrupted or not */
	void (*pause)(struct sink *s); /* others are about to write to standard error */
	void (*free)(struct sink *s);  /* the file is about to be closed: free `data` */
};

/* Tell the user at once; the scan goes on. */
typedef void (*sink_warning)(void *ctx, const struct err *err);

struct sink {
	const struct sink_ops *ops;
	FILE *file;	   /* NULL: the sink opens its own */
	const char *name;  /* of the file, for errors */
	sink_warning warn; /* with `warn_ctx`, for what does not end the scan */
	void *warn_ctx;
	bool goes_on;	   /* the file holds records of an earlier run */
	bool lent;	   /* shared with others: the report must not close it */
	bool may_block;	   /* not a regular file: a reader may block the writer */
	int signal_fd;	   /* with may_block: readable when a signal says stop */
	bool stuck;	   /* a signal came, and then the reader took nothing */
	int broken;	   /* the errno of the first write that failed, negative; or 0 */
	bool terminal;	   /* for a person: print a table at the end */
	bool colour;	   /* the terminal shows colours */
	bool drawn;	   /* progress only: the line is on the screen, */
	bool finds;	   /* print each find as well, */
	double interval_s; /* print a plain line so often; 0: never */
	bool names;	   /* the run asks for names of hosts */
	bool asks_ports;   /* list only: the run does */
	void *data;	   /* of the format, until `free` */
};

/* Write out the buffer. 0, or a negative errno; an earlier failed write counts too. */
int sink_flush(struct sink *s);

/*
 * The same. While the output takes nothing, a signal ends the wait: a reader may never read. One
 * that reads gets the rest, if it goes on within a second. -EINTR: a signal came, and it did not.
 */
int sink_drain(struct sink *s);

/* Make room in the buffer for a record. Returns as sink_drain. */
int sink_make_room(struct sink *s);

/* The file of a sink that watches cannot be written, by this negative errno. */
void sink_warn(struct sink *s, int code);

/* Write text of any length. Returns as sink_drain. */
int sink_write(struct sink *s, const char *text, size_t n);

/*
 * Write text of any length, character by character. `escape` returns what stands for a character of
 * `len` bytes, or NULL: the character itself. Invalid UTF-8 becomes U+FFFD. Returns as sink_drain.
 */
int sink_text(struct sink *s, const char *text, const char *(*escape)(const char *at, size_t len));

extern const struct sink_ops out_text;	   /* rows on standard output */
extern const struct sink_ops out_progress; /* how far the scan is, on standard error */
extern const struct sink_ops out_json;
extern const struct sink_ops out_csv;
extern const struct sink_ops out_xml;
extern const struct sink_ops out_list;
extern const struct sink_ops out_metrics;
extern const struct sink_ops out_trace;
extern const struct sink_ops out_pcapng;

/* The formats that an option asks for. */
enum { SINK_FORMATS_N = 7 };
extern const struct sink_ops *const sink_formats[SINK_FORMATS_N];

/* An output that the user asked for. */
struct sink_wish {
	const struct sink_ops *ops;
	const char *path; /* "-": standard output, in place of the table */
};

enum { SINK_WISHES_MAX = 16 };

bool sink_is_stdout(const struct sink_wish *wish);

/* A time of day as text, in RFC 3339 and UTC: "2026-11-20T23:00:01.123456Z". Returns `text`. */
enum { TIME_TEXT = 32 };
const char *sink_time(uint64_t time_us, char text[TIME_TEXT]);

/* An address as text, with its zone if that is not NULL: "fe80::1%eth0". Returns `text`. */
enum { PLACE_TEXT = ADDR_TEXT + 16 /* IFNAMSIZ */ };
const char *sink_place(struct addr addr, const char *zone, char text[PLACE_TEXT]);

/* By address and zone, as qsort needs it. */
int sink_place_cmp(struct addr a, const char *zone_a, struct addr b, const char *zone_b);

/* A MAC address as text, in every format: "02:00:00:00:00:01". Returns `text`. */
enum { MAC_TEXT = 18 };
const char *sink_mac(const uint8_t mac[6], char text[MAC_TEXT]);

/* The vendor for people, or what is known of a MAC address without one. */
const char *sink_vendor(const char *vendor, const uint8_t mac[6]);

#endif
