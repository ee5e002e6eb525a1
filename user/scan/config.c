// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * config.c - what each option means.
 *
 * An option is a row in options.c and a case in `on_key`; an output format is a row in sinks.c.
 */
#include "config.h"

#include "arguments.h"
#include "config_parts.h"
#include "family.h"
#include "kinds.h"
#include "lack.h"
#include "names.h"
#include "options.h"
#include "resolve.h"
#include "targets.h"
#include "top_ports.h"
#include "values.h"

#include <argp.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>

#define DEFAULT_BUDGET 0.05

enum {
	DEFAULT_TIMEOUT_S = 2,
	DEFAULT_TTL = 64,
};

/* The state of argp's parser: the config, and what else parsing needs. */
struct reading {
	struct config *config;
	struct err *err;
	bool done;
};

int config_note(struct config *c, char *note)
{
	char **grown = reallocarray(c->notes, c->n_notes + 1, sizeof(*grown));

	if (!grown) {
		free(note);
		return -ENOMEM;
	}
	c->notes = grown;
	c->notes[c->n_notes++] = note;
	return 0;
}

bool config_only_listens(const struct config *c)
{
	enum probe_kind kind;

	for (kind = 0; kind < PROBE_KINDS_N; kind++)
		if (c->asked[kind])
			return false;
	return c->listen_ns && !c->targets.n;
}

static bool is_lack(int code)
{
	return code == -ENOMEM || code == -EMFILE || code == -ENFILE;
}

static int parse_attach(const char *text, enum attach_mode *mode, struct err *err)
{
	static const char *const words[] = { "auto", "native", "generic", "tc", NULL };
	int index, code = values_word("--attach", text, words, &index, err);

	*mode = (enum attach_mode)index;
	return code;
}

static const char *const tx_names[] = { [TX_AF_PACKET] = "af_packet", [TX_XDP] = "xdp", NULL };

const char *config_tx_name(enum tx_kind tx)
{
	return tx_names[tx];
}

static int parse_tx(const char *text, enum tx_kind *tx, struct err *err)
{
	int index, code = values_word("--tx", text, tx_names, &index, err);

	*tx = (enum tx_kind)index;
	return code;
}

static int parse_synack(const char *text, enum synack_wish *wish, struct err *err)
{
	static const char *const words[] = { "auto", "pass", "drop", "reset", NULL };
	int index, code = values_word("--synack", text, words, &index, err);

	*wish = (enum synack_wish)index; /* the words are in the order of the enum */
	return code;
}

/* Take the value of an option that may be given only once. */
static int take_once(const char *option, const char *hint, const char *arg, const char **value,
		     struct err *err)
{
	if (*value)
		return err_set(err, -EINVAL, "%s: given twice: %s", option, hint);
	*value = arg;
	return 0;
}

static int take_iface(const char *name, struct config *c, struct err *err)
{
	unsigned int i;

	for (i = 0; i < c->n_ifaces; i++)
		if (!strcmp(c->ifaces[i], name))
			return err_set(err, -EINVAL, "--iface %.32s: given twice", name);
	if (c->n_ifaces == IFACES_MAX)
		return err_set(err, -EINVAL, "--iface: given more than %d times", IFACES_MAX);
	c->ifaces[c->n_ifaces++] = name;
	c->iface = c->ifaces[0];
	return 0;
}

/* The ports of one kind. */
static int take_ports(const char *list, enum probe_kind kind, struct config *c, struct err *err)
{
	int code, lack;

	if (c->ports[kind] && c->top_ports && kind == PROBE_TCP)
		return err_set(err, -EINVAL,
			       "--top-ports %.5s and --tcp: join them: --tcp PORTS,top%.5s",
			       c->top_ports, c->top_ports);
	if (c->ports[kind])
		return err_set(err, -EINVAL, "--%s: given twice: join the ports by a comma",
			       kinds[kind].option);
	c->asked[kind] = true;
	c->ports[kind] = malloc(sizeof(*c->ports[kind]));
	if (!c->ports[kind])
		return err_set(err, -ENOMEM, "out of memory");
	code = ports_parse(list, kind == PROBE_UDP ? names_udp_port : names_port, c->ports[kind],
			   err);
	lack = code ? lack_of(RESOLVE_DESCRIPTORS, RESOLVE_BYTES) : 0;
	return lack ? err_set(err, lack, "cannot look up services: %s", strerror(-lack)) : code;
}

static int parse_ports(const char *text, enum probe_kind kind, struct config *c, struct err *err)
{
	struct port_lists lists;
	int code = port_lists_read(text, kind, TOP_PORTS_FILE, &lists, err);

	for (kind = 0; kind < PROBE_KINDS_N && !code; kind++)
		if (lists.of[kind])
			code = take_ports(lists.of[kind], kind, c, err);
	port_lists_free(&lists);
	return code;
}

