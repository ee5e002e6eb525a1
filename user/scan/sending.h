/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * sending.h - send questions of an ask: fill in their targets, wait while the queue is full, give up
 * what the interface refuses (refusals.h), and remember which questions have never left.
 */
#ifndef XSCAN_SENDING_H
#define XSCAN_SENDING_H

#include "err.h"

#include <stdbool.h>
#include <stdint.h>

struct ask;
struct sending;

/* To send by so many outlets. NULL: out of memory. */
struct sending *sending_new(unsigned int outlets);
void sending_free(struct sending *s);

/*
 * Send n questions, at most a batch of the sender, as try `attempt`. All leave by one outlet. Each
 * one then counts in a->counted as sent or refused; so do those before an error. A refused frame may be tried again
 * in later calls: until then it counts as refused. 0 or a negative errno, reason in err.
 */
int sending_send(struct ask *a, const uint64_t *indices, unsigned int n, uint8_t attempt,
		 struct err *err);

/*
 * Try what was refused again, if that is due. *next_ns, the time of the ask's next turn (0: none),
 * becomes earlier if necessary. 0 or a negative errno, reason in err.
 */
int sending_try_again(struct ask *a, uint64_t *next_ns, struct err *err);

/* Was the last frame of a question refused for good? A flow_says: ctx is an ask. */
bool sending_has_refused(const void *ctx, uint64_t question);

/* Nothing is sent any more: tell trouble.h of the targets with unanswered questions that never left. */
void sending_end(struct ask *a);

#endif
