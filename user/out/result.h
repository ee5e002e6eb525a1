/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* result.h - the results of a scan, in the shape from which every output format is written. */
#ifndef XSCAN_RESULT_H
#define XSCAN_RESULT_H

#include "addr.h"
#include "answer.h"
#include "drops.h"
#include "hist.h"
#include "kinds.h"
#include "ledger.h"
#include "ports.h"
#include "ranges.h"

#include <stdbool.h>
#include <stdint.h>

enum { RESULT_ALSO_MAX = 16 };

struct result_host {
	uint64_t time_us; /* since the epoch, when the answer came */
	struct addr addr;
	const char *zone;     /* of a link-local address: its interface; else NULL */
	enum probe_kind kind; /* of the question that it answered */
	const char *how;      /* how it was found; NULL: by the kind of question */
	const char *name;     /* NULL: unknown, or nobody has asked (--names) */
	bool has_mac;
	uint8_t mac[6];
	const uint8_t (*also)[6]; /* further MAC addresses that answered for addr: a conflict */
	unsigned int n_also;	  /* at most RESULT_ALSO_MAX */
	const char *vendor;	  /* NULL: unknown */
	int64_t rtt_us;		  /* -1: unknown; by the send log */
};

/* How a host was found, in a word. */
static inline const char *result_host_how(const struct result_host *h)
{
	return h->how ? h->how : kinds[h->kind].how;
}

struct result_iface {
	const char *name;
	bool bare; /* frames have no Ethernet header */
};

/* What a run is about to do. */
struct result_start {
	uint64_t time_us;
	uint64_t monotonic_us; /* the same moment by CLOCK_MONOTONIC */
	const char *version;
	const char *const
		*arguments; /* of the command line, behind the program's name; NULL ends */
	const struct ranges *targets; /* the addresses that this run may ask */
	const struct ports
		*ports[PROBE_KINDS_N]; /* asked of each host, by kind over IPv4; or NULL */
	uint64_t seed;
	bool goes_on;			   /* with the scan of an earlier run (--resume) */
	const struct result_iface *ifaces; /* n_ifaces of them */
	unsigned int n_ifaces;
	const char *captured; /* by --capture-flow: "frames of 198.18.0.2:80"; NULL: near misses */
};

/* Where a frame was seen; the first two are enum place. */
enum result_frame_place { RESULT_AT_XDP, RESULT_AT_TC, RESULT_AT_SOCKET, RESULT_FRAME_PLACES };

/* A frame that --capture keeps. */
struct result_frame {
	uint64_t time_ns; /* since the epoch */
	const void *bytes;
	uint32_t kept, len;  /* of `len` bytes the first `kept` are there: at most CAPTURE_BYTES */
	const char *comment; /* shorter than 200 bytes */
	bool leaves;	     /* we have sent it: it has neither verdict nor queue */
	unsigned int iface;  /* its place in struct result_start */
	enum result_frame_place place;
	int32_t verdict; /* of XDP or tc */
	uint32_t queue;
};

/* The rate of the probes on one way has changed. */
struct result_rate {
	uint64_t time_us;
	enum probe_kind kind; /* of the questions */
	bool has_gateway;     /* else the way is the link */
	struct addr gateway;
	double rate_pps;
	double limit_pps;	  /* that the way has shown; 0: none */
	uint64_t asked, answered; /* what the decision is based on; 0: not on answers */
	const char *why;
};

struct result_port {
	uint64_t time_us;
	struct addr addr;
	const char *zone; /* as for hosts */
	const char *name; /* of the host, as there */
	enum probe_kind kind;
	uint16_t port;
	const char *service; /* NULL: unknown */
	const char *info;    /* what the answer tells of the service; NULL: nothing */
	uint8_t state;	     /* enum answer_state; ANSWER_NONE: unanswered */
	bool detailed;	     /* false: no event came, so only the state is known */
	uint8_t ttl;
	uint16_t window;      /* open ports only */
	uint16_t mss;	      /* open ports only; 0: absent */
	int64_t rtt_us;	      /* -1: unknown */
	bool rtt_echoed;      /* by the timestamp in the answer, else by the send log */
	const char *doubtful; /* why this open port may be no service; NULL: no doubt */
	double closed_p;      /* of a silent UDP port: is it closed? 0: unknown */
};

/* All ports of one kind that one host was asked for: nothing more comes of them. */
struct result_done {
	uint64_t time_us;
	struct addr addr;
	const char *zone; /* as for hosts */
	enum probe_kind kind;
	const struct ports *ports;
	const uint8_t *states; /* enum answer_state of each port, in their order */
	bool whole;	       /* false: broken off, so ANSWER_NONE may mean: not asked */
	bool up;	       /* something has shown that the host is there */
	bool told;	       /* each port has had a record of its own (--all) */
	bool last;	       /* no further kind of port is asked */
};

/* Several machines answer for one address. */
struct result_conflict {
	struct addr addr;
	const uint8_t (*macs)[6];
	unsigned int n;	  /* of macs, at least 2 */
	const char *zone; /* as for hosts */
};

