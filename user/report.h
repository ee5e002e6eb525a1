/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * report.h - hand each result to every output the user asked for.
 */
#ifndef XSCAN_REPORT_H
#define XSCAN_REPORT_H

#include "config.h"
#include "result.h"

enum { REPORT_SINKS_MAX = 2 };

struct report {
	int signal_fd; /* readable when a signal says stop */
	struct sink sinks[REPORT_SINKS_MAX];
	unsigned int n;
};

/*
 * Open the files; nothing in them is touched before. With `goes_on` they are appended to: an earlier
 * run of the same scan has written them. 0 or a negative errno, the reason in err.
 * Signals are blocked: `signal_fd` tells of them, so that a reader that does not read can be left.
 */
int report_open(struct report *r, const struct config *c, int signal_fd, bool goes_on,
		struct err *err);

/*
 * Results are buffered until report_flush. 0; -EINTR: a signal came while an output took nothing; or another negative errno with the reason
 * in err: an output that cannot take results ends a scan.
 */
int report_host(struct report *r, const struct result_host *host, struct err *err);
int report_port(struct report *r, const struct result_port *port, struct err *err);

/* Let readers have what has been reported so far. */
int report_flush(struct report *r, struct err *err);

/* report_flush, and wait until the disk has it. */
int report_sync(struct report *r, struct err *err);

/* Write what closes each file, and close it; the first failure is returned, none stops the rest. */
int report_close(struct report *r, const struct result_summary *summary, struct err *err);

#endif
