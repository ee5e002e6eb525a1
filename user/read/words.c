// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* words.c - texts in a tree of the C library. */
#include "words.h"

#include "utf8.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

static int compare(const void *a, const void *b)
{
	return strcmp(a, b);
}

void words_make_harmless(char *text)
{
	size_t left = strlen(text), len;

	for (; left; text += len, left -= len) {
		len = utf8_len(text, left);
		if (len && !utf8_is_control(text))
			continue;
		len = len ?: 1;
		memset(text, '?', len);
	}
}

const char *words_keep(struct words *w, const char *text)
{
	void *node = tfind(text, &w->tree, compare);
	char *copy;

	if (node)
		return *(char **)node;
	copy = strdup(text);
	if (!copy)
		return NULL;
	words_make_harmless(copy);
	node = tsearch(copy, &w->tree, compare);
	if (!node || *(char **)node != copy)
		free(copy);
	return node ? *(char **)node : NULL;
}

void words_free(struct words *w)
{
	tdestroy(w->tree, free);
	w->tree = NULL;
}
