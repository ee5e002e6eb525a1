// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* resolved.c - a line of bounded length for a name with any number of addresses. */
#include "resolved.h"

#include "ranges.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

static int count_distinct(const struct addr *addrs, size_t n, uint64_t *distinct)
{
	struct ranges all = { 0 };
	int code = 0;
	size_t i;

	for (i = 0; i < n && !code; i++)
		code = ranges_add(&all, addrs[i], addrs[i]);
	ranges_settle(&all);
	*distinct = ranges_count(&all);
	ranges_free(&all);
	return code;
}

static bool is_among(struct addr addr, const struct addr *addrs, size_t n)
{
	while (n)
		if (addr_equal(addr, addrs[--n]))
			return true;
	return false;
}

/* Print the first addresses, each once. Returns how many. */
static size_t print_first(FILE *file, const struct addr *addrs, size_t n)
{
	struct addr named[RESOLVED_NAMED];
	char text[ADDR_TEXT];
	size_t i, printed = 0;

	for (i = 0; i < n && printed < RESOLVED_NAMED; i++) {
		if (is_among(addrs[i], named, printed))
			continue;
		fprintf(file, "%s%s", printed ? ", " : "", addr_text(addrs[i], text));
		named[printed++] = addrs[i];
	}
	return printed;
}

int resolved_line(const char *name, const struct addr *addrs, size_t n, char **line)
{
	char text[ADDR_TEXT];
	uint64_t distinct;
	size_t size, printed;
	FILE *file;
	int code = count_distinct(addrs, n, &distinct);

	*line = NULL;
	if (code || distinct < 2)
		return code;
	file = open_memstream(line, &size);
	if (!file)
		return -ENOMEM;
	fprintf(file, "%s resolves to ", name);
	printed = print_first(file, addrs, n);
	if (distinct > printed)
		fprintf(file, " and %" PRIu64 " more", distinct - printed);
	fprintf(file, ": scanning %s", addr_text(addrs[0], text));
	if (!fclose(file))
		return 0;
	free(*line);
	*line = NULL;
	return -ENOMEM;
}
