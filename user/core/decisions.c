// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* decisions.c - a ring of changes of a rate. */
#include "decisions.h"

#define SAME 0.01 /* of the rate */

static bool is_same(double a, double b)
{
	const double difference = a > b ? a - b : b - a;

	return difference <= SAME * b;
}

void decisions_add(struct decisions *d, const struct decision *decision)
{
	if (is_same(decision->rate_pps, d->last_pps))
		return;
	d->last_pps = decision->rate_pps;
	if (d->n == DECISIONS_MAX) {
		d->first++;
		d->n--;
	}
	d->v[(d->first + d->n++) % DECISIONS_MAX] = *decision;
}

bool decisions_take(struct decisions *d, struct decision *out)
{
	if (!d->n)
		return false;
	*out = d->v[d->first++ % DECISIONS_MAX];
	d->n--;
	return true;
}

const char *decision_why_name(enum decision_why why)
{
	static const char *const names[] = {
		[DECISION_START] = "start",
		[DECISION_ANSWERS] = "answers",
		[DECISION_TRY] = "try",
		[DECISION_OTHERS] = "others",
	};

	return names[why];
}
