/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* tries.h - how often a question is asked: once, and again as often as --retries says. */
#ifndef XSCAN_TRIES_H
#define XSCAN_TRIES_H

enum { TRIES_MAX = 16 };

/*
 * Pulses (pulse.h) have source ports of their own. A firewall that knows a connection already lets more
 * of it through, and a path with several links takes the same one for it: so an answered question can
 * be a pulse this often as if it were new.
 */
enum { PULSE_PORTS = 16 };

/*
 * An unanswered question is asked `least` times, and up to `most` times while answers may be missing.
 * Where many frames are lost at any rate, up to `lossy` times. Only --retries auto makes a difference.
 */
struct tries {
	unsigned int least, most, lossy;
};

#define TRIES_AUTO ((struct tries){ 2, 7, 13 })

static inline struct tries tries_fixed(unsigned int n)
{
	return (struct tries){ n, n, n };
}

#endif
