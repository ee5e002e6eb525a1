// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* control.c - the control law of --rate auto; control.h explains it. */
#include "control.h"

#include <math.h>

#define DOUBLING      2.0
#define CREEPING      1.25
#define FALL_MOST     16.0
#define CRUISE	      0.95
#define PROBE	      1.2
#define SEEK	      0.5
#define FAR	      0.5 /* of what was proven: less is a fall */
#define LESS	      0.9
#define CHANGED	      0.7 /* of the expected answers: fewer shows that the path has changed */
#define SLOWER	      0.8 /* of a rate: clearly lower */
#define CAREFUL	      0.8
#define ANSWERS	      64 /* answers that a stretch should have */
#define STRETCH_MIN_S 0.02
#define STRETCH_MAX_S 1.0
#define WINDOW_NS     1e6
#define QUEUE_NS      4e6      /* RFC 9406, 4.2: MIN_RTT_THRESH */
#define START_MOST    250000.0 /* a second, if all answer; */
#define START_SOME    32000.0  /* if some do */
#define REACHED	      0.8      /* of the rate that was wanted: else the sender has no more */

enum {
	BURST = 32,
	ASKED_LEAST = 16,
	CLEAN_BEFORE_PROBE = 20,
	CLEAN_DESPITE_QUEUE = 60,
	CLEAN_TO_BELIEVE = 10,
	LATE_TO_STOP = 2,
	SAME_SHARE = 3,	    /* stretches that fell short, in a row */
	CALM_TO_PROVE = 8,  /* stretches without a limit: then their rate is proven */
	CALM_TO_RETURN = 4, /* stretches, at first; */
	CALM_MOST = 16,	    /* after that, no return */
};

void control_init(struct control *c)
{
	*c = (struct control){ .rate_pps = CONTROL_START_PPS };
}

/* What is proven. A fall that is still open may be an outage: then it counts only so much. */
static double believable(const struct control *c)
{
	const double least = c->fall.from_pps / FALL_MOST;

	return c->proven_pps > least ? c->proven_pps : least;
}

void control_inherit(struct control *c, const struct control *from, bool limit)
{
	control_init(c);
	if (from->proven_pps <= 0)
		return;
	c->rate_pps = c->proven_pps = believable(from);
	if (!limit || from->limit_pps <= 0 || from->limit_pps < c->proven_pps)
		return;
	c->limit_pps = from->limit_pps;
	c->rate_pps = from->limit_pps * CRUISE;
}

void control_begin_anew(struct control *c, double proven_pps)
{
	control_init(c);
	c->proven_pps = proven_pps;
	c->rate_pps = proven_pps > 0 ? CAREFUL * proven_pps : CONTROL_SLOW_PPS;
}

uint64_t control_window(const struct control *c, double rtt_ns)
{
	const double lasts_ns = rtt_ns > 2 * WINDOW_NS ? rtt_ns / 2 : WINDOW_NS;
	const double n = c->rate_pps * lasts_ns / 1e9;

	return n > BURST ? (uint64_t)n : BURST;
}

bool control_starts(struct control *c, double rate_pps, bool all)
{
	if (!all && rate_pps <= START_SOME && c->rate_pps > START_SOME)
		c->rate_pps = START_SOME;
	return c->limit_pps == 0 && c->rate_pps < (all ? START_MOST : START_SOME) &&
	       rate_pps * DOUBLING >= REACHED * c->rate_pps;
}

void control_lag(struct control *c, double rate_pps, bool sure)
{
	c->judged = true;
	c->rate_pps = c->proven_pps = rate_pps > SAMPLES_MIN_PPS ? rate_pps : SAMPLES_MIN_PPS;
	if (!sure)
		return;
	c->limit_pps = c->rate_pps;
	c->rate_pps *= CRUISE;
}

uint64_t control_stretch(const struct control *c)
{
	const struct samples_level had = samples_sum(&c->samples);
	const double least = c->rate_pps * STRETCH_MIN_S;
	const double most = c->rate_pps * STRETCH_MAX_S;
	double n = ANSWERS;

	if (!c->judged)
		return BURST;
	if (had.answered > 0)
		n = ANSWERS * had.asked / had.answered;
	n = n < least ? least : n;
	n = n > most ? most : n;
	return (uint64_t)n + 1;
}

/* The fewest answers that are no cause for doubt: so many standard deviations are put down to chance. */
static double fewest(double expected, double share, double deviations)
{
	return LESS * expected - deviations * sqrt(expected * fmax(1 - share, 0));
}

bool control_is_less(const struct control *c, double rate_pps, uint64_t asked, uint64_t answered)
{
	const double had = samples_sum(&c->samples).answered;
	double share, expected = samples_expect(&c->samples, rate_pps, (double)asked, &share);

	/* The share is uncertain as well: it was learnt from so many answers. */
	return (double)answered <
	       fewest(expected, share, 2 * sqrt(had > 0 ? 1 + expected / had : 1));
}

