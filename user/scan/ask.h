/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * ask.h - ask hosts questions of one kind: who is on the link (the sweep), or each port of each
 * host. An ask has a flow (flow.h) for each way to its hosts, and a lane of the matcher, which
 * marks answers.
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
#include "rejects.h"
#include "silence.h"

struct ask {
	struct engine *engine;
	enum probe_kind kind;
	enum lane lane;
	struct hosts hosts;	  /* who is asked */
	const struct ports *each; /* what each host is asked for */
	struct flow flows[FLOWS_MAX];
	struct tx *xdp; /* sends all questions; NULL: the packet socket of each outlet does */
	struct sending *sending; /* what the senders have refused */
	uint64_t *batch;	 /* indices of the questions to send next: a batch of a sender */
	uint32_t *neighbours;	 /* LANE_QUESTIONS: index in the sweep of each host on the link */
	/* LANE_QUESTIONS, a bit a host: had answered when the last try began; has gone away. */
	uint8_t *answering, *gone;
	/* LANE_QUESTIONS: open ports of each host that are reported; NULL: doubt.h needs none. */
	uint16_t *host_opens;
	struct recheck rechecks[FLOWS_MAX]; /* one a flow */
	struct rejects rejects[FLOWS_MAX];
	bool hops_silent[FLOWS_MAX];	/* in an outage: next hops did not answer ARP either */
	uint64_t opens[FLOWS_MAX];	/* open ports that events told of */
	uint64_t paused_ns[FLOWS_MAX];	/* since when the flow checks its way; 0: it does not */
	uint64_t looked_ns[FLOWS_MAX];	/* when the answers were last counted */
	uint64_t asked_anew[FLOWS_MAX]; /* of the sweep: answers counted twice (recheck.c) */
	uint64_t pulse_answers;		/* of the sweep, in earlier runs: see ask_ledger */
	struct ledger counted;		/* by user space, in this run and before: see ask_ledger */
	uint64_t start_ns;		/* 0: not running */
};

/* The address of a host, as packets have it. *zone: as in results (plan_place). */
struct addr ask_address(const struct ask *a, uint64_t host, const char **zone);

/* How many hosts one slice can have: one table must hold all answers. */
uint64_t ask_hosts_max(const struct ports *each);

/*
 * Prepare a flow for each way to the hosts. The ask takes over `hosts`. 0 or a negative errno with
 * the reason in err; call ask_free in either case.
 */
int ask_init(struct ask *a, struct engine *e, enum probe_kind kind, struct hosts *hosts,
	     const struct ports *each, struct err *err);
void ask_free(struct ask *a);

/* What the matcher must know of questions of this kind, and of the ask. */
struct matcher_lane ask_lane_of(const struct engine *e, enum probe_kind kind,
				const struct ports *each);
struct matcher_lane ask_lane(const struct ask *a);

/*
 * The matcher is attached: send from now on, by `xdp`, or if it is NULL by packet sockets. 0 or a
 * negative errno, reason in err.
 */
int ask_begin(struct ask *a, struct tx *xdp, struct err *err);

/* What sends by this outlet. */
struct tx *ask_tx(const struct ask *a, unsigned int outlet);

/*
 * Send what is due. Returns how many probes were sent, or a negative errno with the reason in err.
 * *next_ns is the time of the next turn (CLOCK_MONOTONIC). 0: the ask is done; every question is
 * answered, or was asked as often as allowed and the wait is over.
 */
int ask_turn(struct ask *a, uint64_t *next_ns, struct err *err);

/* What was sent at since_ns or later may have been lost on the way out: ask it again. */
void ask_resend_since(struct ask *a, uint64_t since_ns, uint64_t now_ns);

/* Report the answer in an event. 0 or a negative errno, reason in err. */
int ask_event(struct ask *a, const struct event *event, struct err *err);

/* Report neighbour `index` of the sweep again: it has another MAC address now. */
int ask_report_moved(struct ask *a, uint64_t index, struct err *err);

/*
 * Call when nothing is sent any more and the tables do not change. Report answers without an event
 * and, with `complete`, unanswered questions; then that the hosts are done. Bring the ledger up to
 * date. 0 or a negative errno, reason in err.
 */
int ask_end(struct ask *a, bool complete, struct err *err);

/* Tell of pauses that end now, since the ask does. */
void ask_tell_pauses(struct ask *a);

/* How many probes are certain to follow, if unanswered questions stay unanswered. */
uint64_t ask_left(const struct ask *a);

