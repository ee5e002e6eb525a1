// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* pulse.c - which answered questions are asked once more, and which of these are on their way. */
#include "pulse.h"

void pulses_init(struct pulses *p, uint64_t seed, unsigned int n_ports)
{
	*p = (struct pulses){ .random = seed | 1, .n_ports = n_ports };
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

/* The finalizer of MurmurHash3 (Appleby 2011). */
static uint64_t mix(uint64_t x)
{
	x = (x ^ x >> 33) * 0xff51afd7ed558ccdULL;
	x = (x ^ x >> 33) * 0xc4ceb9fe1a85ec53ULL;
	return x ^ x >> 33;
}

/* Two pairs may share a bit. Then a new pair counts as used, which loses a little evidence. */
static bool take_port(struct pulses *p, uint64_t question, unsigned int port)
{
	const uint64_t at = mix(question * PULSE_PORTS + port) % PULSES_USED;
	const uint8_t bit = (uint8_t)(1 << at % 8);
	const bool is_new = !(p->used[at / 8] & bit);

	p->used[at / 8] |= bit;
	return is_new;
}

struct pulse pulses_add(struct pulses *p, uint64_t question, uint64_t now_ns)
{
	struct pulse *pulse = &p->sent[p->n++];
	unsigned int i;

	*pulse = (struct pulse){ .question = question, .sent_ns = now_ns, .again = true };
	for (i = 0; i < p->n_ports && pulse->again; i++) {
		pulse->port = (uint8_t)(p->next_port++ % p->n_ports);
		pulse->again = !take_port(p, question, pulse->port);
	}
	return *pulse;
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
