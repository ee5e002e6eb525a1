/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * ledger.h - what was asked, sent and answered, in numbers that add up. Pure.
 *
 * A question is one host's ARP, or one port of one host. It is asked by one frame or, when no
 * answer came, by several; the first answer to it counts, further ones are duplicates.
 */
#ifndef XSCAN_LEDGER_H
#define XSCAN_LEDGER_H

#include <stdbool.h>
#include <stdint.h>

struct ledger {
	uint64_t questions;	/* there are */
	uint64_t asked;		/* of these, sent at least once */
	/* asked + retransmits == sent + refused + dropped */
	uint64_t retransmits; /* frames that ask again */
	uint64_t sent;	      /* frames that left */
	uint64_t refused;     /* frames the device did not take, again and again */
	uint64_t dropped;     /* frames it took and dropped, by its counters */
	/* seen == answers + duplicates + rejected */
	uint64_t seen;	  /* by XDP: addressed to our source ports, or ARP replies */
	uint64_t answers; /* questions answered */
	uint64_t duplicates;
	uint64_t rejected;
	uint64_t late; /* answers that came when the wait for them had ended already */
	/* events_lost == recovered */
	uint64_t events_lost; /* results the ring had no room for */
	uint64_t recovered;   /* results found in the table, of which no event told */
	/* What is still missing after the last try: see ledger_coverage. */
	uint64_t sampled, sample_found;
	uint64_t missing;  /* answers, estimated */
	uint64_t unjudged; /* questions of which nothing can be said */
	uint64_t elapsed_ns;
};

/* Add `from` to `to`, figure by figure. */
void ledger_add(struct ledger *to, const struct ledger *from);

/* Questions that were asked and not answered. */
uint64_t ledger_unanswered(const struct ledger *l);

/*
 * Of all answers that could be had, the share that was had, estimated: after the last try a random
 * sample of what is still silent is asked once more (flow.h), and what answers then was not silent,
 * but lost. NAN: nothing is known, since nothing was asked twice, or the scan was broken off.
 */
double ledger_coverage(const struct ledger *l);

/* Is it known that answers are lost? At least one of them, and one of a thousand. */
bool ledger_lossy(const struct ledger *l);

/* Frames a second, over the whole time. */
double ledger_rate_pps(const struct ledger *l);

#endif
