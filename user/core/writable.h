/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * writable.h - could a file be written? Asks the file system; opens, makes and changes nothing.
 *
 * Some reasons show only when the file is opened: a link that leads to no file, a pipe without a
 * reader, a program that runs, a disk that is full.
 */
#ifndef XSCAN_WRITABLE_H
#define XSCAN_WRITABLE_H

#include <stdbool.h>

/* 0, or the negative errno with which opening the file, or making it, would fail. */
int writable_check(const char *path);

/* Are these two names of one regular file, or would they be if it were there? */
bool writable_same(const char *a, const char *b);

#endif
