// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * plan_canaries.c - how many canaries each host is asked for: high ports that are closed almost surely.
 *
 * Where silence is usual, they tell what it means (silence.h): the more, the better. Elsewhere they only show
 * that random ports are open too (doubt.h): two are enough, since one may be a service.
 */
#include "kinds.h"
#include "plan.h"

/* At most so many, and one for so many ports: canaries must not cost more than ports. */
enum { QUIET_MOST = 8, QUIET_PORTS = 4, OTHER_MOST = 2, OTHER_PORTS = 32 };

static unsigned int canaries_for(const struct plan_phase *phase, bool all)
{
	const struct kind *kind = &kinds[phase->kind];
	const unsigned int most = kind->quiet ? QUIET_MOST : OTHER_MOST;
	const unsigned int few = phase->each->n / (kind->quiet ? QUIET_PORTS : OTHER_PORTS);

	if (kind->role != KIND_PORTS)
		return 0;
	return few > most || (kind->quiet && all) ? most : few;
}

void plan_add_canaries(struct plan *p, bool all)
{
	unsigned int i;

	for (i = 0; i < p->n_phases; i++)
		if (p->phases[i].each->n)
			ports_add_canaries(p->phases[i].each, canaries_for(&p->phases[i], all));
}
