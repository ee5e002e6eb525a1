/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * certain.h - what a flow keeps to be certain of silent UDP ports.
 *
 * Hosts limit their ICMP errors, so most closed ports stay silent. A host that has told of a closed
 * port, but not of all canaries, is such a host. Ask its silent ports again at the rate at which the
 * host tells, until a try brings nothing more. Then ask for silent ports and silent canaries once more: canaries
 * that are told of now show that the rate is right. A port that is silent then is hardly closed.
 *
 * Few silent ports do not show the rate of the host. Then ask at the least rate that hosts have. Pure.
 */
#ifndef XSCAN_CERTAIN_H
#define XSCAN_CERTAIN_H

#include "silence.h"

#include <stdbool.h>
#include <stdint.h>

enum { CERTAIN_WINDOW = 16, CERTAIN_HOSTS = 256 /* of more hosts it takes too long */ };

/* How many closed ports each such try has brought of a host; and how many there were before. */
struct certain_host {
	uint64_t closed, canaries_closed;
	struct silence_tries tries;
};

struct certain {
	/* A bit a host that limits its errors and has silent ports; NULL: certainty is not wanted. */
	uint8_t *hosts;
	uint64_t n_hosts;
	unsigned int canaries; /* the last so many questions of a host */
	unsigned int judged;   /* this many tries */
	uint64_t closed;       /* ports that limiting hosts had told of then */
	bool again, active;    /* the next try is for these hosts; the one under way is */
	bool follows;	       /* the rate follows the answers, */
	bool measured;	       /* which have shown it */
	bool least;	       /* the next try goes at the least rate */
	bool asks_canaries;    /* the next try does, once */
	bool canaries_asked;   /* it has been there */
	bool resumed;	       /* part of the try under way was in another run */
	double pps, told_pps;  /* to all these hosts; how fast these answer */
	unsigned int n;	       /* questions of the window, of which the last left then */
	uint64_t last_ns;
	uint64_t window[CERTAIN_WINDOW];
	struct certain_host *told; /* of each host */
};

#endif
