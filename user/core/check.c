// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* check.c - rounds of questions, with pauses that grow. */
#include "check.h"

/*
 * The pauses after each round, in milliseconds: 5 s together. If half of all questions are lost, 12 in a
 * row are once in 4,000 times.
 */
static const uint64_t pauses_ms[] = { 50, 100, 100, 200, 200, 300, 300, 500, 500, 750, 1000, 1000 };

enum { ROUNDS = sizeof(pauses_ms) / sizeof(pauses_ms[0]) };

void check_begin(struct check *c, uint64_t now_ns)
{
	c->n = c->round = c->next = 0;
	c->rounds = ROUNDS;
	c->due_ns = now_ns;
	c->over = false;
}

void check_need(struct check *c, uint32_t rounds)
{
	if (rounds > c->rounds)
		c->rounds = rounds < CHECK_ROUNDS_MOST ? rounds : CHECK_ROUNDS_MOST;
}

/* Further rounds come first, and quickly: the long pauses at the end wait for late answers. */
static uint64_t pause_ns(const struct check *c, unsigned int round)
{
	const unsigned int further = c->rounds - ROUNDS;

	return pauses_ms[round < further ? 0 : round - further] * 1000000;
}

bool check_add(struct check *c, uint64_t question)
{
	if (c->n == CHECK_MAX)
		return false;
	c->items[c->n++] = (struct check_item){ .question = question };
	return true;
}

static unsigned int alive(const struct check *c)
{
	unsigned int i, n = 0;

	for (i = 0; i < c->n; i++)
		n += c->items[i].alive;
	return n;
}

unsigned int check_next(struct check *c, uint64_t now_ns, check_alive is_alive, const void *ctx,
			uint64_t *questions, unsigned int room)
{
	unsigned int i, n = 0;

	/* A question that has not been asked yet is not answered yet. */
	for (i = 0; i < c->n && (c->round > 1 || i < c->next); i++)
		c->items[i].alive |= is_alive(ctx, c->items[i].question);
	if (now_ns >= c->due_ns && (!c->round || c->next == c->n)) {
		if (c->round >= c->rounds) {
			c->over = true;
			return 0;
		}
		c->due_ns = now_ns + pause_ns(c, c->round++);
		c->next = 0;
	}
	for (; c->next < c->n && n < room; c->next++)
		if (!c->items[c->next].alive)
			questions[n++] = c->items[c->next].question;
	return n;
}

bool check_over(const struct check *c, bool any)
{
	return c->over || (any ? alive(c) : alive(c) == c->n);
}

uint64_t check_ready_ns(const struct check *c)
{
	return c->next < c->n ? 0 : c->due_ns;
}
