// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * config.c - the option table and what each option means.
 *
 * One table serves parsing and help (argp). An option is a row in `options` and a case in `on_key`.
 */
#include "config.h"

#include "lack.h"
#include "names.h"
#include "targets.h"
#include "values.h"

#include <argp.h>
#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

enum {
	DEFAULT_RETRIES = 1,
	DEFAULT_TIMEOUT_S = 2,
};

enum {
	OPT_ARP = 256,
	OPT_TARGETS,
	OPT_EXCLUDE,
	OPT_EXCLUDE_FILE,
	OPT_RATE,
	OPT_RETRIES,
	OPT_TX,
	OPT_TIMEOUT,
	OPT_ATTACH,
	OPT_SYNACK,
	OPT_SEED,
	OPT_SHARD,
	OPT_RESUME,
	OPT_ALL,
	OPT_JSON,
	OPT_DRY_RUN,
	OPT_VERSION
};

static const struct argp_option options[] = {
	{ 0, 0, 0, 0, "What to scan:", 1 },
	{ "iface", 'i', "IFACE", 0,
	  "interface to scan from (default: by the route to the first "
	  "target)",
	  0 },
	{ "arp", OPT_ARP, 0, 0, "find the on-link hosts by ARP (default when no --tcp is given)",
	  0 },
	{ "tcp", 'p', "PORTS", 0,
	  "SYN-scan these TCP ports: 22, 1-1024, 22,80,8000-8100, ssh,http, "
	  "- for all",
	  0 },
	{ "targets", OPT_TARGETS, "FILE", 0, "more targets, from a file (- is standard input)", 0 },
	{ "exclude", OPT_EXCLUDE, "LIST", 0, "never probe these addresses", 0 },
	{ "exclude-file", OPT_EXCLUDE_FILE, "FILE", 0, "never probe the addresses in this file",
	  0 },
	{ 0, 0, 0, 0, "How:", 2 },
	{ "rate", OPT_RATE, "PPS", 0,
	  "probes per second: auto (what the path takes without loss), max (what the link takes), "
	  "or "
	  "a number; 10k and 1.5M are understood (auto)",
	  0 },
	{ "retries", OPT_RETRIES, "N", 0, "how often to ask again what did not answer (1)", 0 },
	{ "timeout", OPT_TIMEOUT, "SECONDS", 0,
	  "the longest wait for an answer; less if answers come quickly (2)", 0 },
	{ "tx", OPT_TX, "SENDER", 0,
	  "who builds and sends probes: af_packet (user space) or xdp (the kernel; passes by the "
	  "queueing discipline) (af_packet)",
	  0 },
	{ "attach", OPT_ATTACH, "MODE", 0,
	  "where answers are matched: native or generic XDP, tc, or auto (auto)", 0 },
	{ "synack", OPT_SYNACK, "FATE", 0,
	  "what becomes of a matched SYN-ACK: pass (the host's stack resets it), drop, or reset "
	  "(the matcher does) (pass)",
	  0 },
	{ "seed", OPT_SEED, "N", 0, "the same order of probes again (random)", 0 },
	{ "shard", OPT_SHARD, "I/N", 0,
	  "this machine's part, the I-th, of a scan that N machines share (1/1)", 0 },
	{ "resume", OPT_RESUME, "FILE", 0,
	  "go on where FILE says, if it exists; and if interrupted, leave it to go on from", 0 },
	{ "dry-run", OPT_DRY_RUN, 0, 0, "print the plan and send nothing", 0 },
	{ 0, 0, 0, 0, "What to print:", 3 },
	{ "all", OPT_ALL, 0, 0, "closed, filtered and unanswered ports too", 0 },
	{ "json", OPT_JSON, "FILE", 0,
	  "results as JSON lines (- is standard output, in place of "
	  "the table)",
	  0 },
	{ "quiet", 'q', 0, 0, "no progress, no closing line", 0 },
	{ "verbose", 'v', 0, 0, "print the plan, and what the kernel says of a refused program",
	  0 },
	{ "version", OPT_VERSION, 0, 0, "print the version", 0 },
	{ "help", 'h', 0, 0, "print this help", 0 },
	{ 0 },
};

