/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * phase.h - ask questions: drive the flows (flow.h), send what they let go, take in the answers, wait
 * for what can still come, ask again what did not answer.
 *
 * What a question is, is said by a struct phase_ops: an address for the ARP sweep (sweep.c), an
 * address and a port for the SYN scan (portscan.c). A new kind of probe is one more of these.
 */
#ifndef XSCAN_PHASE_H
#define XSCAN_PHASE_H

#include "config.h"
#include "flow.h"
#include "ledger.h"
#include "loop.h"
#include "matcher.h"
#include "plan.h"
#include "report.h"
#include "tx.h"

#include <stdbool.h>

/* What every phase of a scan works with; made by scan.c, lent to the phases. */
struct engine {
	const struct config *config;
	const struct plan *plan;
	struct loop *loop;
	struct attach *attach;
	struct tx *tx; /* AF_PACKET */
	struct report *report;
	struct names *names;
	uint64_t seed;	   /* of the order of questions */
	uint64_t epoch_us; /* what to add to CLOCK_MONOTONIC for the time of day */
	/* Called about once a second while a phase runs: 0, or the reason in err to break off. */
	int (*on_second)(void *ctx, struct err *err);
	void *ctx;
};

struct phase_ops {
	enum probe_kind kind;
	/* Has question `index` been answered? Read from memory the kernel writes. */
	bool (*answered)(const void *ctx, uint64_t index);
	/* A new try begins: take stock, for `skip`. May be NULL. */
	void (*begin_try)(void *ctx);
	/* Need question `index` not be asked again? */
	bool (*skip)(const void *ctx, uint64_t index);
	/* Send n <= tx->batch questions; returns as tx->ops->send does. */
	int (*send)(void *ctx, struct tx *tx, const uint64_t *indices, unsigned int n,
		    unsigned int attempt, struct err *err);
};

struct phase {
	const struct phase_ops *ops;
	void *ctx;
	const struct engine *engine;
	struct tx *tx;
	struct matcher matcher;
	struct flow flows[FLOWS_MAX];
	unsigned int n_flows;
	struct pacer pacer;    /* of all flows together, when the rate is given */
	uint64_t *batch;       /* indices of the questions about to be sent; tx->batch of them */
	struct ledger counted; /* here, and by an earlier run: see phase_ledger */
	uint64_t start_ns;     /* 0: does not run */
};

/*
 * Load the matcher and prepare a flow for each one of spec->hosts, with `questions` for each host.
 * 0 or a negative errno with the reason in err; the caller calls phase_free in either case.
 */
int phase_init(struct phase *p, const struct phase_ops *ops, void *ctx, const struct engine *e,
	       const struct matcher_spec *spec, uint64_t questions, struct err *err);
void phase_free(struct phase *p);

/* Put the matcher on the interface, in the place of the phase before. */
int phase_attach(const struct phase *p, struct err *err);

/*
 * Run an attached phase to its end, sending by `tx`. 0: every question has been answered, or asked
 * as often as it may be and waited for; -EINTR: stopped by a signal; another negative errno: broken
 * off, with the reason in err.
 */
int phase_run(struct phase *p, struct tx *tx, struct err *err);

/* The ledger as of now, with what the kernel has counted. */
struct ledger phase_ledger(const struct phase *p);

/*
 * For --resume: what another run needs besides the table of answers, and to go on from there, after
 * phase_init and before phase_run. phase_restore: 0, or -EINVAL if that cannot be.
 */
void phase_save(const struct phase *p, struct resume_phase *to);
int phase_restore(struct phase *p, const struct resume_phase *from, const void *answers);

/*
 * The round trip, in microseconds, of an answer to try `attempt` of question `index` that came at
 * `time_ns`; -1: not known any more. What is known goes into the wait for answers.
 */
int64_t phase_rtt_us(struct phase *p, uint64_t index, unsigned int attempt, uint64_t time_ns);

/* Has question `index` been asked more than once? Then an answer without a number has two origins. */
bool phase_asked_again(struct phase *p, uint64_t index);

#endif
