// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* control.c - the control law of --rate auto; control.h explains it. */
#include "control.h"

#include <math.h>
#include <string.h>

#define DOUBLING      2.0
#define CREEPING      1.25
#define FALL_MOST     16.0
#define CRUISE	      0.95
#define PROBE	      1.2
#define SEEK	      0.5
#define LOWEST	      1.2 /* times the lowest rate tried: a limit that may as well be lower */
#define FAR	      0.5 /* of what was proven: less is a fall */
#define LESS	      0.9
#define CHANGED	      0.7 /* of the expected answers: fewer shows that the path has changed */
#define SLOWER	      0.8 /* of a rate: clearly lower */
#define CAREFUL	      0.8
#define MEMORY	      0.9 /* weight that a stretch keeps when the next one is judged */
#define SIGNIFICANT   5.0 /* log-likelihood ratio: a little more than 3 standard deviations */
#define ANSWERS	      64  /* answers that a stretch should have */
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
	SAME_SHARE = 3,	    /* stretches that fell short, in a row */
	CALM_TO_PROVE = 8,  /* stretches without a limit: then their rate is proven */
	CALM_TO_RETURN = 4, /* stretches, at first; */
	CALM_MOST = 16,	    /* after that, no return */
	STEPS_PER_OCTAVE = 4
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

static unsigned int level_of(double rate_pps)
{
	double level = log2(rate_pps / CONTROL_MIN_PPS) * STEPS_PER_OCTAVE + 0.5;

	if (level < 0)
		return 0;
	return level < CONTROL_LEVELS ? (unsigned int)level : CONTROL_LEVELS - 1;
}

static double rate_of(double level)
{
	return CONTROL_MIN_PPS * exp2(level / STEPS_PER_OCTAVE);
}

/* The log-likelihood of all samples for a capacity and the share that fits it best. */
static double likelihood(const struct control *c, double capacity)
{
	double answered = 0, reached = 0, sum = 0;
	unsigned int i;

	for (i = 0; i < CONTROL_LEVELS; i++) {
		const struct control_sample *s = &c->samples[i];
		double rate, carried;

		if (s->asked < 1)
			continue;
		rate = s->asked_times_rate / s->asked;
		carried = rate > capacity ? capacity / rate : 1;
		answered += s->answered;
		reached += s->asked * carried;
		sum += s->answered * log(carried);
	}
	return answered > 0 ? sum + answered * log(answered / reached) - answered : 0;
}

/*
 * The most likely capacity; 0: the samples show none. Search by levels first, then between them.
 * Search from above: capacities below every rate tried are all equally likely.
 */
static double find_capacity(const struct control *c)
{
	double best = likelihood(c, INFINITY) + SIGNIFICANT, capacity = 0, fine, l;
	int i, coarse = -1;

	for (i = CONTROL_LEVELS - 1; i >= 0; i--) {
		l = likelihood(c, rate_of(i));
		if (l > best + 1e-6) {
			best = l;
			coarse = i;
		}
	}
	if (coarse < 0)
		return 0;
	capacity = rate_of(coarse);
	for (fine = coarse + 1; fine > coarse - 1; fine -= 0.125) {
		l = likelihood(c, rate_of(fine));
		if (l > best + 1e-6) {
			best = l;
			capacity = rate_of(fine);
		}
	}
	return capacity;
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
	c->rate_pps = c->proven_pps = rate_pps > CONTROL_MIN_PPS ? rate_pps : CONTROL_MIN_PPS;
	if (!sure)
		return;
	c->limit_pps = c->rate_pps;
	c->rate_pps *= CRUISE;
}

uint64_t control_stretch(const struct control *c)
{
	double asked = 0, answered = 0, n = ANSWERS;
	double least = c->rate_pps * STRETCH_MIN_S;
	double most = c->rate_pps * STRETCH_MAX_S;
	unsigned int i;

	for (i = 0; i < CONTROL_LEVELS; i++) {
		asked += c->samples[i].asked;
		answered += c->samples[i].answered;
	}
	if (!c->judged)
		return BURST;
	if (answered > 0)
		n = ANSWERS * asked / answered;
	n = n < least ? least : n;
	n = n > most ? most : n;
	return (uint64_t)n + 1;
}

/* The most likely share of answers if the path has this capacity. */
static double share_of(const struct control *c, double capacity)
{
	double answered = 0, reached = 0;
	unsigned int i;

	for (i = 0; i < CONTROL_LEVELS; i++) {
		const struct control_sample *s = &c->samples[i];
		double rate = s->asked >= 1 ? s->asked_times_rate / s->asked : 0;

		answered += s->answered;
		reached += rate > capacity ? s->asked * capacity / rate : s->asked;
	}
	return reached > 0 ? answered / reached : 0;
}

/* How many of `asked` should answer, by all samples. */
static double expect(const struct control *c, double rate_pps, double asked, double *share)
{
	double capacity = find_capacity(c);

	if (capacity == 0)
		capacity = INFINITY;
	*share = share_of(c, capacity);
	return asked * *share * (rate_pps > capacity ? capacity / rate_pps : 1);
}

/* The fewest answers that are no cause for doubt: so many standard deviations are put down to chance. */
static double fewest(double expected, double share, double deviations)
{
	return LESS * expected - deviations * sqrt(expected * fmax(1 - share, 0));
}

