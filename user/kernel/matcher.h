/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * matcher.h - the receiving half of a scan: the BPF object (bpf/xscan.bpf.c), its shared tables,
 * its events. An object serves one slice of questions. The next slice takes over the neighbours,
 * the statistics and the ring, in an object of its own.
 */
#ifndef XSCAN_MATCHER_H
#define XSCAN_MATCHER_H

#include "abi.h"
#include "err.h"
#include "extension.h"
#include "hosts.h"
#include "route.h"
#include "table.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * Called for each event, in the order of the ring; `data` is a struct event, or by its type a struct
 * event_payload. A negative return stops the reading. (The type is libbpf's ring_buffer_sample_fn.)
 */
typedef int (*matcher_event)(void *ctx, void *data, size_t size);

/* What a lane matches. */
struct matcher_lane {
	enum probe_kind kind;	   /* PROBE_NONE: nothing */
	const struct hosts *hosts; /* who is asked; NULL: nobody yet */
	uint64_t room;		   /* LANE_QUESTIONS: matcher_refill can bring so many hosts */
	unsigned int each;	   /* questions for each host */
	const uint16_t *slots;	   /* LANE_QUESTIONS: by port, 1 + its index, or 0: not asked */
	enum fate fate_yes, fate_no;
	bool report_all;
	uint8_t pulse; /* the least number that a pulse has in place of a try */
};

/* What to load, and how. */
struct matcher_spec {
	struct probe_config probe;
	struct matcher_lane lanes[LANES];
	bool bare;	/* frames have no Ethernet header */
	uint32_t scope; /* of link-local hosts of the first interface (addr.h); 0: none have */
	bool new_sweep; /* the neighbours are not those of the matcher before */
	bool verbose;	/* libbpf prints errors on stderr, with the verifier's log */
	struct capture_config capture;
	matcher_event on_event;
	matcher_event on_frame; /* with a capture; `data` is a struct captured */
	void *ctx;
};

/* The program that sits at tc. */
#define MATCHER_TC "xscan_tc"

struct matcher {
	struct bpf_object *object;
	struct bpf_program *program;
	struct match_config config;   /* what the programs were loaded with */
	struct bpf_object *tc_object; /* MATCHER_TC for the same tables (handover.h); NULL: none */
	struct bpf_object *further[IFACES_MAX - 1]; /* the program for further interfaces */
	unsigned int n_further;
	int extension_fd; /* the program loaded again as an extension; 0: not loaded */
	struct ring_buffer *ring;
	struct table lease, stats;
	struct table near_hosts, neighbours; /* LANE_NEIGHBOURS */
	struct table hosts, answers;	     /* LANE_QUESTIONS */
	size_t host_entries; /* LANE_QUESTIONS: entries that the programs can search */
	bool runs[LANES];
};

/*
 * Load the object's program `program`. With a matcher `before`, take over its statistics and ring,
 * and its neighbours if they are no new ones; spec->lanes[LANE_NEIGHBOURS] must then be as in
 * `before`. 0, or a negative errno with the reason in err; after an error everything is undone.
 */
int matcher_open(struct matcher *m, const struct matcher_spec *spec, const char *program,
		 const struct matcher *before, struct err *err);
void matcher_close(struct matcher *m);

/*
 * Load the program once more, for a further interface. It has the same tables. It takes the neighbours
 * there by the interface's MAC address; without Ethernet there are none. 0 or a negative errno with the
 * reason in err.
 */
int matcher_add(struct matcher *m, const struct iface *iface, struct err *err);

/*
 * Replace the questions of LANE_QUESTIONS, which must be stopped, by others of the same kind, with
 * no more questions for each host. Loads nothing, so needs no rights. matcher_room: how many hosts
 * fit.
 */
uint64_t matcher_room(const struct matcher *m, unsigned int each);
void matcher_refill(struct matcher *m, const struct matcher_lane *questions);

/*
 * Load the program again as an extension of target; NULL: do nothing. 0 or a negative errno with
 * the reason in err.
 */
int matcher_extend(struct matcher *m, const struct extension_target *target, struct err *err);

/* Running lanes stop this long after the last call of matcher_renew. */
#define MATCHER_LEASE_NS 30000000000ULL
void matcher_renew(struct matcher *m, uint64_t now_ns);

/* Start a lane; it runs from the next matcher_renew on. */
void matcher_start(struct matcher *m, enum lane lane);

/* Stop a lane: from now on its tables do not change. Its events in the ring can still be read. */
void matcher_stop(struct matcher *m, enum lane lane);

/* Stop all lanes that run. This waits a millisecond for running programs, as stopping one lane does. */
void matcher_stop_all(struct matcher *m);

int matcher_program_fd(const struct matcher *m);

/* The program for interface i of the scan: 0 is that of matcher_open, others those of matcher_add. */
int matcher_fd_at(const struct matcher *m, unsigned int i);

/* The program at tc that the matcher hands over to; -1: not loaded. */
int matcher_tc_fd(const struct matcher *m);

/* Hand all events in the ring to on_event, without waiting. 0, or on_event's negative return. */
int matcher_consume(struct matcher *m);

/* Tell the programs that try `attempt` of a flow begins. */
void matcher_set_attempt(struct matcher *m, enum lane lane, unsigned int flow, uint8_t attempt);

/* The counters of a lane, summed over all CPUs. */
struct stats matcher_stats(const struct matcher *m, enum lane lane);

/* Set the counters of a lane, which must be stopped. */
void matcher_set_stats(struct matcher *m, enum lane lane, const struct stats *from);

#endif
