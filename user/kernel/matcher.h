/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * matcher.h - the receiving half of a phase: a BPF object (bpf/match.h says what all of them have
 * in common), its shared tables, its events.
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

/* What to load, and how. */
struct matcher_spec {
	const void *elf; /* the BPF object, from its skeleton */
	size_t elf_size;
	struct match_config config; /* but for host_steps, which is set for `hosts` */
	const struct hosts *hosts;  /* who is asked */
	size_t answers_size;	    /* bytes */
	size_t ports_size;	    /* bytes; 0: it has no such table */
	bool sends;		    /* the program sends the probes too */
	matcher_event on_event;
	void *ctx;
	bool verbose; /* libbpf says on stderr what goes wrong, the verifier's log included */
};

struct matcher {
	struct bpf_object *object;
	struct bpf_program *program;
	int extension_fd; /* the same once more; 0: it is none */
	struct ring_buffer *ring;
	struct table lease;
	struct table stats;
	struct table hosts;
	struct table answers;
	struct table ports;
};

/*
 * Load the one of the object's programs that has this name. 0, or a negative errno with the reason
 * in err; then everything is undone.
 */
int matcher_open(struct matcher *m, const struct matcher_spec *spec, const char *program,
		 struct err *err);
void matcher_close(struct matcher *m);

/* Make it an extension, unless target is NULL. 0 or a negative errno with the reason in err. */
int matcher_extend(struct matcher *m, const struct extension_target *target, struct err *err);

/* It works for so long after the last call: to be called often, for the first time before any probe. */
#define MATCHER_LEASE_NS 30000000000ULL
void matcher_renew(struct matcher *m, uint64_t now_ns);

int matcher_program_fd(const struct matcher *m);

/* Hand the events that are there to on_event, without waiting. 0, or its negative return. */
int matcher_consume(struct matcher *m);

/* Try `attempt` of a flow's questions begins. */
void matcher_set_attempt(struct matcher *m, unsigned int flow, uint8_t attempt);

/* Count on from there. */
void matcher_add_stats(struct matcher *m, const struct stats *from);

/* The counters of all CPUs, summed. */
struct stats matcher_stats(const struct matcher *m);

#endif
