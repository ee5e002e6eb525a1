/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * flow.h - the questions that go one way (on link, or through one gateway): their order, their
 * pace, when they were sent and, with --rate auto, the rate that the way takes.
 *
 * A flow knows nothing of frames, sockets or the kernel. ask_send.c drives it with the time and a
 * function that says which questions are answered. Pure.
 */
#ifndef XSCAN_FLOW_H
#define XSCAN_FLOW_H

#include "control.h"
#include "pacer.h"
#include "permute.h"
#include "rtt.h"
#include "sendlog.h"
#include "way.h"

#include <stdbool.h>
#include <stdint.h>

/* Has question `index` been answered? */
typedef bool (*flow_answered)(const void *ctx, uint64_t index);

enum flow_state {
	FLOW_SENDING,
	FLOW_WAITING, /* this try is sent: wait for its last answers */
	FLOW_DONE,
};

/* Questions sent at one rate, to be judged when their answers must have come. */
struct flow_stretch {
	uint64_t first, end; /* positions */
	double rate_pps;     /* wanted; after the stretch, the rate that was reached */
	uint64_t start_ns, end_ns;
	uint64_t look_ns; /* when to look at its answers */
};

enum { FLOW_STRETCHES = 64, FLOW_SAMPLE_MAX = 256 };

/* The state of a flow for another run (--resume). */
struct flow_saved {
	uint64_t position; /* of the first question whose answer may have been missed */
	uint64_t reached;  /* questions before this position have been asked in this try */
	uint64_t found;
	uint32_t attempt;
	uint32_t sampled;
	uint32_t done;
	uint32_t pad;
};

struct flow {
	uint64_t first; /* questions first .. first + n - 1 */
	uint64_t n;
	struct permute order, sample_order;
	enum probe_kind kind; /* of the questions */
	unsigned int tries;
	unsigned int attempt; /* the try under way, from 0; `tries` is that of the sample */
	enum flow_state state;
	uint64_t position; /* of the next question to look at */
	uint64_t reached;  /* first try: an earlier run asked the questions below this position */
	uint64_t sent_ns;  /* when the last probe of this try left */
	struct sendlog *logs; /* one for each try */
	struct rtt rtt;	      /* of answers to a known probe */
	struct pacer *pacer;  /* its own, or shared by several flows */
	struct pacer own_pacer;
	bool automatic; /* control finds the rate */
	struct control control;
	struct flow_stretch now;		     /* being sent */
	struct flow_stretch waiting[FLOW_STRETCHES]; /* a ring of stretches to be judged */
	unsigned int n_stretches, n_judged;
	bool in_doubt; /* answers to a stretch are late or lost: send slowly until that is known */
	/*
	 * After the last try some missing questions are asked once more. Their answers show how
	 * much the tries have lost (flow_missing). The sample has an order of its own: in the order
	 * of the tries, the first questions find the queues empty each time.
	 */
	uint64_t sample[FLOW_SAMPLE_MAX]; /* questions */
	unsigned int sample_size, sampled;
	uint64_t found; /* answers to the sample, when the flow is done */
};

/* The questions of a flow, and how to send them. */
struct flow_spec {
	uint64_t first, n; /* questions */
	unsigned int tries;
	uint64_t seed;	       /* of the order */
	const struct way *way; /* what is known of the way already */
	enum probe_kind kind;  /* of the questions */
	struct pacer *shared;  /* NULL: control finds the rate */
};

/* Prepare a flow. 0 or -ENOMEM; call flow_free in either case. */
int flow_init(struct flow *f, const struct flow_spec *spec, uint64_t now_ns);
void flow_free(struct flow *f);

/* Leave what this flow has learnt of its way to the next flow. */
void flow_hand_on(const struct flow *f, struct way *way);

/* Is the first try sent, and has an answer had the usual time to come? */
bool flow_first_try_settled(const struct flow *f, uint64_t now_ns);

/* How many questions may be sent now, at most `room`. Takes as many tokens. */
unsigned int flow_take(struct flow *f, uint64_t now_ns, unsigned int room);

/*
 * Write the next questions, at most `allowed` (from flow_take), into `indices`, in the order of the
 * permutation. Leave out those that `skip` says need not be asked again. Give back tokens that are
 * left. The questions count as sent at now_ns. Returns how many; with the last, the state becomes
 * FLOW_WAITING.
 */
unsigned int flow_next(struct flow *f, uint64_t now_ns, unsigned int allowed, flow_answered skip,
		       const void *ctx, uint64_t *indices);

/* When the next call of flow_take is useful. */
uint64_t flow_ready_ns(const struct flow *f, uint64_t now_ns);

/* Judge the stretches that are due. */
void flow_judge(struct flow *f, uint64_t now_ns, flow_answered answered, const void *ctx);

/* Judge all stretches that are left: an answer missing now is lost. Call before flow_next_try. */
void flow_judge_rest(struct flow *f, flow_answered answered, const void *ctx);

/* FLOW_WAITING: when no answer can come any more; `ceiling_ns` is the longest wait. */
uint64_t flow_deadline_ns(const struct flow *f, uint64_t ceiling_ns);

/* Waiting: is there no further try, if so many have answered? */
bool flow_is_last_try(const struct flow *f, uint64_t answered);

/* The wait is over: begin the next try. FLOW_DONE if no try is left or no answer is missing. */
void flow_next_try(struct flow *f, uint64_t answered);

/*
 * Call when the flow is done. flow_count_sample counts in f->found the sample's answers. Then
 * flow_missing estimates, by the same share, how many questions outside the sample have lost their
 * answer.
 */
void flow_count_sample(struct flow *f, flow_answered answered, const void *ctx);
uint64_t flow_missing(const struct flow *f);

/* Begin again with the first try, for what is not answered: in another run, or after new evidence. */
void flow_ask_anew(struct flow *f, uint64_t now_ns);

/*
 * What was sent at since_ns or later in this try may have been lost, and answers that were on their
 * way then: go back, and ask again what is not answered. It does not count against the path.
 */
void flow_rewind(struct flow *f, uint64_t since_ns, uint64_t now_ns);

/* Was the last question that flow_next gave asked before, in this or an earlier run? */
bool flow_asks_again(const struct flow *f);

/*
 * Save the state for another run with the same questions, seed and answers. That run begins where
 * the first answer may still have been on its way; `ceiling_ns` is the longest wait.
 */
struct flow_saved flow_save(const struct flow *f, uint64_t now_ns, uint64_t ceiling_ns);

/* Go on from a saved state; call after flow_init. False: no such state of this flow is possible. */
bool flow_restore(struct flow *f, const struct flow_saved *from, uint64_t now_ns);

/*
 * The round trip, in nanoseconds, of an answer to try `attempt` of question `index` that came at
 * time_ns. -1: unknown. A known round trip goes into f->rtt.
 */
int64_t flow_rtt_ns(struct flow *f, uint64_t index, unsigned int attempt, uint64_t time_ns);

/* Has question `index` been asked more than once? */
bool flow_asked_again(const struct flow *f, uint64_t index);

#endif
