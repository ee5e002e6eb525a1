// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* options.c - the table of options. Rows of kinds and of output formats add theirs. */
#include "options.h"

#include "kinds.h"
#include "sinks.h"

#include <string.h>

static const struct argp_option options[] = {
	{ 0, 0, 0, 0, "What to scan:", 1 },
	{ "iface", 'i', "IFACE", 0,
	  "interface to scan from; given several times: all of them (default: by the route to each "
	  "target)",
	  0 },
	{ "top-ports", OPT_TOP_PORTS, "N", 0, "the same as --tcp topN", 0 },
	{ 0, '4', 0, 0,
	  "ask over IPv4 only; of a name, take an IPv4 address; of a link, its IPv4 hosts", 0 },
	{ 0, '6', 0, 0,
	  "ask over IPv6 only; of a name, take an IPv6 address; of a link, its IPv6 hosts", 0 },
	{ "targets", OPT_TARGETS, "FILE", 0, "more targets, from a file (- is standard input)", 0 },
	{ "exclude", OPT_EXCLUDE, "LIST", 0, "never probe these addresses", 0 },
	{ "exclude-file", OPT_EXCLUDE_FILE, "FILE", 0, "never probe the addresses in this file",
	  0 },
	{ "listen", OPT_LISTEN, "SECONDS", 0,
	  "before asking, hear who is on the link of --iface, and send nothing; without targets "
	  "and "
	  "questions that is all (0)",
	  0 },
	{ 0, 0, 0, 0, "How:", 2 },
	{ "rate", OPT_RATE, "PPS", 0,
	  "probes per second: auto (what the path takes without loss, and --budget leaves), max "
	  "(what the link takes), or a number; 10k and 1.5M are understood (auto)",
	  0 },
	{ "budget", OPT_BUDGET, "PERCENT", 0,
	  "the share of the CPUs and of the traffic that --rate auto keeps while the host's own "
	  "work needs them: 1 to 100, or off to give way to nothing (5)",
	  0 },
	{ "host-rate", OPT_HOST_RATE, "PPS", 0,
	  "at most so many probes per second to each host on average, without ARP (no limit)", 0 },
	{ "retries", OPT_RETRIES, "N", 0,
	  "how often to ask again what did not answer: a number, or auto (as often as answers may "
	  "be "
	  "missing: 1 to 6 times, up to 12 where many frames are lost at any rate) (auto)",
	  0 },
	{ "timeout", OPT_TIMEOUT, "SECONDS", 0,
	  "the longest wait for an answer; less if answers come quickly (2, but 1 while no answer "
	  "has come)",
	  0 },
	{ "tx", OPT_TX, "SENDER", 0,
	  "who builds and sends probes: af_packet (user space) or xdp (the kernel, without the "
	  "queueing discipline) (af_packet)",
	  0 },
	{ "attach", OPT_ATTACH, "MODE", 0,
	  "where answers are matched: native or generic XDP, tc, or auto (auto)", 0 },
	{ "synack", OPT_SYNACK, "FATE", 0,
	  "what becomes of a matched SYN-ACK: pass (the host's stack resets it), drop, reset (the "
	  "matcher does), or auto (reset where the matcher can, else pass) (auto)",
	  0 },
	{ "rtt", OPT_RTT, 0, 0,
	  "SYNs carry a timestamp (12 bytes more): round trips of open ports are taken in the "
	  "kernel",
	  0 },
	{ "source-ip", OPT_SOURCE_IP, "ADDRESS", 0,
	  "address of this host to send from; routes may depend on it (by the route to each "
	  "target)",
	  0 },
	{ "source-port", OPT_SOURCE_PORT, "A[-B]", 0,
	  "port, or range of ports, to send from; no socket of this host may have one of them (a "
	  "free range above 61000)",
	  0 },
	{ "gateway-mac", OPT_GATEWAY_MAC, "MAC", 0,
	  "MAC address of all gateways (asked by ARP or neighbour discovery)", 0 },
	{ "ttl", OPT_TTL, "N", 0, "TTL of probes, over IPv6 their hop limit (64)", 0 },
	{ "seed", OPT_SEED, "N", 0,
	  "number that sets the order of probes: the same N, the same order (random)", 0 },
	{ "shard", OPT_SHARD, "I/N", 0, "do the I-th of N parts of the scan (1/1)", 0 },
	{ "resume", OPT_RESUME, "FILE", 0,
	  "keep the state of the scan in FILE; if FILE is there already, go on from it", 0 },
	{ "dry-run", OPT_DRY_RUN, 0, 0,
	  "print the plan and send nothing; with -v the targets of each path too", 0 },
	{ 0, 0, 0, 0, "What to print:", 3 },
	{ "all", OPT_ALL, 0, 0, "closed, filtered and unanswered ports too", 0 },
	{ "names", OPT_NAMES, 0, 0,
	  "names of hosts, by the resolver of this host; a result waits for its name, 5 s at most",
	  0 },
	{ "histogram", OPT_HISTOGRAM, 0, 0,
	  "histograms of round trips, of how long results wait in the ring buffer, and of batches",
	  0 },
	{ "capture-flow", OPT_CAPTURE_FLOW, "IP:PORT", 0,
	  "with --capture: all frames of this question, from probe to answer, in place of near "
	  "misses",
	  0 },
	{ "cost", OPT_COST, 0, 0,
	  "what the matcher cost the host, by the kernel's count; while this counts, each run of "
	  "any "
	  "BPF program on this host takes about 20 ns more (needs root)",
	  0 },
	{ "stats-interval", OPT_STATS_INTERVAL, "SECONDS", 0,
	  "print a status line on standard error so often; the signal SIGUSR1 asks for one", 0 },
	{ "quiet", 'q', 0, 0, "no progress, no notes, no closing line", 0 },
	{ "verbose", 'v', 0, 0,
	  "print the plan, each find, the sums, when the scan gives way, and why the kernel "
	  "refuses "
	  "a program",
	  0 },
	{ "version", OPT_VERSION, 0, 0, "print the version", 0 },
	{ "help", 'h', 0, 0, "print this help", 0 },
};

