/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* synack.h - who answers a SYN-ACK, so that no connection stays half open at the target. */
#ifndef XSCAN_SYNACK_H
#define XSCAN_SYNACK_H

#include "abi.h"
#include "config.h"

#include <stdio.h>

struct attach;

struct synack {
	enum fate fate;
	const char *why; /* NULL: the user chose */
};

/*
 * SYNACK_AUTO: let the matcher reset where its RST reaches the target from its place `a`, which is
 * chosen; else leave it to the host's stack. Some firewalls of the host drop the SYN-ACK, or the RST
 * of the stack: they know nothing of the connection.
 */
struct synack synack_choose(enum synack_wish wish, const struct attach *a);

/* Print what was chosen, and why. */
void synack_print(const struct synack *synack, FILE *file);

#endif
