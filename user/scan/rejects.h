/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * rejects.h - after the last try, ask some questions once more that an ICMP error has answered. Two faults
 * leave no other trace:
 *
 *   limits   Most systems send only a few errors a second, so ports that they reject look silent. Then most of
 *            these questions are silent now.
 *   moments  A router may reject for a moment, while its routes change. Then targets answer now. A further
 *            try shows that too (flow_try.c), but not the last one, nor --retries 0.
 */
#ifndef XSCAN_REJECTS_H
#define XSCAN_REJECTS_H

#include "err.h"
#include "evidence.h"

#include <stdbool.h>
#include <stdint.h>

struct ask;

enum { REJECTS_HOSTS = 64, REJECTS_EACH = 16, REJECTS_SAMPLE = 256 };

/* Zero-initialised: nothing has been asked. */
struct rejects {
	struct rejects_host {
		uint64_t host;
		uint64_t silent; /* questions without an answer */
		uint64_t questions[REJECTS_EACH];
		unsigned int n;
	} hosts[REJECTS_HOSTS];
	unsigned int n, sent;		 /* hosts; of these, asked */
	uint64_t sample[REJECTS_SAMPLE]; /* of all that routers have answered */
	unsigned int n_sample, sample_sent;
	unsigned int better; /* of the sample, answered by the target itself now */
	bool chosen;
	uint64_t due_ns; /* when answers must be there; 0: not all are sent */
};

/*
 * Call after the last try of a flow, until it returns 1. *next_ns is when to call again. 1: over; 0: not
 * yet; or a negative errno, reason in err.
 */
int rejects_turn(struct ask *a, unsigned int flow, uint64_t now_ns, uint64_t *next_ns,
		 struct err *err);

/* How many answers of targets are missing where routers have answered, by the sample of the flow. */
struct estimate rejects_missing(const struct ask *a, unsigned int flow);

#endif
