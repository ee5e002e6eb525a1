/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * rtt.h - how long to wait for an answer, learnt from those that came (RFC 6298, 2). Pure.
 */
#ifndef XSCAN_RTT_H
#define XSCAN_RTT_H

#include <stdbool.h>
#include <stdint.h>

/*
 * One estimate serves many hosts: near hosts must not make xscan give up on a far one. So the last
 * wait is at least half a second, more than almost any path on Earth takes, and at least twice the
 * longest round trip seen. Before another try a tenth of a second is enough: a later answer still
 * counts.
 */
#define RTT_FLOOR_NS	   500000000ULL
#define RTT_FLOOR_AGAIN_NS 100000000ULL

/* Zero-initialised: nothing is known. */
struct rtt {
	double smoothed_ns;
	double variation_ns;
	uint64_t shortest_ns;
	uint64_t longest_ns;
	uint64_t last_ns;
	uint64_t samples;
	uint64_t lately_ns; /* the shortest since rtt_queue_ns; 0: none came */
	double queue_ns;
};

void rtt_add(struct rtt *r, uint64_t rtt_ns);

/* Did the last answer take clearly longer than the shortest? Then a queue builds up somewhere. */
bool rtt_has_grown(const struct rtt *r);

/*
 * By how much did even the shortest round trip since the last call exceed the shortest of all? So long is a
 * queue which none can pass by. If none came since, the answer is the last one.
 */
double rtt_queue_ns(struct rtt *r);

/* How long to wait for an answer: `ceiling_ns` while nothing is known, and never longer. */
uint64_t rtt_timeout_ns(const struct rtt *r, uint64_t floor_ns, uint64_t ceiling_ns);

#endif
