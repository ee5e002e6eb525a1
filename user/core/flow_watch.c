// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* flow_watch.c - pulses, and whether the way and the hosts still answer. */
#include "flow_parts.h"

#include <math.h>
#include <string.h>

#define CREDIT_MOST  8.0
#define PULSE_WEIGHT 2.0 /* a pulse must be answered: its silence tells more than a question's */
/* Answers due since the last sign of life: chance brings that once in 160,000. */
#define ENOUGH 12.0

enum {
	QUIET = 128,	     /* first try: a pulse with so many questions */
	QUIET_ANSWERS = 4,   /* that bring fewer answers than these */
	PULSES_LEAST = 16,   /* in a further try, */
	PULSES_SHARE = 64,   /* and one more for so many questions of the flow, */
	PULSES_MOST = 4096,  /* but not more */
	LOOK_AT_MOST = 8192, /* questions of a host, to find an answered one */
	PATIENT = 4,	     /* pulses that wait for a host without one */
	HOSTS_MANY = 3,	     /* silent hosts, without one that lives: then it is the way */
	CHECKED = 8,	     /* questions that tell whether the way lives */
	PULSE_NS = 250000000,
	REWINDS_MOST = 3,
	MUTE_ANSWERS = 9, /* tell the share of questions that are answered */
};

static uint64_t host_of(const struct flow *f, uint64_t question)
{
	return (question - f->first) / f->each;
}

/* How long to wait for the answer to a pulse. */
static uint64_t pulse_wait_ns(const struct flow *f, uint64_t ceiling_ns)
{
	return rtt_timeout_ns(&f->rtt, PULSE_NS, ceiling_ns);
}

void flow_learn(struct flow *f, uint64_t index)
{
	if (!f->attempt && !f->pulses.heard) {
		f->mute = order_position(&f->order, index - f->first);
		f->mute_look = MUTE_ANSWERS;
	}
	pulses_learn(&f->pulses, index);
}

void flow_learn_earlier(struct flow *f, uint64_t index)
{
	pulses_learn(&f->pulses, index);
}

/*
 * Without a known loss, ask no more pulses than questions are left, or one in a hundred of all: what is
 * asked again stays a small part of the scan. But a host that is not found is worth more.
 */
static uint64_t least_pulses(const struct flow *f, uint64_t left)
{
	const uint64_t few = left > f->n / 100 ? left : f->n / 100;

	return few > PULSES_LEAST || f->each == 1 || evidence_of_loss(&f->evidence) ? PULSES_LEAST
										    : few;
}

/* Further tries always have pulses: only these tell what the last try loses. */
void flow_begin_pulses(struct flow *f, uint64_t left, uint64_t now_ns)
{
	const double usual = PULSES_LEAST + (double)f->n / PULSES_SHARE;
	const double wanted = usual < PULSES_MOST ? usual : PULSES_MOST;

	f->pulses_owed = least_pulses(f, left);
	f->pulse_share = wanted / (double)(left ? left : 1);
	if (!evidence_of_loss(&f->evidence) && f->pulse_share > 1)
		f->pulse_share = 1;
	f->quiet_only = f->attempt == 0 && f->tries.least > 1;
	if (f->quiet_only)
		f->pulse_share = 1.0 / QUIET;
	f->credit = 0;
	f->pulses_sent = 0;
	f->heard_at_pulse = f->heard;
	if (f->pulsed)
		memset(f->pulsed, 0, f->n / f->each / 8 + 1);
	check_begin(&f->check, now_ns);
}

/* An answered question of the host; false: none was found. */
static bool answered_of(struct flow *f, const struct flow_view *view, uint64_t question,
			uint64_t *answered)
{
	const uint64_t first = question - (question - f->first) % f->each;
	uint64_t at = pulses_random(&f->pulses, f->each), i;
	const flow_says steady = view->steady ?: view->firm;

	for (i = 0; i < f->each && i < LOOK_AT_MOST; i++, at = at + 1 < f->each ? at + 1 : 0) {
		if (!steady(view->ctx, first + at))
			continue;
		*answered = first + at;
		return true;
	}
	return false;
}

/* The first pulse of a host in this try? Note that it has one. */
static bool is_first(struct flow *f, uint64_t question)
{
	const uint64_t host = host_of(f, question);
	const uint8_t bit = (uint8_t)(1 << host % 8);

	if (f->pulsed[host / 8] & bit)
		return false;
	f->pulsed[host / 8] |= bit;
	return true;
}

static bool is_refused(const struct flow_view *view, uint64_t question)
{
	return view->refused && view->refused(view->ctx, question);
}

