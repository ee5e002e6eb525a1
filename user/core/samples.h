/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * samples.h - how many questions of which rate were answered, and what that tells of the path: tell loss
 * from silence. Pure.
 *
 * Questions are asked in the order of a random permutation, so any stretch is a fair sample. The same share
 * p of it answers, whichever hosts are absent or ports are silent. A path of capacity C lets a whole stretch
 * through if the stretch is sent at a rate R below C, else C/R of it. So the share that answers at rate R is
 * p * min(1, C/R), with the same unknown p and C for all stretches. Look for the p and C that make the
 * answers most likely. If no C makes them much more likely than no limit at all, the path has shown no limit
 * yet.
 *
 * A stretch counts 0.9 times as much as the next one, so that a change of the path is noticed.
 */
#ifndef XSCAN_SAMPLES_H
#define XSCAN_SAMPLES_H

#include <stdbool.h>
#include <stdint.h>

#define SAMPLES_MIN_PPS 50.0

enum {
	SAMPLES_LEVELS = 96
}; /* of rates, each a quarter of an octave: 50 to 700 million a second */

/* Zero-initialised: nothing is known. */
struct samples {
	struct samples_level {
		double asked, asked_times_rate, answered;
	} levels[SAMPLES_LEVELS];
};

/* A stretch: of `asked` questions sent at `rate_pps`, `answered` were answered. */
void samples_add(struct samples *s, double rate_pps, uint64_t asked, uint64_t answered);

/* The most likely capacity of the path, a second; 0: no limit has shown. */
double samples_capacity(const struct samples *s);

/* The share that answers, most likely, if the path has this capacity (INFINITY: no limit). */
double samples_share(const struct samples *s, double capacity);

/* How many of `asked` should answer, and the share that answers where nothing is lost. */
double samples_expect(const struct samples *s, double rate_pps, double asked, double *share);

/* All samples, each by what it counts. */
struct samples_level samples_sum(const struct samples *s);

/*
 * Is the capacity hardly above the lowest rate tried? Then a lower capacity and a larger share would fit as
 * well.
 */
bool samples_is_lowest(const struct samples *s, double capacity);

/* Forget the path but keep the share, as a sample of a rate that no path is too slow for. */
void samples_forget_path(struct samples *s, double share);

#endif
