/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * silence.h - what the silence of a UDP port tells. Pure.
 *
 * Canaries are ports that are closed almost surely. They are asked among the others, in random order, so
 * a closed port is answered with the same probability p as a canary. Of the ports of a host that are not
 * open, a share q is closed. Neither is known. With Jeffreys' priors for both, the numbers of a host
 * make each pair (p, q) more or less likely. The probability that a silent port is closed is the mean of
 * q (1 - p) / (1 - q p) over all pairs.
 *
 * Tries at the host's own rate (certain.h) tell more. In each, the host tells of a closed port with the
 * same probability p, until it has told of it. If the last try brought no closed port, hardly one is
 * left. Then the numbers of these tries take the place of those of canaries. After n tries, the
 * probability that a silent port is closed is the mean of q (1 - p)^n / (1 - q + q (1 - p)^n). One of these
 * tries may ask canaries too: they are told of with the same probability p, unless none ever was.
 *
 * All canaries answered: a silent port is hardly closed. Few answered: silence tells little. None
 * answered: silence tells nothing.
 */
#ifndef XSCAN_SILENCE_H
#define XSCAN_SILENCE_H

#include <stdbool.h>

/* Tries at the host's own rate: how many closed ports each has brought. */
enum { SILENCE_TRIES = 16 };
struct silence_tries {
	unsigned int n;
	unsigned int closed[SILENCE_TRIES];
	unsigned int canaries, canaries_closed; /* asked again in one of them, and told of then */
};

/* Of one host. */
struct silence {
	unsigned int canaries, canaries_closed;
	unsigned int closed, silent;	   /* of the ports that were asked for */
	const struct silence_tries *tries; /* NULL: none */
};

/* Do the numbers tell anything of a silent port? */
bool silence_tells(const struct silence *s);

/* The probability that a silent port is closed; 0: unknown, since no canary was answered. */
double silence_closed_p(const struct silence *s);

#endif
