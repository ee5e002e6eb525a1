/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* sending.h - send questions of an ask: fill in their targets, wait while the queue is full. */
#ifndef XSCAN_SENDING_H
#define XSCAN_SENDING_H

#include "ask.h"

/*
 * Send n questions, at most a->tx->batch, as try `attempt`. Each one then counts in a->counted as
 * sent or refused; so do those before an error. 0 or a negative errno, reason in err.
 */
int sending_send(struct ask *a, const uint64_t *indices, unsigned int n, uint8_t attempt,
		 struct err *err);

#endif
