/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* decisions.h - why the rate of a flow has changed, to be read afterwards. Pure. */
#ifndef XSCAN_DECISIONS_H
#define XSCAN_DECISIONS_H

#include <stdbool.h>
#include <stdint.h>

enum decision_why {
	DECISION_START,	  /* a window's answers came (flow_start.c) */
	DECISION_ANSWERS, /* a stretch was judged (control.h) */
	DECISION_TRY,	  /* a further try begins */
	DECISION_OTHERS,  /* others have come or left (budget.h) */
};

struct decision {
	uint64_t time_ns;
	double rate_pps;	  /* from now on */
	double limit_pps;	  /* that the way has shown; 0: none */
	uint64_t asked, answered; /* questions of the stretch, as far as they were looked at */
	enum decision_why why;
};

enum { DECISIONS_MAX = 16 };

/* Zero-initialised: nothing was decided. */
struct decisions {
	struct decision v[DECISIONS_MAX]; /* a ring: not read yet */
	unsigned int first, n;
	double last_pps;
};

/* Keep a decision, unless the rate stays the same. If nobody reads, forget the oldest. */
void decisions_add(struct decisions *d, const struct decision *decision);

/* Take out the oldest. False: there is none. */
bool decisions_take(struct decisions *d, struct decision *out);

const char *decision_why_name(enum decision_why why);

#endif
