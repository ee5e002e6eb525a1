// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * fleet.c - a responder for labs: stands for any part of 198.18.0.0/15, or lists what it holds.
 * Each host answers at 2001:db8::a.b.c.d too.
 *
 * Read the command line and work out which hosts are up. Then print the list, or attach the XDP
 * program and wait for SIGINT or SIGTERM. The attachment is a bpf_link: it ends with the process.
 */
#include "fleet.h"

#include <argp.h>
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/if_link.h>
#include <net/if.h>

#include "fleet.skel.h"
#include "names.h"
#include "ports.h"
#include "share.h"
#include "targets.h"

enum {
	OPT_NET = 256,
	OPT_SEED,
	OPT_OPEN, /* this and the next three are in the order of enum fleet_state */
	OPT_CLOSED,
	OPT_SILENT,
	OPT_UNREACHABLE,
	OPT_UP,
	OPT_GATEWAY,
	OPT_LOSS,
	OPT_COPIES,
	OPT_SHIELDED,
	OPT_LIST,
	OPT_PORTS,
	OPT_IP6,
};

enum { COPIES_MAX = 64 };

/* What can be listed besides states of ports; the end of list_names. */
enum { LIST_HOSTS = FLEET_STATES, LISTS, LIST_NONE };

static const char *const list_names[LISTS] = { "open", "closed", "silent", "unreachable", "hosts" };

static const char *const counter_names[FLEET_COUNTERS] = {
	"open",	   "closed",	    "silent",	    "unreachable", "arp",
	"ignored", "lost-requests", "lost-answers", "nd",	   "echo",
};

struct options {
	const char *iface;
	struct ranges nets;
	struct ranges gateway; /* one address or none */
	struct ranges shielded;
	struct fleet_rule rule;
	__u64 copies;
	bool given[FLEET_STATES]; /* shares */
	bool ip6;		  /* list addresses of IPv6 */
	int list;		  /* enum fleet_state, LIST_HOSTS or LIST_NONE */
	struct ports *ports;
	struct err err;
};

static const struct argp_option option_table[] = {
	{ "iface", 'i', "IFACE", 0, "Answer what comes in at IFACE", 0 },
	{ "net", OPT_NET, "NETS", 0, "Addresses and networks to stand for, within 198.18.0.0/15",
	  0 },
	{ "seed", OPT_SEED, "N", 0, "Another fleet for each number (default 0)", 0 },
	{ 0, 0, 0, 0, "Shares: of 65,536 (4096), a fraction (1/16) or a decimal (0.0625)", 0 },
	{ "open", OPT_OPEN, "SHARE", 0, "Ports that answer SYN-ACK (default 1/16)", 0 },
	{ "closed", OPT_CLOSED, "SHARE", 0,
	  "Ports that answer RST (default what is left; if given, what is left is silent)", 0 },
	{ "silent", OPT_SILENT, "SHARE", 0, "Ports that answer nothing (default 0)", 0 },
	{ "unreachable", OPT_UNREACHABLE, "SHARE", 0,
	  "Ports that answer ICMP port unreachable (default 0)", 0 },
	{ "shielded", OPT_SHIELDED, "NETS", 0,
	  "Hosts whose ports 22 and 80 are open, and all others silent (default none)", 0 },
	{ "up", OPT_UP, "SHARE", 0, "Hosts that exist (default all)", 0 },
	{ 0, 0, 0, 0, "", 0 },
	{ "gateway", OPT_GATEWAY, "ADDR", 0, "One more address, which answers ARP alone", 0 },
	{ "loss", OPT_LOSS, "SHARE", 0, "Frames to lose at random, each way (default 0)", 0 },
	{ "copies", OPT_COPIES, "N", 0, "Send each answer so often (default 1; Linux 5.13)", 0 },
	{ "list", OPT_LIST, "WHAT", 0,
	  "Attach nothing, print what there is: open, closed, silent, unreachable or hosts", 0 },
	{ "ip6", OPT_IP6, 0, 0, "List the addresses of IPv6", 0 },
	{ "ports", OPT_PORTS, "PORTS", 0, "Ports to list", 0 },
	{ 0 },
};

