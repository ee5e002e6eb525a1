/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * control.h - find the rate that a path takes, while scanning it (--rate auto). Pure.
 *
 * What tells loss from silence
 *
 *   Questions are asked in the order of a random permutation, so any stretch of it is a fair sample
 *   of the whole: the same share p of it answers, whatever hosts are absent or ports are silent. A
 *   path of capacity C lets all of a stretch through that is sent at a rate R below C, and C/R of
 *   one that is sent faster. So the share that answers at rate R is p * min(1, C/R), with the same
 *   two unknowns for all stretches: the p and C that make what was seen most likely are looked for.
 *   If no C makes it much more likely than none at all, the path has shown no limit yet.
 *
 * The law, once a stretch
 *
 *   no limit shown yet         rate *= 2         the order of magnitude in about ten stretches
 *     but answers come later   rate *= 1.25      a queue builds up, and will overflow
 *   a limit C is likely        rate = 0.95 C     the rest drains the queue that has built up
 *   after 20 clean stretches   rate = 1.2 C      has the path got better?
 *     and 10 of them went well C = rate          not fewer: a queue hides the excess for a while
 *
 *   A stretch counts 0.9 times what the next one counts, so that a path that changes is noticed. It
 *   has some dozens of answers, or its share would say little, and lasts 20 ms to 1 s. It is judged
 *   when its answers must have come. The first is short, so that little time is lost on it.
 *
 *   If a stretch has far fewer answers than p and C foretell, the path has changed: C is forgotten,
 *   p is kept, and the stretch itself shows the new C.
 *
 *   One bad stretch may be an outage: a limit is never taken to be less than a sixteenth of the rate
 *   that showed it.
 *
 *   Too high a rate is cheap: what a full queue dropped is asked again, while the path is busy with
 *   the rest. Too low a rate is lost time. Hence no margin but the twentieth for draining queues.
 */
#ifndef XSCAN_CONTROL_H
#define XSCAN_CONTROL_H

#include <stdbool.h>
#include <stdint.h>

#define CONTROL_START_PPS 1000.0 /* what a line of half a megabit a second takes */
#define CONTROL_MIN_PPS	  50.0

enum {
	CONTROL_LEVELS = 96
}; /* of rates, each a quarter of an octave: 50 to 700 million a second */

struct control {
	double rate_pps;
	double limit_pps;   /* 0: none has shown */
	bool judged;	    /* at least one stretch */
	double proven_pps;  /* a rate at which nothing is lost: the last limit that did show */
	unsigned int clean; /* stretches since the limit was last found or tried */
	unsigned int tried; /* clean ones above the limit */
	struct control_sample {
		double asked, asked_times_rate, answered;
	} samples[CONTROL_LEVELS];
};

void control_init(struct control *c);

/*
 * Begin with the rate that `from` has proven for the same path; with its limit too if the questions
 * are of the same kind. How many answer is not taken over: other questions are answered otherwise.
 */
void control_inherit(struct control *c, const struct control *from, bool limit);

/* How many questions the next stretch should have; it should be sent at c->rate_pps throughout. */
uint64_t control_stretch(const struct control *c);

/* Are that fewer answers than what is known foretells? */
bool control_is_less(const struct control *c, double rate_pps, uint64_t asked, uint64_t answered);

/*
 * Judge a stretch: of `asked` questions sent at `rate_pps`, `answered` were; `delayed`: round trips
 * have grown. Sets c->rate_pps for the stretches that come.
 */
void control_judge(struct control *c, double rate_pps, uint64_t asked, uint64_t answered,
		   bool delayed);

/* Questions are asked again now: they are few and their answers matter, so be careful. */
void control_settle(struct control *c);

#endif
