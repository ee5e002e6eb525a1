// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* life.c - count the answers that should have come. */
#include "life.h"

void life_begin(struct life *l, uint64_t now_ns)
{
	*l = (struct life){ .heard_ns = now_ns, .next_ns = now_ns };
}

void life_sent(struct life *l, double expected)
{
	l->expected += expected;
}

void life_not_sent(struct life *l, double expected)
{
	l->expected -= expected;
	l->due -= expected;
	l->next_due -= expected;
}

void life_heard(struct life *l, uint64_t now_ns)
{
	l->heard_ns = now_ns;
	l->expected_then = l->expected;
}

bool life_in_doubt(struct life *l, uint64_t now_ns, uint64_t patience_ns, uint64_t silence_ns,
		   double enough)
{
	/* Two marks are enough: what was sent by the older one is due when the newer one is set. */
	if (now_ns >= l->next_ns + patience_ns) {
		l->due = l->next_due;
		l->next_due = l->expected;
		l->next_ns = now_ns;
	}
	return now_ns >= l->heard_ns + silence_ns && l->due - l->expected_then >= enough;
}
