// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* ledger.c - sums and shares. */
#include "ledger.h"

#include "evidence.h"

#include <math.h>

#define THOUSANDTHS 1000.0

const struct ledger_figure ledger_figures[LEDGER_FIGURES_N] = {
#define LEDGER_ROW(name, key, words, meaning) \
	{ #name, key, words, meaning, offsetof(struct ledger, name) },
	LEDGER_FIGURES(LEDGER_ROW)
#undef LEDGER_ROW
};

#define BIT(name) (1U << LEDGER_##name)

const struct ledger_sum ledger_sums[LEDGER_SUMS_N] = {
	{ "questions", BIT(questions), BIT(asked), "not asked" },
	{ "asked", BIT(asked), BIT(answers), "unanswered" },
	{ "frames", BIT(asked) | BIT(retransmits) | BIT(host_probes),
	  BIT(sent) | BIT(refused) | BIT(dropped), NULL },
	{ "seen", BIT(seen), BIT(answers) | BIT(duplicates) | BIT(rejected), NULL },
	{ "answered", BIT(answers), BIT(late), "in time" },
	{ "lost events", BIT(events_lost), BIT(recovered), NULL },
};

uint64_t ledger_get(const struct ledger *l, unsigned int figure)
{
	return *(const uint64_t *)((const char *)l + ledger_figures[figure].offset);
}

int64_t ledger_rest(const struct ledger *l, const struct ledger_sum *sum)
{
	uint64_t rest = 0;
	unsigned int i;

	for (i = 0; i < LEDGER_FIGURES_N; i++) {
		if (sum->left & 1U << i)
			rest += ledger_get(l, i);
		if (sum->right & 1U << i)
			rest -= ledger_get(l, i);
	}
	return (int64_t)rest;
}

void ledger_add(struct ledger *to, const struct ledger *from)
{
#define LEDGER_ADD(name, key, words, meaning) to->name += from->name;
	LEDGER_FIGURES(LEDGER_ADD)
#undef LEDGER_ADD
}

uint64_t ledger_unanswered(const struct ledger *l)
{
	return l->asked > l->answers ? l->asked - l->answers : 0;
}

static double coverage(const struct ledger *l, uint64_t missing)
{
	/* Silence of UDP ports alone is no evidence; beside other answers it takes none away. */
	if (l->unjudged || (l->silent && !l->firm))
		return NAN;
	return missing ? (double)l->firm / ((double)l->firm + (double)missing / THOUSANDTHS) : 1;
}

double ledger_coverage(const struct ledger *l)
{
	return coverage(l, l->missing);
}

double ledger_coverage_low(const struct ledger *l)
{
	return coverage(l, l->missing_most);
}

bool ledger_lossy(const struct ledger *l)
{
	/* Where nothing can be said, only frames that did not leave are known losses. */
	if (l->unjudged && l->refused + l->dropped && ledger_unanswered(l))
		return true;
	return (double)l->missing > THOUSANDTHS * evidence_tolerance(l->firm);
}

double ledger_rate_pps(const struct ledger *l)
{
	return l->elapsed_ns ? (double)l->sent * 1e9 / (double)l->elapsed_ns : 0;
}
