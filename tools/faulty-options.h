/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * faulty-options.h - the command line of build/faulty.
 */
#ifndef XSCAN_FAULTY_OPTIONS_H
#define XSCAN_FAULTY_OPTIONS_H

#include "faults.h"
#include "names.h"
#include "share.h"
#include "targets.h"

#include <argp.h>
#include <errno.h>
#include <stdlib.h>

enum {
	SETTING_MAX = 100000000, /* the number of any option */
	SECONDS_MAX = 100,
};

struct options {
	const char *iface;
	struct faults *faults;
	struct err err;
};

/* The key of a setting is its number plus OPT_SETTING; of a share, plus OPT_SHARE. */
enum {
	OPT_SETTING = 256,
	OPT_SHARE = OPT_SETTING + SETTINGS,
	OPT_NET = OPT_SHARE + SHARES,
	OPT_GATEWAY,
	OPT_OPEN,
	OPT_REJECT,
	OPT_LOSS,
	OPT_OUTAGE,
};

static const struct argp_option option_table[] = {
	{ "iface", 'i', "IFACE", 0, "Answer what comes in at IFACE", 0 },
	{ "net", OPT_NET, "NET", 0, "The network to stand for, within 198.18.0.0/15", 0 },
	{ "gateway", OPT_GATEWAY, "ADDR", 0,
	  "The hosts are behind this address, which alone answers ARP", 0 },
	{ "hosts", OPT_SETTING + HOSTS, "N", 0, "Only the first N addresses are up", 0 },
	{ "open", OPT_OPEN, "PORTS", 0, "Ports that answer SYN-ACK (default none)", 0 },
	{ "reject", OPT_REJECT, "PORTS", 0,
	  "Ports that answer ICMP port unreachable, if not open (default none)", 0 },
	{ "silent", OPT_SETTING + SILENT, 0, 0, "Other ports answer nothing, instead of RST", 0 },
	{ 0, 0, 0, 0,
	  "By the rule of build/fleet, whose --list says what there is. SHARE: of 65,536 (4096), a "
	  "fraction (1/16) or a decimal (0.0625):",
	  0 },
	{ "seed", OPT_SETTING + SEED, "N", 0, "Other hosts, ports and losses for each number", 0 },
	{ "up", OPT_SHARE + UP, "SHARE", 0, "Hosts that are up (default all)", 0 },
	{ "open-share", OPT_SHARE + OPEN_SHARE, "SHARE", 0,
	  "Ports that answer SYN-ACK too (default 0)", 0 },
	{ 0, 0, 0, 0,
	  "Faults. US: microseconds. SECONDS (1, 0.5) count from the first frame to a host:", 0 },
	{ "loss", OPT_LOSS, "SHARE", 0, "Frames to lose at random each way, ARP too", 0 },
	{ "loss-in", OPT_SHARE + LOSS_IN, "SHARE", 0, "The same for what comes in only", 0 },
	{ "loss-out", OPT_SHARE + LOSS_OUT, "SHARE", 0, "The same for answers only", 0 },
	{ "delay", OPT_SETTING + DELAY, "US", 0, "Answers to SYN and echo leave so much later", 0 },
	{ "late-duplicate", OPT_SETTING + LATE_DUPLICATE, "US", 0,
	  "Answers to SYN and echo leave once more, so much after the first", 0 },
	{ "false-echo", OPT_SETTING + FALSE_ECHO, 0, 0,
	  "SYN-ACKs echo another timestamp than the SYN's", 0 },
	{ "wrong-cookie", OPT_SETTING + WRONG_COOKIE, 0, 0,
	  "Before each SYN-ACK and RST, one that acknowledges another number", 0 },
	{ "icmp-first", OPT_SETTING + ICMP_FIRST, "US", 0,
	  "ICMP host prohibited leaves so much before each SYN-ACK", 0 },
	{ "syn-limit", OPT_SETTING + SYN_LIMIT, "N", 0,
	  "Each host takes N SYNs a second, and ignores the rest", 0 },
	{ "stateful", OPT_SETTING + STATEFUL, 0, 0,
	  "--syn-limit does not count further SYNs between ports that a SYN got through", 0 },
	{ "dead-flows", OPT_SHARE + DEAD_FLOWS, "SHARE", 0,
	  "SYNs between these pairs of ports are always lost", 0 },
	{ "rst-limit", OPT_SETTING + RST_LIMIT, "N", 0, "Each host sends N RSTs a second", 0 },
	{ "icmp-limit", OPT_SETTING + ICMP_LIMIT, "N", 0,
	  "Each host sends N port unreachables a second", 0 },
	{ "ban", OPT_SETTING + BAN, "SECONDS", 0,
	  "Then all hosts ignore SYNs; they answer ARP and echo", 0 },
	{ "ban-after", OPT_SETTING + BAN_AFTER, "N", 0, "The same for each host after N SYNs", 0 },
	{ "arp-delay", OPT_SETTING + ARP_DELAY, "US", 0, "ARP replies leave so much later", 0 },
	{ "arp-slow", OPT_SHARE + ARP_SLOW, "SHARE", 0,
	  "Only these hosts have --arp-delay (default all)", 0 },
	{ "arp-first-ignored", OPT_SETTING + ARP_FIRST_IGNORED, "N", 0,
	  "Ignore the first N ARP requests for each address, as a sleeping radio does", 0 },
	{ "arp-noise", OPT_SETTING + ARP_NOISE, 0, 0,
	  "For each address that is not up, send ARP that answers nobody's request", 0 },
	{ "mac-change", OPT_SETTING + MAC_CHANGE, "SECONDS", 0,
	  "Then all hosts have another MAC, and ignore frames to the old one", 0 },
	{ "two-macs", OPT_SETTING + TWO_MACS, 0, 0,
	  "A second machine answers each ARP request too, right after the first", 0 },
	{ "go-away", OPT_SETTING + GO_AWAY, "SECONDS", 0, "Then all hosts are silent, to ARP too",
	  0 },
	{ "outage", OPT_OUTAGE, "SECONDS:SECONDS", 0, "The same from a moment on, for a time", 0 },
	{ 0 },
};

