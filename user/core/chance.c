// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* chance.c - binomial probabilities. */
#include "chance.h"

#include <math.h>

#define RARE	     1e-3
#define RARE_SILENCE 1e-4
#define UNKNOWN	     0.5

double chance_loss(const struct chance *seen)
{
	const double n = (double)seen->of, p = n > 0 ? (double)seen->lost / n : 0;

	if (n <= 0)
		return UNKNOWN;
	return (p + 2 / n + 2 * sqrt(p * (1 - p) / n + 1 / n / n)) / (1 + 4 / n);
}

uint32_t chance_rounds(double loss, uint64_t n)
{
	double rounds;

	if (loss <= 0 || !n)
		return 1;
	if (loss >= 1)
		return UINT32_MAX;
	rounds = ceil(log(RARE_SILENCE / (double)n) / log(loss));
	return rounds < UINT32_MAX ? (uint32_t)rounds : UINT32_MAX;
}

bool chance_explains(double loss, uint64_t dead, uint64_t n)
{
	double sum = 0, k;

	if (!dead || loss >= 1)
		return true;
	if (loss <= 0)
		return false;
	for (k = (double)dead; k <= (double)n; k++)
		sum += exp(lgamma((double)n + 1) - lgamma(k + 1) - lgamma((double)n - k + 1) +
			   k * log(loss) + ((double)n - k) * log1p(-loss));
	return sum > RARE;
}
