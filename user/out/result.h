/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * result.h - what a scan finds out, in the shape every output format is written from, and the
 * interface of such a format.
 */
#ifndef XSCAN_RESULT_H
#define XSCAN_RESULT_H

#include "addr.h"
#include "answer.h"
#include "err.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct result_host {
	uint64_t time_us; /* since the epoch, when the answer came */
	struct addr addr;
	uint8_t mac[6];
	const char *vendor; /* NULL: unknown */
	int64_t rtt_us;	    /* -1: unknown */
};

struct result_port {
	uint64_t time_us;
	struct addr addr;
	uint16_t port;
	const char *service; /* NULL: unknown */
	uint8_t state;	     /* enum answer_state; ANSWER_NONE: unanswered */
	bool detailed;	     /* false: only the state is known (no event), the rest is absent */
	uint8_t ttl;
	uint16_t window; /* open ports only */
	uint16_t mss;	 /* open ports only; 0: absent */
	int64_t rtt_us;	 /* -1: unknown */
};

struct result_summary {
	uint64_t time_us;
	bool ports_scanned; /* false: an ARP sweep alone */
	uint64_t hosts;	    /* addresses asked for */
	uint64_t hosts_up;
	uint64_t open, closed, filtered, unanswered;
	uint64_t probes;      /* ARP and SYN, each address and port once */
	uint64_t asked;	      /* of these, sent at least once */
	uint64_t sent;	      /* frames that left, retransmits included */
	uint64_t send_errors; /* frames that did not leave: refused, or taken and dropped */
	uint64_t retransmits;
	uint64_t seen;	  /* frames to our source ports, or ARP replies of hosts asked */
	uint64_t replies; /* answers matched, duplicates left out */
	uint64_t late;	  /* of these, after the wait for them had ended */
	uint64_t duplicates;
	uint64_t rejected;    /* seen, but without a valid cookie */
	uint64_t events_lost; /* results the ring had no room for */
	uint64_t recovered;   /* results found in the answer map instead */
	uint64_t sampled, sample_found, missing; /* what coverage rests on: ledger.h */
	double coverage; /* of the answers that could be had, the share that was; NAN: unknown */
	bool lossy;	 /* answers are known to be lost */
	double elapsed_s;
	double rate_pps;
	const char *attach; /* "native", "generic", "tc" */
	const char *tx;	    /* "af_packet" */
	bool complete;	    /* false: interrupted or broken off */
};

/* "open", "closed", "filtered", "unanswered". */
const char *result_state_name(uint8_t state);

/* "syn-ack", "reset", "no-response", or the ICMP code in nmap's words ("port-unreach", …). */
const char *result_reason(uint8_t state);

/*
 * An output format. Each call puts one whole record into the file's buffer; 0, or a negative errno.
 * The caller flushes when it has no more to add for now. `end` writes what closes the file and may
 * be called once, also after an interrupted scan.
 */
struct sink;
struct sink_ops {
	int (*host)(struct sink *s, const struct result_host *h);
	int (*port)(struct sink *s, const struct result_port *p);
	int (*end)(struct sink *s, const struct result_summary *sum);
};
struct sink {
	const struct sink_ops *ops;
	FILE *file;
	const char *name; /* of the file, for errors */
	bool may_block;	  /* it is no regular file: a reader may keep us waiting */
	bool broken;	  /* something could not be written */
	bool terminal;	  /* a person reads it: align columns, print headings */
	uint8_t section;  /* text only: which table is being printed */
};

/* Write out the buffer: 0, or a negative errno, also if an earlier write has failed. */
int sink_flush(struct sink *s);

extern const struct sink_ops out_text;
extern const struct sink_ops out_json;

#endif
