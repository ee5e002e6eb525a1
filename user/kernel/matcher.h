/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * matcher.h - the receiving half of a scan: the BPF object (bpf/xscan.bpf.c), its shared tables, its
 * events. An object serves one set of questions; the next set needs an object of its own, which takes
 * over the neighbours, the statistics and the ring.
 */
#ifndef XSCAN_MATCHER_H
#define XSCAN_MATCHER_H

#include "abi.h"
#include "err.h"
#include "extension.h"
#include "hosts.h"
#include "table.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * Called for each event, in the order of the ring: `data` is a struct event. A negative return
 * stops the reading. (The type is that of libbpf's ring_buffer_sample_fn.)
 */
typedef int (*matcher_event)(void *ctx, void *data, size_t size);

/* What a lane matches. */
struct matcher_lane {
	enum probe_kind kind;	   /* PROBE_NONE: nothing */
	const struct hosts *hosts; /* who is asked */
	unsigned int each;	   /* questions for each host */
	const uint16_t *slots;	   /* LANE_QUESTIONS: by port, 1 + its index among these, or 0 */
	enum fate fate_yes, fate_no;
	bool report_all;
};

/* What to load, and how. */
struct matcher_spec {
	struct probe_config probe;
	struct matcher_lane lanes[LANES];
	bool bare;    /* frames have no Ethernet header */
	bool verbose; /* libbpf says on stderr what goes wrong, the verifier's log included */
	matcher_event on_event;
	void *ctx;
};

struct matcher {
	struct bpf_object *object;
	struct bpf_program *program;
	int extension_fd; /* the same once more; 0: it is none */
	struct ring_buffer *ring;
	struct table lease, stats;
	struct table near_hosts, neighbours; /* LANE_NEIGHBOURS */
	struct table hosts, answers;	     /* LANE_QUESTIONS */
	size_t host_entries;		     /* LANE_QUESTIONS: how many its programs can search */
	bool runs[LANES];
};

/*
 * Load the one of the object's programs that has this name. If there is a matcher `before` this one,
 * its neighbours, statistics and ring go on; spec->lanes[LANE_NEIGHBOURS] must be the same as there.
 * 0, or a negative errno with the reason in err; then everything is undone.
 */
int matcher_open(struct matcher *m, const struct matcher_spec *spec, const char *program,
		 const struct matcher *before, struct err *err);
void matcher_close(struct matcher *m);

/*
 * Put other questions of the same kind, and no more than before for each host, in the place of those
 * of LANE_QUESTIONS, which has been stopped. Needs no rights, as nothing is loaded. matcher_room: how
 * many hosts there can be.
 */
uint64_t matcher_room(const struct matcher *m, unsigned int each);
void matcher_refill(struct matcher *m, const struct matcher_lane *questions);

/* Make it an extension, unless target is NULL. 0 or a negative errno with the reason in err. */
int matcher_extend(struct matcher *m, const struct extension_target *target, struct err *err);

/* The running lanes work for so long after the last call of matcher_renew. */
#define MATCHER_LEASE_NS 30000000000ULL
void matcher_renew(struct matcher *m, uint64_t now_ns);

/* Let a lane run from the next matcher_renew on. */
void matcher_start(struct matcher *m, enum lane lane);

/* From now on no table of the lane changes; what the ring holds of it can still be read. */
void matcher_stop(struct matcher *m, enum lane lane);

int matcher_program_fd(const struct matcher *m);

/* Hand the events that are there to on_event, without waiting. 0, or its negative return. */
int matcher_consume(struct matcher *m);

/* Try `attempt` of a flow's questions begins. */
void matcher_set_attempt(struct matcher *m, enum lane lane, unsigned int flow, uint8_t attempt);

/* The counters of a lane, of all CPUs, summed. */
struct stats matcher_stats(const struct matcher *m, enum lane lane);

/* Let the counters of a lane that does not run go on from there. */
void matcher_set_stats(struct matcher *m, enum lane lane, const struct stats *from);

#endif
