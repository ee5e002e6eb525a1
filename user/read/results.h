/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * results.h - all that a file of results says, sorted by address and port. Pure.
 *
 * A file may hold several runs: a scan and what --resume appended, or the parts of --shard joined.
 * Of several records of one host or port the last one counts.
 */
#ifndef XSCAN_RESULTS_H
#define XSCAN_RESULTS_H

#include "asked.h"
#include "record.h"

#include <stdio.h>

struct found_port {
	struct addr addr;
	const char *zone; /* "": none */
	const char *protocol, *service, *state;
	const char *info;     /* what its answer tells; NULL: nothing */
	const char *doubtful; /* why it may be no service; NULL: no doubt */
	const char *name;     /* of the host; NULL: unknown */
	int64_t rtt_us;	      /* -1: unknown */
	uint64_t order;	      /* of the record in the file */
	uint16_t port;
};

/* A host with a record of its own, or one of whose ports there are records. */
struct found_host {
	struct addr addr;
	const char *zone;   /* "": none */
	const char *vendor; /* NULL: unknown */
	const char *how;    /* NULL: unknown */
	const char *name;   /* NULL: unknown */
	uint8_t (*macs)[6]; /* sorted; several: a conflict */
	unsigned int n_macs;
	int64_t rtt_us; /* -1: unknown */
	uint64_t order;
	bool recorded; /* it has a record of its own */
	bool up;       /* recorded, or a port answered */
	const struct found_port *ports;
	size_t n_ports;
};

enum { RESULTS_HOWS_MAX = 16, RESULTS_TIME = 32 };

struct results {
	struct words *words; /* of the owner; all texts are there */
	const char *name;
	struct found_host *hosts;
	size_t n_hosts, hosts_room;
	struct found_port *ports;
	size_t n_ports, ports_room;
	const char *hows[RESULTS_HOWS_MAX]; /* how hosts were found */
	unsigned int n_hows;
	struct asked_list asked;
	char first_time[RESULTS_TIME], last_time[RESULTS_TIME]; /* "": unknown */
	struct record_summary total; /* of all runs; coverage: the least */
	unsigned int n_runs;	     /* with a summary */
	bool complete;		     /* each run came to its end */
	bool half_line;		     /* the file ends in the middle of a record */

	/* While reading: */
	struct record_summary pending; /* of a run that was interrupted */
	bool has_pending, run_open, run_lost;
};

/* Is the port open? */
bool found_is_open(const struct found_port *p);

/* Did the host answer for the port, whatever it said? */
bool found_has_answered(const struct found_port *p);

/* The order of the hosts of results: below, at or above 0. */
int found_host_cmp(const struct found_host *a, const struct found_host *b);

/* The order of the ports of a host. */
int found_port_cmp(const struct found_port *a, const struct found_port *b);

/*
 * Read a file to its end; errors call it `name` (`name:line: …`). Half a record at its end is left
 * out. `name` and `words` must outlive the results. 0; -EINVAL: a line is no record of --json, or the
 * file has no results; or another negative errno. Call results_free in any case.
 */
int results_read(FILE *file, const char *name, struct words *words, struct results *out,
		 struct err *err);

/* May absence be believed: is it unlikely that answers are missing? */
bool results_are_whole(const struct results *r);

void results_free(struct results *r);

#endif