static int parse_number(const char *name, const char *text, __u64 *number, struct err *err)
{
	char *end;

	errno = 0;
	*number = strtoull(text, &end, 0);
	if (*text < '0' || *text > '9' || *end || errno)
		return err_set(err, -EINVAL, "--%s: \"%s\" is not a number", name, text);
	return 0;
}

static int parse_addresses(const char *name, const char *text, struct ranges *out, struct err *err)
{
	struct err reason;

	if (targets_parse(text, NULL, out, &reason))
		return err_set(err, -EINVAL, "--%s: %.200s", name, reason.text);
	return 0;
}

static int parse_list(const char *text, int *list, struct err *err)
{
	int i;

	for (i = 0; i < LISTS; i++) {
		if (strcmp(text, list_names[i]) == 0) {
			*list = i;
			return 0;
		}
	}
	return err_set(err, -EINVAL,
		       "--list: \"%s\" is none of open, closed, silent, unreachable, hosts", text);
}

static int parse_ports(const char *text, struct ports **ports, struct err *err)
{
	struct err reason;

	if (!*ports)
		*ports = malloc(sizeof(**ports));
	if (!*ports)
		return err_set(err, -ENOMEM, "out of memory");
	if (ports_parse(text, names_port, *ports, &reason))
		return err_set(err, -EINVAL, "--ports: %.200s", reason.text);
	return 0;
}

