/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * flow.h - the questions that go one way (on link, or through one gateway): their order, their
 * pace, how often each is asked, and what the answers prove.
 *
 * A flow knows nothing of frames, sockets or the kernel. ask_send.c drives it with the time and a view
 * of the answers. Pure.
 *
 *   flow.c        which questions leave when
 *   flow_start.c  with --rate auto, windows that grow until the way's rate shows
 *   flow_rate.c   with --rate auto, the rate that the way takes
 *   flow_watch.c  pulses, and whether the way and the hosts still answer
 *   flow_try.c    when a try ends, and whether another one follows
 *   flow_certain.c  tries at the rate at which hosts tell of closed UDP ports
 */
#ifndef XSCAN_FLOW_H
#define XSCAN_FLOW_H

#include "certain.h"
#include "chance.h"
#include "check.h"
#include "control.h"
#include "decisions.h"
#include "evidence.h"
#include "life.h"
#include "order.h"
#include "pacer.h"
#include "pulse.h"
#include "rtt.h"
#include "sendlog.h"
#include "tries.h"
#include "way.h"

#include <stdbool.h>
#include <stdint.h>

/* What a flow may know of the answers. Each callback gets `ctx` and the index of a question. */
typedef bool (*flow_says)(const void *ctx, uint64_t question);
struct flow_view {
	const void *ctx;
	flow_says answered;
	flow_says firm;	   /* answered by the target itself, not by a router or firewall for it */
	flow_says lost;	   /* its host is gone: do not ask it again */
	flow_says partial; /* its host has answered some of several questions, before this try */
	flow_says alive;   /* asked as a pulse, and answered since */
	/*
	 * How many of the questions first .. first + n - 1 have a firm answer? And how many hosts have
	 * 1, 2, 3 of them? `few` is zero before.
	 */
	uint64_t (*count)(const void *ctx, uint64_t first, uint64_t n, uint64_t few[EVIDENCE_FEW]);
	flow_says shows;  /* its answer tells the rate that the way takes; NULL: `answered` does */
	flow_says steady; /* asked again, it must be answered again; NULL: `firm` tells */
	/* Are the questions first .. first + n - 1 firmly answered, all that matter? NULL: `count` tells. */
	bool (*all)(const void *ctx, uint64_t first, uint64_t n);
	flow_says refused; /* the interface refused its last frame; NULL: it takes all */
};

enum flow_state {
	FLOW_SENDING,
	FLOW_WAITING,  /* this try is sent: wait for its last answers */
	FLOW_CHECKING, /* do the way, or some hosts, still answer? */
	FLOW_DONE,
};

/* What a flow wants its driver to do now: flow_step. */
enum flow_want {
	FLOW_WANTS_QUESTIONS, /* flow_take, flow_next, then flow_pulses */
	FLOW_WANTS_TIME,      /* call again later */
	FLOW_WANTS_CHECK,     /* flow_check: send pulses alone */
	FLOW_WANTS_HOPS,      /* ask the next hops for their MAC address, then flow_hops_known */
	FLOW_WANTS_NOTHING,   /* done */
};

/* Questions sent at one rate, to be judged when their answers must have come. */
struct flow_stretch {
	uint64_t first, end; /* positions */
	double rate_pps;     /* wanted; after the stretch, the rate that was reached */
	uint64_t start_ns, end_ns;
	uint64_t look_ns; /* when to look at its answers */
};

enum { FLOW_STRETCHES = 64, FLOW_LOST_MAX = CHECK_MAX };

/* The state of a flow for another run (--resume). */
struct flow_saved {
	uint64_t position; /* of the first question whose answer may have been missed */
	uint64_t reached;  /* questions before this position have been asked in this try */
	struct evidence evidence;
	uint32_t attempt;
	uint32_t done;
};

struct flow {
	uint64_t first; /* questions first .. first + n - 1 */
	uint64_t n;
	uint64_t each; /* questions that follow each other and go to one host */
	uint64_t seed;
	uint64_t ahead;	      /* of each host so many go first: the last ones */
	struct order order;   /* of this try */
	enum probe_kind kind; /* of the questions */
	bool quiet;	      /* their silence is usual: it does not call for a lower rate */
	struct tries tries;
	unsigned int attempt; /* the try under way, from 0 */
	enum flow_state state;
	uint64_t position;     /* of the next question to look at */
	uint64_t reached;      /* the questions below this position have been asked in this try */
	uint64_t sent_ns;      /* when the last probe of this try left */
	uint64_t first_try_ns; /* when the last probe of the first try left */
	uint64_t unknown_ns;   /* the longest wait while no round trip is known */
	uint64_t again_ns;     /* the shortest wait before a try that is certain to come */
	uint64_t linger_ns;    /* listen so long after the first try, whatever round trips say */
	uint64_t heard_ns;     /* when the last answer came */
	struct sendlog *logs;  /* one for each try */
	unsigned int part;     /* of a batch: so many questions have an entry in the log */
	struct rtt rtt;	       /* of answers to a known probe */

