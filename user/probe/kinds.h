/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * kinds.h - what user space must know of a kind of question besides its frames
 * (include/probe_NAME.h): its option, which hosts it asks, and the words for its answers. Pure.
 */
#ifndef XSCAN_KINDS_H
#define XSCAN_KINDS_H

#include "probe.h"

#include <stdbool.h>
#include <stdint.h>

/* The hosts that a kind asks. */
enum kind_role {
	KIND_NEIGHBOURS, /* hosts on the link: an answer shows the host up, with its MAC address */
	KIND_HOSTS,	 /* hosts behind a gateway: an answer shows the host up */
	KIND_PORTS,	 /* each port of hosts that are up */
};

struct kind {
	enum kind_role role;
	enum probe_kind ip6;  /* the kind that asks the same over IPv6; PROBE_NONE: this is one */
	const char *title;    /* for people: "ARP sweep" */
	const char *option;   /* without its dashes; NULL: that of the kind for IPv4 */
	int key;	      /* the short option; 0: none */
	const char *argument; /* of the option, for the help; NULL: none */
	const char *help;
	const char *protocol; /* KIND_PORTS: the protocol of the port, in results */
	const char *how;      /* other roles: how a host was found, in results */
	bool quiet; /* silence is usual, and hosts limit what says that a port is closed */
	const char *yes, *no; /* reasons for ANSWER_OPEN or ANSWER_UP, and for ANSWER_CLOSED */
};

extern const struct kind kinds[PROBE_KINDS_N];

/* Is it an error by which a host or its firewall rejects: of its protocol or port, or prohibited? */
bool kind_is_rejected(enum probe_kind kind, uint8_t state);

/* Does it send SYNs, over either family? Datagrams? */
bool kind_is_tcp(enum probe_kind kind);
bool kind_is_udp(enum probe_kind kind);

/* The kind that asks the same over IPv4; a kind over IPv4 itself. */
enum probe_kind kind_over_ip4(enum probe_kind kind);

/* Does this state come from an ICMP error? */
bool kind_is_filtered(uint8_t state);

/* The code of that error. */
uint8_t kind_icmp_code(uint8_t state);

/* The word for enum answer_state: "open", "closed", "filtered" or "unanswered". */
const char *kind_state_name(uint8_t state);

/* The reason: "syn-ack", "reset", "no-response", or nmap's words for the ICMP code. */
const char *kind_reason(enum probe_kind kind, uint8_t state);

#endif
