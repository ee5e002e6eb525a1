/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * pulse.h - pulses: answered questions that are asked once more. A pulse must be answered. If it is
 * not, the way has lost it or has died; where few questions have an answer, nothing else tells.
 * Pure.
 */
#ifndef XSCAN_PULSE_H
#define XSCAN_PULSE_H

#include <stdbool.h>
#include <stdint.h>

enum { PULSES_KNOWN = 64, PULSES_MAX = 256 };

struct pulses {
	uint64_t known[PULSES_KNOWN]; /* a fair sample of the answered questions */
	uint64_t heard;		      /* answered questions of which this is the sample */
	uint64_t random;
	struct pulse {
		uint64_t question;
		uint64_t sent_ns;
	} sent[PULSES_MAX]; /* not judged yet */
	unsigned int n;
};

void pulses_init(struct pulses *p, uint64_t seed);

/* A question has been answered. */
void pulses_learn(struct pulses *p, uint64_t question);

/* How many answered questions can be chosen from? */
uint64_t pulses_known(const struct pulses *p);

/* Choose an answered question. False: none is known. */
bool pulses_pick(struct pulses *p, uint64_t *question);

/* A random number below n, to choose with. */
uint64_t pulses_random(struct pulses *p, uint64_t n);

/* Is a pulse with this question on its way? */
bool pulses_has(const struct pulses *p, uint64_t question);

/* A pulse leaves. Call only with room: p->n < PULSES_MAX. */
void pulses_add(struct pulses *p, uint64_t question, uint64_t now_ns);

/*
 * Take out the next pulse that is answered, or was sent at `until_ns` or before. False: there is
 * none.
 */
typedef bool (*pulses_alive)(const void *ctx, uint64_t question);
bool pulses_judge(struct pulses *p, uint64_t until_ns, pulses_alive is_alive, const void *ctx,
		  struct pulse *pulse, bool *alive);

#endif
