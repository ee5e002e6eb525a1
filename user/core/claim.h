/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* claim.h - keep an output to one process: two writers would tear the file. */
#ifndef XSCAN_CLAIM_H
#define XSCAN_CLAIM_H

/*
 * Lock an open file until it is closed, if it is a regular one. A run that was killed lets go of its
 * file some moments later: wait up to a second for that. -EBUSY: another process has the lock.
 */
int claim_file(int fd);

/*
 * Make the file if there is none, and lock it: whoever replaces it must hold this lock, and passes it
 * on to the new file (replace_file). The descriptor, or a negative errno: -EBUSY as above, -ELOOP: a
 * symbolic link.
 */
int claim_path(const char *path);

/* Let go of what claim_path locked. A file that nobody has filled goes. */
void claim_end(int fd, const char *path);

#endif
