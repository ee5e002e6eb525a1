/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* info_law.h - the law of info_read for any bytes. For unit tests and fuzzers. */
#ifndef XSCAN_TESTS_INFO_LAW_H
#define XSCAN_TESTS_INFO_LAW_H

#include "info.h"

#include <string.h>

/* The text is printable ASCII without blanks at its ends, and has its NUL. */
static inline bool info_is_sound(const struct info *info)
{
	const size_t n = strnlen(info->text, sizeof(info->text));
	size_t i;

	for (i = 0; i < n; i++)
		if (info->text[i] < ' ' || info->text[i] > '~')
			return false;
	return n < sizeof(info->text) &&
	       (!n || (info->text[0] != ' ' && info->text[n - 1] != ' '));
}

#endif
