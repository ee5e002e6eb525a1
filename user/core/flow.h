/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * flow.h - the questions that go one way (on link, or through one gateway): their order, their
 * pace, which were sent when, and with --rate auto the rate that the way takes.
 *
 * A flow knows nothing of frames, sockets or the kernel: phase.c drives it, with the time and with
 * a function that says what has been answered. Pure.
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
	FLOW_WAITING, /* all of this try are sent */
	FLOW_DONE,
};

/* Questions sent at one rate, to be judged when their answers must have come. */
struct flow_stretch {
	uint64_t first, end; /* positions */
	double rate_pps;     /* wanted; when it has been sent, what it came to */
	uint64_t start_ns, end_ns;
	uint64_t look_ns; /* when to look at its answers */
};

enum { FLOW_STRETCHES = 64, FLOW_SAMPLE_MAX = 256 };

/* Where a flow goes on in another run (--resume). */
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
	uint64_t position;    /* of the next question to look at */
	uint64_t reached;     /* in the first try: below it an earlier run has asked already */
	uint64_t sent_ns;     /* when the last one of this try left */
	struct sendlog *logs; /* one a try */
	struct rtt rtt;	      /* of the answers whose probe is known */
	struct pacer *pacer;  /* its own, or one that several flows share */
	struct pacer own_pacer;
	bool automatic; /* the rate is for control to find */
	struct control control;
	struct flow_stretch now;		     /* being sent */
	struct flow_stretch waiting[FLOW_STRETCHES]; /* a ring, to be judged */
	unsigned int n_stretches, n_judged;
	bool in_doubt; /* the answers to a stretch are late or lost: send slowly until that is known */
	/*
	 * After the last try some of what is still missing is asked once more: what then answers
	 * shows how much the tries have lost (flow_missing). In an order of its own: in that of the
	 * tries the first questions are those that found the queues empty each time.
	 */
	uint64_t sample[FLOW_SAMPLE_MAX]; /* questions */
	unsigned int sample_size, sampled;
	uint64_t found; /* of the sample, when the flow is done */
};

/* What to ask, and how. */
struct flow_spec {
	uint64_t first, n; /* questions */
	unsigned int tries;
	uint64_t seed;	       /* of the order */
	const struct way *way; /* what is known of the way already */
	enum probe_kind kind;  /* of the questions */
	struct pacer *shared;  /* NULL: the rate is found by control */
};

/* Prepare. 0 or -ENOMEM; flow_free in either case. */
int flow_init(struct flow *f, const struct flow_spec *spec, uint64_t now_ns);
void flow_free(struct flow *f);

/* Leave to the next flow of this way what this one has learnt. */
void flow_hand_on(const struct flow *f, struct way *way);

/* Has the first try been sent, and is an answer that takes no longer than most others there by now? */
bool flow_first_try_settled(const struct flow *f, uint64_t now_ns);

/* How many questions may be sent now, at most `room`; takes as many tokens. */
unsigned int flow_take(struct flow *f, uint64_t now_ns, unsigned int room);

/*
 * The next questions, at most `allowed` (of flow_take), into `indices`: in the order of the
 * permutation, without those that `skip` says need not be asked again. Tokens left over go back.
 * They count as sent at now_ns. Returns how many; with the last, the state becomes FLOW_WAITING.
 */
unsigned int flow_next(struct flow *f, uint64_t now_ns, unsigned int allowed, flow_answered skip,
		       const void *ctx, uint64_t *indices);

/* When flow_take is worth another call. */
uint64_t flow_ready_ns(const struct flow *f, uint64_t now_ns);

/* Judge the stretches that are due. */
void flow_judge(struct flow *f, uint64_t now_ns, flow_answered answered, const void *ctx);

/* Judge all that are left: what has not come by now is lost. Before flow_next_try. */
void flow_judge_rest(struct flow *f, flow_answered answered, const void *ctx);

/* Waiting: when nothing can come any more, given the longest wait. */
uint64_t flow_deadline_ns(const struct flow *f, uint64_t ceiling_ns);

/* Waiting is over: the next try, or FLOW_DONE if there is none or nothing is missing. */
void flow_next_try(struct flow *f, uint64_t answered);

/*
 * When the flow is done: count in f->found what of the sample has answered. Then flow_missing is how
 * many of those that were not in it would have, by the same share.
 */
void flow_count_sample(struct flow *f, flow_answered answered, const void *ctx);
uint64_t flow_missing(const struct flow *f);

/* Has this question, the last that flow_next has given, been asked before, by whichever run? */
bool flow_asks_again(const struct flow *f);

/*
 * For another run that goes on with the same questions, seed and answers. It begins where the first
 * answer may still have been on its way: `ceiling_ns` is the longest wait.
 */
struct flow_saved flow_save(const struct flow *f, uint64_t now_ns, uint64_t ceiling_ns);

/* After flow_init; false: that cannot be a state of this flow. */
bool flow_restore(struct flow *f, const struct flow_saved *from, uint64_t now_ns);

/*
 * The round trip of an answer to try `attempt` of question `index` that came at time_ns, in
 * nanoseconds; -1 if unknown. A known one goes into f->rtt.
 */
int64_t flow_rtt_ns(struct flow *f, uint64_t index, unsigned int attempt, uint64_t time_ns);

/* Has question `index` been asked more than once? */
bool flow_asked_again(const struct flow *f, uint64_t index);

#endif