enum result_loss {
	RESULT_WENT_AWAY,     /* it does not answer ARP any more */
	RESULT_FELL_SILENT,   /* it answers no question any more, not even an answered one */
	RESULT_WAY_DIED,      /* nobody behind this gateway answers any more */
	RESULT_LINK_DIED,     /* nobody on the link of this address of ours answers any more */
	RESULT_LIMITS_ERRORS, /* it sends fewer ICMP errors than it rejects ports */
	RESULT_NO_ANSWER,     /* no more answers, or fewer: plain loss may bring that */
	RESULT_LOSSES_N,
};

/* A host, or the gateway to many, that answered and then fell silent. */
struct result_gone {
	struct addr addr;
	uint64_t unknown; /* questions without an answer */
	uint64_t why;	  /* enum result_loss */
};

enum result_span_what {
	SPAN_SWEEP,	/* the search for neighbours */
	SPAN_QUESTIONS, /* a slice of the hosts was asked */
	SPAN_PAUSE,	/* a way was not asked: is it alive? */
	SPAN_GAVE_WAY,	/* the scan was slower for the host's own work */
	SPAN_NO_CARRIER,
};

/* Something that took time, when it has ended. */
struct result_span {
	enum result_span_what what;
	const char *name;
	uint64_t begin_us, end_us;
	bool has_gateway; /* of a pause: else the way is the link */
	struct addr gateway;
	const struct ledger *ledger; /* what was asked in this time; NULL: nothing was */
};

/* How far a scan is, while it runs. */
struct snapshot {
	const char *title;    /* of the kind of question under way: kinds[kind].title */
	uint64_t time_us;     /* since the epoch */
	struct ledger ledger; /* of the phase under way */
	bool again;	      /* questions are being asked again */
	bool ports;	      /* the scan asks for ports */
	bool wanted;	      /* a signal asks for a status line */
	uint64_t sent;	      /* probes in this run */
	uint64_t left;	      /* probes that the phase still needs, as far as is known */
};

/* A histogram, under the names that bpftrace would give it (--histogram, --metrics). */
struct result_histogram {
	uint64_t time_us;
	const char *name; /* "rtt_us" */
	const char *key;  /* "open"; NULL: none */
	struct hist hist;
};

/* What the matcher has cost this host (--cost). */
struct result_cost {
	uint64_t time_us;
	const char *program; /* that the kernel has counted: in a dispatcher, the dispatcher */
	uint64_t runs, run_ns;
	bool has_foreign;
	uint64_t foreign; /* runs for packets that are no answers and no probes */
	uint32_t jited_bytes, verified_insns; /* 0: unknown */
	double own_s, softirq_s, cpus_s; /* CPU time of xscan, of softirqs; what all CPUs had */
	uint64_t probes;
};

static inline double result_cost_run_ns(const struct result_cost *c)
{
	return (double)c->run_ns / (double)c->runs;
}

static inline double result_cost_probe_us(const struct result_cost *c)
{
	return (c->own_s + c->softirq_s) * 1e6 / (double)c->probes;
}

/* Frames that this host has lost or held up during the run, its own and those of others. */
struct result_drops {
	uint64_t time_us;
	struct drops drops;
};

struct result_summary {
	uint64_t time_us;
	bool ports_scanned; /* false: the scan asks for hosts alone */
	bool silent;	    /* nobody was asked: hosts were heard */
	bool divided;	    /* the run asks a part of the targets (--shard) */
	uint64_t hosts;	    /* number of addresses asked */
	uint64_t hosts_up;
	uint64_t open, closed, filtered;
	struct ledger ledger;
	struct ledger search;	       /* in a scan of ports: of the search for hosts */
	double coverage, coverage_low; /* ledger.h: the share of answers that came; NAN: unknown */
	bool lossy;		       /* answers are missing, or may be */
	double elapsed_s;
	const char *attach;	      /* "native", "generic", "tc" */
	const char *tx;		      /* "af_packet", "xdp" */
	bool complete;		      /* false: interrupted or broken off */
	uint64_t self;		      /* own addresses among the targets, left out */
	struct addr self_first;	      /* one of them */
	bool self_told;		      /* tell the user of the own addresses */
	uint64_t unroutable;	      /* targets without a route, left out */
	struct addr unroutable_first; /* one of them */
	/* The lists must outlive the scan: the closing lines read them. */
	const struct result_conflict *conflicts;
	size_t n_conflicts;
	const struct result_gone *gone;
	const char *const *gone_zones; /* of these */
	size_t n_gone;
	uint64_t refused;	   /* targets with probes that the interface never took */
	struct addr refused_first; /* one of them */
	const char *refused_zone;
	const char *iface;
	double no_carrier_s;	     /* for so long an interface had none */
	const char *without_carrier; /* its name */
	bool iface_lost; /* the scan broke off since an interface went down or has no carrier */
	/* For so long the scan gave way to others: on the CPUs, and on the path. */
	double gave_way_cpu_s, gave_way_path_s;
	bool captures;
	uint64_t captured, capture_left_out;	   /* frames of --capture */
	const struct result_cost *cost;		   /* NULL: not measured */
	const struct result_drops *drops;	   /* NULL: not looked at */
	const struct result_histogram *histograms; /* those of one name are neighbours */
	size_t n_histograms;
	bool prints_histograms; /* people want to see them */
};

#endif
