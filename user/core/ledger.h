/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * ledger.h - what was asked, sent and answered, in numbers that add up. Pure.
 *
 * A question is whether one host is up, or the state of one port. It is asked by one frame or, when no
 * answer came, by several; the first answer to it counts, further ones are duplicates.
 */
#ifndef XSCAN_LEDGER_H
#define XSCAN_LEDGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * X(name, key, words, meaning): the figures. `key`: in the JSON summary, in this order; NULL:
 * absent; neighbouring figures with the same key are added up. `words`: what a sum calls the
 * figure.
 */
#define LEDGER_FIGURES(X)                                                                        \
	X(questions, "probes", "", "questions")                                                  \
	X(asked, "asked", "asked", "questions that were sent at least once")                     \
	X(sent, "sent", "sent", "frames that left")                                              \
	X(refused, "send_errors", "refused by the interface",                                    \
	  "frames that the interface did not take, again and again")                             \
	X(dropped, "send_errors", "dropped by the interface",                                    \
	  "frames that the interface took and dropped, by its counters")                         \
	X(retransmits, "retransmits", "asked again", "frames that ask again")                    \
	X(host_probes, "host_probes", "to find hosts",                                           \
	  "frames that asked who is there, or what silence means, in a scan of ports")           \
	X(seen, "seen", "", "frames to the scan's source ports, and ARP replies of hosts asked") \
	X(answers, "replies", "answered", "questions that were answered")                        \
	X(late, "late", "late", "answers that came after the wait for them had ended")           \
	X(duplicates, "duplicates", "duplicate", "further answers to an answered question")      \
	X(rejected, "rejected", "rejected", "frames seen that prove nothing")                    \
	X(events_lost, "events_lost", "", "results that the ring buffer had no room for")        \
	X(recovered, "recovered", "recovered from the answer map",                               \
	  "results that were read from the answer map instead")                                  \
	X(firm, NULL, "", "answers by the targets themselves")                                   \
	X(pulses, NULL, "", "answered questions that were asked once more")                      \
	X(alive, NULL, "", "of these, answered once more")                                       \
	X(missing, NULL, "", "firm answers that are likely to be missing, in thousandths")       \
	X(missing_most, NULL, "", "no more are missing, with 95 % probability, in thousandths")  \
	X(unjudged, NULL, "", "questions of which nothing can be said")                          \
	X(silent, NULL, "", "UDP ports without an answer")                                       \
	X(mute, NULL, "", "of these, on hosts that tell of no closed port")                      \
	X(elapsed_ns, NULL, "", "nanoseconds that asking took")

struct ledger {
#define LEDGER_MEMBER(name, key, words, meaning) uint64_t name;
	LEDGER_FIGURES(LEDGER_MEMBER)
#undef LEDGER_MEMBER
};

struct ledger_figure {
	const char *name, *key, *words, *meaning;
	size_t offset; /* in struct ledger */
};

enum {
#define LEDGER_NUMBER(name, key, words, meaning) LEDGER_##name,
	LEDGER_FIGURES(LEDGER_NUMBER)
#undef LEDGER_NUMBER
		LEDGER_FIGURES_N,
};

extern const struct ledger_figure ledger_figures[LEDGER_FIGURES_N];

uint64_t ledger_get(const struct ledger *l, unsigned int figure);

/*
 * Sums that must close. Each side is a set of figures: bit i is figure i. `rest` names, in words,
 * what the left side has more than the right one; NULL: both sides are equal.
 */
struct ledger_sum {
	const char *title;
	uint32_t left, right;
	const char *rest;
};

enum { LEDGER_SUMS_N = 6 };
extern const struct ledger_sum ledger_sums[LEDGER_SUMS_N];

/* Left side minus right side; negative: the sum does not close. */
int64_t ledger_rest(const struct ledger *l, const struct ledger_sum *sum);

/* Add `from` to `to`, figure by figure. */
void ledger_add(struct ledger *to, const struct ledger *from);

/* How many questions were asked and not answered. */
uint64_t ledger_unanswered(const struct ledger *l);

/*
 * The share of all possible firm answers that came, as the evidence makes it likely (evidence.h), and
 * the share that came at least, with 95 % probability. NAN: unknown, since nobody answered or the
 * scan broke off.
 */
double ledger_coverage(const struct ledger *l);
double ledger_coverage_low(const struct ledger *l);

/* Is it likely that answers are missing, more than evidence.h tolerates? */
bool ledger_lossy(const struct ledger *l);

/* Frames a second, over the whole scan. */
double ledger_rate_pps(const struct ledger *l);

#endif
