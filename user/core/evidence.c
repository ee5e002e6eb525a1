// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* evidence.c - estimate what is missing; evidence.h explains how. */
#include "evidence.h"

#include <math.h>

#define Z		1.645 /* 95 %, one-sided */
#define BIAS		1.15  /* of what pulses show: questions meet limits more often */
#define TOLERATED	0.002
#define ENOUGH		0.25 /* of what is tolerated: then no further try is worth it */
#define TOLERATED_SHARE 1e-4 /* of answers beyond MANY */

enum { MANY = 1000 };

uint64_t evidence_answers(const struct evidence *e)
{
	uint64_t sum = 0, i;

	for (i = 0; i < e->n; i++)
		sum += e->tries[i].answers;
	return sum;
}

bool evidence_of_loss(const struct evidence *e)
{
	uint64_t i;

	for (i = 0; i < e->n; i++)
		if (e->tries[i].alive < e->tries[i].pulses || (i && e->tries[i].answers))
			return true;
	return false;
}

/* The upper end of Wilson's interval (1927), if `lost` of `known` are lost. */
static double upper(double lost, double known)
{
	double share, z2n;

	if (known <= 0)
		return 1;
	share = lost / known;
	z2n = Z * Z / known;
	return (share + z2n / 2 + Z * sqrt((share * (1 - share) + z2n / 4) / known)) / (1 + z2n);
}

/* What is known of the shares that the tries have lost. */
struct shares {
	double all;	 /* the product of all */
	double thorough; /* the product of the thorough tries */
	double last;	 /* of the last try */
};

/*
 * Go back from the last try, which only pulses tell of. What a try has lost shows in later tries,
 * as far as these lost less. `bound`: no more, with 95 % probability.
 */
static struct shares find_shares(const struct evidence *e, bool bound)
{
	/* Where a loss has shown, the next may come soon: Jeffreys' prior. */
	const double prior = !bound && evidence_of_loss(e) ? 0.5 : 0;
	struct shares s = { 1, 1, 1 };
	double later = 0;
	uint64_t i;

	for (i = e->n; i--;) {
		const struct evidence_try *t = &e->tries[i];
		double lost = later + (double)(t->pulses - t->alive) + prior;
		double known = later + (double)t->pulses + (double)t->answers * (1 - s.all);
		double share = known > 0 ? lost / (known + 2 * prior) : 1;

		if (bound)
			share = upper(lost, known);
		s.all *= share;
		if (t->thorough)
			s.thorough *= share;
		if (i + 1 == e->n)
			s.last = share;
		later += (double)t->answers;
	}
	return s;
}

/* How many answers there are to one that is lost, if all have lost this share. */
static double odds(double share)
{
	return share < 1 ? share / (1 - share) : INFINITY;
}

/* Where a loss has shown, there may be a host with a single answer even if none has shown. */
static double of_silent(const struct evidence *e, const struct shares *s)
{
	double sum = 0, share = 1, hosts = evidence_of_loss(e) ? 0.5 : 0;
	unsigned int i;

	if (s->thorough <= s->all)
		return 0;
	for (i = 0; i < EVIDENCE_FEW; i++, hosts = 0) {
		hosts += (double)e->few[i];
		share *= s->thorough;
		sum += hosts > 0 ? hosts * (i + 1) * odds(share) : 0;
	}
	return sum;
}

double evidence_missing_of_silent(const struct evidence *e)
{
	const struct shares s = find_shares(e, false);

	return of_silent(e, &s);
}

static double missing(const struct evidence *e, bool bound, double most)
{
	const struct shares s = find_shares(e, bound);
	const double answers = (double)evidence_answers(e);
	const double last = (double)e->tries[e->n - 1].answers;
	double by_all = answers * odds(s.all);
	double by_last = last > 0 && e->n > 1 ? last * odds(s.last) : 0;
	double sum = (by_all > by_last ? by_all : by_last) + of_silent(e, &s);

	/* Chance may have hit more than is likely. */
	if (bound)
		sum = BIAS * sum + Z * sqrt(sum);
	return sum < most ? sum : most;
}

struct estimate evidence_missing(const struct evidence *e, uint64_t unanswered)
{
	struct estimate m = { NAN, NAN };

	if (!unanswered)
		return (struct estimate){ 0, 0 };
	if (!e->n || !evidence_answers(e) || (!evidence_of_loss(e) && !e->tries[e->n - 1].pulses))
		return m;
	m.likely = missing(e, false, (double)unanswered);
	m.most = missing(e, true, (double)unanswered);
	m.most = m.most > m.likely ? m.most : m.likely;
	return m;
}

struct estimate evidence_of_rejected(uint64_t better, uint64_t asked, uint64_t left)
{
	const double share = better ? (double)better / (double)asked : 0;

	if (!better || !left)
		return (struct estimate){ 0, 0 };
	return (struct estimate){
		.likely = share * (double)left,
		.most = upper((double)better, (double)asked) * (double)left,
	};
}

double evidence_tolerance(uint64_t answers)
{
	return TOLERATED + (answers > MANY ? TOLERATED_SHARE * (double)(answers - MANY) : 0);
}

bool evidence_suffices(const struct evidence *e, uint64_t unanswered)
{
	const uint64_t answers = evidence_answers(e);

	return !answers ||
	       evidence_missing(e, unanswered).likely <= ENOUGH * evidence_tolerance(answers);
}
