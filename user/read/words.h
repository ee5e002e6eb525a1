/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * words.h - one copy of each text: equal texts have equal pointers. Pure.
 */
#ifndef XSCAN_WORDS_H
#define XSCAN_WORDS_H

/* Zero-initialised: no texts. */
struct words {
	void *tree;
};

/* Replace control characters and what is no UTF-8 by '?'. */
void words_make_harmless(char *text);

/*
 * The copy of `text`, made harmless: it comes from a file and may attack the terminal. NULL: out of memory.
 */
const char *words_keep(struct words *w, const char *text);

void words_free(struct words *w);

#endif
