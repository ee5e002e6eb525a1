/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* replace.h - write whole texts, and put a new file in the place of an old one. Pure but for the file. */
#ifndef XSCAN_REPLACE_H
#define XSCAN_REPLACE_H

#include <stddef.h>

/* Write all of the text, also in several steps. 0 or a negative errno. */
int write_all(int fd, const char *text, size_t n);

/*
 * Write `path` aside and rename it: who opens it finds the old text or the new one, whole. *claim is
 * the lock of the old file (claim_path), and then that of the new one. 0 or a negative errno; then the
 * old file and its lock stay.
 */
int replace_file(const char *path, const char *text, size_t n, int *claim);

#endif
