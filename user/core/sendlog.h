/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * sendlog.h - when a probe was sent, without a clock reading kept for each probe.
 *
 * Probes leave in the order of the permutation and at one speed within a batch, so one entry a batch
 * is enough: its first and last position, when it began and how long it took. Each try keeps its last
 * SENDLOG_ENTRIES batches; older ones are forgotten. Pure.
 */
#ifndef XSCAN_SENDLOG_H
#define XSCAN_SENDLOG_H

#include <stdbool.h>
#include <stdint.h>

enum { SENDLOG_ENTRIES = 1 << 14 };

struct sendlog {
	struct sendlog_entry {
		uint64_t position; /* of the batch's first probe */
		uint64_t time_ns;  /* when this probe left */
		uint32_t more;	   /* positions in the batch behind the first */
		uint32_t lasts_ns; /* how long these took to leave */
	} * entries;		   /* a ring */
	uint64_t n;		   /* entries written */
	uint64_t first;		   /* the oldest entry that is not forgotten */
	uint64_t end;		   /* position behind the last batch */
};

int sendlog_init(struct sendlog *log); /* 0 or -ENOMEM */
void sendlog_free(struct sendlog *log);

/* Forget everything; positions may begin at 0 again. */
void sendlog_reset(struct sendlog *log);

/* A batch with positions first..last leaves at time_ns. Positions ascend between resets. */
void sendlog_add(struct sendlog *log, uint64_t first, uint64_t last, uint64_t time_ns);

/* Batch `back` before the last one left from `from_ns` to `to_ns`. */
void sendlog_left(struct sendlog *log, unsigned int back, uint64_t from_ns, uint64_t to_ns);

/* Forget the batches from `position` on: their questions will be asked again. */
void sendlog_rewind(struct sendlog *log, uint64_t position);

/*
 * Where to begin again without missing a probe sent at `since_ns` or later: the first such
 * position. 0: it is forgotten; the end: there is none.
 */
uint64_t sendlog_position(const struct sendlog *log, uint64_t since_ns);

/*
 * When the probe at `position` left, and when the first of its batch did, before which it certainly had
 * not. False: never sent, or forgotten.
 */
bool sendlog_find(const struct sendlog *log, uint64_t position, uint64_t *time_ns,
		  uint64_t *earliest_ns);

#endif
