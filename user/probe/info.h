/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * info.h - what the answer of a UDP service tells of it, in a few words. Pure.
 *
 * Answers are foreign bytes: the words are printable ASCII, and every length in an answer may lie.
 */
#ifndef XSCAN_INFO_H
#define XSCAN_INFO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { INFO_TEXT = 128 };

/* The payload of an answer: `len` bytes, of which the first `kept` are here. */
struct info_payload {
	const uint8_t *bytes;
	size_t kept, len;
};

struct info {
	const char *service;  /* that answers so; NULL: the answer does not tell */
	char text[INFO_TEXT]; /* ""; "version 4, stratum 2"; what is too long ends in "..." */
};

/* Read the answer to what a port (host order) is asked in this try. */
void info_read(struct info *out, uint16_t port, uint8_t attempt,
	       const struct info_payload *payload);

#endif
