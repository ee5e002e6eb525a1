/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * evidence.h - how many answers are missing, by what the tries of a flow have brought. Pure.
 *
 * Each try loses a share of the probes or of their answers. Two things tell this share:
 *
 *   answers   a question that a later try answered was lost by all tries before
 *   pulses    questions that were answered already and were asked once more (pulse.h)
 *
 * This is a removal experiment (Zippin 1956, "An evaluation of the removal method of estimating
 * animal populations") whose last catch is measured by marked animals, the pulses. Two estimates
 * come of it, and the larger one counts:
 *
 *   all tries   Loss hits all questions alike. Then the answers that are missing are the product of
 *               the shares that each try has lost.
 *   last try    Loss hits some hosts alone. Then the last try has asked little else, and what it
 *               brought tells what it missed.
 *
 *   silent     Of hosts that have answered nothing, further tries ask little, unless they are thorough.
 *   hosts      Hosts with one to three answers tell how many such hosts have lost them all (after
 *              Good 1953, "The population frequencies of species"). This comes on top.
 *
 * Without a single loss nothing is likely to be missing, but `most` still says what may be: with
 * 95 % probability no more than that. A host that limits its answers loses more questions than pulses, so
 * `most` allows for some more.
 */
#ifndef XSCAN_EVIDENCE_H
#define XSCAN_EVIDENCE_H

#include <stdbool.h>
#include <stdint.h>

enum { EVIDENCE_TRIES = 16, EVIDENCE_FEW = 3 };

struct evidence {
	uint64_t n; /* tries that have begun */
	uint64_t few
		[EVIDENCE_FEW]; /* hosts with 1, 2, 3 answers, if each is asked several questions */
	struct evidence_try {
		uint64_t answers;	/* first answers to their question that came in this try */
		uint64_t pulses, alive; /* pulses, and those of them that were answered */
		uint64_t thorough;	/* 1: silent hosts were asked all questions */
	} tries[EVIDENCE_TRIES];
};

/* Answers missing after all tries; NAN: nothing is known. */
struct estimate {
	double likely;
	double most;
};

/* Has anything been lost? */
bool evidence_of_loss(const struct evidence *e);

/* The answers of all tries. */
uint64_t evidence_answers(const struct evidence *e);

/* At most `unanswered` answers can be missing. */
struct estimate evidence_missing(const struct evidence *e, uint64_t unanswered);

/*
 * Of `asked` answers of routers, asked once more, the target itself has answered `better`. How many of `left`
 * others lack the target's answer?
 */
struct estimate evidence_of_rejected(uint64_t better, uint64_t asked, uint64_t left);

/* How many of these are likely to be missing of hosts that have answered nothing? */
double evidence_missing_of_silent(const struct evidence *e);

/*
 * How many answers may be missing where so many came, for the scan to be complete. So few that
 * hardly one scan in a hundred with this doubt lacks an answer, or one in a thousand of many.
 */
double evidence_tolerance(uint64_t answers);

/*
 * Is so little missing that no further try is worth it? That is less than is tolerated. Where nobody
 * answers, further tries would tell nothing.
 */
bool evidence_suffices(const struct evidence *e, uint64_t unanswered);

#endif
