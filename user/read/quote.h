/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* quote.h - texts for JSON, which may also stand in HTML. Pure. */
#ifndef XSCAN_QUOTE_H
#define XSCAN_QUOTE_H

#include <stdio.h>

/*
 * Write `text` with quotes around it. What HTML or JavaScript could take for its own (<, >, &, U+2028,
 * U+2029, control characters) becomes \uXXXX. Bytes that are not UTF-8 become U+FFFD. NULL
 * is written as null.
 */
void quote_json(FILE *file, const char *text);

#endif
