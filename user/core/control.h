/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * control.h - find the rate that a path takes, while scanning it (--rate auto). Pure.
 *
 * The start
 *
 *   As TCP's slow start does (RFC 5681, 3.1), begin with a window of questions, and double it whenever
 *   its answers are there. flow_start.c sends the windows and waits for answers.
 *
 *   The first window is 32 questions in 1 ms: the queue of a line of half a megabit a second holds as
 *   many. Every window lasts 1 ms, or half a round trip if that is longer: then no window is a burst.
 *
 *   Answers that lag (RFC 9406, 4.2: by an eighth of a round trip, but 4 to 16 ms) came at the rate that
 *   the path takes: go on with that rate. If they lag four times as much, that rate is the limit C of
 *   the law below.
 *
 *   The start ends when a limit has shown; at 250,000 a second, from where the stretches below do as
 *   well; or after 16 windows.
 *
 *   Where some are silent, a window cannot tell whether they are lost. Then stretches follow at once, the
 *   first at 32,000 a second, which a line of 15 megabits takes: they tell more.
 *
 * The law, once a stretch
 *
 *   samples.h tells loss from silence: it finds p, the share that answers, and C, what the path takes.
 *
 *   no limit shown yet         rate *= 2         after the start: it ends before a limit shows
 *     but answers come later   rate *= 1.25      a queue builds up, and will overflow
 *   a limit C is likely        rate = 0.95 C     the rest drains the queue that has built up
 *     below every rate tried   rate = C / 2      p and C cannot be told apart yet
 *   after 20 clean stretches   rate = 1.2 C      has the path got better?
 *     and 10 of them went well C = rate          not fewer: a queue hides the excess for a while
 *     but all answers are late rate = 0.95 C     more than before: the excess waits in a queue
 *     but a queue has stayed   C = 0.95 C        once; then wait for it to drain, for 60 stretches at most
 *
 *   A queue delays all answers, so it is what even the fastest of a stretch waited, beyond the fastest of
 *   all: 4 ms or more (RFC 9406, 4.2). Hosts that are far away or slow delay only some. Yet a stretch may
 *   have far hosts alone. So two stretches of a try must be later than each of the last eight before it,
 *   and a queue stays if each of these eight was late.
 *
 *   A stretch has some dozens of answers, since fewer would say little about the share, and lasts 20 ms
 *   to 1 s. It is judged when its answers must have come. The first is short, so that little time is lost
 *   on it.
 *
 *   If a stretch has far fewer answers than p and C predict, the path has changed. Then C is
 *   forgotten and p is kept; the stretch itself shows the new C.
 *
 *   One bad stretch may be an outage: a new limit is never less than a sixteenth of the rate that
 *   showed it. A further try begins with no less than a sixteenth of the rate before the fall.
 *
 * After a failure
 *
 *   A part of the targets may fall silent. Then p changes and C does not, and the law above would follow
 *   the silence down to its lowest rate. But what a limit lets through grows as the rate falls; what a dead
 *   part answers does not. So compare each stretch that fell short with the last one, sent at a clearly higher
 *   rate: is its share nearer to the same share, or to the same capacity? If it is the share three times in
 *   a row (the first stretch proves nothing: a queue that filled up has answered a part of it), p has
 *   changed: go on at the rate and the limit from before the fall. When the part answers again, p grows; what
 *   the samples tell of it is forgotten.
 *
 *   A limit below half of what was proven before may be an outage that has passed. The rate from before
 *   the fall is remembered, as TCP remembers ssthresh. After 4 stretches without loss double the rate with
 *   each one, back to the remembered rate. If that shows a limit again, wait for 8 stretches, then for 16,
 *   then keep the limit: such attempts stay few on a path that is slow. Where round trips had grown, a
 *   queue was the cause, and a rate that fewer than 8 stretches have proven may never have been right: then
 *   there is only the attempt after 16. "Without loss" is measured by the share before the fall. That may be
 *   one of a few lucky answers: so 20 stretches without a limit are enough, whatever it was.
 *
 *   Too high a rate is cheap: questions that a full queue dropped are asked again while the path is
 *   busy. Too low a rate loses time. Hence the only margin is the twentieth that drains queues.
 */
#ifndef XSCAN_CONTROL_H
#define XSCAN_CONTROL_H

#include "samples.h"

#include <stdbool.h>
#include <stdint.h>

#define CONTROL_START_PPS 32000.0 /* of the first window */
#define CONTROL_SLOW_PPS  1000.0  /* what a line of half a megabit a second takes */

enum { CONTROL_RECENT = 8 };

struct control {
	double rate_pps;
	double limit_pps;   /* 0: no limit has shown */
	bool judged;	    /* at least one stretch has been judged */
	double proven_pps;  /* a rate at which nothing is lost: the last limit found */
	unsigned int clean; /* stretches since the limit was last found or tried */
	unsigned int tried; /* clean stretches above the limit */
	bool lowered;	    /* this limit, because a queue did not drain */
	struct control_queue {
		double now_ns; /* even the fastest of the last answers came so late; */
		double recent_ns
			[CONTROL_RECENT]; /* the same of stretches up to the limit, a ring */
		unsigned int n;
		unsigned int late; /* stretches above the limit in a row, later than all of these */
	} queue;
	double share_before; /* a part has fallen silent, and this share answered before; 0: none has */
	struct control_fall {
		double from_pps;	/* proven before the first fall; 0: no fall is open */
		double limit_pps;	/* and the limit before it */
		double from_share;	/* that answered then */
		double rate_pps, share; /* of the last stretch that fell short */
		unsigned int row;	/* such stretches in a row, each with no greater share */
		unsigned int calm;	/* stretches since then that went well */
		unsigned int wait;	/* so many of them before a return; 0: none is under way */
		bool returns;
	} fall;
	struct samples samples;
};

void control_init(struct control *c);

/*
 * Begin with the rate that `from` has proven for the same path; with its limit too (`limit`) if the
 * questions are of the same kind. Do not take over the share of answers: other questions have
 * another share.
 */
void control_inherit(struct control *c, const struct control *from, bool limit);

/* The way was dead for a while: forget what it seemed to take, but for a rate that was proven before. */
void control_begin_anew(struct control *c, double proven_pps);

/* The start: how many questions the next window has, if a round trip takes rtt_ns. */
uint64_t control_window(const struct control *c, double rtt_ns);

/*
 * The start: a window has been judged, which was sent at rate_pps. Go on with another one? Else
 * stretches follow, at c->rate_pps. `all`: nearly all its questions are answered.
 */
bool control_starts(struct control *c, double rate_pps, bool all);

/* The start: the answers to a window came only at this rate. `sure`: it is the limit of the path. */
void control_lag(struct control *c, double rate_pps, bool sure);

/* How many questions the next stretch should have. Send all of it at c->rate_pps. */
uint64_t control_stretch(const struct control *c);

/* Are these fewer answers than the samples predict, by more than chance usually explains? */
bool control_is_less(const struct control *c, double rate_pps, uint64_t asked, uint64_t answered);

/* Call before control_judge: how late even the fastest of the last answers was, beyond the fastest of all. */
void control_note_queue(struct control *c, double queue_ns);

/*
 * Judge a stretch: of `asked` questions sent at `rate_pps`, `answered` have an answer; `delayed`:
 * round trips have grown. Sets c->rate_pps for the next stretches.
 */
void control_judge(struct control *c, double rate_pps, uint64_t asked, uint64_t answered,
		   bool delayed);

/* Be careful from now on: questions are asked again, and the few that are left matter. */
void control_settle(struct control *c);

#endif
