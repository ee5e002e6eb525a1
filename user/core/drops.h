/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * drops.h - counters of the places where this host may lose frames, or holds them up. They count the
 * frames of everybody: what a scan has seen of them is a difference. Pure.
 */
#ifndef XSCAN_DROPS_H
#define XSCAN_DROPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * X(name, bits, words, meaning): the places, on the way out and then on the way in. `bits`: the counter
 * wraps there. `words`: behind the number, for people.
 */
#define DROPS_PLACES(X)                                                                     \
	X(socket_full, 64, "times no room behind the packet socket",                        \
	  "times that a frame was not taken, for now, by what is behind the packet socket") \
	X(qdisc_dropped, 32, "dropped by the queueing discipline",                          \
	  "frames that the queueing discipline of the interface dropped")                   \
	X(qdisc_requeued, 32, "put back by the queueing discipline",                        \
	  "frames that the queueing discipline took back from a full interface")            \
	X(interface_tx_dropped, 64, "dropped by the interface, to be sent",                 \
	  "frames to be sent that the interface dropped")                                   \
	X(interface_tx_errors, 64, "errors of sending",                                     \
	  "frames that the interface failed to send")                                       \
	X(interface_rx_dropped, 64, "dropped by the interface, received",                   \
	  "received frames for which the interface had no room")                            \
	X(interface_rx_errors, 64, "errors of receiving",                                   \
	  "frames that the interface received with an error")                               \
	X(softnet_dropped, 32, "dropped by full queues of CPUs",                            \
	  "received frames for which the queue of a CPU had no room, on the whole host")    \
	X(softnet_squeezed, 32, "times a CPU put off receiving",                            \
	  "times that a CPU put off frames that had been received, on the whole host")

struct drops {
#define DROPS_MEMBER(name, bits, words, meaning) uint64_t name;
	DROPS_PLACES(DROPS_MEMBER)
#undef DROPS_MEMBER
	uint32_t known; /* bit i: place i could be read */
};

struct drops_place {
	const char *name, *words, *meaning;
	unsigned int bits;
};

enum {
#define DROPS_NUMBER(name, bits, words, meaning) DROPS_##name,
	DROPS_PLACES(DROPS_NUMBER)
#undef DROPS_NUMBER
		DROPS_PLACES_N,
};

extern const struct drops_place drops_places[DROPS_PLACES_N];

/* Note that a counter has been read. */
void drops_set(struct drops *d, unsigned int place, uint64_t value);

uint64_t drops_get(const struct drops *d, unsigned int place);
bool drops_knows(const struct drops *d, unsigned int place);

/* What was counted between two looks. Known is what both know. */
struct drops drops_between(const struct drops *before, const struct drops *after);

/* Read the text of /proc/net/softnet_stat: a line for each CPU, numbers in hexadecimal. */
void drops_read_softnet(struct drops *d, const char *text);

#endif
