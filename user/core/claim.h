/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* claim.h - keep an output to one process: two writers would tear the file. */
#ifndef XSCAN_CLAIM_H
#define XSCAN_CLAIM_H

/*
 * Lock an open file until it is closed, if it is a regular one. A run that was killed lets go of its
 * file some moments later: wait up to a second for that. -EBUSY: another process has the lock.
 */
int claim_file(int fd);

#endif
