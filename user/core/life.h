/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * life.h - does a way still carry answers? Silence alone tells nothing, since most questions may have
 * no answer. So count how many answers should have come since the last one: each question by the
 * share of questions that were answered so far, each pulse by the share of pulses. Pure.
 */
#ifndef XSCAN_LIFE_H
#define XSCAN_LIFE_H

#include <stdbool.h>
#include <stdint.h>

struct life {
	uint64_t heard_ns;    /* the last sign of life */
	double expected;      /* answers to all that was sent */
	double expected_then; /* when the last sign of life came */
	double due;	      /* answers to what was sent long enough ago */
	double next_due;      /* answers to what was sent until next_ns */
	uint64_t next_ns;
};

/* Begin, or begin anew after a pause. */
void life_begin(struct life *l, uint64_t now_ns);

/* Questions left that bring `expected` answers. */
void life_sent(struct life *l, double expected);

/* They have not left after all. */
void life_not_sent(struct life *l, double expected);

/* An answer has come. */
void life_heard(struct life *l, uint64_t now_ns);

/*
 * Have `enough` answers been due since the last one, which came at least `silence_ns` ago? An answer
 * is due `patience_ns` after its question. Call often.
 */
bool life_in_doubt(struct life *l, uint64_t now_ns, uint64_t patience_ns, uint64_t silence_ns,
		   double enough);

#endif
