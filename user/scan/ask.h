/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * ask.h - ask hosts questions of one kind: who is on the link (the sweep), or each port of each host.
 * An ask has flows (flow.h), one for each way to its hosts, and a lane of the matcher, which marks
 * what is answered.
 *
 * Question i is about host i / each->n, and its port each->list[i % each->n].
 */
#ifndef XSCAN_ASK_H
#define XSCAN_ASK_H

#include "checkpoint_file.h"
#include "engine.h"
#include "flow.h"
#include "hosts.h"
#include "kinds.h"
#include "recheck.h"

struct ask {
	struct engine *engine;
	enum probe_kind kind;
	enum lane lane;
	struct hosts hosts;	  /* who is asked */
	const struct ports *each; /* what for */
	struct flow flows[FLOWS_MAX];
	struct tx *tx;
	uint64_t *batch; /* indices of the questions about to be sent; tx->batch of them */
	uint32_t
		*neighbours; /* of ports: index of each host on the link among those of the sweep */
	/* Of ports, a bit a host: it had answered when the last try began; it has gone away. */
	uint8_t *answering, *gone;
	struct recheck recheck;
	uint64_t asked_anew;   /* of the sweep: answers to what had been answered before */
	struct ledger counted; /* here, and by an earlier run: see ask_ledger */
	uint64_t start_ns;     /* 0: it does not run */
};

/* The answers of one question set: how many of `hosts` one slice can have. */
uint64_t ask_hosts_max(const struct ports *each);

/*
 * Prepare a flow for each way to the hosts, which the ask takes over. 0 or a negative errno with the
 * reason in err; ask_free in either case.
 */
int ask_init(struct ask *a, struct engine *e, enum probe_kind kind, struct hosts *hosts,
	     const struct ports *each, struct err *err);
void ask_free(struct ask *a);

/* What the matcher must know of it. */
struct matcher_lane ask_lane(const struct ask *a);

/* The matcher is attached: send by `tx` from now on. 0 or a negative errno, reason in err. */
int ask_begin(struct ask *a, struct tx *tx, struct err *err);

/*
 * Send what is due. Returns how many probes were sent, or a negative errno with the reason in err;
 * *next_ns is when the next turn is due, 0: all is answered, or asked as often as it may be and
 * waited for.
 */
int ask_turn(struct ask *a, uint64_t *next_ns, struct err *err);

/* Report the answer that an event tells of. 0 or a negative errno, reason in err. */
int ask_event(struct ask *a, const struct event *event, struct err *err);

/*
 * Nothing is sent any more, and the tables do not change: report what no event has told, and with
 * `complete` what never answered; bring the ledger up to date. 0 or a negative errno, reason in err.
 */
int ask_end(struct ask *a, bool complete, struct err *err);

/* The ledger as of now, with what the kernel has counted. */
struct ledger ask_ledger(const struct ask *a);

/* Count the states of its answers, adding to `tally`. */
void ask_count(const struct ask *a, struct checkpoint_tally *tally);

/* Has question `index` been answered? (A flow_answered: ctx is the ask.) */
bool ask_answered(const void *ctx, uint64_t index);

/*
 * For --resume: what another run needs besides the table of answers, and to go on from there, after
 * ask_init and before ask_begin. ask_restore: 0, or -EINVAL if that cannot be.
 */
void ask_save(const struct ask *a, struct checkpoint_ask *to);
int ask_restore(struct ask *a, const struct checkpoint_ask *from, const void *answers, size_t size);

/* The table of its answers, and its size in bytes as far as it is used. */
void *ask_table(const struct ask *a, size_t *size);

/* The state of an answer, without the mark. Memory that the kernel writes. */
uint8_t ask_state(const struct ask *a, uint64_t index);

/* A sink gets the answer now. False: it was there already. */
bool ask_mark_reported(const struct ask *a, uint64_t index);

/* Has it nothing left to do? */
bool ask_done(const struct ask *a);

/* Leave what its flows have learnt of their ways to the next ask. */
void ask_hand_on(const struct ask *a);

/* How many questions of a flow are answered. */
uint64_t ask_flow_answers(const struct ask *a, unsigned int flow);

/* A new try begins: note which hosts have answered. */
void ask_take_stock(struct ask *a);

#endif
