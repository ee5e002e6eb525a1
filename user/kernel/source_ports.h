/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * source_ports.h - reserve TCP ports, and for UDP scans UDP ports, of this host for the time of a
 * scan.
 *
 * Bound sockets that never listen hold the ports. No other program, and no second xscan, gets them;
 * and the stack answers a SYN-ACK to them with a RST, as it should.
 */
#ifndef XSCAN_SOURCE_PORTS_H
#define XSCAN_SOURCE_PORTS_H

#include "err.h"
#include "tries.h"
#include "values.h"

#include <stdbool.h>
#include <stdint.h>

enum { SOURCE_PORTS_MAX = TRIES_MAX + PULSE_PORTS };

struct source_ports {
	uint16_t first; /* host order; `n` consecutive ports */
	unsigned int n;
	unsigned int n_fds;
	int fds[2 * SOURCE_PORTS_MAX]; /* TCP, and UDP if asked for */
};

/*
 * Reserve n consecutive ports of this range, or all of it if it has fewer; `given->first` 0: of a range
 * that Linux does not use itself, where `random` chooses the place to look first. 0, or a negative errno
 * with the reason in err.
 */
int source_ports_reserve(struct source_ports *s, const struct source_range *given, unsigned int n,
			 bool udp, uint32_t random, struct err *err);
void source_ports_release(struct source_ports *s);

#endif
