// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* ask_doubt.c - count open ports, and tell which of them may be no service. */
#include "ask.h"
#include "doubt.h"

#include <errno.h>
#include <stdlib.h>

struct flow *ask_flow_of(struct ask *a, uint64_t index)
{
	unsigned int i = a->hosts.n_flows - 1;

	while (a->flows[i].first > index)
		i--;
	return &a->flows[i];
}

int ask_init_opens(struct ask *a)
{
	if (ports_named(a->each) <= DOUBT_PORTS)
		return 0;
	a->host_opens = calloc(a->hosts.n + 1, sizeof(*a->host_opens));
	return a->host_opens ? 0 : -ENOMEM;
}

void ask_count_open(struct ask *a, uint64_t index)
{
	a->opens[ask_flow_of(a, index) - a->flows]++;
	if (a->host_opens)
		a->host_opens[index / a->each->n]++;
}

void ask_count_opens(struct ask *a)
{
	uint64_t i;

	for (i = 0; i < a->hosts.n * a->each->n; i++)
		if (ask_state(a, i) == ANSWER_OPEN && !ask_is_canary(a, i))
			ask_count_open(a, i);
}

/* A canary of TCP may be a service by chance: there all must be open. */
static bool are_canaries_open(const struct ask *a, uint64_t host)
{
	const uint64_t end = (host + 1) * a->each->n;
	const bool one = kinds[a->kind].quiet;
	unsigned int open = 0;
	uint64_t i;

	for (i = end - a->each->canaries; i < end; i++)
		open += ask_state(a, i) == ANSWER_OPEN;
	return open && (one || open == a->each->canaries);
}

const char *ask_doubt(struct ask *a, uint64_t index, const struct event *event)
{
	const uint64_t host = index / a->each->n;
	struct doubt_signs signs;

	if ((event ? event->state : ask_state(a, index)) != ANSWER_OPEN)
		return NULL;
	signs = (struct doubt_signs){
		.no_window = event && kind_is_tcp(a->kind) && !event->window,
		.random_open = are_canaries_open(a, host),
		.open = a->host_opens ? a->host_opens[host] : 0,
		.asked = flow_asked_share(ask_flow_of(a, index)),
	};
	return doubt_of(&signs);
}
