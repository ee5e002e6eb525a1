/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * record.h - read one record of --json (out/json.c writes them). Pure.
 */
#ifndef XSCAN_RECORD_H
#define XSCAN_RECORD_H

#include "addr.h"
#include "err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct json_object;
struct json_tokener;

enum record_type { RECORD_OTHER, RECORD_START, RECORD_HOST, RECORD_PORT, RECORD_SUMMARY };

/*
 * X(name): the figures of a summary that add up over the parts of a scan, and that a resumed scan
 * counts on.
 */
#define RECORD_FIGURES(X) \
	X(hosts_up)       \
	X(open)           \
	X(closed)         \
	X(filtered)       \
	X(unanswered)     \
	X(probes)         \
	X(asked)          \
	X(sent)           \
	X(send_errors)    \
	X(retransmits)    \
	X(host_probes)    \
	X(seen)           \
	X(replies)        \
	X(late)           \
	X(duplicates)     \
	X(rejected)       \
	X(events_lost)    \
	X(recovered)      \
	X(self)           \
	X(gone)           \
	X(unroutable)

enum {
#define RECORD_NUMBER(name) RECORD_##name,
	RECORD_FIGURES(RECORD_NUMBER)
#undef RECORD_NUMBER
		RECORD_FIGURES_N,
	RECORD_ALSO_MAX = 64,
};

struct record_summary {
	uint64_t figures[RECORD_FIGURES_N];
	bool has_ports;		       /* it asked for ports */
	double coverage, coverage_low; /* NAN: unknown */
	double elapsed_s;
	bool complete;
};

/* Texts are NULL if absent. They live until the next record_parse. */
struct record {
	enum record_type type;
	const char *time;

	/* RECORD_HOST, RECORD_PORT */
	struct addr addr;
	const char *zone;
	const char *name; /* of the host */
	int64_t rtt_us;	  /* -1: unknown */

	/* RECORD_HOST */
	bool has_mac;
	uint8_t mac[6];
	unsigned int n_also;
	uint8_t also[RECORD_ALSO_MAX][6];
	const char *vendor, *how;

	/* RECORD_PORT */
	const char *protocol, *service, *state, *info, *doubtful;
	uint16_t port;

	struct record_summary summary;

	/* RECORD_START */
	struct json_object *object;

	struct json_tokener *tokener; /* kept from line to line */
};

/*
 * Read one line into `r`, which is zero-initialised before the first. A type that is not known is
 * RECORD_OTHER, and keys that are not known are skipped. 0; -EINVAL with the reason in err, without
 * the place; or -ENOMEM.
 */
int record_parse(struct record *r, const char *line, size_t len, struct err *err);

void record_free(struct record *r);

/* The name of a figure: its key. */
const char *record_figure_key(unsigned int figure);

#endif
