/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * result.h - what a scan finds out, in the shape every output format is written from.
 */
#ifndef XSCAN_RESULT_H
#define XSCAN_RESULT_H

#include "addr.h"
#include "answer.h"
#include "kinds.h"
#include "ledger.h"

#include <stdbool.h>
#include <stdint.h>

enum { RESULT_ALSO_MAX = 16 };

struct result_host {
	uint64_t time_us; /* since the epoch, when the answer came */
	struct addr addr;
	enum probe_kind kind; /* of the question that found it */
	bool has_mac;
	uint8_t mac[6];
	const uint8_t (*also)[6]; /* further MAC addresses that answered: a conflict */
	unsigned int n_also;	  /* at most RESULT_ALSO_MAX */
	const char *vendor;	  /* NULL: unknown */
	int64_t rtt_us;		  /* -1: unknown */
};

struct result_port {
	uint64_t time_us;
	struct addr addr;
	enum probe_kind kind;
	uint16_t port;
	const char *service; /* NULL: unknown */
	uint8_t state;	     /* enum answer_state; ANSWER_NONE: unanswered */
	bool detailed;	     /* false: only the state is known (no event), the rest is absent */
	uint8_t ttl;
	uint16_t window; /* open ports only */
	uint16_t mss;	 /* open ports only; 0: absent */
	int64_t rtt_us;	 /* -1: unknown */
};

/* Several machines answer for one address. */
struct result_conflict {
	struct addr addr;
	const uint8_t (*macs)[6];
	unsigned int n; /* of macs, at least 2 */
};

/* A host that answered and then fell silent, to ARP too. */
struct result_gone {
	struct addr addr;
	uint64_t unknown; /* ports */
};

/* How a scan stands, while it runs. */
struct snapshot {
	const char *title;	 /* of the kind of question under way: kinds[kind].title */
	uint64_t time_us;	 /* since the epoch */
	struct ledger ledger;	 /* of the phase under way */
	bool again;		 /* questions are being asked again */
	uint64_t hosts_up, open; /* so far */
};

struct result_summary {
	uint64_t time_us;
	bool ports_scanned; /* false: an ARP sweep alone */
	uint64_t hosts;	    /* addresses asked for */
	uint64_t hosts_up;
	uint64_t open, closed, filtered;
	struct ledger ledger;
	double coverage; /* of the answers that could be had, the share that was; NAN: unknown */
	bool lossy;	 /* answers are known to be lost */
	double elapsed_s;
	const char *attach;	/* "native", "generic", "tc" */
	const char *tx;		/* "af_packet" */
	bool complete;		/* false: interrupted or broken off */
	uint64_t self;		/* addresses of this host, left out */
	struct addr self_first; /* one of them */
	bool self_told;		/* tell the user of them */
	/* The lists are read after the scan, too: for the closing lines. */
	const struct result_conflict *conflicts;
	size_t n_conflicts;
	const struct result_gone *gone;
	size_t n_gone;
};

#endif
