// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* samples.c - the share and the capacity that make the answers most likely. */
#include "samples.h"

#include <math.h>

#define LOWEST	    1.2 /* times the lowest rate tried */
#define MEMORY	    0.9 /* weight that a stretch keeps when the next one is added */
#define SIGNIFICANT 5.0 /* log-likelihood ratio: a little more than 3 standard deviations */

enum { STEPS_PER_OCTAVE = 4 };

static unsigned int level_of(double rate_pps)
{
	double level = log2(rate_pps / SAMPLES_MIN_PPS) * STEPS_PER_OCTAVE + 0.5;

	if (level < 0)
		return 0;
	return level < SAMPLES_LEVELS ? (unsigned int)level : SAMPLES_LEVELS - 1;
}

static double rate_of(double level)
{
	return SAMPLES_MIN_PPS * exp2(level / STEPS_PER_OCTAVE);
}

/* The mean rate of the samples of a level; 0: there are none. */
static double mean_rate(const struct samples_level *l)
{
	return l->asked >= 1 ? l->asked_times_rate / l->asked : 0;
}

void samples_add(struct samples *s, double rate_pps, uint64_t asked, uint64_t answered)
{
	struct samples_level *to = &s->levels[level_of(rate_pps)];
	unsigned int i;

	for (i = 0; i < SAMPLES_LEVELS; i++) {
		s->levels[i].asked *= MEMORY;
		s->levels[i].asked_times_rate *= MEMORY;
		s->levels[i].answered *= MEMORY;
	}
	to->asked += (double)asked;
	to->asked_times_rate += (double)asked * rate_pps;
	to->answered += (double)answered;
}

/* The log-likelihood of all samples for a capacity and the share that fits it best. */
static double likelihood(const struct samples *s, double capacity)
{
	double answered = 0, reached = 0, sum = 0;
	unsigned int i;

	for (i = 0; i < SAMPLES_LEVELS; i++) {
		const struct samples_level *l = &s->levels[i];
		const double rate = mean_rate(l);
		const double carried = rate > capacity ? capacity / rate : 1;

		if (rate <= 0)
			continue;
		answered += l->answered;
		reached += l->asked * carried;
		sum += l->answered * log(carried);
	}
	return answered > 0 ? sum + answered * log(answered / reached) - answered : 0;
}

/*
 * Search by levels first, then between them. Search from above: capacities below every rate tried are all
 * equally likely.
 */
double samples_capacity(const struct samples *s)
{
	double best = likelihood(s, INFINITY) + SIGNIFICANT, capacity = 0, fine, l;
	int i, coarse = -1;

	for (i = SAMPLES_LEVELS - 1; i >= 0; i--) {
		l = likelihood(s, rate_of(i));
		if (l > best + 1e-6) {
			best = l;
			coarse = i;
		}
	}
	if (coarse < 0)
		return 0;
	capacity = rate_of(coarse);
	for (fine = coarse + 1; fine > coarse - 1; fine -= 0.125) {
		l = likelihood(s, rate_of(fine));
		if (l > best + 1e-6) {
			best = l;
			capacity = rate_of(fine);
		}
	}
	return capacity;
}

double samples_share(const struct samples *s, double capacity)
{
	double answered = 0, reached = 0;
	unsigned int i;

	for (i = 0; i < SAMPLES_LEVELS; i++) {
		const struct samples_level *l = &s->levels[i];
		const double rate = mean_rate(l);

		answered += l->answered;
		reached += rate > capacity ? l->asked * capacity / rate : l->asked;
	}
	return reached > 0 ? answered / reached : 0;
}

double samples_expect(const struct samples *s, double rate_pps, double asked, double *share)
{
	double capacity = samples_capacity(s);

	if (capacity == 0)
		capacity = INFINITY;
	*share = samples_share(s, capacity);
	return asked * *share * (rate_pps > capacity ? capacity / rate_pps : 1);
}

struct samples_level samples_sum(const struct samples *s)
{
	struct samples_level sum = { 0 };
	unsigned int i;

	for (i = 0; i < SAMPLES_LEVELS; i++) {
		sum.asked += s->levels[i].asked;
		sum.asked_times_rate += s->levels[i].asked_times_rate;
		sum.answered += s->levels[i].answered;
	}
	return sum;
}

bool samples_is_lowest(const struct samples *s, double capacity)
{
	unsigned int i;

	for (i = 0; i < SAMPLES_LEVELS; i++)
		if (mean_rate(&s->levels[i]) > 0)
			return capacity <= LOWEST * mean_rate(&s->levels[i]);
	return false;
}

void samples_forget_path(struct samples *s, double share)
{
	const double asked = samples_sum(s).asked;

	*s = (struct samples){ 0 };
	s->levels[0] = (struct samples_level){
		.asked = asked,
		.asked_times_rate = asked * SAMPLES_MIN_PPS,
		.answered = asked * share,
	};
}