/* What argp's parser needs besides the config it fills. */
struct reading {
	struct config *config;
	struct err *err;
	bool done;
};

/* What a question to the name service takes. */
enum { NAME_DESCRIPTORS = 4, NAME_BYTES = 1 << 18 };

static bool is_lack(int code)
{
	return code == -ENOMEM || code == -EMFILE || code == -ENFILE;
}

static int resolve(const char *name, uint32_t *addr, struct err *err)
{
	struct addrinfo hints = { .ai_family = AF_INET, .ai_socktype = SOCK_STREAM };
	struct addrinfo *list;
	int code = getaddrinfo(name, NULL, &hints, &list), lack;

	if (code) {
		lack = lack_of(NAME_DESCRIPTORS, NAME_BYTES);
		return err_set(err, lack ? lack : -EINVAL, "%.128s: %s", name,
			       lack ? strerror(-lack) : gai_strerror(code));
	}
	*addr = ntohl(((const struct sockaddr_in *)(const void *)list->ai_addr)->sin_addr.s_addr);
	freeaddrinfo(list);
	return 0;
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

static int parse_synack(const char *text, enum synack *fate, struct err *err)
{
	static const char *const words[] = { "pass", "drop", "reset", NULL };
	int index, code = values_word("--synack", text, words, &index, err);

	*fate = (enum synack)index;
	return code;
}

/* An option whose value must not be lost to a second one. */
static int take_once(const char *option, const char *hint, const char *arg, const char **value,
		     struct err *err)
{
	if (*value)
		return err_set(err, -EINVAL, "%s: given twice: %s", option, hint);
	*value = arg;
	return 0;
}

static int parse_ports(const char *text, struct config *c, struct err *err)
{
	int code, lack;

	if (c->ports)
		return err_set(err, -EINVAL, "--tcp: given twice: join the ports by a comma");
	c->ports = malloc(sizeof(*c->ports));
	if (!c->ports)
		return err_set(err, -ENOMEM, "out of memory");
	code = ports_parse(text, names_port, c->ports, err);
	lack = code ? lack_of(NAME_DESCRIPTORS, NAME_BYTES) : 0;
	return lack ? err_set(err, lack, "cannot look up services: %s", strerror(-lack)) : code;
}

static void note_first_target(struct config *c)
{
	if (!c->first_target && c->targets.n)
		c->first_target = c->targets.v[0].first;
}

static int add_targets(struct config *c, const char *list, struct err *err)
{
	int code = targets_parse(list, resolve, &c->targets, err);

	note_first_target(c);
	return code;
}

static int note_list(const char *name, struct config *c, struct err *err)
{
	const char **grown = reallocarray(c->lists, c->n_lists + 1, sizeof(*grown));

	if (!grown)
		return err_set(err, -ENOMEM, "out of memory");
	c->lists = grown;
	c->lists[c->n_lists++] = name;
	return 0;
}

static int add_file(const char *name, bool exclude, struct config *c, struct err *err)
{
	bool standard_input = !strcmp(name, "-");
	FILE *file = standard_input ? stdin : fopen(name, "re");
	int code;

	if (standard_input && feof(stdin))
		return err_set(err, -EINVAL, "standard input can be read only once");
	if (!file)
		return err_set(err, -errno, "%.128s: %s", name, strerror(errno));
	code = targets_read(file, standard_input ? "standard input" : name, !exclude,
			    exclude ? NULL : resolve, exclude ? &c->exclude : &c->targets, err);
	if (!standard_input)
		fclose(file);
	if (!exclude)
		note_first_target(c);
	return code ? code : note_list(standard_input ? "/dev/stdin" : name, c, err);
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
		/* getopt's own line is enough: no second one that advises to try --help. */
		state->err_stream = NULL;
		return 0;
	case ARGP_KEY_ARG:
		return add_targets(c, arg, r->err);
	case 'h':
		print_help(state, r);
		return 0;
	case OPT_VERSION:
		puts("xscan " XSCAN_VERSION);
		r->done = true;
		return 0;
	case 'i':
		return take_once("--iface", "xscan scans from one interface at a time", arg,
				 &c->iface, r->err);
	case OPT_ARP: /* a port scan begins with it, and without one it is the default */
		return 0;
	case 'p':
		return parse_ports(arg, c, r->err);
	case OPT_TARGETS:
		return add_file(arg, false, c, r->err);
	case OPT_EXCLUDE:
		return targets_parse(arg, NULL, &c->exclude, r->err);
	case OPT_EXCLUDE_FILE:
		return add_file(arg, true, c, r->err);
	case OPT_RATE:
		return values_rate(arg, &c->rate_auto, &c->rate_pps, r->err);
	case OPT_RETRIES:
		return values_retries(arg, &c->retries, r->err);
	case OPT_TIMEOUT:
		return values_timeout(arg, &c->timeout_ns, r->err);
	case OPT_TX:
		return parse_tx(arg, &c->tx, r->err);
	case OPT_ATTACH:
		return parse_attach(arg, &c->attach, r->err);
	case OPT_SYNACK:
		return parse_synack(arg, &c->synack, r->err);
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
	case OPT_JSON:
		return take_once("--json", "xscan writes one such file", arg, &c->json, r->err);
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
		return ARGP_ERR_UNKNOWN;
	}
}