/* The rate falls, or will. Keep what was believed before, unless an earlier fall has kept it. */
static void open_fall(struct control *c, double share, bool delayed)
{
	unsigned int wait = delayed ? CALM_MOST : CALM_TO_RETURN;

	if (c->fall.from_pps >= c->proven_pps)
		return;
	if (c->fall.calm < CALM_TO_PROVE)
		wait = CALM_MOST;
	if (wait < c->fall.wait)
		wait = c->fall.wait;
	c->fall = (struct control_fall){
		.from_pps = c->proven_pps,
		.limit_pps = c->limit_pps,
		.from_share = share,
		.wait = wait,
	};
}

/* The cause was not the rate, or has passed: go on as before the fall. */
static void undo_fall(struct control *c)
{
	c->limit_pps = c->fall.limit_pps;
	c->proven_pps = c->fall.from_pps;
	c->rate_pps = c->limit_pps > 0 ? c->limit_pps * CRUISE : c->proven_pps;
	c->clean = c->tried = 0;
	c->fall = (struct control_fall){ .wait = c->fall.wait };
}

/* A slower stretch has fallen short. Is the share nearer to the last one than to what a limit lets through? */
static bool is_same_share(const struct control_fall *f, double rate_pps, double share)
{
	return f->row && rate_pps < SLOWER * f->rate_pps &&
	       share < f->share * sqrt(f->rate_pps / rate_pps);
}

/*
 * Has the path changed? If far fewer answer than expected, forget the path and keep the share. If slower
 * stretches do not answer more, the share has changed and not the path.
 */
static void notice_change(struct control *c, double rate_pps, double asked, double answered,
			  bool delayed)
{
	double share, expected = samples_expect(&c->samples, rate_pps, asked, &share);
	const double now = answered / asked;

	if (answered > CHANGED * expected ||
	    expected - answered < 4 * sqrt(expected * (1 - share) + 1)) {
		if (rate_pps < SLOWER * c->fall.rate_pps && answered > LESS * share * asked)
			c->fall.row = 0;
		return;
	}
	open_fall(c, share, delayed);
	c->fall.calm = 0;
	if (!c->fall.row || rate_pps < SLOWER * c->fall.rate_pps ||
	    SLOWER * rate_pps > c->fall.rate_pps) {
		c->fall.row = is_same_share(&c->fall, rate_pps, now) ? c->fall.row + 1 : 1;
		c->fall.rate_pps = rate_pps;
		c->fall.share = now;
	}
	samples_forget_path(&c->samples, share);
	if (c->fall.row < SAME_SHARE)
		return;
	c->samples = (struct samples){ 0 };
	undo_fall(c);
	c->share_before = share;
}

/* A part that was silent for a while answers again: what the samples tell of the share is old. */
static void notice_recovery(struct control *c, double asked, double answered)
{
	const double share = samples_share(&c->samples, INFINITY), expected = asked * share;

	if (c->share_before <= 0 || answered - expected < 4 * sqrt(expected * (1 - share) + 1))
		return;
	c->samples = (struct samples){ 0 };
	if (answered >= LESS * c->share_before * asked)
		c->share_before = 0;
}

/* No limit shows: go faster. */
static void go_on(struct control *c, double rate_pps, bool delayed)
{
	const double faster = rate_pps * (delayed ? CREEPING : DOUBLING);

	/* Only raise the rate: a stretch sent at a lower rate says nothing about this one. */
	if (faster > c->rate_pps)
		c->rate_pps = faster;
	if (rate_pps > c->proven_pps)
		c->proven_pps = rate_pps;
}

/* Has the rate fallen far, and has it not been raised again too often? */
static bool may_return(const struct control *c)
{
	const struct control_fall *f = &c->fall;

	return f->from_pps > 0 && c->limit_pps <= FAR * f->from_pps && f->wait <= CALM_MOST;
}

/* Has a stretch fewer answers than before the fall, by more than chance usually does? */
static bool is_short(const struct control_fall *f, double asked, double answered)
{
	return answered < fewest(asked * f->from_share, f->from_share, 1);
}

/* The share before the fall may be that of a few answers. After many stretches without a limit theirs is better. */
static bool begin_return(struct control *c)
{
	struct control_fall *f = &c->fall;
	const bool calm_for_long = c->clean + 1 >= CLEAN_BEFORE_PROBE;

	if (!may_return(c) || (f->calm < f->wait && !calm_for_long))
		return false;
	if (calm_for_long)
		f->from_share = samples_share(&c->samples, INFINITY);
	samples_forget_path(&c->samples, f->from_share);
	f->wait *= 2;
	f->returns = true;
	return true;
}

/*
 * Stretches have gone well since the fall: double the rate with each one, until a limit shows or the rate is
 * what it was. False: it is too early.
 */
static bool go_back(struct control *c, double rate_pps, double asked, double answered, bool delayed)
{
	struct control_fall *f = &c->fall;

	if (f->from_pps <= 0 || c->limit_pps <= 0 || rate_pps < SLOWER * c->rate_pps)
		return false;
	f->calm = is_short(f, asked, answered) ? 0 : f->calm + 1;
	if (!f->returns && c->limit_pps > FAR * f->from_pps) {
		if (f->calm >=
		    CALM_TO_PROVE) /* the rate has hardly fallen: this limit is proven now */
			*f = (struct control_fall){ .calm = f->calm };
		return false;
	}
	if (f->returns ? !f->calm : !begin_return(c))
		return false;
	c->limit_pps *= delayed ? CREEPING : DOUBLING;
	if (c->limit_pps >= f->from_pps)
		undo_fall(c);
	else
		c->proven_pps = c->rate_pps = c->limit_pps;
	return true;
}

