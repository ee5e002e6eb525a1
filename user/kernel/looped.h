/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * looped.h - copies of sent frames, which the kernel hands back with the time when it queued them for
 * the device (SO_TIMESTAMPING). Only marked frames come back.
 */
#ifndef XSCAN_LOOPED_H
#define XSCAN_LOOPED_H

#include "tx.h"

#include <stdbool.h>
#include <sys/socket.h>

struct looped {
	_Alignas(struct cmsghdr) char request[CMSG_SPACE(sizeof(uint32_t))]; /* of a marked frame */
	uint32_t next; /* marked frames are numbered from 0 */
};

/* Let copies come with their times. 0 or a negative errno. */
int looped_open(struct looped *l, int fd);

/* Mark a message, or take the mark away. */
void looped_mark(struct looped *l, struct msghdr *message, bool marked);

/* The next copy. False: there is none. */
bool looped_take(struct looped *l, int fd, struct tx_copy *to);

#endif
