/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* payloads.h - what user space must know of the payloads of UDP probes. Pure. */
#ifndef XSCAN_PAYLOADS_H
#define XSCAN_PAYLOADS_H

#include "ports.h"

#include <stdbool.h>

/*
 * How an answer proves itself. "number": it repeats the number of the question. "port": it comes from the
 * port that was asked. "form": it has the form of an answer; such services answer from another port.
 */
const char *payload_proof(uint16_t port);

/* Does the payload change from try to try? Then an answer to one says nothing of the next. */
bool payload_varies(uint16_t port);

/* Of these ports, the one with the longest payload, if it needs longer frames than usual; 0: none does. */
uint16_t payload_longest(const struct ports *ports);

/* The length of the IPv4 packet that asks this port. */
unsigned int payload_packet_len(uint16_t port);

#endif
