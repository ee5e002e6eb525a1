// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * fuzz-targets.c - any bytes as a list and as a file of targets. Laws: as a file without comments,
 * the bytes mean the same as in a list, but for a byte order mark before them; a NUL byte is
 * refused; parse(print(set)) == set.
 *
 * The first byte says whether there is a resolver, the rest is the list.
 */
#include "fuzz.h"
#include "targets.h"

enum { WITH_RESOLVER = 1, RANGES_PRINTED = 64 };

/* Some names have an address, others have none. */
static int resolve(void *ctx, const char *name, struct addr *addr, struct err *err)
{
	uint32_t hash = 7;

	(void)ctx;
	LAW(*name && strlen(name) < 255);
	while (*name)
		hash = hash * 31 + (uint8_t)*name++;
	*addr = addr_ip4(hash);
	return hash % 3 ? 0 : err_set(err, -2, "no such host");
}

static int take_zone(void *ctx, const char *zone, struct err *err)
{
	(void)ctx;
	LAW(*zone && strlen(zone) < 16);
	return *zone == 'x' ? err_set(err, -2, "no such interface") : 0;
}

static const struct targets_resolver names = { .resolve = resolve, .zone = take_zone };

static void check_set(const struct ranges *set)
{
	uint64_t n = 0, index;
	size_t i;

	for (i = 0; i < set->n; i++) {
		LAW(!addr_less(set->v[i].last, set->v[i].first));
		LAW(addr_is_ip4(set->v[i].first) == addr_is_ip4(set->v[i].last));
		/* IPv4 has its place among the numbers of IPv6: there two ranges may touch. */
		LAW(!i || addr_less(addr_next(set->v[i - 1].last), set->v[i].first) ||
		    addr_is_ip4(set->v[i - 1].last) != addr_is_ip4(set->v[i].first));
		LAW(set->v[i].base == n);
		LAW(ranges_find(set, set->v[i].last, &index));
		n = range_end(&set->v[i]);
		if (n == UINT64_MAX)
			return; /* exclusions of IPv6: more than can be counted */
		LAW(n == set->v[i].base + addr_distance(set->v[i].first, set->v[i].last) + 1);
		LAW(index == n - 1);
		LAW(addr_equal(ranges_at(set, index), set->v[i].last));
	}
	LAW(ranges_count(set) == n);
}

static bool same_set(const struct ranges *a, const struct ranges *b)
{
	return a->n == b->n && (!a->n || !memcmp(a->v, b->v, a->n * sizeof(*a->v)));
}

static void check_print(const struct ranges *set)
{
	char first[ADDR_TEXT], last[ADDR_TEXT], text[RANGES_PRINTED * 2 * ADDR_TEXT] = "";
	FILE *out = fmemopen(text, sizeof(text), "w");
	struct ranges again = { 0 };
	struct err err;
	size_t i;

	LAW(out);
	for (i = 0; i < set->n; i++)
		fprintf(out, "%s-%s,", addr_text(set->v[i].first, first),
			addr_text(set->v[i].last, last));
	LAW(!fclose(out));
	LAW(!targets_parse(text, NULL, &again, &err));
	ranges_settle(&again);
	LAW(same_set(set, &again));
	ranges_free(&again);
}

static int read_file(const uint8_t *data, size_t size, bool need_one,
		     const struct targets_resolver *resolver, struct ranges *out)
{
	FILE *file = fmemopen((void *)(uintptr_t)data, size, "r");
	struct err err = { "" };
	int ret;

	LAW(file);
	ret = targets_read(file, "file", need_one, resolver, out, &err);
	LAW(!ret || is_one_line(&err));
	fclose(file);
	ranges_settle(out);
	check_set(out);
	return ret;
}

/* Length of the byte order mark that the bytes begin with, which is no word of a list. */
static size_t mark_len(const uint8_t *data, size_t size)
{
	return size >= 3 && !memcmp(data, "\xef\xbb\xbf", 3) ? 3 : 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ranges list = { 0 }, file = { 0 };
	const struct targets_resolver *resolver;
	struct err err = { "" };
	int list_ret, file_ret;
	size_t mark;
	char *text;

	if (size < 2)
		return 0;
	resolver = *data++ & WITH_RESOLVER ? &names : NULL;
	size--;
	mark = mark_len(data, size);
	text = text_of(data + mark, size - mark);

	list_ret = targets_parse(text, resolver, &list, &err);
	LAW(!list_ret || is_one_line(&err));
	ranges_settle(&list);
	check_set(&list);
	if (list.n && list.n <= RANGES_PRINTED)
		check_print(&list);

	file_ret = read_file(data, size, true, resolver, &file);
	if (strlen(text) < size - mark) {
		LAW(file_ret);
	} else if (!strchr(text, '#')) {
		LAW(list_ret == file_ret);
		LAW(same_set(&list, &file));
	}
	free(text);
	ranges_free(&list);
	ranges_free(&file);
	return 0;
}