static int parse_number(const char *text, uint64_t *number, struct err *err)
{
	char *end;

	errno = 0;
	*number = strtoull(text, &end, 10);
	if (*text < '0' || *text > '9' || *end || *number > SETTING_MAX)
		return err_set(err, -EINVAL, "\"%s\" is not a number up to %d", text, SETTING_MAX);
	return 0;
}

/* Seconds up to `stop`, a character. */
static int parse_seconds(const char *text, char stop, uint64_t *us, struct err *err)
{
	char *end;
	double seconds = strtod(text, &end);

	if (*text < '0' || *text > '9' || *end != stop || !(seconds <= SECONDS_MAX))
		return err_set(err, -EINVAL, "\"%s\" is not a time up to %d s", text, SECONDS_MAX);
	*us = (uint64_t)(seconds * 1e6 + 0.5);
	return 0;
}

static int parse_outage(const char *text, uint64_t us[2], struct err *err)
{
	const char *length = strchr(text, ':');

	if (!length)
		return err_set(err, -EINVAL, "\"%s\" is not like 1:0.5, a moment and a length",
			       text);
	return parse_seconds(text, ':', &us[0], err) ?: parse_seconds(length + 1, 0, &us[1], err);
}

static int parse_setting(struct options *o, enum setting setting, const char *text)
{
	uint64_t *value = &o->faults->set[setting];

	if (setting >= MAC_CHANGE && setting <= BAN)
		return parse_seconds(text, 0, value, &o->err);
	*value = 1;
	return text ? parse_number(text, value, &o->err) : 0;
}

static int parse_shares(struct options *o, enum share first, enum share last, const char *name,
			const char *text)
{
	int share, code = 0;

	for (share = (int)first; share <= (int)last && !code; share++)
		code = share_parse(name, text, &o->faults->share[share], &o->err);
	return code;
}

static int parse_ports(const char *text, struct ports **ports, struct err *err)
{
	if (!*ports)
		*ports = malloc(sizeof(**ports));
	if (!*ports)
		return err_set(err, -ENOMEM, "out of memory");
	return ports_parse(text, names_port, *ports, err);
}

/* argp returns a positive error to its caller without printing; main prints the line. */
static error_t parse_option(int key, char *arg, struct argp_state *state)
{
	static const char *const share_names[] = { "up",       "open-share", "loss-in",
						   "loss-out", "arp-slow",   "dead-flows" };
	struct options *o = state->input;

	switch (key) {
	case 'i':
		o->iface = arg;
		return 0;
	case OPT_NET:
		return -targets_parse(arg, NULL, &o->faults->net, &o->err);
	case OPT_GATEWAY:
		return -targets_parse(arg, NULL, &o->faults->gateway, &o->err);
	case OPT_OPEN:
		return -parse_ports(arg, &o->faults->open, &o->err);
	case OPT_REJECT:
		return -parse_ports(arg, &o->faults->reject, &o->err);
	case OPT_LOSS:
		return -parse_shares(o, LOSS_IN, LOSS_OUT, "loss", arg);
	case OPT_OUTAGE:
		return -parse_outage(arg, o->faults->outage_us, &o->err);
	case OPT_SETTING ... OPT_SETTING + SETTINGS - 1:
		return -parse_setting(o, key - OPT_SETTING, arg);
	case OPT_SHARE ... OPT_SHARE + SHARES - 1:
		key -= OPT_SHARE;
		return -parse_shares(o, key, key, share_names[key], arg);
	case ARGP_KEY_ARG:
		err_set(&o->err, 0, "\"%s\": what is this? Networks go behind --net", arg);
		return EINVAL;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* Of ranges that are settled, hence sorted. */
static bool is_of_lab(const struct ranges *r)
{
	return !r->n || (!addr_less(r->v[0].first, addr_ip4(FLEET_FIRST)) &&
			 !addr_less(addr_ip4(FLEET_LAST), r->v[r->n - 1].last));
}

static int settle(struct options *o)
{
	struct faults *f = o->faults;
	uint64_t n;

	ranges_settle(&f->net);
	ranges_settle(&f->gateway);
	n = ranges_count(&f->net);
	if (!o->iface || !n)
		return err_set(&o->err, -EINVAL, "-i and --net are needed");
	if (!is_of_lab(&f->net) || !is_of_lab(&f->gateway))
		return err_set(&o->err, -EINVAL, "--net, --gateway: not within 198.18.0.0/15");
	if (ranges_count(&f->gateway) > 1)
		return err_set(&o->err, -EINVAL, "--gateway: one address, please");
	if (!f->set[HOSTS] || f->set[HOSTS] > n)
		f->set[HOSTS] = n;
	return 0;
}

static int parse_options(struct options *o, int argc, char **argv)
{
	static const struct argp argp = {
		.options = option_table,
		.parser = parse_option,
		.doc = "Answer ARP, TCP SYN and echo for a part of 198.18.0.0/15, with faults.",
	};

	argp_err_exit_status = 2;
	o->faults->share[UP] = FLEET_WHOLE;
	o->faults->share[ARP_SLOW] = FLEET_WHOLE;
	return argp_parse(&argp, argc, argv, 0, NULL, o) || settle(o) ? -EINVAL : 0;
}

#endif
