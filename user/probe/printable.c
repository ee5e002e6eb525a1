// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* printable.c - which bytes a terminal can show. */
#include "printable.h"

#include "utf8.h"

size_t printable_len(const char *s, size_t n)
{
	const size_t len = utf8_len(s, n);

	return len && !utf8_is_control(s) ? len : 0;
}

size_t printable_copy(char *to, const char *from, size_t n)
{
	size_t out = 0;

	for (size_t i = 0, len; i < n; i += len ?: 1) {
		len = printable_len(from + i, n - i);
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
