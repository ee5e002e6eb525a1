// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* ranges.c - sets of IPv4 addresses: union while they are read, then lookups by binary search. */
#include "ranges.h"

#include <errno.h>
#include <stdlib.h>

/* Widen `range` by first..last if that begins in it or right behind it. */
static bool absorb(struct host_range *range, uint32_t first, uint32_t last)
{
	/* In 64 bits, since there is no address right behind 255.255.255.255. */
	if (first < range->first || first > (uint64_t)range->last + 1)
		return false;
	if (last > range->last)
		range->last = last;
	return true;
}

static void fill_bases(struct ranges *r)
{
	uint64_t base = 0;
	size_t i;

	for (i = 0; i < r->n; i++) {
		r->v[i].base = base;
		base += (uint64_t)r->v[i].last - r->v[i].first + 1;
	}
}

int ranges_add(struct ranges *r, uint32_t first, uint32_t last)
{
	/* Lists are mostly ascending: a file of neighbouring addresses becomes one range. */
	if (r->n && absorb(&r->v[r->n - 1], first, last))
		return 0;
	if (r->n == r->room) {
		size_t room = r->room ? r->room * 2 : 16;
		struct host_range *v = reallocarray(r->v, room, sizeof(*v));

		if (!v)
			return -ENOMEM;
		r->v = v;
		r->room = room;
	}
	r->v[r->n++] = (struct host_range){ .first = first, .last = last };
	return 0;
}

static int compare_first(const void *a, const void *b)
{
	const struct host_range *x = a, *y = b;

	return (x->first > y->first) - (x->first < y->first);
}

int ranges_add_all(struct ranges *to, const struct ranges *from)
{
	size_t i;
	int err = 0;

	for (i = 0; i < from->n && !err; i++)
		err = ranges_add(to, from->v[i].first, from->v[i].last);
	return err;
}

void ranges_settle(struct ranges *r)
{
	size_t kept = 0, i;

	if (!r->n)
		return;
	qsort(r->v, r->n, sizeof(*r->v), compare_first);
	for (i = 1; i < r->n; i++) {
		if (!absorb(&r->v[kept], r->v[i].first, r->v[i].last))
			r->v[++kept] = r->v[i];
	}
	r->n = kept + 1;
	fill_bases(r);
}

void ranges_free(struct ranges *r)
{
	free(r->v);
	*r = (struct ranges){};
}

/* Add to `out` what is left of `range`; `*k`, where in `minus` to look, moves on. */
static int add_rest(struct ranges *out, const struct host_range *range, const struct ranges *minus,
		    size_t *k)
{
	uint64_t first = range->first; /* 64 bits: it can step behind the last address */
	int err;

	while (*k < minus->n && minus->v[*k].last < first)
		(*k)++;
	for (; *k < minus->n && minus->v[*k].first <= range->last; (*k)++) {
		const struct host_range *cut = &minus->v[*k];

		if (cut->first > first) {
			err = ranges_add(out, first, cut->first - 1);
			if (err)
				return err;
		}
		/* Such a cut may reach into the next range too, so `*k` stays. */
		if (cut->last >= range->last)
			return 0;
		first = (uint64_t)cut->last + 1;
	}
	return ranges_add(out, first, range->last);
}

int ranges_subtract(struct ranges *r, const struct ranges *minus)
{
	struct ranges rest = {};
	size_t i, k = 0;
	int err;

	for (i = 0; i < r->n; i++) {
		err = add_rest(&rest, &r->v[i], minus, &k);
		if (err) {
			ranges_free(&rest);
			return err;
		}
	}
	fill_bases(&rest);
	ranges_free(r);
	*r = rest;
	return 0;
}

int ranges_intersect(const struct ranges *a, const struct ranges *b, struct ranges *out)
{
	size_t i = 0, k = 0;
	int err;

	while (i < a->n && k < b->n) {
		const struct host_range *x = &a->v[i], *y = &b->v[k];
		uint32_t first = x->first > y->first ? x->first : y->first;
		uint32_t last = x->last < y->last ? x->last : y->last;

		if (first <= last) {
			err = ranges_add(out, first, last);
			if (err) {
				ranges_free(out);
				return err;
			}
		}
		/* Whichever ends first shares nothing more. */
		if (x->last < y->last)
			i++;
		else
			k++;
	}
	fill_bases(out);
	return 0;
}

int ranges_slice(const struct ranges *r, uint64_t first, uint64_t n, struct ranges *out)
{
	uint64_t end = first + n;
	size_t i;
	int err;

	for (i = 0; i < r->n; i++) {
		const struct host_range *v = &r->v[i];
		uint64_t from = v->base > first ? v->base : first;
		uint64_t to = v->base + (v->last - v->first) + 1;

		if (to > end)
			to = end;
		if (from >= to)
			continue;
		err = ranges_add(out, v->first + (uint32_t)(from - v->base),
				 v->first + (uint32_t)(to - 1 - v->base));
		if (err) {
			ranges_free(out);
			return err;
		}
	}
	fill_bases(out);
	return 0;
}

uint64_t ranges_count(const struct ranges *r)
{
	const struct host_range *end;

	if (!r->n)
		return 0;
	end = &r->v[r->n - 1];
	return end->base + end->last - end->first + 1;
}

/* Both searches keep v[low] <= key < v[high]; with one range there is nothing to search. */
uint32_t ranges_at(const struct ranges *r, uint64_t i)
{
	size_t low = 0, high = r->n;

	while (high - low > 1) {
		size_t mid = low + (high - low) / 2;

		if (r->v[mid].base <= i)
			low = mid;
		else
			high = mid;
	}
	return r->v[low].first + (uint32_t)(i - r->v[low].base);
}

bool ranges_find(const struct ranges *r, uint32_t addr, uint64_t *index)
{
	size_t low = 0, high = r->n;

	if (!r->n)
		return false;
	while (high - low > 1) {
		size_t mid = low + (high - low) / 2;

		if (r->v[mid].first <= addr)
			low = mid;
		else
			high = mid;
	}
	if (addr < r->v[low].first || addr > r->v[low].last)
		return false;
	if (index)
		*index = r->v[low].base + (addr - r->v[low].first);
	return true;
}