/* A limit has shown. */
static void take_limit(struct control *c, double capacity)
{
	if (c->fall.returns)
		c->fall.calm = 0;
	c->fall.returns = false;
	c->limit_pps = c->proven_pps = capacity;
	c->clean = c->tried = 0;
	c->lowered = false;
}

/* How many of the last stretches up to the limit were later than that? */
static unsigned int later_than(const struct control_queue *q, double queue_ns)
{
	unsigned int i, n = 0;

	for (i = 0; i < CONTROL_RECENT; i++)
		n += q->recent_ns[i] > queue_ns;
	return n;
}

/* Was each of them late? Then a queue stays. */
static bool queue_stays(const struct control_queue *q)
{
	return later_than(q, QUEUE_NS) == CONTROL_RECENT;
}

/* Above the limit count stretches whose answers were all late. Up to the limit keep how late they were. */
static void enter_queue(struct control *c, double rate_pps)
{
	struct control_queue *q = &c->queue;

	if (rate_pps > c->limit_pps) {
		q->late = later_than(q, q->now_ns - QUEUE_NS) ? 0 : q->late + 1;
		return;
	}
	q->late = 0;
	q->recent_ns[q->n++ % CONTROL_RECENT] = q->now_ns;
}

/* Answers tell how fast they came, not what the scan sends when they come (a reset): that may fill the path. */
static void lower_limit(struct control *c)
{
	if (c->lowered || c->clean != CLEAN_BEFORE_PROBE || !queue_stays(&c->queue))
		return;
	c->limit_pps *= CRUISE;
	c->proven_pps = c->limit_pps;
	c->lowered = true;
}

/* A queue should drain before the rate is raised. But it may be another's, and stay. */
static bool may_try(const struct control *c)
{
	return c->clean >= (queue_stays(&c->queue) ? CLEAN_DESPITE_QUEUE : CLEAN_BEFORE_PROBE);
}

void control_note_queue(struct control *c, double queue_ns)
{
	c->queue.now_ns = queue_ns;
}

void control_judge(struct control *c, double rate_pps, uint64_t asked, uint64_t answered,
		   bool delayed)
{
	double capacity;

	if (!asked)
		return;
	if (asked >= ASKED_LEAST) {
		notice_change(c, rate_pps, (double)asked, (double)answered, delayed);
		notice_recovery(c, (double)asked, (double)answered);
	}
	c->fall.calm += c->fall.from_pps <= 0;
	samples_add(&c->samples, rate_pps, asked, answered);
	c->judged = true;
	capacity = samples_capacity(&c->samples);
	if (capacity > 0 && capacity < rate_pps / FALL_MOST)
		capacity = rate_pps / FALL_MOST;
	if (capacity == 0 && c->limit_pps == 0) {
		if (asked >= ASKED_LEAST)
			go_on(c, rate_pps, delayed);
		if (c->fall.calm > CLEAN_BEFORE_PROBE)
			c->fall = (struct control_fall){ .calm = c->fall.calm };
		return;
	}
	if (go_back(c, rate_pps, (double)asked, (double)answered, delayed))
		return;
	c->clean++;
	enter_queue(c, rate_pps);
	/* Below the lowest rate there is nothing to fall to. */
	if (capacity > 0 && SLOWER * rate_pps <= SAMPLES_MIN_PPS && capacity <= SAMPLES_MIN_PPS)
		capacity = 0;
	if (capacity > 0) {
		take_limit(c, capacity);
	} else if (c->queue.late >= LATE_TO_STOP) {
		c->clean = c->tried = 0;
	} else if (rate_pps > c->limit_pps && ++c->tried == CLEAN_TO_BELIEVE) {
		c->limit_pps = c->proven_pps = rate_pps;
		c->tried = 0; /* keep `clean`: try again soon */
		c->lowered = false;
	}
	lower_limit(c);
	if (c->clean == CLEAN_BEFORE_PROBE && !c->fall.returns && !may_return(c))
		c->fall = (struct control_fall){ .calm = CALM_TO_PROVE };
	c->rate_pps = c->limit_pps * (may_try(c) ? PROBE : CRUISE);
	if (capacity > 0 && samples_is_lowest(&c->samples, capacity))
		c->rate_pps = c->limit_pps * SEEK;
	if (c->rate_pps < SAMPLES_MIN_PPS)
		c->rate_pps = SAMPLES_MIN_PPS;
}

void control_settle(struct control *c)
{
	const bool limited = c->limit_pps > 0 || c->fall.from_pps > 0;

	c->clean = c->tried = 0;
	c->rate_pps =
		c->proven_pps > 0 ? believable(c) * (limited ? CAREFUL : 1) : CONTROL_SLOW_PPS;
}
