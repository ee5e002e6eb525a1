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

/* A file by its name or, if `path` is NULL, by an open descriptor. */
struct file_ref {
	const char *path;
	int fd;
};

/* 0, or the negative errno with which opening the file, or making it, would fail. */
int writable_check(const char *path);

/*
 * The same of a regular file that is replaced. -EMEDIUMTYPE: something else is there, which must stay.
 */
int writable_check_regular(const char *path);

/* 0, or the negative errno with which making or removing a file in this one's folder would fail. */
int writable_check_folder(const char *path);

/* Are these one regular file? Two names of a missing file: would they be, if it were there? */
bool writable_same(struct file_ref a, struct file_ref b);

#endif
