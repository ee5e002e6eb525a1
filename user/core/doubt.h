/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * doubt.h - why an open port may be no service. Pure.
 *
 * SYN proxies, tarpits and honeypots answer at all ports. Three signs tell:
 *
 * - A SYN-ACK with a window of 0: it takes no data. SYN proxies open the window after the handshake.
 * - Ports chosen at random are open too: canaries (silence.h).
 * - More ports are open than hosts have. The ports of a host are asked in random order. So the ports that
 *   are open by now, divided by the share that has been asked by now, tell how many are open in all.
 *
 * Another TTL than that of the host's other ports is no sign: published ports of containers have it.
 */
#ifndef XSCAN_DOUBT_H
#define XSCAN_DOUBT_H

#include <stdbool.h>
#include <stdint.h>

/* A host with more open ports is in doubt. Real ones have some hundreds at most. */
enum { DOUBT_PORTS = 500 };

struct doubt_signs {
	bool no_window;	  /* TCP */
	bool random_open; /* a canary is open */
	uint32_t open;	  /* ports of this host, by now */
	double asked;	  /* share of its ports, by now: 0 to 1 */
};

/* The reason, as results have it; NULL: no doubt. */
const char *doubt_of(const struct doubt_signs *signs);

#endif
