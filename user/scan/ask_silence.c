// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* ask_silence.c - of kinds whose silence is usual: which answers count, and what silence tells. */
#include "ask.h"
#include "payloads.h"

bool ask_is_canary(const struct ask *a, uint64_t index)
{
	return index % a->each->n >= a->each->n - a->each->canaries;
}

static bool is_open(const struct ask *a, uint64_t index)
{
	return ask_state(a, index) == ANSWER_OPEN;
}

bool ask_shows(const void *ctx, uint64_t index)
{
	const struct ask *a = ctx;

	return kinds[a->kind].quiet ? is_open(a, index) : ask_answered(a, index);
}

bool ask_steady(const void *ctx, uint64_t index)
{
	const struct ask *a = ctx;

	if (!kinds[a->kind].quiet)
		return ask_is_firm(a, index);
	return is_open(a, index) && !ask_is_canary(a, index) &&
	       !payload_varies(a->each->list[index % a->each->n]);
}

void ask_learn_earlier(struct ask *a)
{
	unsigned int i;
	uint64_t k;

	for (i = 0; i < a->hosts.n_flows; i++)
		for (k = a->flows[i].first; k < a->flows[i].first + a->flows[i].n; k++)
			if (ask_steady(a, k))
				flow_learn_earlier(&a->flows[i], k);
}

struct silence ask_silence(const struct ask *a, uint64_t host)
{
	const uint64_t first = host * a->each->n;
	struct silence s = { .canaries = a->each->canaries };
	unsigned int flow;
	uint64_t i;

	for (flow = 0; flow < a->hosts.n_flows; flow++)
		if (first - a->flows[flow].first < a->flows[flow].n)
			s.tries = flow_certain_tries(&a->flows[flow], first);

	for (i = first; i < first + a->each->n; i++) {
		const uint8_t state = ask_state(a, i);

		if (ask_is_canary(a, i)) {
			s.canaries_closed += state == ANSWER_CLOSED;
		} else {
			s.closed += state == ANSWER_CLOSED;
			s.silent += state == ANSWER_NONE;
		}
	}
	return s;
}

uint64_t ask_canary_answers(const struct ask *a, uint64_t host, uint64_t n)
{
	const uint64_t each = a->each->n, end = host + n;
	uint64_t sum = 0, i;

	for (; a->each->canaries && host < end; host++)
		for (i = each - a->each->canaries; i < each; i++)
			sum += ask_answered(a, host * each + i);
	return sum;
}

uint64_t ask_flow_unanswered(const struct ask *a, unsigned int flow)
{
	const struct hosts_flow *f = &a->hosts.flows[flow];

	return f->n * ports_named(a->each) + ask_canary_answers(a, f->first, f->n) -
	       ask_flow_answers(a, flow);
}

uint64_t ask_mute(const struct ask *a)
{
	uint64_t sum = 0, host;

	if (!kinds[a->kind].quiet || !a->each->canaries)
		return 0;
	for (host = 0; host < a->hosts.n; host++) {
		const struct silence s = ask_silence(a, host);

		sum += silence_tells(&s) && !ask_is_lost(a, host) ? 0 : s.silent;
	}
	return sum;
}
