/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * silence.h - what the silence of a UDP port tells. Pure.
 *
 * Canaries are ports that are closed almost surely. They are asked among the others, in random order, so
 * a closed port is answered with the same probability p as a canary. Of the ports of a host that are not
 * open, a share q is closed. Neither is known. With Jeffreys' priors for both, the numbers of a host
 * make each pair (p, q) more or less likely, and a silent port is closed with the mean of
 * q (1 - p) / (1 - q p) over all pairs.
 *
 * All canaries answered: a silent port is hardly closed. Few answered: silence tells little. None
 * answered: silence tells nothing.
 */
#ifndef XSCAN_SILENCE_H
#define XSCAN_SILENCE_H

/* Of one host. */
struct silence {
	unsigned int canaries, canaries_closed;
	unsigned int closed, silent; /* of the ports that were asked for */
};

/* The probability that a silent port is closed; 0: unknown, since no canary was answered. */
double silence_closed_p(const struct silence *s);

#endif
