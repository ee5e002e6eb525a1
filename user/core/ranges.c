// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* ranges.c - sets of addresses: merge while reading, then search by halving. */
#include "ranges.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Widen `range` by first..last, if `first` is in it or directly behind it in the same family. */
static bool absorb(struct range *range, struct addr first, struct addr last)
{
	if (addr_less(first, range->first) || addr_is_ip4(first) != addr_is_ip4(range->last))
		return false;
	/* If `first` is behind range->last, range->last is not the last address of all. */
	if (addr_less(range->last, first) && !addr_equal(addr_next(range->last), first))
		return false;
	range->last = addr_max(range->last, last);
	return true;
}

static void fill_bases(struct ranges *r)
{
	uint64_t base = 0;
	size_t i;

	for (i = 0; i < r->n; i++) {
		r->v[i].base = base;
		base = range_end(&r->v[i]);
	}
}

/* ranges_add for addresses of one family. */
static int add(struct ranges *r, struct addr first, struct addr last)
{
	/* Lists are mostly ascending: a file of neighbouring addresses becomes one range. */
	if (r->n && absorb(&r->v[r->n - 1], first, last))
		return 0;
	if (r->n == r->room) {
		size_t room = r->room ? r->room * 2 : 16;
		struct range *v = reallocarray(r->v, room, sizeof(*v));

		if (!v)
			return -ENOMEM;
		r->v = v;
		r->room = room;
	}
	r->v[r->n++] = (struct range){ .first = first, .last = last };
	return 0;
}

int ranges_add(struct ranges *r, struct addr first, struct addr last)
{
	/* Where IPv4 begins, and where IPv6 goes on behind IPv4. */
	static const struct addr cuts[] = { { 0, 0xffff00000000ULL }, { 0, 0x1000000000000ULL } };
	size_t i;
	int err;

	for (i = 0; i < sizeof(cuts) / sizeof(cuts[0]); i++) {
		if (!addr_less(first, cuts[i]) || addr_less(last, cuts[i]))
			continue;
		err = add(r, first, addr_prev(cuts[i]));
		if (err)
			return err;
		first = cuts[i];
	}
	return add(r, first, last);
}

static int compare_first(const void *a, const void *b)
{
	const struct range *x = a, *y = b;

	return addr_cmp(x->first, y->first);
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

/* Add `range` without `minus` to `out`; `*k` is where to look in `minus`, and moves on. */
static int add_rest(struct ranges *out, const struct range *range, const struct ranges *minus,
		    size_t *k)
{
	struct addr first = range->first;
	int err;

	while (*k < minus->n && addr_less(minus->v[*k].last, first))
		(*k)++;
	for (; *k < minus->n && !addr_less(range->last, minus->v[*k].first); (*k)++) {
		const struct range *cut = &minus->v[*k];

		if (addr_less(first, cut->first)) {
			err = ranges_add(out, first, addr_prev(cut->first));
			if (err)
				return err;
		}
		/* The cut may reach into the next range too, so `*k` stays. */
		if (!addr_less(cut->last, range->last))
			return 0;
		first = addr_next(cut->last);
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
		const struct range *x = &a->v[i], *y = &b->v[k];
		struct addr first = addr_max(x->first, y->first);
		struct addr last = addr_min(x->last, y->last);

		if (!addr_less(last, first)) {
			err = ranges_add(out, first, last);
			if (err) {
				ranges_free(out);
				return err;
			}
		}
		/* Step past the range that ends first. */
		if (addr_less(x->last, y->last))
			i++;
		else
			k++;
	}
	fill_bases(out);
	return 0;
}

int ranges_drop_link_local(struct ranges *r)
{
	static const struct addr first = { ADDR_LINK_LOCAL_HI, 0 };
	struct range local = { first, addr_prefix_last(first, 10), 0 };
	const struct ranges all = { .v = &local, .n = 1 };

	return ranges_subtract(r, &all);
}

int ranges_scoped(const struct ranges *from, uint32_t scope, struct ranges *out)
{
	static const struct addr first = { ADDR_LINK_LOCAL_HI, 0 };
	struct range link = { first, addr_prefix_last(first, 64), 0 };
	const struct ranges take = { .v = &link, .n = 1 };
	struct ranges some = {};
	size_t i;
	int err = ranges_add_all(out, from);

	ranges_settle(out);
	if (err || !scope)
		return err;
	err = ranges_drop_link_local(out);
	if (!err)
		err = ranges_intersect(from, &take, &some);
	for (i = 0; i < some.n && !err; i++)
		err = ranges_add(out, addr_scoped(some.v[i].first, scope),
				 addr_scoped(some.v[i].last, scope));
	ranges_free(&some);
	ranges_settle(out);
	return err;
}

int ranges_slice(const struct ranges *r, uint64_t first, uint64_t n, struct ranges *out)
{
	uint64_t end = n < UINT64_MAX - first ? first + n : UINT64_MAX;
	size_t i;
	int err;

	for (i = 0; i < r->n; i++) {
		const struct range *v = &r->v[i];
		uint64_t from = v->base > first ? v->base : first;
		uint64_t to = range_end(v);

		if (to > end)
			to = end;
		if (from >= to)
			continue;
		err = ranges_add(out, addr_add(v->first, from - v->base),
				 addr_add(v->first, to - 1 - v->base));
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
	return r->n ? range_end(&r->v[r->n - 1]) : 0;
}

/* Both searches keep v[low] <= key < v[high]; with one range there is nothing to search. */
struct addr ranges_at(const struct ranges *r, uint64_t i)
{
	size_t low = 0, high = r->n;

	while (high - low > 1) {
		size_t mid = low + (high - low) / 2;

		if (r->v[mid].base <= i)
			low = mid;
		else
			high = mid;
	}
	return addr_add(r->v[low].first, i - r->v[low].base);
}

bool ranges_find(const struct ranges *r, struct addr addr, uint64_t *index)
{
	size_t low = 0, high = r->n;

	if (!r->n)
		return false;
	while (high - low > 1) {
		size_t mid = low + (high - low) / 2;

		if (!addr_less(addr, r->v[mid].first))
			low = mid;
		else
			high = mid;
	}
	if (addr_less(addr, r->v[low].first) || addr_less(r->v[low].last, addr))
		return false;
	if (index &&
	    __builtin_add_overflow(r->v[low].base, addr_distance(r->v[low].first, addr), index))
		*index = UINT64_MAX;
	return true;
}

/* The length of the prefix that is this range; 128: it is one address, or no prefix. */
static unsigned int prefix_of(const struct range *range, unsigned int len)
{
	while (len < 128 && (!addr_equal(addr_prefix_first(range->first, len), range->first) ||
			     !addr_equal(addr_prefix_last(range->first, len), range->last)))
		len++;
	return len;
}

const char *range_text(const struct range *range, char buf[RANGE_TEXT])
{
	const unsigned int before = addr_is_ip4(range->first) ? ADDR_IP4_PREFIX : 0;
	const unsigned int len = prefix_of(range, before);
	char last[ADDR_TEXT];

	addr_text(range->first, buf);
	if (len < 128)
		sprintf(buf + strlen(buf), "/%u", len - before);
	else if (!addr_equal(range->first, range->last))
		sprintf(buf + strlen(buf), "-%s", addr_text(range->last, last));
	return buf;
}