bool control_is_less(const struct control *c, double rate_pps, uint64_t asked, uint64_t answered)
{
	double share, expected = expect(c, rate_pps, (double)asked, &share), had = 0;
	unsigned int i;

	for (i = 0; i < CONTROL_LEVELS; i++)
		had += c->samples[i].answered;
	/* The share is uncertain as well: it was learnt from so many answers. */
	return (double)answered <
	       fewest(expected, share, 2 * sqrt(had > 0 ? 1 + expected / had : 1));
}

/* Forget the path but keep the share, as a sample of a rate that no path is too slow for. */
static void forget_path(struct control *c, double share)
{
	double asked = 0;
	unsigned int i;

	for (i = 0; i < CONTROL_LEVELS; i++) {
		asked += c->samples[i].asked;
		c->samples[i] = (struct control_sample){ 0 };
	}
	c->samples[0] = (struct control_sample){
		.asked = asked,
		.asked_times_rate = asked * CONTROL_MIN_PPS,
		.answered = asked * share,
	};
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
	double share, expected = expect(c, rate_pps, asked, &share);
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
	forget_path(c, share);
	if (c->fall.row < SAME_SHARE)
		return;
	memset(c->samples, 0, sizeof(c->samples));
	undo_fall(c);
	c->share_before = share;
}

/* A part that was silent for a while answers again: what the samples tell of the share is old. */
static void notice_recovery(struct control *c, double asked, double answered)
{
	const double share = share_of(c, INFINITY), expected = asked * share;

	if (c->share_before <= 0 || answered - expected < 4 * sqrt(expected * (1 - share) + 1))
		return;
	memset(c->samples, 0, sizeof(c->samples));
	if (answered >= LESS * c->share_before * asked)
		c->share_before = 0;
}

/* Has no clearly lower rate been tried? Then a lower limit and a larger share would fit as well. */
static bool is_lowest(const struct control *c, double capacity)
{
	unsigned int i;

	for (i = 0; i < CONTROL_LEVELS; i++)
		if (c->samples[i].asked >= 1)
			return capacity <=
			       LOWEST * c->samples[i].asked_times_rate / c->samples[i].asked;
	return false;
}

static void enter(struct control *c, double rate_pps, uint64_t asked, uint64_t answered)
{
	struct control_sample *s = &c->samples[level_of(rate_pps)];
	unsigned int i;

	for (i = 0; i < CONTROL_LEVELS; i++) {
		c->samples[i].asked *= MEMORY;
		c->samples[i].asked_times_rate *= MEMORY;
		c->samples[i].answered *= MEMORY;
	}
	s->asked += (double)asked;
	s->asked_times_rate += (double)asked * rate_pps;
	s->answered += (double)answered;
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
		f->from_share = share_of(c, INFINITY);
	forget_path(c, f->from_share);
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

/* Answers tell how fast they came, not what the scan sends when they come (a reset): that may fill the path. */
static void lower_limit(struct control *c)
{
	if (c->lowered || c->clean != CLEAN_BEFORE_PROBE || c->queue_ns <= QUEUE_NS)
		return;
	c->limit_pps *= CRUISE;
	c->proven_pps = c->limit_pps;
	c->lowered = true;
}

/* A queue should drain before the rate is raised. But it may be another's, and stay. */
static bool may_try(const struct control *c)
{
	return c->clean >= (c->queue_ns > QUEUE_NS ? CLEAN_DESPITE_QUEUE : CLEAN_BEFORE_PROBE);
}

/* A rate above the limit is tried: do all answers come later than before? */
static bool queue_builds_up(const struct control *c)
{
	return c->queue_ns > c->queue_before_ns + QUEUE_NS;
}

void control_note_queue(struct control *c, double queue_ns)
{
	c->queue_ns = queue_ns;
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
	enter(c, rate_pps, asked, answered);
	c->judged = true;
	capacity = find_capacity(c);
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
	/* Below the lowest rate there is nothing to fall to. */
	if (capacity > 0 && rate_pps <= LOWEST * CONTROL_MIN_PPS && capacity <= CONTROL_MIN_PPS)
		capacity = 0;
	if (capacity > 0) {
		take_limit(c, capacity);
	} else if (rate_pps > c->limit_pps && queue_builds_up(c)) {
		c->clean = c->tried = 0;
	} else if (rate_pps > c->limit_pps && ++c->tried == CLEAN_TO_BELIEVE) {
		c->limit_pps = c->proven_pps = rate_pps;
		c->tried = 0; /* keep `clean`: try again soon */
		c->lowered = false;
	}
	lower_limit(c);
	if (rate_pps <= c->limit_pps)
		c->queue_before_ns = c->queue_ns;
	if (c->clean == CLEAN_BEFORE_PROBE && !c->fall.returns && !may_return(c))
		c->fall = (struct control_fall){ .calm = CALM_TO_PROVE };
	c->rate_pps = c->limit_pps * (may_try(c) ? PROBE : CRUISE);
	if (capacity > 0 && is_lowest(c, capacity))
		c->rate_pps = c->limit_pps * SEEK;
	if (c->rate_pps < CONTROL_MIN_PPS)
		c->rate_pps = CONTROL_MIN_PPS;
}

void control_settle(struct control *c)
{
	const bool limited = c->limit_pps > 0 || c->fall.from_pps > 0;

	c->clean = c->tried = 0;
	c->rate_pps =
		c->proven_pps > 0 ? believable(c) * (limited ? CAREFUL : 1) : CONTROL_SLOW_PPS;
}
