/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* tries.h - how often a question is asked: once, and again as often as --retries says. */
#ifndef XSCAN_TRIES_H
#define XSCAN_TRIES_H

#include <stdbool.h>

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

/*
 * How many source ports tries have, and behind them pulses. Where --source-port leaves too few, tries take
 * turns, and so do pulses. One port serves both.
 */
struct try_ports {
	unsigned int tries, pulses;
};

/* Share `n` ports, at least one. */
static inline struct try_ports try_ports_share(struct tries tries, unsigned int n)
{
	const unsigned int most = n > 1 ? n - 1 : 1;
	const unsigned int first = tries.lossy < most ? tries.lossy : most;

	return (struct try_ports){ first, n - first < PULSE_PORTS ? n - first : PULSE_PORTS };
}

/* The number of the port that a try leaves from. */
static inline unsigned int try_port(struct try_ports ports, unsigned int attempt)
{
	return attempt % ports.tries;
}

/* The same of a pulse from port `port` of the pulses. */
static inline unsigned int try_port_of_pulse(struct try_ports ports, unsigned int port)
{
	return ports.pulses ? ports.tries + port % ports.pulses : 0;
}

/* Does a port serve several tries? Then an answer does not tell which of them it answers. */
static inline bool try_ports_are_few(struct try_ports ports, struct tries tries)
{
	return ports.tries < tries.lossy;
}

static inline struct tries tries_fixed(unsigned int n)
{
	return (struct tries){ n, n, n };
}

#endif
