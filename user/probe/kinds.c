// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* kinds.c - a row for each kind of question. */
#include "kinds.h"

#include "answer.h"

const struct kind kinds[PROBE_KINDS_N] = {
	[PROBE_ARP] = {
		.role = KIND_NEIGHBOURS,
		.title = "ARP sweep",
		.option = "arp",
		.help = "find the hosts on the link by ARP (default when no --tcp is given)",
		.how = "arp",
		.yes = "arp-reply",
	},
	[PROBE_ECHO] = {
		.role = KIND_HOSTS,
		.title = "ping",
		.option = "ping",
		.help = "find hosts that ARP does not reach, by ICMP echo; with --tcp, SYN-scan only "
			"hosts that answered",
		.how = "echo",
		.yes = "echo-reply",
	},
	[PROBE_TCP] = {
		.role = KIND_PORTS,
		.title = "SYN scan",
		.option = "tcp",
		.key = 'p',
		.argument = "PORTS",
		.help = "SYN-scan these TCP ports: 22, 1-1024, 22,80,8000-8100, ssh,http, - for all",
		.protocol = "tcp",
		.yes = "syn-ack",
		.no = "reset",
	},
	[PROBE_UDP] = {
		.role = KIND_PORTS,
		.title = "UDP scan",
		.option = "udp",
		.key = 'u',
		.argument = "PORTS",
		.help = "ask these UDP ports what their service answers to; words as for --tcp",
		.protocol = "udp",
		.quiet = true,
		.yes = "udp-response",
		.no = "port-unreach",
	},
};

bool kind_is_filtered(uint8_t state)
{
	return state >= ANSWER_FILTERED && state <= ANSWER_FILTERED_LAST;
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

	if (state == ANSWER_OPEN || state == ANSWER_UP)
		return kinds[kind].yes;
	if (state == ANSWER_CLOSED)
		return kinds[kind].no;
	if (!kind_is_filtered(state))
		return "no-response";
	return unreachable[state - ANSWER_FILTERED] ?: "dest-unreach";
}
