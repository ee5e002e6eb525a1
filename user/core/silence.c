// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* silence.c - add up over a grid of pairs; silence.h explains of what. */
#include "silence.h"

#include <math.h>

enum { STEPS = 48 };

/* Points that lie as Jeffreys' prior for a share, Beta(1/2, 1/2), is dense. */
static double share(unsigned int step)
{
	const double sine = sin(M_PI_2 * (step + 0.5) / STEPS);

	return sine * sine;
}

/* The first try may have been too fast: leave it out where others suffice. */
static unsigned int first_try(const struct silence *s)
{
	return s->tries->n > 2;
}

/* How many tries at the host's own rate count; 0: none, or one alone, which tells no more than canaries. */
static unsigned int tries_of(const struct silence *s)
{
	return s->tries && s->tries->n > 1 ? s->tries->n - first_try(s) : 0;
}

/* How likely such tries are: log likelihood. */
static double of_tries(const struct silence *s, double p, double q)
{
	const struct silence_tries *t = s->tries;
	const unsigned int first = first_try(s);
	/* None was ever told of: a filter may drop them all. */
	const unsigned int silent = s->canaries_closed ? t->canaries - t->canaries_closed : 0;
	double sum = s->silent * log1p(-q * (1 - pow(1 - p, tries_of(s)))) +
		     t->canaries_closed * log(p) + silent * log1p(-p);
	unsigned int i;

	for (i = first; i < t->n; i++)
		sum += t->closed[i] * (log(q * p) + (i - first) * log1p(-p));
	return sum;
}

/* The logarithm of how likely the numbers of the host are, for each pair. Returns the largest. */
static double fill(const struct silence *s, double likelihood[STEPS][STEPS])
{
	const unsigned int canaries_silent = s->canaries - s->canaries_closed;
	double most = -INFINITY;
	unsigned int i, k;

	for (i = 0; i < STEPS; i++) {
		const double p = share(i);
		const double of_p =
			(s->canaries_closed + s->closed) * log(p) + canaries_silent * log1p(-p);

		for (k = 0; k < STEPS; k++) {
			const double q = share(k);

			likelihood[i][k] =
				tries_of(s) ? of_tries(s, p, q)
					    : of_p + s->closed * log(q) + s->silent * log1p(-q * p);
			most = fmax(most, likelihood[i][k]);
		}
	}
	return most;
}

static bool has_brought(const struct silence_tries *t)
{
	unsigned int i, sum = 0;

	for (i = 0; t && i < t->n; i++)
		sum += t->closed[i];
	return sum;
}

/* Tries that have brought nothing may have been too fast for the host: only canaries tell. */
bool silence_tells(const struct silence *s)
{
	return s->canaries_closed || (tries_of(s) && has_brought(s->tries));
}

double silence_closed_p(const struct silence *s)
{
	double likelihood[STEPS][STEPS], sum = 0, closed = 0, most;
	const unsigned int tries = tries_of(s) ?: 1;
	unsigned int i, k;

	if (!silence_tells(s))
		return 0;
	most = fill(s, likelihood);
	for (i = 0; i < STEPS; i++) {
		for (k = 0; k < STEPS; k++) {
			const double p = share(i), q = share(k);
			const double weight = exp(likelihood[i][k] - most);
			const double missed = pow(1 - p, tries);

			sum += weight;
			closed += weight * q * missed / (1 - q + q * missed);
		}
	}
	return closed / sum;
}
