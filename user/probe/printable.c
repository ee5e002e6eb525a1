// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* printable.c - which bytes a terminal can show. */
#include "printable.h"

size_t printable_len(const uint8_t *s, size_t n)
{
	static const uint32_t least[] = { 0, 0, 0xa0 /* C1 ends at 0x9f */, 0x800, 0x10000 };
	size_t len = s[0] < 0x80 ? 1 : s[0] < 0xc0 ? 0 : s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
	uint32_t c;

	if (len == 1)
		return s[0] >= 0x20 && s[0] != 0x7f;
	if (!len || s[0] > 0xf4 || len > n)
		return 0;
	c = s[0] & (0x7f >> len);
	for (size_t i = 1; i < len; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (s[i] & 0x3f);
	}
	if (c < least[len] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return 0;
	return len;
}

size_t printable_copy(char *to, const char *from, size_t n)
{
	size_t out = 0;

	for (size_t i = 0, len; i < n; i += len ?: 1) {
		len = printable_len((const uint8_t *)from + i, n - i);
		if (!out && from[i] == ' ')
			continue;
		for (size_t k = 0; k < len; k++)
			to[out++] = from[i + k];
	}
	while (out && to[out - 1] == ' ')
		out--;
	to[out] = '\0';
	return out;
}
