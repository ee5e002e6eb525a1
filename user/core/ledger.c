// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* ledger.c - sums and shares. */
#include "ledger.h"

#include <math.h>

#define COMPLETE 0.999

void ledger_add(struct ledger *to, const struct ledger *from)
{
	to->questions += from->questions;
	to->asked += from->asked;
	to->retransmits += from->retransmits;
	to->sent += from->sent;
	to->refused += from->refused;
	to->dropped += from->dropped;
	to->seen += from->seen;
	to->answers += from->answers;
	to->duplicates += from->duplicates;
	to->rejected += from->rejected;
	to->late += from->late;
	to->events_lost += from->events_lost;
	to->recovered += from->recovered;
	to->sampled += from->sampled;
	to->sample_found += from->sample_found;
	to->missing += from->missing;
	to->unjudged += from->unjudged;
	to->elapsed_ns += from->elapsed_ns;
}

uint64_t ledger_unanswered(const struct ledger *l)
{
	return l->asked > l->answers ? l->asked - l->answers : 0;
}

double ledger_coverage(const struct ledger *l)
{
	if (l->unjudged)
		return NAN;
	return l->answers ? (double)l->answers / (double)(l->answers + l->missing) : 1;
}

bool ledger_lossy(const struct ledger *l)
{
	double coverage = ledger_coverage(l);

	/* Where nothing was asked twice, all that can be known is what did not leave. */
	if (isnan(coverage))
		return l->refused + l->dropped && ledger_unanswered(l);
	return l->missing && coverage < COMPLETE;
}

double ledger_rate_pps(const struct ledger *l)
{
	return l->elapsed_ns ? (double)l->sent * 1e9 / (double)l->elapsed_ns : 0;
}
