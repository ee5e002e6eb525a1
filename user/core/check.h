/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * check.h - does somebody still answer? Ask answered questions once more, again and again, each until
 * it is answered. A loss of half of all frames must not pass for death, nor an outage of some seconds.
 * Pure.
 */
#ifndef XSCAN_CHECK_H
#define XSCAN_CHECK_H

#include <stdbool.h>
#include <stdint.h>

enum { CHECK_MAX = 256, CHECK_ROUNDS_MOST = 40 };

struct check {
	struct check_item {
		uint64_t question;
		bool alive;
	} items[CHECK_MAX];
	unsigned int n;
	unsigned int round;  /* rounds that have begun */
	unsigned int next;   /* in this round, the items before it have been asked */
	unsigned int rounds; /* so many are enough */
	uint64_t due_ns;     /* of the next round */
	bool over;
};

/* Begin with no items. */
void check_begin(struct check *c, uint64_t now_ns);

/*
 * On a way with loss, more rounds are needed until silence tells more than that. At most
 * CHECK_ROUNDS_MOST take place.
 */
void check_need(struct check *c, uint32_t rounds);

/* Check this question too; false: there is no room. Call before the first check_next. */
bool check_add(struct check *c, uint64_t question);

/*
 * Which question is to be asked now? Returns how many, at most `room`. `is_alive` says whether a
 * question has been answered since it was asked.
 */
typedef bool (*check_alive)(const void *ctx, uint64_t question);
unsigned int check_next(struct check *c, uint64_t now_ns, check_alive is_alive, const void *ctx,
			uint64_t *questions, unsigned int room);

/* All items are alive, or the last wait is over. `any`: one that is alive is enough. */
bool check_over(const struct check *c, bool any);

/* When the next call of check_next is useful. */
uint64_t check_ready_ns(const struct check *c);

#endif
