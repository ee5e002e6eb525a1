/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * printable.h - names come from foreign files and go to terminals and into JSON: drop invalid UTF-8 and
 * control characters. Pure.
 */
#ifndef XSCAN_PRINTABLE_H
#define XSCAN_PRINTABLE_H

#include <stddef.h>

/* The length of the character at `s`, which has `n` bytes. 0: invalid UTF-8 or a control character. */
size_t printable_len(const char *s, size_t n);

/*
 * Copy a name, dropping unprintable characters and blanks at both ends. Add a NUL and return the
 * length. `to` may be at or before `from`.
 */
size_t printable_copy(char *to, const char *from, size_t n);

#endif