static int parse_top_ports(const char *number, struct config *c, struct err *err)
{
	char list[16];

	if (!*number || number[strspn(number, "0123456789")] || strlen(number) > 5)
		return err_set(err, -EINVAL,
			       "--top-ports %.32s: not a number of ports (1 to 65535)", number);
	snprintf(list, sizeof(list), "top%.5s", number);
	c->top_ports = number;
	return parse_ports(list, PROBE_TCP, c, err);
}

/* Take an option that asks questions of one kind. */
static int on_kind(enum probe_kind kind, const char *arg, struct config *c, struct err *err)
{
	if (kind == PROBE_NONE)
		return ARGP_ERR_UNKNOWN;
	if (kinds[kind].role == KIND_PORTS)
		return parse_ports(arg, kind, c, err);
	c->asked[kind] = true;
	return 0;
}

static int add_output(const struct sink_ops *format, const char *path, struct config *c,
		      struct err *err)
{
	unsigned int i;

	if (format->watches && !strcmp(path, "-"))
		return err_set(err, -EINVAL, "--%s -: does not go to standard output: name a file",
			       format->option);
	for (i = 0; i < c->n_outputs && !strcmp(path, "-"); i++)
		if (!strcmp(c->outputs[i].path, "-"))
			return err_set(err, -EINVAL,
				       "--%s -: standard output is taken already: name a file",
				       format->option);
	if (c->n_outputs == SINK_WISHES_MAX)
		return err_set(err, -EINVAL, "--%s: at most %d outputs", format->option,
			       SINK_WISHES_MAX);
	c->outputs[c->n_outputs++] = (struct sink_wish){ .ops = format, .path = path };
	return 0;
}

static void print_help(struct argp_state *state, struct reading *r)
{
	argp_state_help(state, stdout, ARGP_HELP_SHORT_USAGE | ARGP_HELP_LONG | ARGP_HELP_DOC);
	r->done = true;
}

static int on_key(int key, char *arg, struct argp_state *state)
{
	struct reading *r = state->input;
	struct config *c = r->config;

	if (r->done)
		return 0;
	switch (key) {
	case ARGP_KEY_INIT:
		/* getopt has printed a line: argp must not add one that advises to try --help. */
		state->err_stream = NULL;
		return 0;
	case ARGP_KEY_ARG:
		return config_add_targets(c, arg, r->err);
	case 'h':
		print_help(state, r);
		return 0;
	case OPT_VERSION:
		puts("xscan " XSCAN_VERSION);
		r->done = true;
		return 0;
	case 'i':
		return take_iface(arg, c, r->err);
	case OPT_TOP_PORTS:
		return parse_top_ports(arg, c, r->err);
	case OPT_TARGETS:
		return config_put_off(arg, c, r->err);
	case ARGP_KEY_END:
		return config_add_put_off(c, r->err);
	case '4':
		return family_choose(AF_INET, c, r->err);
	case '6':
		return family_choose(AF_INET6, c, r->err);
	case OPT_EXCLUDE:
		return targets_parse(arg, NULL, &c->exclude, r->err);
	case OPT_EXCLUDE_FILE:
		return config_add_file(arg, true, c, r->err);
	case OPT_RATE:
		return values_rate(arg, &c->rate_auto, &c->rate_pps, r->err);
	case OPT_BUDGET:
		return values_budget(arg, &c->budget, r->err);
	case OPT_HOST_RATE:
		return values_host_rate(arg, &c->host_pps, r->err);
	case OPT_RETRIES:
		return values_retries(arg, &c->tries, r->err);
	case OPT_TIMEOUT:
		c->timeout_given = true;
		return values_timeout(arg, &c->timeout_ns, r->err);
	case OPT_LISTEN:
		return values_listen(arg, &c->listen_ns, r->err);
	case OPT_TX:
		return parse_tx(arg, &c->tx, r->err);
	case OPT_ATTACH:
		return parse_attach(arg, &c->attach, r->err);
	case OPT_SYNACK:
		return parse_synack(arg, &c->synack, r->err);
	case OPT_SOURCE_IP:
		c->has_source_ip = true;
		return values_addr("--source-ip", arg, &c->source_ip, r->err);
	case OPT_SOURCE_PORT:
		return values_source_ports(arg, &c->source_ports, r->err);
	case OPT_GATEWAY_MAC:
		c->has_gateway_mac = true;
		return values_mac("--gateway-mac", arg, c->gateway_mac, r->err);
	case OPT_TTL:
		return values_ttl(arg, &c->ttl, r->err);
	case OPT_SEED:
		c->seed_given = true;
		return values_seed(arg, &c->seed, r->err);
	case OPT_SHARD:
		return values_shard(arg, &c->shard, r->err);
	case OPT_RESUME:
		return take_once("--resume", "one scan has one state", arg, &c->resume, r->err);
	case OPT_ALL:
		c->all = true;
		return 0;
	case OPT_RTT:
		c->rtt = true;
		return 0;
	case OPT_NAMES:
		c->names = true;
		return 0;
	case OPT_HISTOGRAM:
		c->histogram = true;
		return 0;
	case OPT_COST:
		c->cost = true;
		return 0;
	case OPT_CAPTURE_FLOW:
		return values_endpoint("--capture-flow", arg, &c->flow_addr, &c->flow_port, r->err);
	case OPT_STATS_INTERVAL:
		return values_interval(arg, &c->stats_interval_s, r->err);
	case OPT_DRY_RUN:
		c->dry_run = true;
		return 0;
	case 'q':
		c->quiet = true;
		return 0;
	case 'v':
		c->verbose = true;
		return 0;
	default:
		if (key >= OPT_FORMAT && key < OPT_FORMAT + SINK_FORMATS_N)
			return add_output(sink_formats[key - OPT_FORMAT], arg, c, r->err);
		return on_kind(options_kind(key), arg, c, r->err);
	}
}

