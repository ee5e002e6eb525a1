/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * refusals.h - frames that the device refuses: is its queue full, or does a filter drop them?
 *
 * The kernel says the same in both cases. But a full queue refuses whatever comes, until it has
 * drained; a filter refuses the same frames again and again while it lets others pass. So put a
 * refused frame aside, and go on with the next ones. If some of these are taken, the refusal counts.
 * Some milliseconds later the frame is tried again, ahead of others, when the queue has had time to
 * drain. Three refusals that count are enough. If many frames in a row are refused, wait.
 *
 * Time is an argument. Pure.
 */
#ifndef XSCAN_REFUSALS_H
#define XSCAN_REFUSALS_H

#include <stdbool.h>
#include <stdint.h>

enum {
	REFUSALS_BATCH = 64, /* frames added at once */
	REFUSALS_ROOM = 4 * REFUSALS_BATCH,
	REFUSALS_ENOUGH = 3,   /* refusals that count */
	REFUSALS_PROOF = 3,    /* a refusal counts if so many frames behind are taken */
	REFUSALS_ROW = 8,      /* refusals in a row: the queue is full */
	REFUSALS_RECALLED = 4, /* frames put aside that are tried at once */
};

#define REFUSALS_AGAIN_NS    2000000ULL	   /* until a frame put aside is tried again */
#define REFUSALS_PATIENCE_NS 50000000ULL   /* with a device that refuses every frame */
#define REFUSALS_SHORT_NS    2000000ULL	   /* the same, when that was in vain: until it takes one */
#define REFUSALS_SOCKET_NS   1000000000ULL /* with a socket whose buffer stays full */

struct refusals_frame {
	uint64_t index; /* of the question */
	uint64_t due_ns;
	uint8_t attempt;
	uint8_t refused; /* so many refusals count */
	bool known;	 /* earlier frames to this target were refused: one refusal is enough */
	bool tried;
};

/* Zero-initialised: nothing to send. */
struct refusals {
	struct refusals_frame todo[REFUSALS_ROOM], aside[REFUSALS_ROOM];
	unsigned int n_todo, n_aside;
	uint64_t given_up[REFUSALS_ROOM]; /* questions whose frames are refused for good */
	unsigned int n_given_up;	  /* the caller sets it back to 0 */
	uint64_t stuck_ns;		  /* since when no frame has been taken; 0: one has */
	bool impatient;			  /* the last wait was in vain */
};

/*
 * Hand over the first n frames, all of one try. Returns how many were taken. If fewer than n,
 * *socket_full tells why: the socket has no room, or the device has refused the next frame. A
 * negative errno: sending is no longer possible.
 */
typedef int (*refusals_send)(void *ctx, const struct refusals_frame *frames, unsigned int n,
			     bool *socket_full);

/* Is there room for REFUSALS_BATCH frames? If not, only call refusals_pass again. */
bool refusals_have_room(const struct refusals *r);

/* One more frame to send. */
void refusals_add(struct refusals *r, uint64_t index, uint8_t attempt, bool known);

/* Is the time of a frame put aside come? Wait a little before the pass: a queue that drains has room. */
bool refusals_are_due(const struct refusals *r, uint64_t now_ns);

/*
 * Send what is there, and what was put aside and is due. 0: nothing is left but what was put aside;
 * 1: the queue is full: wait, and call again. A negative errno of `send`.
 */
int refusals_pass(struct refusals *r, refusals_send send, void *ctx, uint64_t now_ns);

/* When the next pass is useful for what was put aside; 0: there is nothing. */
uint64_t refusals_next_ns(const struct refusals *r);

/* Give up all that is left. */
void refusals_give_up(struct refusals *r);

/* Sending breaks off: forget the frames that were never tried. Returns how many. */
unsigned int refusals_forget(struct refusals *r);

#endif