/*
 * Choose a pulse to leave with a question. In further tries it goes to the same host: so pulses tell
 * the loss of the questions that are still silent, and each host gets one as soon as possible.
 */
static bool choose(struct flow *f, const struct flow_view *view, uint64_t question, uint64_t *pulse)
{
	const bool several = f->pulsed && f->n > f->each;

	if (!several || !f->attempt)
		return pulses_pick(&f->pulses, pulse);
	if (view->partial(view->ctx, question) && !is_refused(view, question) &&
	    (is_first(f, question) || f->credit >= PATIENT))
		return answered_of(f, view, question, pulse);
	return f->credit >= PATIENT && pulses_pick(&f->pulses, pulse);
}

/* In the first try, the answers themselves show that the way lives, unless they are few. */
static bool is_quiet(struct flow *f)
{
	bool quiet = !f->quiet_only || f->heard - f->heard_at_pulse < QUIET_ANSWERS;

	f->heard_at_pulse = f->heard;
	return quiet;
}

/* The share of pulses that were answered. */
static double pulse_share(const struct flow *f)
{
	const double judged = (double)(f->fresh.judged + f->again.judged);
	const double alive = (double)(f->fresh.alive + f->again.alive);

	return (alive + 0.5) / (judged + 1);
}

double flow_loss(const struct flow *f)
{
	return chance_loss(&f->loss);
}

static bool send_pulse(struct flow *f, uint64_t now_ns, uint64_t question, struct pulse *pulse)
{
	if (f->pulses.n == PULSES_MAX || pulses_has(&f->pulses, question))
		return false;
	*pulse = pulses_add(&f->pulses, question, now_ns);
	f->pulses_sent++;
	life_sent(&f->life, PULSE_WEIGHT * pulse_share(f));
	return true;
}

unsigned int flow_pulses(struct flow *f, const struct flow_view *view, uint64_t now_ns,
			 const uint64_t *indices, unsigned int n, struct pulse *pulses,
			 unsigned int room)
{
	unsigned int i, sent = 0;
	uint64_t question;

	for (i = 0; i < n; i++) {
		bool last = f->state == FLOW_WAITING && i + 1 == n;

		f->credit += f->pulse_share;
		if (f->credit > CREDIT_MOST)
			f->credit = CREDIT_MOST;
		/* A try ends with a pulse. */
		if (last && !sent && !f->quiet_only && f->credit < PATIENT)
			f->credit = PATIENT;
		while (f->credit >= 1 && sent < room) {
			if (!is_quiet(f)) {
				f->credit -= 1;
				continue;
			}
			if (!choose(f, view, indices[i], &question) ||
			    !send_pulse(f, now_ns, question, &pulses[sent]))
				break;
			f->credit -= 1;
			sent++;
		}
	}
	pacer_charge(f->pacer, sent);
	pacer_charge(&f->brake, sent);
	return sent;
}

void flow_expect(struct flow *f, uint64_t n)
{
	if (f->attempt == 0 && f->position > f->reached && f->position)
		life_sent(&f->life, (double)n * (double)f->heard / (double)f->position);
}

void flow_doubt(struct flow *f, uint64_t question)
{
	unsigned int i;

	for (i = 0; i < f->check.n; i++)
		if (host_of(f, f->check.items[i].question) == host_of(f, question))
			return;
	check_add(&f->check, question);
}

/*
 * Does a pulse tell what a new question would meet? A port that was used before does so as long as such
 * pulses are lost as often as others. A firewall that limits new connections makes a difference: then
 * only new ports tell.
 */
static bool counts(struct flow *f, const struct pulse *pulse, bool alive)
{
	struct flow_pulse_sums *sums = pulse->again ? &f->again : &f->fresh;

	sums->judged++;
	sums->alive += alive;
	return !pulse->again ||
	       (f->fresh.judged - f->fresh.alive) * (f->again.judged + 2) <=
		       2 * (f->again.judged - f->again.alive + 1) * f->fresh.judged;
}

/* A host or a way that has died since then has not lost these pulses. */
static void note_life(struct flow *f, uint64_t now_ns)
{
	const uint64_t judged = f->fresh.judged + f->again.judged;

	life_heard(&f->life, now_ns);
	f->loss = (struct chance){ judged - f->fresh.alive - f->again.alive, judged };
}

