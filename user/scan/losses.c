// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* losses.c - note hosts and ways that have fallen silent. */
#include "losses.h"

#include "trouble.h"

static uint64_t unanswered(const struct ask *a, uint64_t host)
{
	uint64_t n = 0, i;

	for (i = 0; i < ports_named(a->each); i++)
		n += !ask_answered(a, host * a->each->n + i);
	return n;
}

static void lose(struct ask *a, uint64_t host, enum result_loss why)
{
	const uint64_t unknown = unanswered(a, host);
	const char *zone;
	struct addr addr;

	if (!unknown || ask_is_lost(a, host))
		return;
	ask_lose(a, host);
	addr = ask_address(a, host, &zone);
	trouble_gone(a->engine->trouble, addr, zone, unknown, why);
}

/* The host has answered and does not any more. If the way loses so much, that is all that is known. */
static enum result_loss fell_silent(const struct flow *f)
{
	return f->loss_explains ? RESULT_NO_ANSWER : RESULT_FELL_SILENT;
}

/* Nobody on this way answers: name the gateway, or the hosts that have answered before. */
static void lose_way(struct ask *a, unsigned int flow)
{
	const struct hosts_flow *hosts = &a->hosts.flows[flow];
	const struct path *path;
	const char *zone;
	struct addr gateway;
	const uint64_t unknown = ask_flow_unanswered(a, flow);
	uint64_t host;

	hosts_at(&a->hosts, hosts->first, &path);
	gateway = plan_place(a->engine->plan, path, path->gateway, &zone);
	if (path->hop == ON_LINK && !a->hops_silent[flow]) {
		for (host = hosts->first; host < hosts->first + hosts->n; host++)
			lose(a, host, fell_silent(&a->flows[flow]));
	} else if (hosts->n > 1) {
		for (host = hosts->first; host < hosts->first + hosts->n; host++)
			ask_lose(a, host);
		if (path->hop == BY_GATEWAY)
			trouble_gone(a->engine->trouble, gateway, zone, unknown, RESULT_WAY_DIED);
		else
			trouble_gone(a->engine->trouble, path->source, NULL, unknown,
				     RESULT_LINK_DIED);
	} else {
		lose(a, hosts->first,
		     a->hops_silent[flow] ? RESULT_WENT_AWAY : fell_silent(&a->flows[flow]));
	}
}

void losses_take(struct ask *a, unsigned int flow)
{
	struct flow *f = &a->flows[flow];
	uint64_t question;

	while (flow_lost(f, &question))
		lose(a, question / a->each->n,
		     kinds[a->kind].quiet && !ask_shows(a, question) ? RESULT_NO_ANSWER
								     : fell_silent(f));
	if (f->dead && f->state == FLOW_DONE)
		lose_way(a, flow);
}
