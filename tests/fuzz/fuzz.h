/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * fuzz.h - shared by the libFuzzer targets. A target is a file fuzz-NAME.c with one function, which
 * libFuzzer calls with millions of inputs. A finding is a crash, a report of ASan, LSan or UBSan,
 * or a broken law. corpus/NAME/ has inputs to begin with, NAME.dict words to put into them.
 */
#ifndef XSCAN_TESTS_FUZZ_H
#define XSCAN_TESTS_FUZZ_H

#include "err.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Always 0: libFuzzer has no other use for it. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define LAW(holds)                                                                          \
	do {                                                                                \
		if (!(holds)) {                                                             \
			fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #holds); \
			abort();                                                            \
		}                                                                           \
	} while (0)

/* An error is one line of text that fits, whatever it quotes. */
static inline bool is_one_line(const struct err *err)
{
	size_t len = strnlen(err->text, sizeof(err->text)), i;

	for (i = 0; i < len; i++)
		if ((uint8_t)err->text[i] < ' ' || err->text[i] == 0x7f)
			return false;
	return len > 0 && len < sizeof(err->text);
}

/* A copy of the bytes with a NUL behind them. The caller frees it. */
static inline char *text_of(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);

	LAW(text);
	memcpy(text, data, size);
	text[size] = '\0';
	return text;
}

/* Step over a character: how many bytes it has; 0: it must not be in a name. */
static inline size_t step_character(const uint8_t *s)
{
	uint32_t c;
	size_t len, i;

	if (s[0] < 0x80)
		return s[0] >= ' ' && s[0] != 0x7f;
	len = s[0] >= 0xf0 ? 4 : s[0] >= 0xe0 ? 3 : 2;
	c = s[0] & (0xffU >> (len + 1));
	for (i = 1; i < len; i++) {
		if (s[i] >> 6 != 2)
			return 0;
		c = c << 6 | (s[i] & 0x3f);
	}
	if (s[0] < 0xc2 || s[0] > 0xf4 || c < 0xa0 || (len == 3 && c < 0x800) ||
	    (len == 4 && (c < 0x10000 || c > 0x10ffff)) || (c >= 0xd800 && c < 0xe000))
		return 0;
	return len;
}

/* What names.c says may go to a terminal: valid UTF-8, no control characters, no blanks around it. */
static inline void check_name(const char *name)
{
	const uint8_t *s = (const uint8_t *)name;
	size_t len;

	if (!name)
		return;
	LAW(*s && *s != ' ' && s[strlen(name) - 1] != ' ');
	for (; *s; s += len) {
		len = step_character(s);
		LAW(len);
	}
}

#endif
