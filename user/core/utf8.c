// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* utf8.c - the forms of RFC 3629. */
#include "utf8.h"

#include <stdint.h>

size_t utf8_len(const char *text, size_t n)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const uint8_t *s = (const uint8_t *)text;
	const size_t len = s[0] < 0x80	 ? 1
			   : s[0] < 0xc0 ? 0
			   : s[0] < 0xe0 ? 2
			   : s[0] < 0xf0 ? 3
					 : 4;
	uint32_t c;
	size_t i;

	if (len == 1)
		return 1;
	if (!len || s[0] > 0xf4 || len > n)
		return 0;
	c = s[0] & (0x7f >> len);
	for (i = 1; i < len; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (s[i] & 0x3f);
	}
	if (c < least[len] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return 0;
	return len;
}

bool utf8_is_control(const char *text)
{
	const uint8_t *s = (const uint8_t *)text;

	return s[0] < 0x20 || s[0] == 0x7f || (s[0] == 0xc2 && s[1] < 0xa0);
}
