/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * chance.h - what plain loss brings by chance, so that nobody names another cause for it. Pure.
 *
 * A loss is the share of questions whose frame or whose answer is lost. It is measured by questions that
 * must be answered, on the same way.
 */
#ifndef XSCAN_CHANCE_H
#define XSCAN_CHANCE_H

#include <stdbool.h>
#include <stdint.h>

/* Of so many questions, so many were lost. */
struct chance {
	uint64_t lost, of;
};

/* The loss, two standard deviations above the likely one (Wilson 1927). Nothing is known: a half. */
double chance_loss(const struct chance *seen);

/*
 * Ask `n` hosts so often: then chance makes one of them silent in at most one of ten thousand scans.
 * UINT32_MAX: loss may explain any silence.
 */
uint32_t chance_rounds(double loss, uint64_t n);

/* Does chance lose `dead` or more of `n` at this loss in more than one of a thousand scans? */
bool chance_explains(double loss, uint64_t dead, uint64_t n);

#endif
