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

/* 1 + loss + loss^2 …: how many times the first try's answers `tries` tries bring. */
static double times_first(double loss, unsigned int tries)
{
	double sum = 0;

	while (tries--)
		sum = sum * loss + 1;
	return sum;
}

/* times_first() rises with loss: halve the interval until it is as small as a double can tell. */
static double find_loss(double wanted, unsigned int tries)
{
	double low = 0, high = 1, middle;
	int i;

	if (wanted <= 1)
		return 0;
	for (i = 0; i < 60; i++) {
		middle = (low + high) / 2;
		if (times_first(middle, tries) < wanted)
			low = middle;
		else
			high = middle;
	}
	return low;
}

double ledger_coverage(const struct ledger *l, unsigned int tries)
{
	double loss = 0, missing = 1;

	if (!l->questions)
		return 1;
	if (l->answers)
		loss = find_loss(
			(double)l->answers / (double)(l->answers_early + !l->answers_early), tries);
	while (tries--)
		missing *= loss;
	return (1 - missing) * (double)l->asked / (double)l->questions;
}

double ledger_rate_pps(const struct ledger *l)
{
	return l->elapsed_ns ? (double)l->sent * 1e9 / (double)l->elapsed_ns : 0;
}
