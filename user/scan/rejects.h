/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * rejects.h - find hosts whose ICMP errors are limited: most systems send only a few a second. Ports
 * that such a host rejects look silent. To tell, ask rejected ports once more after the last try: if
 * errors are limited, most of these are silent now.
 */
#ifndef XSCAN_REJECTS_H
#define XSCAN_REJECTS_H

#include "err.h"

#include <stdbool.h>
#include <stdint.h>

struct ask;

enum { REJECTS_HOSTS = 64, REJECTS_EACH = 16 };

/* Zero-initialised: nothing has been asked. */
struct rejects {
	struct rejects_host {
		uint64_t host;
		uint64_t silent; /* questions without an answer */
		uint64_t questions[REJECTS_EACH];
		unsigned int n;
	} hosts[REJECTS_HOSTS];
	unsigned int n, sent; /* hosts; of these, asked */
	bool chosen;
	uint64_t due_ns; /* when answers must be there; 0: not all are sent */
};

/*
 * Call after the last try of a flow, until it returns 1. *next_ns is when to call again. 1: over; 0: not
 * yet; or a negative errno, reason in err.
 */
int rejects_turn(struct ask *a, unsigned int flow, uint64_t now_ns, uint64_t *next_ns,
		 struct err *err);

#endif
