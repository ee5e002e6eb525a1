// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* words.c - texts in a tree of the C library. */
#include "words.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

static int compare(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* C1 controls, U+0080 to U+009f, are two bytes in UTF-8: 0xc2 and 0x80 to 0x9f. */
void words_make_harmless(char *text)
{
	for (; *text; text++) {
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			*text = '?';
		if ((unsigned char)*text == 0xc2 && (unsigned char)text[1] >= 0x80 &&
		    (unsigned char)text[1] < 0xa0)
			text[0] = text[1] = '?';
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