/* argp returns a positive error to its caller without printing; main prints the line. */
static error_t parse_option(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case 'i':
		o->iface = arg;
		return 0;
	case OPT_NET:
		return -parse_addresses("net", arg, &o->nets, &o->err);
	case OPT_SEED:
		return -parse_number("seed", arg, &o->rule.seed, &o->err);
	case OPT_OPEN ... OPT_UNREACHABLE:
		o->given[key - OPT_OPEN] = true;
		return -share_parse(list_names[key - OPT_OPEN], arg, &o->rule.share[key - OPT_OPEN],
				    &o->err);
	case OPT_UP:
		return -share_parse("up", arg, &o->rule.up, &o->err);
	case OPT_GATEWAY:
		ranges_free(&o->gateway);
		return -parse_addresses("gateway", arg, &o->gateway, &o->err);
	case OPT_SHIELDED:
		return -parse_addresses("shielded", arg, &o->shielded, &o->err);
	case OPT_LOSS:
		return -share_parse("loss", arg, &o->rule.loss, &o->err);
	case OPT_COPIES:
		return -parse_number("copies", arg, &o->copies, &o->err);
	case OPT_LIST:
		return -parse_list(arg, &o->list, &o->err);
	case OPT_IP6:
		o->ip6 = true;
		return 0;
	case OPT_PORTS:
		return -parse_ports(arg, &o->ports, &o->err);
	case ARGP_KEY_ARG:
		err_set(&o->err, 0, "\"%s\": what is this? Networks go behind --net", arg);
		return EINVAL;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* Give the rest of the shares to closed ports, or to silent ones if --closed was given. */
static int settle_shares(struct options *o)
{
	enum fleet_state rest = o->given[FLEET_CLOSED] ? FLEET_SILENT : FLEET_CLOSED;
	uint32_t *share = o->rule.share;
	uint32_t sum = 0;
	int i;

	for (i = 0; i < FLEET_STATES; i++)
		sum += share[i];
	if (sum > FLEET_WHOLE ||
	    (o->given[FLEET_CLOSED] && o->given[FLEET_SILENT] && sum != FLEET_WHOLE))
		return err_set(&o->err, -EINVAL, "the shares add up to %u of %u", sum, FLEET_WHOLE);
	share[rest] += FLEET_WHOLE - sum;
	return 0;
}

/* Of ranges that are settled, hence sorted. */
static int check_addresses(const char *name, const struct ranges *r, struct err *err)
{
	char text[ADDR_TEXT];
	struct addr addr;

	if (!r->n)
		return 0;
	addr = r->v[0].first;
	if (!addr_less(addr, addr_ip4(FLEET_FIRST)))
		addr = r->v[r->n - 1].last;
	if (!addr_less(addr, addr_ip4(FLEET_FIRST)) && !addr_less(addr_ip4(FLEET_LAST), addr))
		return 0;
	return err_set(err, -EINVAL, "--%s: %s is outside 198.18.0.0/15", name,
		       addr_text(addr, text));
}

static int settle_options(struct options *o)
{
	ranges_settle(&o->nets);
	ranges_settle(&o->gateway);
	ranges_settle(&o->shielded);
	if (!o->nets.n)
		return err_set(&o->err, -EINVAL, "--net is missing");
	if (check_addresses("net", &o->nets, &o->err) ||
	    check_addresses("gateway", &o->gateway, &o->err) ||
	    check_addresses("shielded", &o->shielded, &o->err))
		return -EINVAL;
	if (o->gateway.n && ranges_count(&o->gateway) != 1)
		return err_set(&o->err, -EINVAL, "--gateway: one address, please");
	if (o->copies < 1 || o->copies > COPIES_MAX)
		return err_set(&o->err, -EINVAL, "--copies: 1 to %d", COPIES_MAX);
	if ((o->iface != NULL) == (o->list != LIST_NONE))
		return err_set(&o->err, -EINVAL, "give either -i or --list");
	if ((o->ports != NULL) != (o->list < FLEET_STATES))
		return err_set(&o->err, -EINVAL, "--ports and a --list of ports need each other");
	return settle_shares(o);
}

/* Of some addresses those that answer SYNs: hosts that are up, without the gateway. */
static void fill_hosts(const struct options *o, const struct ranges *of, struct fleet_set *hosts)
{
	uint64_t i, n = ranges_count(of);

	memset(hosts, 0, sizeof(*hosts));
	for (i = 0; i < n; i++) {
		struct addr addr = ranges_at(of, i);

		if (fleet_up(&o->rule, addr_to_ip4(addr)) && !ranges_find(&o->gateway, addr, NULL))
			fleet_set_add(hosts, addr_to_ip4(addr));
	}
}

static const char *text_of(const struct options *o, uint32_t addr, char buf[ADDR_TEXT])
{
	const struct addr ip6 = { (uint64_t)FLEET_NET6 << 32, addr };

	return addr_text(o->ip6 ? ip6 : addr_ip4(addr), buf);
}

static void list_ports(const struct options *o, uint32_t addr)
{
	bool shielded = ranges_find(&o->shielded, addr_ip4(addr), NULL);
	char text[ADDR_TEXT];
	uint32_t i;

	text_of(o, addr, text);

	for (i = 0; i < o->ports->n; i++) {
		uint16_t port = o->ports->list[i];
		uint64_t hash = fleet_port_hash(o->rule.seed, addr, port);
		enum fleet_state state =
			shielded ? fleet_shielded_state(port) : fleet_state_of(&o->rule, hash);

		if ((int)state == o->list)
			printf("%s\t%u/tcp\n", text, port);
	}
}

/* The addresses that answer ARP: those that are up, and the gateway. */
static int list_fleet(struct options *o)
{
	struct fleet_set hosts;
	uint32_t i;

	fill_hosts(o, &o->nets, &hosts);
	for (i = 0; i < FLEET_ADDRESSES; i++) {
		uint32_t addr = FLEET_FIRST + i;
		bool is_host = fleet_set_has(&hosts, addr);
		char text[ADDR_TEXT];
		uint8_t m[6];

		if (is_host && o->list != LIST_HOSTS)
			list_ports(o, addr);
		if (o->list == LIST_HOSTS &&
		    (is_host || ranges_find(&o->gateway, addr_ip4(addr), NULL))) {
			fleet_mac(addr, m);
			printf("%s\t%02x:%02x:%02x:%02x:%02x:%02x\n", text_of(o, addr, text), m[0],
			       m[1], m[2], m[3], m[4], m[5]);
		}
	}
	if (fflush(stdout) || ferror(stdout))
		return err_set(&o->err, -EIO, "the list could not be written");
	return 0;
}

static void print_counters(int counters_fd)
{
	int cpus = libbpf_num_possible_cpus();
	uint64_t values[cpus > 0 ? cpus : 1];
	uint32_t i;
	int cpu;

	fputs("fleet:", stderr);
	for (i = 0; i < FLEET_COUNTERS; i++) {
		uint64_t sum = 0;

		if (bpf_map_lookup_elem(counters_fd, &i, values) == 0)
			for (cpu = 0; cpu < cpus; cpu++)
				sum += values[cpu];
		fprintf(stderr, " %s %llu", counter_names[i], (unsigned long long)sum);
	}
	fputc('\n', stderr);
}

/* A broadcast to all entries of the map makes a copy for each. */
static int fill_ways_out(const struct fleet_bpf *skel, int ifindex)
{
	__u32 i, n = bpf_map__max_entries(skel->maps.ways_out);
	int err = 0;

	for (i = 0; i < n && !err; i++)
		err = bpf_map_update_elem(bpf_map__fd(skel->maps.ways_out), &i, &ifindex, BPF_ANY);
	return err;
}

static int run_fleet(struct options *o)
{
	LIBBPF_OPTS(bpf_link_create_opts, native, .flags = XDP_FLAGS_DRV_MODE);
	struct fleet_bpf *skel;
	int link_fd = -1, ifindex, signal_number, err = 0;
	sigset_t stop;

	ifindex = if_nametoindex(o->iface);
	if (!ifindex)
		return err_set(&o->err, -ENODEV, "%s: no such interface", o->iface);
	skel = fleet_bpf__open();
	if (!skel)
		return err_set(&o->err, -errno, "BPF object: %s", strerror(errno));
	skel->rodata->rule = o->rule;
	skel->rodata->copies = (__u32)o->copies;
	skel->rodata->gateway = o->gateway.n ? addr_to_ip4(o->gateway.v[0].first) : 0;
	fill_hosts(o, &o->nets, &skel->rodata->hosts);
	fill_hosts(o, &o->shielded, &skel->rodata->shielded);
	skel->rodata->has_shielded = o->shielded.n > 0;
	bpf_map__set_max_entries(skel->maps.ways_out, (__u32)o->copies);
	err = fleet_bpf__load(skel);
	if (!err && o->copies > 1)
		err = fill_ways_out(skel, ifindex);
	if (err) {
		err_set(&o->err, err, "BPF program not loaded: %s", strerror(-err));
		goto out;
	}

	/* Block signals before attaching, so that none in between is lost. */
	sigemptyset(&stop);
	sigaddset(&stop, SIGINT);
	sigaddset(&stop, SIGTERM);
	sigprocmask(SIG_BLOCK, &stop, NULL);
	link_fd = bpf_link_create(bpf_program__fd(skel->progs.fleet), ifindex, BPF_XDP, &native);
	if (link_fd < 0) {
		err = err_set(&o->err, link_fd, "%s: native XDP: %s", o->iface, strerror(-link_fd));
		goto out;
	}
	puts("ready");
	fflush(stdout);
	sigwait(&stop, &signal_number);
	close(link_fd);
	print_counters(bpf_map__fd(skel->maps.counters));
out:
	fleet_bpf__destroy(skel);
	return err;
}

int main(int argc, char **argv)
{
	static const struct argp argp = {
		.options = option_table,
		.parser = parse_option,
		.doc = "Answer ARP and TCP SYN for a part of 198.18.0.0/15 by a fixed rule, and "
		       "the same over IPv6 at "
		       "2001:db8::198.18.0.0/111.",
	};
	struct options options = {
		.rule = { .up = FLEET_WHOLE, .share = { [FLEET_OPEN] = FLEET_WHOLE / 16 } },
		.copies = 1,
		.list = LIST_NONE,
	};
	int status = 0;

	argp_err_exit_status = 2;
	if (argp_parse(&argp, argc, argv, 0, NULL, &options) || settle_options(&options))
		status = 2;
	else if (options.list != LIST_NONE ? list_fleet(&options) : run_fleet(&options))
		status = 1;
	if (status)
		fprintf(stderr, "fleet: %s\n", options.err.text);
	ranges_free(&options.nets);
	ranges_free(&options.gateway);
	ranges_free(&options.shielded);
	free(options.ports);
	return status;
}
