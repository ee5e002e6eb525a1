/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* flow_parts.h - what the parts of a flow do for each other. For flow*.c alone. */
#ifndef XSCAN_FLOW_PARTS_H
#define XSCAN_FLOW_PARTS_H

#include "flow.h"

#define FLOW_NS 1000000000.0

enum { FLOW_QUEUE_NS = 60000000 }; /* how long a queue may be that round trips have not shown yet */

/* flow.c: the order of the try under way. */
void flow_set_order(struct flow *f);

/* flow_rate.c: with --rate auto, the first try goes in stretches. */
void flow_begin_stretch(struct flow *f, uint64_t now_ns);
void flow_end_stretch(struct flow *f, uint64_t now_ns);

/* How many hosts the try under way has questions for. */
uint64_t flow_hosts_left(const struct flow *f, const struct flow_view *view);

/* flow_start.c: judge the window that is sent, if its answers are there or overdue. */
void flow_judge_window(struct flow *f, const struct flow_view *view, uint64_t now_ns);

/* Look at *looked questions of a stretch. Returns how many are answered, and sets *looked. */
uint64_t flow_look(const struct flow *f, const struct flow_stretch *s, const struct flow_view *view,
		   uint64_t *looked);

/* Judge the stretches that are due; all that are left: an answer missing now is lost. */
void flow_judge(struct flow *f, const struct flow_view *view, uint64_t now_ns);
void flow_judge_rest(struct flow *f, const struct flow_view *view);

/* The questions from `position` on will be asked again: do not judge their stretches. */
void flow_forget_stretches(struct flow *f, uint64_t position, uint64_t now_ns);

/* How long the answers to a stretch may take, by the round trips known now. */
uint64_t flow_patience_ns(const struct flow *f);

/* The rate may have changed: keep why. */
void flow_decide(struct flow *f, enum decision_why why, uint64_t asked, uint64_t answered,
		 uint64_t now_ns);

/* One of the limits of the rate has changed. */
void flow_set_brake(struct flow *f, uint64_t now_ns);

/* A try has ended and another one begins, with so many questions left: at which rate? */
void flow_choose_rate(struct flow *f, uint64_t left, uint64_t now_ns);

/* flow_watch.c: a try begins, with so many questions left. */
void flow_begin_pulses(struct flow *f, uint64_t left, uint64_t now_ns);

/* flow_try.c: go on with a further try of an earlier run. */
void flow_resume_try(struct flow *f, uint64_t now_ns);

/* Take in answers to pulses, and other signs of life. */
void flow_watch(struct flow *f, const struct flow_view *view, uint64_t answers, uint64_t now_ns,
		uint64_t ceiling_ns);

/* A try that is sent: are further pulses needed to judge it, and can one be sent now? */
bool flow_owes_pulses(const struct flow *f);

/*
 * How long the pulses of a try take, if each known question is asked again once its answer is there.
 */
uint64_t flow_pulses_take_ns(const struct flow *f);

/* n questions leave: how many answers are to be expected? */
void flow_expect(struct flow *f, uint64_t n);

/* This host is in doubt: a pulse has died there, or it must show that it lives. */
void flow_doubt(struct flow *f, uint64_t question);

/* flow_quiet.c: where silence is usual, hosts must show at the end that they live. */
void flow_doubt_quiet(struct flow *f, const struct flow_view *view, uint64_t now_ns);

/* Does the way seem dead? Then begin to check it. Are hosts in doubt? Then begin to check them. */
bool flow_doubts_way(struct flow *f, uint64_t now_ns, uint64_t ceiling_ns);
bool flow_doubts_hosts(struct flow *f, uint64_t now_ns);

/* The check is over: go on, or give up the way or the hosts. */
bool flow_check_is_over(const struct flow *f);
void flow_end_check(struct flow *f, uint64_t now_ns);

/* flow_certain.c: 0 or -ENOMEM. `canaries` 0: certainty is not wanted. */
int flow_certain_init(struct flow *f, unsigned int canaries);
void flow_certain_free(struct flow *f);

/* All questions are asked anew. */
void flow_certain_forget(struct flow *f);

/* A try has brought its answers: does another one follow for certainty? Begin it; or go on with one. */
void flow_certain_judge(struct flow *f, const struct flow_view *view);
void flow_certain_begin(struct flow *f, uint64_t now_ns);
void flow_certain_resume(struct flow *f, uint64_t now_ns);

/* Is the try under way not for this question: a canary, or of a host that does not limit its errors? */
bool flow_certain_needless(const struct flow *f, uint64_t question);

/* Has the last try brought closed ports of this host? Then it lives, and more may follow. */
bool flow_certain_told(const struct flow *f, uint64_t host);

/* These questions leave; by their answers, set the rate. */
void flow_certain_sent(struct flow *f, const uint64_t *questions, unsigned int n, uint64_t now_ns);
void flow_certain_watch(struct flow *f, const struct flow_view *view, uint64_t now_ns);

#endif
