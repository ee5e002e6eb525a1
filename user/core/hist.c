// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * hist.c - a slot is the power of two of its values, and the HIST_BITS bits that follow their first one.
 * Values below 2^HIST_BITS have slots of their own.
 */
#include "hist.h"

#include <math.h>

enum { INTERVALS = 1 << HIST_BITS };

static unsigned int power_of(uint32_t value)
{
	return 31U - (unsigned int)__builtin_clz(value);
}

unsigned int hist_slot(uint32_t value)
{
	unsigned int shift;

	if (value < INTERVALS)
		return value;
	shift = power_of(value) - HIST_BITS;
	return ((shift + 1) << HIST_BITS) + (value >> shift & (INTERVALS - 1));
}

uint32_t hist_slot_first(unsigned int slot)
{
	if (slot < INTERVALS)
		return slot;
	return (uint32_t)(INTERVALS + (slot & (INTERVALS - 1))) << ((slot >> HIST_BITS) - 1);
}

void hist_add(struct hist *h, uint64_t value)
{
	const uint32_t v = value < UINT32_MAX ? (uint32_t)value : UINT32_MAX;

	if (!h->n || v < h->least)
		h->least = v;
	if (v > h->most)
		h->most = v;
	h->n++;
	h->sum += v;
	h->slots[hist_slot(v)]++;
}

void hist_merge(struct hist *to, const struct hist *from)
{
	unsigned int i;

	if (!from->n)
		return;
	if (!to->n || from->least < to->least)
		to->least = from->least;
	if (from->most > to->most)
		to->most = from->most;
	to->n += from->n;
	to->sum += from->sum;
	for (i = 0; i < HIST_SLOTS; i++)
		to->slots[i] += from->slots[i];
}

/* The middle of a slot, as far as there are values. */
static uint32_t middle(const struct hist *h, unsigned int slot)
{
	const uint64_t first = hist_slot_first(slot);
	const uint64_t next =
		slot + 1 < HIST_SLOTS ? hist_slot_first(slot + 1) : (uint64_t)UINT32_MAX + 1;
	const uint32_t value = (uint32_t)((first + next - 1) / 2);

	if (value < h->least)
		return h->least;
	return value < h->most ? value : h->most;
}

uint32_t hist_percentile(const struct hist *h, double share)
{
	uint64_t rank = (uint64_t)ceil(share * (double)h->n), before = 0;
	unsigned int i;

	if (!h->n)
		return 0;
	if (!rank)
		rank = 1;
	for (i = 0; i < HIST_SLOTS - 1; i++) {
		before += h->slots[i];
		if (before >= rank)
			break;
	}
	return middle(h, i);
}

void hist_powers(const struct hist *h, uint64_t powers[HIST_POWERS])
{
	unsigned int i;

	for (i = 0; i < HIST_POWERS; i++)
		powers[i] = 0;
	for (i = 0; i < HIST_SLOTS; i++)
		powers[i ? power_of(hist_slot_first(i)) + 1 : 0] += h->slots[i];
}
