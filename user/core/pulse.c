// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* pulse.c - which answered questions are asked once more, and which of these are on their way. */
#include "pulse.h"

void pulses_init(struct pulses *p, uint64_t seed)
{
	*p = (struct pulses){ .random = seed | 1 };
}

/* Marsaglia's xorshift (2003). */
uint64_t pulses_random(struct pulses *p, uint64_t n)
{
	p->random ^= p->random << 13;
	p->random ^= p->random >> 7;
	p->random ^= p->random << 17;
	return p->random % n;
}

/* Vitter's algorithm R (1985): each question stays with the same probability. */
void pulses_learn(struct pulses *p, uint64_t question)
{
	uint64_t at = p->heard++;

	if (at >= PULSES_KNOWN)
		at = pulses_random(p, p->heard);
	if (at < PULSES_KNOWN)
		p->known[at] = question;
}

uint64_t pulses_known(const struct pulses *p)
{
	return p->heard < PULSES_KNOWN ? p->heard : PULSES_KNOWN;
}

bool pulses_pick(struct pulses *p, uint64_t *question)
{
	uint64_t n = pulses_known(p);

	if (n)
		*question = p->known[pulses_random(p, n)];
	return n;
}

bool pulses_has(const struct pulses *p, uint64_t question)
{
	unsigned int i;

	for (i = 0; i < p->n; i++)
		if (p->sent[i].question == question)
			return true;
	return false;
}

void pulses_add(struct pulses *p, uint64_t question, uint64_t now_ns)
{
	p->sent[p->n++] = (struct pulse){ question, now_ns };
}

bool pulses_judge(struct pulses *p, uint64_t until_ns, pulses_alive is_alive, const void *ctx,
		  struct pulse *pulse, bool *alive)
{
	unsigned int i;

	for (i = 0; i < p->n; i++) {
		*alive = is_alive(ctx, p->sent[i].question);
		if (!*alive && p->sent[i].sent_ns > until_ns)
			continue;
		*pulse = p->sent[i];
		p->sent[i] = p->sent[--p->n];
		return true;
	}
	return false;
}