static int set_defaults(struct config *c, struct err *err)
{
	*c = (struct config){
		.rate_auto = true,
		.budget = DEFAULT_BUDGET,
		.tries = TRIES_AUTO,
		.timeout_ns = DEFAULT_TIMEOUT_S * 1000000000ULL,
		.ttl = DEFAULT_TTL,
		.shard = { .n = 1 },
	};
	if (getrandom(&c->seed, sizeof(c->seed), 0) != sizeof(c->seed))
		return err_set(err, -errno, "no random numbers: %s", strerror(errno));
	/* Programs that read JSON take numbers for doubles: no more digits than a double keeps. */
	c->seed &= (1ULL << 53) - 1;
	return 0;
}

bool config_replaces(const struct config *c)
{
	unsigned int i;

	for (i = 0; i < c->n_outputs; i++)
		if (c->outputs[i].ops->replaces)
			return true;
	return false;
}

enum config_verdict config_read(struct config *c, int argc, char **argv, struct err *err)
{
	struct argp_option all[OPTIONS_MAX];
	const struct argp argp = {
		.options = all,
		.parser = on_key,
		.args_doc = "[TARGET...]",
		.doc = "Find the hosts of a network and their open TCP and UDP ports. Answers are "
		       "matched in the kernel by XDP or tc.\n\nTARGET: IPv4 or IPv6 address, "
		       "prefix, "
		       "FIRST-LAST, a.b.c.10-50 or host name; link-local addresses with their "
		       "link: "
		       "fe80::1%eth0. None: the link of --iface, or the "
		       "links of all of them.\v"
		       "Two more commands read what --json wrote: `xscan diff OLD NEW' says what "
		       "changed, `xscan report RESULT...' makes a page of HTML; each has "
		       "--help.\n\n"
		       "Exit status: 0 the scan is complete, 1 it could not run or broke off, "
		       "2 the command line is wrong, 3 answers are missing or may be, "
		       "130 interrupted.",
	};
	struct reading reading = { .config = c, .err = err };
	int code;

	err->text[0] = '\0';
	options_collect(all);
	argv[0] = "xscan"; /* how getopt's own errors begin */
	code = set_defaults(c, err);
	if (code)
		return CONFIG_BROKEN;
	c->arguments = (const char *const *)argv + 1;
	if (arguments_check(argv, all, err))
		return CONFIG_WRONG;
	code = argp_parse(&argp, argc, argv, ARGP_NO_HELP | ARGP_NO_EXIT, NULL, &reading);
	if (reading.done)
		return CONFIG_DONE;
	if (code == ENOMEM) /* argp's own */
		code = err_set(err, -ENOMEM, "out of memory");
	if (!code)
		code = config_check(c, err);
	if (is_lack(code))
		return CONFIG_BROKEN;
	return code ? CONFIG_WRONG : CONFIG_RUN;
}

void config_free(struct config *c)
{
	enum probe_kind kind;

	ranges_free(&c->targets);
	ranges_free(&c->exclude);
	for (kind = 0; kind < PROBE_KINDS_N; kind++)
		free(c->ports[kind]);
	free(c->lists);
	free(c->target_files);
	while (c->n_notes)
		free(c->notes[--c->n_notes]);
	free(c->notes);
	*c = (struct config){ 0 };
}
