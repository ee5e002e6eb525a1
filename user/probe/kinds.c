// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* kinds.c - a row for each kind of question. */
#include "kinds.h"

#include "answer.h"

const struct kind kinds[PROBE_KINDS_N] = {
	[PROBE_ARP] = {
		.role = KIND_NEIGHBOURS,
		.title = "ARP sweep",
		.ip6 = PROBE_ND,
		.option = "arp",
		.help = "find the hosts on the link by ARP, over IPv6 by neighbour discovery (default "
			"when no --tcp or --udp is given)",
		.how = "arp",
		.yes = "arp-reply",
	},
	[PROBE_ECHO] = {
		.role = KIND_HOSTS,
		.title = "ping",
		.ip6 = PROBE_ECHO6,
		.option = "ping",
		.help = "find hosts that ARP does not reach, by ICMP echo; with --tcp or --udp, ask "
			"only hosts that answered for ports",
		.how = "echo",
		.yes = "echo-reply",
	},
	[PROBE_TCP] = {
		.role = KIND_PORTS,
		.title = "SYN scan",
		.ip6 = PROBE_TCP6,
		.option = "tcp",
		.key = 'p',
		.argument = "PORTS",
		.help = "SYN-scan these TCP ports: 22, 1-1024, ssh,http, top100 (the "
			"ports that are open most often), - for all",
		.protocol = "tcp",
		.yes = "syn-ack",
		.no = "reset",
	},
	[PROBE_ND] = {
		.role = KIND_NEIGHBOURS,
		.title = "neighbour discovery",
		.how = "nd",
		.yes = "nd-reply",
	},
	[PROBE_ECHO6] = {
		.role = KIND_HOSTS,
		.title = "ping over IPv6",
		.how = "echo",
		.yes = "echo-reply",
	},
	[PROBE_TCP6] = {
		.role = KIND_PORTS,
		.title = "SYN scan over IPv6",
		.protocol = "tcp",
		.yes = "syn-ack",
		.no = "reset",
	},
	[PROBE_UDP] = {
		.role = KIND_PORTS,
		.title = "UDP scan",
		.ip6 = PROBE_UDP6,
		.option = "udp",
		.key = 'u',
		.argument = "PORTS",
		.help = "ask these UDP ports, each with what its service answers to; the words are "
			"those of --tcp",
		.protocol = "udp",
		.quiet = true,
		.yes = "udp-response",
		.no = "port-unreach",
	},
	[PROBE_UDP6] = {
		.role = KIND_PORTS,
		.title = "UDP scan over IPv6",
		.protocol = "udp",
		.quiet = true,
		.yes = "udp-response",
		.no = "port-unreach",
	},
};

bool kind_is_tcp(enum probe_kind kind)
{
	return kind == PROBE_TCP || kind == PROBE_TCP6;
}

bool kind_is_udp(enum probe_kind kind)
{
	return kind == PROBE_UDP || kind == PROBE_UDP6;
}

enum probe_kind kind_over_ip4(enum probe_kind kind)
{
	enum probe_kind ip4;

	for (ip4 = 0; ip4 < PROBE_KINDS_N; ip4++)
		if (kinds[ip4].ip6 == kind && kind != PROBE_NONE)
			return ip4;
	return kind;
}

bool kind_is_filtered(uint8_t state)
{
	return state >= ANSWER_FILTERED && state <= ANSWER_FILTERED_LAST;
}

uint8_t kind_icmp_code(uint8_t state)
{
	return state == ANSWER_TIME_EXCEEDED ? 0 : state - ANSWER_FILTERED;
}

/* Codes by which hosts and firewalls reject (RFC 792, RFC 1812; RFC 4443). */
bool kind_is_rejected(enum probe_kind kind, uint8_t state)
{
	const unsigned int ip4 = 1 << 2 | 1 << 3 | 1 << 9 | 1 << 10 | 1 << 13;
	const unsigned int ip6 = 1 << 1 | 1 << 4 | 1 << 5 | 1 << 6;

	return kind_is_filtered(state) &&
	       (probe_is_ip6(kind) ? ip6 : ip4) & 1U << (state - ANSWER_FILTERED);
}

const char *kind_state_name(uint8_t state)
{
	if (state == ANSWER_OPEN)
		return "open";
	if (state == ANSWER_CLOSED)
		return "closed";
	return kind_is_filtered(state) ? "filtered" : "unanswered";
}

const char *kind_reason(enum probe_kind kind, uint8_t state)
{
	/* RFC 792 and RFC 1812 5.2.7.1; for all other codes nmap has one word. */
	static const char *const unreachable[] = {
		[0] = "net-unreach",	   [1] = "host-unreach",
		[2] = "proto-unreach",	   [3] = "port-unreach",
		[9] = "net-prohibited",	   [10] = "host-prohibited",
		[13] = "admin-prohibited", [15] = NULL,
	};
	/* RFC 4443 3.1. */
	static const char *const unreachable6[] = {
		[0] = "no-route",     [1] = "admin-prohibited",
		[2] = "beyond-scope", [3] = "addr-unreach",
		[4] = "port-unreach", [5] = "failed-policy",
		[6] = "reject-route", [15] = NULL,
	};
	const char *const *words = probe_is_ip6(kind) ? unreachable6 : unreachable;

	if (state == ANSWER_OPEN || state == ANSWER_UP)
		return kinds[kind].yes;
	if (state == ANSWER_CLOSED)
		return kinds[kind].no;
	if (!kind_is_filtered(state))
		return "no-response";
	if (state == ANSWER_TIME_EXCEEDED)
		return "time-exceeded";
	return words[state - ANSWER_FILTERED] ?: "dest-unreach";
}
