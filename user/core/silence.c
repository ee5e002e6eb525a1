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

			likelihood[i][k] = of_p + s->closed * log(q) + s->silent * log1p(-q * p);
			most = fmax(most, likelihood[i][k]);
		}
	}
	return most;
}

double silence_closed_p(const struct silence *s)
{
	double likelihood[STEPS][STEPS], sum = 0, closed = 0, most;
	unsigned int i, k;

	if (!s->canaries_closed)
		return 0;
	most = fill(s, likelihood);
	for (i = 0; i < STEPS; i++) {
		for (k = 0; k < STEPS; k++) {
			const double p = share(i), q = share(k);
			const double weight = exp(likelihood[i][k] - most);

			sum += weight;
			closed += weight * q * (1 - p) / (1 - q * p);
		}
	}
	return closed / sum;
}