enum { OPTIONS_N = sizeof(options) / sizeof(options[0]) };
_Static_assert(OPTIONS_N + PROBE_KINDS_N + SINK_FORMATS_N < OPTIONS_MAX,
	       "OPTIONS_MAX is too small");

static int kind_key(enum probe_kind kind)
{
	return kinds[kind].key ? kinds[kind].key : OPT_KIND + (int)kind;
}

enum probe_kind options_kind(int key)
{
	enum probe_kind kind;

	for (kind = PROBE_NONE + 1; kind < PROBE_KINDS_N; kind++)
		if (kinds[kind].option && kind_key(kind) == key)
			return kind;
	return PROBE_NONE;
}

void options_collect(struct argp_option all[OPTIONS_MAX])
{
	enum probe_kind kind;
	unsigned int i, n = 0;

	for (kind = PROBE_NONE + 1; kind < PROBE_KINDS_N; kind++) {
		if (!kinds[kind].option)
			continue;
		all[n++] = (struct argp_option){
			.name = kinds[kind].option,
			.key = kind_key(kind),
			.arg = kinds[kind].argument,
			.doc = kinds[kind].help,
			.group = 1,
		};
	}
	memcpy(all + n, options, sizeof(options));
	n += OPTIONS_N;
	for (i = 0; i < SINK_FORMATS_N; i++)
		all[n++] = (struct argp_option){
			.name = sink_formats[i]->option,
			.key = OPT_FORMAT + (int)i,
			.arg = "FILE",
			.doc = sink_formats[i]->what,
		};
	all[n] = (struct argp_option){ 0 };
}
