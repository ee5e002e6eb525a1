/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * kinds.h - what user space must know of a kind of question beyond its frames (include/probe_NAME.h):
 * which option asks for it, of whom it is asked, and the words for its answers. Pure.
 */
#ifndef XSCAN_KINDS_H
#define XSCAN_KINDS_H

#include "probe.h"

#include <stdbool.h>
#include <stdint.h>

/* Of whom a kind is asked. */
enum kind_role {
	KIND_NEIGHBOURS, /* of who may be on the link: who answers is up, and has this MAC address */
	KIND_HOSTS,	 /* of who is behind a gateway: who answers is up */
	KIND_PORTS,	 /* of each port of who is up */
};

struct kind {
	enum kind_role role;
	const char *title;    /* for people: "ARP sweep" */
	const char *option;   /* without its dashes */
	int key;	      /* the short option, or 0 */
	const char *argument; /* of the option, for the help; NULL: it takes none */
	const char *help;
	const char *protocol; /* KIND_PORTS: of the port, in results */
	const char *how;      /* else: how a host was found, in results */
	const char *yes, *no; /* reasons for ANSWER_OPEN or ANSWER_UP, and for ANSWER_CLOSED */
};

extern const struct kind kinds[PROBE_KINDS_N];

/* An ICMP error came: the state is ANSWER_FILTERED + its code. */
bool kind_is_filtered(uint8_t state);

/* "open", "closed", "filtered", "unanswered": the word for enum answer_state. */
const char *kind_state_name(uint8_t state);

/* Why: "syn-ack", "reset", "no-response", or the ICMP code in nmap's words ("port-unreach"…). */
const char *kind_reason(enum probe_kind kind, uint8_t state);

#endif
