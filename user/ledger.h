/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * ledger.h - what was asked, sent and answered, in numbers that add up. Pure.
 *
 * A question is one host's ARP, or one port of one host. It is asked by one frame or, when no
 * answer came, by several; the first answer to it counts, further ones are duplicates.
 */
#ifndef XSCAN_LEDGER_H
#define XSCAN_LEDGER_H

#include <stdint.h>

struct ledger {
	uint64_t questions;	/* there are */
	uint64_t asked;		/* of these, sent at least once */
	uint64_t sent;		/* frames the device took */
	uint64_t retransmits;	/* of these, not the first of their question */
	uint64_t send_errors;	/* frames that did not leave: refused, or taken and dropped */
	uint64_t answers;	/* questions answered */
	uint64_t answers_early; /* of these, before anything was asked again */
	uint64_t duplicates;
	uint64_t rejected;    /* came to our source ports, proving nothing */
	uint64_t events_lost; /* answers the ring had no room for; the tables have them */
	uint64_t elapsed_ns;
};

/* Add `from` to `to`, figure by figure. */
void ledger_add(struct ledger *to, const struct ledger *from);

/* Questions that were asked and not answered. */
uint64_t ledger_unanswered(const struct ledger *l);

/*
 * Of all answers that could be had, the share that was had, estimated. A question that was answered
 * only when asked again had lost its probe or its answer before. If each of `tries` tries loses the
 * same share L, the first brings 1 - L of the answers and all bring 1 - L^tries: from the two, L.
 * What was never asked counts as missing.
 */
double ledger_coverage(const struct ledger *l, unsigned int tries);

/* Frames a second, over the whole time. */
double ledger_rate_pps(const struct ledger *l);

#endif
