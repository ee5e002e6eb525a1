/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * err.h - one line that says what went wrong. Callers carry it up to main; only main prints and
 * exits.
 */
#ifndef XSCAN_ERR_H
#define XSCAN_ERR_H

struct err {
	char text[256]; /* no "xscan: " before it, no newline behind it; cut if longer */
};

/*
 * Write the line and return `code` (a negative errno), so that callers can `return err_set(…)`.
 * Control characters become '?': quoted text comes from files and may attack the terminal.
 */
int err_set(struct err *err, int code, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* Write `word: reason`, for refused input; a long word is cut. Returns -EINVAL. */
int err_refuse(struct err *err, const char *word, unsigned long len, const char *reason);

#endif