static int set_defaults(struct config *c, struct err *err)
{
	*c = (struct config){
		.rate_auto = true,
		.retries = DEFAULT_RETRIES,
		.timeout_ns = DEFAULT_TIMEOUT_S * 1000000000ULL,
		.shard = { .n = 1 },
	};
	if (getrandom(&c->seed, sizeof(c->seed), 0) != sizeof(c->seed))
		return err_set(err, -errno, "no random numbers: %s", strerror(errno));
	return 0;
}

/* What only makes sense once all options are known. */
static int check(struct config *c, struct err *err)
{
	ranges_settle(&c->targets);
	ranges_settle(&c->exclude);
	c->sweep_only = !c->ports;
	if (c->tx == TX_XDP && c->attach == ATTACH_TC)
		return err_set(err, -EINVAL, "--tx xdp does not go with --attach tc: it needs XDP");
	if (!c->targets.n && !c->iface)
		return err_set(err, -EINVAL,
			       "nothing to scan: name a target, or an interface with "
			       "--iface (see --help)");
	return 0;
}

/* getopt quotes an option that it does not know as it is: its errors would be several lines. */
static int check_option_names(char **argv, struct err *err)
{
	size_t i, len;

	for (; *argv; argv++) {
		len = **argv == '-' ? strcspn(*argv, "=") : 0;
		for (i = 0; i < len; i++)
			if (iscntrl((unsigned char)(*argv)[i]))
				return err_refuse(err, *argv, len, "unrecognized option");
	}
	return 0;
}

enum config_verdict config_read(struct config *c, int argc, char **argv, struct err *err)
{
	static const struct argp argp = {
		.options = options,
		.parser = on_key,
		.args_doc = "[TARGET...]",
		.doc = "Find the hosts of a network and their open TCP ports. Answers are matched "
		       "in the kernel by XDP.\n\nTARGET: address, CIDR, a.b.c.d-e.f.g.h, "
		       "a.b.c.10-50 or host name. None: the subnets of --iface.\v"
		       "Exit status: 0 the scan is complete, 1 it could not run or broke off, "
		       "2 the command line is wrong, 3 answers are known to be lost, "
		       "130 interrupted.",
	};
	struct reading reading = { .config = c, .err = err };
	int code;

	err->text[0] = '\0';
	argv[0] = "xscan"; /* how getopt's own errors begin */
	code = set_defaults(c, err);
	if (code)
		return CONFIG_BROKEN;
	if (check_option_names(argv, err))
		return CONFIG_WRONG;
	code = argp_parse(&argp, argc, argv, ARGP_NO_HELP | ARGP_NO_EXIT, NULL, &reading);
	if (reading.done)
		return CONFIG_DONE;
	if (code == ENOMEM) /* argp's own */
		code = err_set(err, -ENOMEM, "out of memory");
	if (!code)
		code = check(c, err);
	if (is_lack(code))
		return CONFIG_BROKEN;
	return code ? CONFIG_WRONG : CONFIG_RUN;
}

void config_free(struct config *c)
{
	ranges_free(&c->targets);
	ranges_free(&c->exclude);
	free(c->ports);
	free(c->lists);
	*c = (struct config){ 0 };
}
