/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * delay.h - a queue of frames that leave through a packet socket, each after the same delay. So the
 * first frame is the first due.
 */
#ifndef XSCAN_DELAY_H
#define XSCAN_DELAY_H

#include "reply.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

enum {
	DELAY_FRAMES = 1 << 16,	      /* more than a second at 50,000 a second */
	DELAY_DEVICE_FULL_NS = 50000, /* wait for room in a full device */
};

struct delayed {
	uint64_t due_ns;
	size_t len;
	union reply_frame frame;
};

/* `first` and `end` only count up; the remainder is a frame's place. */
struct delay {
	struct delayed *v;
	size_t first;
	size_t end;
	uint64_t delay_ns;
};

static inline uint64_t delay_now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static inline bool delay_init(struct delay *d, uint64_t delay_us)
{
	d->v = calloc(DELAY_FRAMES, sizeof(*d->v));
	d->delay_ns = delay_us * 1000;
	return d->v != NULL;
}

static inline void delay_free(struct delay *d)
{
	free(d->v);
}

/* False: the queue is full. */
static inline bool delay_add(struct delay *d, const union reply_frame *frame, size_t len)
{
	struct delayed *to = &d->v[d->end % DELAY_FRAMES];

	if (d->end - d->first == DELAY_FRAMES)
		return false;
	to->due_ns = delay_now_ns() + d->delay_ns;
	to->len = len;
	memcpy(&to->frame, frame, len);
	d->end++;
	return true;
}

/*
 * Send the frames that are due, and count them. Returns when to look again; UINT64_MAX: the queue
 * is empty.
 */
static inline uint64_t delay_send(struct delay *d, int fd, uint64_t *sent)
{
	while (d->first < d->end) {
		const struct delayed *head = &d->v[d->first % DELAY_FRAMES];
		uint64_t now = delay_now_ns();

		if (head->due_ns > now)
			return head->due_ns;
		if (send(fd, &head->frame, head->len, 0) < 0 && errno == ENOBUFS)
			return now + DELAY_DEVICE_FULL_NS;
		d->first++;
		++*sent;
	}
	return UINT64_MAX;
}

#endif
