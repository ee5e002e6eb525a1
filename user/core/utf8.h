/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* utf8.h - read text that may be no UTF-8, character by character. Pure. */
#ifndef XSCAN_UTF8_H
#define XSCAN_UTF8_H

#include <stdbool.h>
#include <stddef.h>

#define UTF8_REPLACEMENT "\xef\xbf\xbd" /* U+FFFD stands for what is invalid */

/*
 * The length of the character at `text`, which has `n` bytes, at least 1. 0: invalid UTF-8 (RFC
 * 3629: no overlong forms, no surrogates, at most U+10FFFF).
 */
size_t utf8_len(const char *text, size_t n);

/* Is the valid character at `text` a control character (C0, DEL or C1)? */
bool utf8_is_control(const char *text);

#endif
