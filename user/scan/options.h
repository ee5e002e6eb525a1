/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* options.h - the options of the command line, for both parsing and help (argp). */
#ifndef XSCAN_OPTIONS_H
#define XSCAN_OPTIONS_H

#include "probe.h"

#include <argp.h>

/* The keys of options that have no letter. */
enum {
	OPT_TARGETS = 256,
	OPT_TOP_PORTS,
	OPT_EXCLUDE,
	OPT_EXCLUDE_FILE,
	OPT_RATE,
	OPT_BUDGET,
	OPT_HOST_RATE,
	OPT_SOURCE_IP,
	OPT_SOURCE_PORT,
	OPT_GATEWAY_MAC,
	OPT_TTL,
	OPT_LISTEN,
	OPT_RETRIES,
	OPT_TX,
	OPT_TIMEOUT,
	OPT_ATTACH,
	OPT_SYNACK,
	OPT_SEED,
	OPT_SHARD,
	OPT_RESUME,
	OPT_ALL,
	OPT_CAPTURE_FLOW,
	OPT_COST,
	OPT_STATS_INTERVAL,
	OPT_RTT,
	OPT_HISTOGRAM,
	OPT_NAMES,
	OPT_DRY_RUN,
	OPT_VERSION,
	OPT_FORMAT = 512, /* plus the number of an output format */
	OPT_KIND = 1024,  /* plus the number of a kind of question without a short option */
};

/* Room for all options, with those of kinds and output formats. */
enum { OPTIONS_MAX = 64 };
void options_collect(struct argp_option all[OPTIONS_MAX]);

/* The kind of question that an option asks for; PROBE_NONE: none. */
enum probe_kind options_kind(int key);

#endif
