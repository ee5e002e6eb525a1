/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * pulse.h - pulses: answered questions that are asked once more. A pulse must be answered. If it is
 * not, the way has lost it or has died; where few questions have an answer, nothing else tells.
 * Pure.
 */
#ifndef XSCAN_PULSE_H
#define XSCAN_PULSE_H

#include "tries.h"

#include <stdbool.h>
#include <stdint.h>

enum { PULSES_KNOWN = 64, PULSES_MAX = 256, PULSES_USED = 1 << 16 };

struct pulses {
	uint64_t known[PULSES_KNOWN]; /* a fair sample of the answered questions */
	uint64_t heard;		      /* answered questions of which this is the sample */
	uint64_t random;
	struct pulse {
		uint64_t question;
		uint64_t sent_ns;
		uint8_t port; /* below PULSE_PORTS */
		bool again;   /* the question has been a pulse from this port before */
	} sent[PULSES_MAX];   /* not judged yet */
	unsigned int n;
	unsigned int next_port;
	unsigned int n_ports; /* that pulses have; 0: they leave from the port of the tries */
	uint8_t used[PULSES_USED / 8]; /* a bit for each hash of a question and a port */
};

/* `n_ports`: at most PULSE_PORTS. */
void pulses_init(struct pulses *p, uint64_t seed, unsigned int n_ports);

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

/*
 * A pulse leaves from a port that the question has not had, if there is one left. Call only with room:
 * p->n < PULSES_MAX.
 */
struct pulse pulses_add(struct pulses *p, uint64_t question, uint64_t now_ns);

/*
 * Take out the next pulse that is answered, or was sent at `until_ns` or before. False: there is
 * none.
 */
typedef bool (*pulses_alive)(const void *ctx, uint64_t question);
bool pulses_judge(struct pulses *p, uint64_t until_ns, pulses_alive is_alive, const void *ctx,
		  struct pulse *pulse, bool *alive);

#endif
