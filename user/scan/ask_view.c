// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* ask_view.c - read the table of answers for flows. */
#include "ask_view.h"

#include "sending.h"

static uint64_t count(const void *ctx, uint64_t first, uint64_t n, uint64_t few[EVIDENCE_FEW])
{
	const struct ask *a = ctx;
	const bool quiet = kinds[a->kind].quiet;
	const uint64_t each = a->each->n;
	uint64_t sum = 0, host, i;

	for (host = first; host < first + n; host += each) {
		uint64_t firm = quiet ? 0 : ask_count_firm(a, host, each);

		for (i = 0; quiet && i < each; i++)
			firm += ask_steady(a, host + i);
		if (each > 1 && firm && firm <= EVIDENCE_FEW)
			few[firm - 1]++;
		sum += firm;
	}
	return sum;
}

/* Had the host answered when this try began? Not for kinds that ask each host one question. */
static bool is_partial(const void *ctx, uint64_t index)
{
	const struct ask *a = ctx;
	const uint64_t host = index / a->each->n;

	return kinds[a->kind].role == KIND_PORTS && a->answering[host / 8] & 1 << host % 8;
}

static bool is_lost(const void *ctx, uint64_t index)
{
	const struct ask *a = ctx;

	return ask_is_lost(a, index / a->each->n);
}

/*
 * Has each question of a flow an answer of its target? Nobody waits for canaries, unless the kind is quiet:
 * there they tell what silence means. The kernel's count is of all answers, and cheap: look at the table only
 * when so many are there.
 */
static bool are_all_firm(const void *ctx, uint64_t first, uint64_t n)
{
	const struct ask *a = ctx;
	const uint64_t spare = kinds[a->kind].quiet ? 0 : n / a->each->n * a->each->canaries;
	unsigned int flow = 0;
	uint64_t i;

	while (a->flows[flow].first != first)
		flow++;
	if (ask_flow_answers(a, flow) + spare < n)
		return false;
	for (i = first; i < first + n; i++)
		if (!ask_is_firm(a, i) && !(spare && ask_is_canary(a, i)))
			return false;
	return true;
}

struct flow_view ask_view(const struct ask *a)
{
	return (struct flow_view){
		.ctx = a,
		.answered = ask_answered,
		.firm = ask_is_firm,
		.lost = is_lost,
		.partial = is_partial,
		.alive = ask_is_alive,
		.shows = ask_shows,
		.steady = ask_steady,
		.count = count,
		.all = a->each->canaries || kinds[a->kind].quiet ? are_all_firm : NULL,
		.refused = sending_has_refused,
	};
}

uint64_t ask_left(const struct ask *a)
{
	uint64_t sum = 0;
	unsigned int i;

	for (i = 0; i < a->hosts.n_flows; i++)
		sum += flow_remaining(&a->flows[i], ask_flow_answers(a, i));
	return sum;
}
