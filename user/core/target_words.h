/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * target_words.h - words for targets that other programs take: `10.0.0.*`, `10.0-3.1.5` are read;
 * URLs, `host:port`, netmasks and others are refused with the word that xscan takes. Pure.
 */
#ifndef XSCAN_TARGET_WORDS_H
#define XSCAN_TARGET_WORDS_H

#include "err.h"
#include "ranges.h"

#include <stdbool.h>

/* Is the word one of these that are refused? -EINVAL with the reason in err, or 0. */
int target_words_refuse(const char *word, struct err *err);

/* Why a word of numbers, dots, `/` and `-` is no IPv4 address. */
const char *target_words_ip4_fault(const char *word);

/*
 * Is it four parts with dots, each a number, a range or `*`? False if the word is plain enough for
 * targets.c.
 */
bool target_words_is_octets(const char *word);

/* Add the addresses of such a word. 0 or a negative errno with the reason in err. */
int target_words_add_octets(const char *word, struct ranges *out, struct err *err);

#endif
