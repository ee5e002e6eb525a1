// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* quote.c - escape texts. */
#include "quote.h"

#include <stdbool.h>
#include <string.h>

/* How many bytes the character of UTF-8 at `c` has; 0: there is none (RFC 3629). */
static size_t character_len(const unsigned char *c)
{
	size_t len = c[0] >= 0xf0 ? 4 : c[0] >= 0xe0 ? 3 : 2, i;

	if (c[0] < 0x80)
		return 1;
	if (c[0] < 0xc2 || c[0] > 0xf4)
		return 0;
	for (i = 1; i < len; i++)
		if (c[i] >> 6 != 2)
			return 0;
	/* Too long, a surrogate, or above U+10ffff. */
	if ((c[0] == 0xe0 && c[1] < 0xa0) || (c[0] == 0xed && c[1] >= 0xa0) ||
	    (c[0] == 0xf0 && c[1] < 0x90) || (c[0] == 0xf4 && c[1] >= 0x90))
		return 0;
	return len;
}

/* U+2028 and U+2029 end a line in older JavaScript. */
static bool is_line_separator(const unsigned char *c)
{
	return c[0] == 0xe2 && c[1] == 0x80 && (c[2] == 0xa8 || c[2] == 0xa9);
}

static void put_character(FILE *file, const unsigned char *c, size_t len)
{
	if (is_line_separator(c))
		fprintf(file, "\\u20%02x", c[2] - 0x80);
	else if (*c == '"' || *c == '\\')
		fprintf(file, "\\%c", *c);
	else if (*c < ' ' || strchr("<>&'\x7f", *c))
		fprintf(file, "\\u%04x", *c);
	else
		fwrite(c, 1, len, file);
}

void quote_json(FILE *file, const char *text)
{
	const unsigned char *c = (const unsigned char *)text;
	size_t len;

	if (!text) {
		fputs("null", file);
		return;
	}
	fputc('"', file);
	for (; *c; c += len ? len : 1) {
		len = character_len(c);
		if (len)
			put_character(file, c, len);
		else
			fputs("\\ufffd", file);
	}
	fputc('"', file);
}
