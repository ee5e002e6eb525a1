/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * config.h - the command line, read into one struct that is const afterwards.
 */
#ifndef XSCAN_CONFIG_H
#define XSCAN_CONFIG_H

#include "abi.h"
#include "attach_mode.h"
#include "err.h"
#include "ports.h"
#include "ranges.h"
#include "route.h"
#include "shard.h"
#include "sinks.h"
#include "tries.h"
#include "values.h"

#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>

enum tx_kind { TX_AF_PACKET, TX_XDP };
const char *config_tx_name(enum tx_kind tx);

/* What becomes of a matched SYN-ACK; SYNACK_AUTO: see synack.h. */
enum synack_wish { SYNACK_AUTO, SYNACK_PASS, SYNACK_DROP, SYNACK_RESET };

struct config {
	const char *const *arguments;	/* behind the program's name; NULL ends */
	const char *iface;		/* the first of these; NULL: by the routes */
	const char *ifaces[IFACES_MAX]; /* of --iface, each once */
	unsigned int n_ifaces;
	bool asked[PROBE_KINDS_N];	    /* kinds without ports, by their option */
	struct ports *ports[PROBE_KINDS_N]; /* kinds that ask for ports; NULL: not asked */
	const char *top_ports;		    /* the N of --top-ports; NULL: not given */
	struct ranges targets;		    /* settled; empty: the subnets of the interfaces */
	char zone[IF_NAMESIZE];		    /* of link-local targets; empty: none */
	int family;			    /* -4, -6: AF_INET, AF_INET6; AF_UNSPEC: both */
	struct ranges exclude;		    /* settled */
	bool has_first_target;
	struct addr first_target; /* the first on the command line */
	const char **target_files;
	size_t n_target_files;
	const char **lists; /* files that targets and exclude were read from; "-": standard input */
	size_t n_lists;
	char **notes; /* lines to tell the user that are no errors */
	size_t n_notes;
	bool rate_auto;
	double rate_pps; /* if not rate_auto */
	struct tries tries;
	double budget;	 /* of --rate auto: the share that it may take from others; 0: off */
	double host_pps; /* to one host at most; 0: no limit */
	uint64_t timeout_ns;
	bool timeout_given;
	uint64_t listen_ns; /* before asking; 0: not at all */
	uint8_t ttl;
	bool has_gateway_mac;
	uint8_t gateway_mac[6]; /* of all gateways: none is asked by ARP */
	bool has_source_ip;
	struct addr source_ip;		  /* all targets are asked from this address */
	struct source_range source_ports; /* of --source-port; 0: xscan chooses */
	enum tx_kind tx;
	enum attach_mode attach;
	enum synack_wish synack;
	uint64_t seed;
	bool seed_given;
	const char *resume; /* a file, NULL for none */
	struct shard shard;
	bool all;
	bool cost;
	double stats_interval_s; /* 0: no status lines but on request */
	bool rtt;
	bool names;
	bool histogram;
	struct addr flow_addr; /* --capture-flow; it counts if */
	uint16_t flow_port;    /* this is not 0 */
	struct sink_wish outputs[SINK_WISHES_MAX];
	unsigned int n_outputs;
	bool dry_run;
	bool quiet;
	bool verbose;
};

/* Does an output write new files during the scan? */
bool config_replaces(const struct config *c);

/* What main must do after config_read. */
enum config_verdict {
	CONFIG_RUN,
	CONFIG_DONE,   /* --help or --version has been printed */
	CONFIG_BROKEN, /* one line in err: the machine's fault, not the command line's */
	CONFIG_WRONG,  /* one line in err; if empty, a line is already on stderr */
};

/*
 * Read argv. Also read the lists that the command line names, and resolve host names. Call
 * config_free whatever the verdict.
 */
enum config_verdict config_read(struct config *c, int argc, char **argv, struct err *err);
void config_free(struct config *c);

/* Does the command line only listen? Without --listen, no targets and no questions mean the link. */
bool config_only_listens(const struct config *c);

/* Add a line to tell the user; take over `note`, which was allocated. 0 or -ENOMEM. */
int config_note(struct config *c, char *note);

#endif