	/* flow_rate.c */
	struct pacer *pacer; /* its own, or shared by several flows */
	struct pacer own_pacer;
	bool automatic; /* control finds the rate */
	struct control control;
	struct flow_stretch now;		     /* being sent */
	struct flow_stretch waiting[FLOW_STRETCHES]; /* a ring of stretches to be judged */
	unsigned int n_stretches, n_judged;
	bool starting; /* send windows; */
	unsigned int windows;
	bool all_came;	    /* all questions of all windows are answered */
	bool paused;	    /* one is sent: wait for its answers, */
	uint64_t looked_ns; /* which were not all there when last looked; 0: not looked yet */
	bool in_doubt; /* answers to a stretch are late or lost: send slowly until that is known */
	/* The lowest of these limits, in probes a second, 0: none. */
	struct pacer brake;
	double host_pps;      /* of the user, for one host; 0: none */
	double most_pps;      /* the same for all hosts that this try asks */
	double polite_pps;    /* what leaves the host's own work alone */
	double gentle_pps;    /* of this try, for what limits its answers */
	double share_before;  /* of pulses, answered in an earlier try that lost many; 0: unknown */
	unsigned int in_vain; /* slower tries that answered no more */
	bool slower_is_vain;
	struct decisions decisions; /* changes of the rate */
	double proven_alive_pps;    /* what control had proven when the last answer came */
	uint64_t began_ns, try_began_ns, try_sent;

	/* flow_watch.c */
	struct pulses pulses;
	double pulse_share;   /* pulses a question */
	uint64_t pulses_owed; /* at least, in this try */
	double credit;	      /* of pulses to send */
	bool quiet_only;      /* send pulses only while few answers come */
	uint8_t *pulsed; /* a bit a host: it has had a pulse in this try; NULL: one question each */
	struct life life;
	uint64_t heard; /* answers, when last looked */
	uint64_t heard_at_pulse;
	struct check check;
	bool checks_way;      /* else some hosts */
	uint64_t pulses_sent; /* in this try */
	uint64_t mute;	      /* so many questions were asked before the first that was answered, */
	uint64_t mute_look;   /* look at them when so many answers are there; 0: settled */
	/* Pulses from a port that their question had not had before, and from one that it had. */
	struct flow_pulse_sums {
		uint64_t judged, alive;
	} fresh, again;
	struct chance loss;	      /* of all pulses until the last one that was answered, */
	uint64_t lived_ns;	      /* which was sent then */
	bool loss_explains;	      /* the loss is so high that it may be all that is wrong */
	uint64_t checks_alive;	      /* answers to pulses of checks */
	uint64_t lost[FLOW_LOST_MAX]; /* a question of each host that has fallen silent */
	unsigned int n_lost;
	bool dead;	      /* the way itself has fallen silent */
	unsigned int rewinds; /* since the last answer, after the way had been in doubt */

	struct certain certain; /* flow_certain.c */

	/* flow_try.c */
	struct evidence evidence;
	uint64_t silent_again; /* so many questions are asked again of a host that is silent */
	bool thorough;	       /* ask silent hosts all their questions again */
	bool all_answered;     /* by whomever: it is counted who has */
	bool again_not_firm;   /* loss has shown: ask again what a router has answered; */
	double again_share; /* else so many of these, which shows whether the router still does */
	bool settled;	    /* the evidence suffices: wait for late answers, then end */
	bool hops_known;    /* since this try was sent */
	bool checked;	    /* likewise, the hosts in doubt */
};

/* The questions of a flow, and how to send them. */
struct flow_spec {
	uint64_t first, n, each; /* questions */
	struct tries tries;
	uint64_t seed;				  /* of the order */
	const struct way *way;			  /* what is known of the way already */
	enum probe_kind kind;			  /* of the questions */
	bool quiet;				  /* as in struct flow */
	uint64_t ahead;				  /* as in struct flow */
	struct pacer *shared;			  /* NULL: control finds the rate */
	uint64_t unknown_ns, again_ns, linger_ns; /* as in struct flow; 0: no such wait */
	double host_pps;			  /* to one host at most; 0: no limit */
	unsigned int ports_missing;		  /* so many of PULSE_PORTS pulses do not have */
	unsigned int
		certain; /* certain.h; the last so many questions of a host are canaries; 0: not wanted */
};