/* The ledger as of now, with the kernel's counts. */
struct ledger ask_ledger(const struct ask *a);

/* Count the states of the answers, adding to `tally`. */
void ask_count(const struct ask *a, struct checkpoint_tally *tally);

/* Has question `index` been answered? (A flow_says: ctx is the ask.) */
bool ask_answered(const void *ctx, uint64_t index);

/*
 * For --resume. ask_save: all that another run needs besides the table of answers. ask_restore: go
 * on from there; call after ask_init and before ask_begin. 0, or -EINVAL if the state does not fit
 * the ask.
 */
void ask_save(const struct ask *a, struct checkpoint_ask *to);
int ask_restore(struct ask *a, const struct checkpoint_ask *from, const void *answers, size_t size);

/* The table of answers, and how many bytes of it are used. */
void *ask_table(const struct ask *a, size_t *size);

/* The state of an answer, without its marks. Reads memory that the kernel writes. */
uint8_t ask_state(const struct ask *a, uint64_t index);

/* Has its target itself answered, no router for it? (A flow_says.) */
bool ask_is_firm(const void *ctx, uint64_t index);

/* How many of `n` questions are so, from `first` on. */
uint64_t ask_count_firm(const struct ask *a, uint64_t first, uint64_t n);

/*
 * Is the answer one that comes again whenever it is asked for, and at any rate? Then silence is loss.
 * Of a quiet kind, "closed" is not. (Both are a flow_says: ctx is the ask.)
 */
bool ask_shows(const void *ctx, uint64_t index);  /* it tells the rate that the way takes, */
bool ask_steady(const void *ctx, uint64_t index); /* and can be a pulse: its target has said so */

/* Is the question a canary (silence.h)? Its answer is no result. */
bool ask_is_canary(const struct ask *a, uint64_t index);

/* For --resume: what the table has answers to can serve as pulses. */
void ask_learn_earlier(struct ask *a);

/* Prepare to count open ports. 0 or -ENOMEM. */
int ask_init_opens(struct ask *a);

/* Count an open port that is reported now. */
void ask_count_open(struct ask *a, uint64_t index);

/* For --resume: count the open ports that the table has. */
void ask_count_opens(struct ask *a);

/* Why the port may be no service; NULL: no reason, or it is not open. `event`: its answer; NULL: unknown. */
const char *ask_doubt(struct ask *a, uint64_t index, const struct event *event);

/* The flow of question `index`. */
struct flow *ask_flow_of(struct ask *a, uint64_t index);

/* How many canaries of these hosts are answered. */
uint64_t ask_canary_answers(const struct ask *a, uint64_t host, uint64_t n);

/* How many questions of a flow are not answered; canaries do not count. */
uint64_t ask_flow_unanswered(const struct ask *a, unsigned int flow);

/* Silent ports of lost hosts, and of hosts that answer for no canary, if canaries are asked. */
uint64_t ask_mute(const struct ask *a);

/* What the ports of a host tell of its silent ones. */
struct silence ask_silence(const struct ask *a, uint64_t host);

/* Has a pulse with this question been answered? (A flow_says: ctx is the ask.) */
bool ask_is_alive(const void *ctx, uint64_t index);

/* Forget that a pulse with this question was answered. */
void ask_forget_alive(struct ask *a, uint64_t index);

/* Ask answered questions once more. 0 or a negative errno, reason in err. */
int ask_send_pulses(struct ask *a, const struct pulse *pulses, unsigned int n, struct err *err);

/* Questions of this host stay unknown, and are not asked again. */
void ask_lose(struct ask *a, uint64_t host);

/* Is the host lost? */
bool ask_is_lost(const struct ask *a, uint64_t host);

/* Mark an answer as reported: call before a sink gets it. False: it was reported already. */
bool ask_mark_reported(const struct ask *a, uint64_t index);

/* Has the ask nothing left to do? */
bool ask_done(const struct ask *a);

/* Hand what the flows have learnt of their ways to the next ask. */
void ask_hand_on(const struct ask *a);

/* How many questions of a flow, or of all flows, are answered. */
uint64_t ask_flow_answers(const struct ask *a, unsigned int flow);
uint64_t ask_answers(const struct ask *a);

/* Have all flows asked each question once, and waited for the answers? */
bool ask_first_try_settled(const struct ask *a, uint64_t now_ns);

/* A new try begins: note which hosts have answered. */
void ask_take_stock(struct ask *a);

#endif
