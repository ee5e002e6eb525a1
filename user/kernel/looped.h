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

/* What goes along with a marked frame. */
struct looped_request {
	_Alignas(struct cmsghdr) char bytes[CMSG_SPACE(sizeof(uint32_t))];
};

struct looped_request looped_request(void);

/* Let copies come with their times. 0 or a negative errno. */
int looped_open(int fd);

/* Mark a message, or take the mark away. */
void looped_mark(struct msghdr *message, struct looped_request *request, bool marked);

/* The next copy. False: there is none. */
bool looped_take(int fd, struct tx_copy *to);

#endif