/* Prepare a flow. 0 or -ENOMEM; call flow_free in either case. */
int flow_init(struct flow *f, const struct flow_spec *spec, uint64_t now_ns);
void flow_free(struct flow *f);

/* Leave what this flow has learnt of its way to the next flow. */
void flow_hand_on(const struct flow *f, struct way *way);

/*
 * Take in what has happened, and tell what is to be done. `answers`: how many questions of the flow are
 * answered; `ceiling_ns`: the longest wait for an answer.
 */
enum flow_want flow_step(struct flow *f, const struct flow_view *view, uint64_t answers,
			 uint64_t now_ns, uint64_t ceiling_ns);

/* From now on send at most so many probes a second, for the sake of others; 0: no limit. */
void flow_give_way(struct flow *f, double most_pps, uint64_t now_ns);

/* The rate that the flow would have without others. */
double flow_wish_pps(const struct flow *f);

/* How many questions may be sent now, at most `room`. Takes as many tokens. */
unsigned int flow_take(struct flow *f, uint64_t now_ns, unsigned int room);

/*
 * Write the next questions, at most `allowed` (from flow_take), into `indices`, in the order of the
 * permutation. Leave out those that need not be asked again. Give back tokens that are left. The
 * questions count as sent at now_ns. Returns how many; with the last, the state becomes
 * FLOW_WAITING.
 */
unsigned int flow_next(struct flow *f, const struct flow_view *view, uint64_t now_ns,
		       unsigned int allowed, uint64_t *indices);

/*
 * The questions of the last flow_next are logged in parts. Part `back` before the last one left from
 * `from_ns` to `to_ns`.
 */
void flow_left(struct flow *f, unsigned int back, uint64_t from_ns, uint64_t to_ns);

/* After flow_next gave these n questions: which pulses are to be sent with them, at most `room`? */
unsigned int flow_pulses(struct flow *f, const struct flow_view *view, uint64_t now_ns,
			 const uint64_t *indices, unsigned int n, struct pulse *pulses,
			 unsigned int room);

/* FLOW_WANTS_CHECK: which pulses are to be sent now, at most `room`? Perhaps none. */
unsigned int flow_check(struct flow *f, const struct flow_view *view, uint64_t now_ns,
			struct pulse *pulses, unsigned int room);

/* FLOW_WANTS_HOPS has been done. */
void flow_hops_known(struct flow *f);

/* Will no try follow, as far as is known? */
bool flow_is_last_try(const struct flow *f);

/* How many questions are certain to be sent yet, if the silent share of those asked stays as it is. */
uint64_t flow_remaining(const struct flow *f, uint64_t answers);

/* When the next step is useful. */
uint64_t flow_ready_ns(const struct flow *f, uint64_t now_ns);

/* The share of questions that the way loses, by its pulses: rather too much than too little. */
double flow_loss(const struct flow *f);

/* Question `index` has been answered: it can serve as a pulse. */
void flow_learn(struct flow *f, uint64_t index);

/* The same, but an earlier run has the answer. */
void flow_learn_earlier(struct flow *f, uint64_t index);

/* Take out a question of a host that has fallen silent. False: there is no more. */
bool flow_lost(struct flow *f, uint64_t *index);

/*
 * What was sent at since_ns or later in this try may have been lost, and answers that were on their
 * way then: go back, and ask again what is not answered. It does not count against the path.
 */
void flow_rewind(struct flow *f, uint64_t since_ns, uint64_t now_ns);

/* Is the first try sent, and has an answer had the usual time to come? */
bool flow_first_try_settled(const struct flow *f, uint64_t now_ns);

/* Begin again with the first try, for what is not answered: in another run, or after new evidence. */
void flow_ask_anew(struct flow *f, uint64_t now_ns);

/* The share of the questions that have been asked, 0 to 1. */
double flow_asked_share(const struct flow *f);

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

/* What tries at its own rate have brought of the host of question `index`; NULL: there were none. */
const struct silence_tries *flow_certain_tries(const struct flow *f, uint64_t index);

/* Has question `index` been asked more than once? */
bool flow_asked_again(const struct flow *f, uint64_t index);

#endif
