// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* refusals.c - passes over the frames to send, and what becomes of the refused ones. */
#include "refusals.h"

#include <string.h>

bool refusals_have_room(const struct refusals *r)
{
	return r->n_todo + r->n_aside + REFUSALS_BATCH <= REFUSALS_ROOM;
}

void refusals_add(struct refusals *r, uint64_t index, uint8_t attempt, bool known)
{
	r->todo[r->n_todo++] =
		(struct refusals_frame){ .index = index, .attempt = attempt, .known = known };
}

uint64_t refusals_next_ns(const struct refusals *r)
{
	return r->n_aside ? r->aside[0].due_ns : 0;
}

bool refusals_are_due(const struct refusals *r, uint64_t now_ns)
{
	return r->n_aside && r->aside[0].due_ns <= now_ns;
}

static void give_up(struct refusals *r, const struct refusals_frame *frame)
{
	r->given_up[r->n_given_up++] = frame->index;
}

void refusals_give_up(struct refusals *r)
{
	unsigned int i;

	for (i = 0; i < r->n_aside; i++)
		give_up(r, &r->aside[i]);
	for (i = 0; i < r->n_todo; i++)
		give_up(r, &r->todo[i]);
	r->n_aside = r->n_todo = 0;
	r->stuck_ns = 0;
}

unsigned int refusals_forget(struct refusals *r)
{
	unsigned int i, kept = 0, n = r->n_todo;

	for (i = 0; i < n; i++)
		if (r->todo[i].tried)
			r->todo[kept++] = r->todo[i];
	r->n_todo = kept;
	return n - kept;
}

static void put_aside(struct refusals *r, const struct refusals_frame *frame, uint64_t now_ns)
{
	r->aside[r->n_aside] = *frame;
	r->aside[r->n_aside++].due_ns = now_ns + REFUSALS_AGAIN_NS;
}

static void put_in_front(struct refusals *r, const struct refusals_frame *frames, unsigned int n)
{
	memmove(r->todo + n, r->todo, r->n_todo * sizeof(*r->todo));
	memcpy(r->todo, frames, n * sizeof(*frames));
	r->n_todo += n;
}

static void put_last(struct refusals *r, const struct refusals_frame *frame)
{
	r->todo[r->n_todo] = *frame;
	r->todo[r->n_todo++].tried = true;
}

/*
 * Try some frames first whose time has come: they were put aside in order. The queue has had time
 * to drain, so it has room for so few. Returns how many.
 */
static unsigned int recall(struct refusals *r, uint64_t now_ns)
{
	unsigned int due = 0;

	while (due < r->n_aside && due < REFUSALS_RECALLED && r->aside[due].due_ns <= now_ns)
		due++;
	put_in_front(r, r->aside, due);
	r->n_aside -= due;
	memmove(r->aside, r->aside + due, r->n_aside * sizeof(*r->aside));
	return due;
}

/* How many frames from `at` on belong to one try? */
static unsigned int same_try(const struct refusals *r, unsigned int at)
{
	unsigned int n = 1;

	while (at + n < r->n_todo && n < REFUSALS_BATCH &&
	       r->todo[at + n].attempt == r->todo[at].attempt)
		n++;
	return n;
}

/* The refused frames of a pass, in order. */
struct pass {
	struct refusals_frame refused[REFUSALS_ROOM];
	unsigned int taken_before[REFUSALS_ROOM]; /* in this pass, before each of them */
	unsigned int n, taken;
};

/* Send until the queue seems full: so many refusals in a row. Returns how many, or an error. */
static int try_all(struct refusals *r, struct pass *pass, unsigned int most_in_row,
		   refusals_send send, void *ctx, bool *socket_full)
{
	unsigned int n, at = 0, row = 0;
	int taken = 0;

	*socket_full = false;
	while (at < r->n_todo && row < most_in_row && !*socket_full) {
		n = same_try(r, at);
		taken = send(ctx, &r->todo[at], n, socket_full);
		if (taken < 0)
			break;
		row = taken ? 0 : row;
		pass->taken += (unsigned int)taken;
		at += (unsigned int)taken;
		if ((unsigned int)taken == n || *socket_full)
			continue;
		pass->taken_before[pass->n] = pass->taken;
		pass->refused[pass->n++] = r->todo[at++];
		row++;
	}
	r->n_todo -= at;
	memmove(r->todo, r->todo + at, r->n_todo * sizeof(*r->todo));
	return taken < 0 ? taken : (int)row;
}

/*
 * What becomes of a refused frame? Its refusal counts if frames behind it were taken, and if the
 * queue has had time to drain: not so after many other frames.
 */
static void judge(struct refusals *r, struct refusals_frame *frame, unsigned int taken_behind,
		  bool recalled, uint64_t now_ns)
{
	frame->refused += taken_behind >= REFUSALS_PROOF && (recalled || !frame->tried);
	frame->tried = true;
	if (frame->refused >= REFUSALS_ENOUGH || (frame->refused && frame->known))
		give_up(r, frame);
	else
		put_aside(r, frame, now_ns);
}

/* Give up all if nothing has been taken for too long. */
static bool lose_patience(struct refusals *r, const struct pass *pass, bool stuck, bool socket_full,
			  uint64_t now_ns)
{
	const uint64_t patience_ns = socket_full    ? REFUSALS_SOCKET_NS
				     : r->impatient ? REFUSALS_SHORT_NS
						    : REFUSALS_PATIENCE_NS;

	if (pass->taken) {
		r->stuck_ns = 0;
		r->impatient = false;
	}
	if (stuck && !r->stuck_ns)
		r->stuck_ns = now_ns;
	if (!r->stuck_ns || now_ns - r->stuck_ns < patience_ns)
		return false;
	r->impatient = !socket_full;
	refusals_give_up(r);
	return true;
}

int refusals_pass(struct refusals *r, refusals_send send, void *ctx, uint64_t now_ns)
{
	const unsigned int recalled = recall(r, now_ns);
	struct pass pass = { .n = 0 };
	unsigned int i, before;
	bool socket_full, wait;
	int row;

	row = try_all(r, &pass, recalled + REFUSALS_ROW, send, ctx, &socket_full);
	wait = row >= REFUSALS_ROW || (row >= 0 && socket_full);
	for (i = 0; i < pass.n; i++) {
		before = pass.taken_before[i];
		/* Begin with other frames after the wait: a filter may drop all in this row. */
		if (wait && i + (unsigned int)row >= pass.n)
			put_last(r, &pass.refused[i]);
		else
			judge(r, &pass.refused[i], pass.taken - before, before + i < recalled,
			      now_ns);
	}
	if (row < 0)
		return row;
	return !lose_patience(r, &pass, row || socket_full, socket_full, now_ns) && wait;
}