static void judge_pulses(struct flow *f, const struct flow_view *view, uint64_t now_ns,
			 uint64_t ceiling_ns)
{
	struct evidence_try *t = &f->evidence.tries[f->attempt];
	const uint64_t wait = pulse_wait_ns(f, ceiling_ns);
	struct pulse pulse;
	bool alive;

	while (pulses_judge(&f->pulses, now_ns > wait ? now_ns - wait : 0, view->alive, view->ctx,
			    &pulse, &alive)) {
		/* What has never left tells nothing of the way. */
		if (!alive && is_refused(view, pulse.question)) {
			life_not_sent(&f->life, PULSE_WEIGHT * pulse_share(f));
			continue;
		}
		if (counts(f, &pulse, alive)) {
			t->pulses++;
			t->alive += alive;
		}
		if (alive) {
			note_life(f, now_ns);
			if (pulse.sent_ns > f->lived_ns)
				f->lived_ns = pulse.sent_ns;
			continue;
		}
		flow_doubt(f, pulse.question);
		/* Answers come at once, silence is judged later: it is loss if the way lived after it. */
		if (pulse.sent_ns <= f->lived_ns) {
			f->loss.lost++;
			f->loss.of++;
		}
	}
}

/* How many questions of those before the first answer are answered. */
static uint64_t mute_answers(const struct flow *f, const struct flow_view *view)
{
	uint64_t i, n = 0;

	for (i = f->order.n_ahead; i < f->mute; i++)
		n += view->answered(view->ctx, f->first + order_at(&f->order, i));
	return n;
}

/*
 * A way may be dead when the scan begins. Until the first answer there is nothing that a pulse could ask. So
 * compare with what came then: if ENOUGH of the first questions should have been answered, with two standard
 * deviations to spare, and fewer than half of these were, ask them again. Those that went ahead do not count: a
 * filter may drop them and let the others pass.
 */
static void watch_beginning(struct flow *f, const struct flow_view *view, uint64_t now_ns)
{
	const uint64_t asked = f->position > f->reached ? f->position : f->reached;
	const uint64_t ahead = f->order.n_ahead, mute = f->mute > ahead ? f->mute - ahead : 0;
	double early, later, due;

	if (f->attempt || !mute || !f->mute_look || f->heard < f->mute_look ||
	    f->state == FLOW_CHECKING)
		return;
	f->mute_look = 2 * f->heard;
	early = (double)mute_answers(f, view);
	later = (double)f->heard - early;
	due = (later - 2 * sqrt(later)) * (double)mute / (double)(asked - f->mute);
	if (later < MUTE_ANSWERS || due - early < ENOUGH || 2 * early > due)
		return;
	f->mute_look = 0;
	flow_rewind(f, 0, now_ns);
}

void flow_watch(struct flow *f, const struct flow_view *view, uint64_t answers, uint64_t now_ns,
		uint64_t ceiling_ns)
{
	if (answers > f->heard) {
		f->heard_ns = now_ns;
		life_heard(&f->life, now_ns);
		f->rewinds = 0;
		f->proven_alive_pps = f->control.proven_pps;
		/* The way lives: so the check of the way is over. */
		if (f->state == FLOW_CHECKING && f->checks_way && f->check.n)
			f->check.items[0].alive = true;
	}
	f->heard = answers;
	watch_beginning(f, view, now_ns);
	if (f->state != FLOW_CHECKING)
		judge_pulses(f, view, now_ns, ceiling_ns);
}

bool flow_doubts_way(struct flow *f, uint64_t now_ns, uint64_t ceiling_ns)
{
	const uint64_t wait = pulse_wait_ns(f, ceiling_ns);
	uint64_t question;
	unsigned int i, k;

	if (!life_in_doubt(&f->life, now_ns, wait, wait, ENOUGH))
		return false;
	f->pulses.n = 0;
	check_begin(&f->check, now_ns);
	for (i = 0; i < PULSES_KNOWN && f->check.n < CHECKED; i++) {
		if (!pulses_pick(&f->pulses, &question))
			break;
		for (k = 0; k < f->check.n; k++)
			if (f->check.items[k].question == question)
				break;
		if (k == f->check.n)
			check_add(&f->check, question);
	}
	if (!f->check.n) {
		life_begin(&f->life, now_ns);
		return false;
	}
	f->state = FLOW_CHECKING;
	f->checks_way = true;
	f->hops_known = false;
	return true;
}

bool flow_doubts_hosts(struct flow *f, uint64_t now_ns)
{
	/* Of hosts that are asked one question, only all together matter. */
	if (f->checked || !f->check.n || (f->each == 1 && f->evidence.tries[f->attempt].alive))
		return false;
	f->check.due_ns = now_ns;
	f->state = FLOW_CHECKING;
	f->checks_way = false;
	return true;
}

