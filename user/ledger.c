// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* ledger.c - sums and shares. */
#include "ledger.h"

void ledger_add(struct ledger *to, const struct ledger *from)
{
	to->questions += from->questions;
	to->asked += from->asked;
	to->sent += from->sent;
	to->retransmits += from->retransmits;
	to->send_errors += from->send_errors;
	to->answers += from->answers;
	to->answers_early += from->answers_early;
	to->duplicates += from->duplicates;
	to->rejected += from->rejected;
	to->events_lost += from->events_lost;
	to->elapsed_ns += from->elapsed_ns;
}

uint64_t ledger_unanswered(const struct ledger *l)
{
	return l->asked > l->answers ? l->asked - l->answers : 0;
}

double ledger_coverage(const struct ledger *l, unsigned int tries)
{
	double loss, missing = 1;

	if (!l->questions)
		return 1;
	loss = l->answers ? 1 - (double)l->answers_early / (double)l->answers : 0;
	while (tries--)
		missing *= loss;
	return (1 - missing) * (double)l->asked / (double)l->questions;
}

double ledger_rate_pps(const struct ledger *l)
{
	return l->elapsed_ns ? (double)l->sent * 1e9 / (double)l->elapsed_ns : 0;
}
