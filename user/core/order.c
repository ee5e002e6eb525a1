// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* order.c - one permutation for the questions that go ahead, and one for the others. */
#include "order.h"

void order_init(struct order *o, uint64_t n, uint64_t each, uint64_t ahead, uint64_t seed)
{
	*o = (struct order){ .each = each, .ahead = ahead };
	if (ahead)
		o->n_ahead = n / each * ahead;
	if (o->n_ahead)
		permute_init(&o->first, o->n_ahead, seed);
	permute_init(&o->others, n - o->n_ahead, seed);
}

uint64_t order_at(const struct order *o, uint64_t i)
{
	const uint64_t others = o->each - o->ahead;
	uint64_t x;

	if (!o->ahead)
		return permute_at(&o->others, i);
	if (i < o->n_ahead) {
		x = permute_at(&o->first, i);
		return x / o->ahead * o->each + others + x % o->ahead;
	}
	x = permute_at(&o->others, i - o->n_ahead);
	return x / others * o->each + x % others;
}

uint64_t order_position(const struct order *o, uint64_t x)
{
	const uint64_t others = o->each - o->ahead, host = x / o->each, at = x % o->each;

	if (!o->ahead)
		return permute_position(&o->others, x);
	if (at >= others)
		return permute_position(&o->first, host * o->ahead + at - others);
	return o->n_ahead + permute_position(&o->others, host * others + at);
}