bool flow_owes_pulses(const struct flow *f)
{
	const struct evidence_try *t = &f->evidence.tries[f->attempt];
	const uint64_t known = pulses_known(&f->pulses);

	/* When some have died among the questions, others that live in the calm would hide that. */
	return !f->quiet_only && t->pulses == t->alive && f->pulses_sent < f->pulses_owed &&
	       f->pulses.n < known;
}

uint64_t flow_pulses_take_ns(const struct flow *f)
{
	const uint64_t known = pulses_known(&f->pulses);
	const double share = pulse_share(f);
	double each_ns = share * f->rtt.smoothed_ns;

	if (f->fresh.alive + f->again.alive < f->fresh.judged + f->again.judged)
		each_ns += (1 - share) * PULSE_NS;
	return known ? (uint64_t)(each_ns * PULSES_LEAST / (double)known) : 0;
}

static unsigned int owed_pulses(struct flow *f, uint64_t now_ns, struct pulse *pulses,
				unsigned int room)
{
	unsigned int n = 0, i;
	uint64_t question;

	for (i = 0; i < PULSES_KNOWN && n < room && flow_owes_pulses(f); i++)
		if (pulses_pick(&f->pulses, &question) &&
		    send_pulse(f, now_ns, question, &pulses[n]))
			n++;
	return n;
}

/* Each try may check as many. */
static uint32_t rounds_needed(const struct flow *f)
{
	return chance_rounds(flow_loss(f), (f->checks_way ? 1 : f->check.n) * EVIDENCE_TRIES);
}

unsigned int flow_check(struct flow *f, const struct flow_view *view, uint64_t now_ns,
			struct pulse *pulses, unsigned int room)
{
	unsigned int n = 0;
	uint64_t question;

	if (f->state == FLOW_WAITING)
		return owed_pulses(f, now_ns, pulses, room);
	check_need(&f->check, rounds_needed(f));
	/* Each round has another port. */
	while (n < room && check_next(&f->check, now_ns, view->alive, view->ctx, &question, 1))
		pulses[n++] = (struct pulse){ .question = question,
					      .port = (uint8_t)(f->check.round % PULSE_PORTS) };
	return n;
}

bool flow_check_is_over(const struct flow *f)
{
	return check_over(&f->check, f->checks_way);
}

/*
 * The way lives: ask again what was asked since the last sign of life. What control has learnt since
 * then is wrong: begin with the rate that was proven before. If that brings no answer again and again, the
 * way is not the cause: go on.
 */
static void resume(struct flow *f, uint64_t now_ns)
{
	const uint64_t heard_ns = f->life.heard_ns;

	f->state = FLOW_SENDING;
	life_begin(&f->life, now_ns);
	if (f->automatic)
		control_begin_anew(&f->control, f->proven_alive_pps);
	if (f->rewinds++ < REWINDS_MOST)
		flow_rewind(f, heard_ns, now_ns);
}

static unsigned int count_alive(const struct check *c)
{
	unsigned int i, n = 0;

	for (i = 0; i < c->n; i++)
		n += c->items[i].alive;
	return n;
}

/*
 * If several hosts are silent, and not one pulse of this try was answered, it is the way. Where each host
 * is asked one question, one or two hosts are enough if no more are known: nobody else can tell.
 */
static bool is_way_dead(const struct flow *f, unsigned int alive)
{
	const uint64_t known = pulses_known(&f->pulses);
	const uint64_t many = f->each == 1 && known < HOSTS_MANY ? known : HOSTS_MANY;

	if (alive)
		return false;
	return f->checks_way || (f->check.n >= many && !f->evidence.tries[f->attempt].alive);
}

void flow_end_check(struct flow *f, uint64_t now_ns)
{
	const unsigned int alive = count_alive(&f->check);
	unsigned int i;

	f->checks_alive += alive;
	f->checked = true;
	f->loss_explains = rounds_needed(f) > CHECK_ROUNDS_MOST;
	if (is_way_dead(f, alive)) {
		f->dead = true;
		f->state = FLOW_DONE;
	} else if (f->checks_way) {
		resume(f, now_ns);
	} else {
		f->state = FLOW_WAITING;
		/* A host that is asked one question has answered it already. */
		for (i = 0; i < f->check.n && f->each > 1; i++)
			if (!f->check.items[i].alive)
				f->lost[f->n_lost++] = f->check.items[i].question;
	}
	check_begin(&f->check, now_ns);
}

bool flow_lost(struct flow *f, uint64_t *index)
{
	if (!f->n_lost)
		return false;
	*index = f->lost[--f->n_lost];
	return true;
}
