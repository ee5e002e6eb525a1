// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * flow_quiet.c - where silence is usual, a dead host looks like one whose ports stay silent. So at the end, ask
 * each host again for a port that it has told of. One that does not answer is lost.
 *
 * An open port answers at once. A closed one waits until the host's limit lets it tell. A host that has told little,
 * or slowly, is left out: the check may end before it tells again. Several addresses may share one limit.
 */
#include "flow_parts.h"

enum {
	TOLD_LEAST = 4,	     /* closed ports; Linux tells of 6 at once */
	CHECK_S = 5,	     /* how long a check takes (check.c) */
	TOLD_IN_A_CHECK = 2, /* closed ports, at the rate so far */
};

/* Tries at the hosts' own rate end when they bring nothing more: then a host may tell again. */
static bool is_quick(const struct flow *f, uint64_t closed, uint64_t now_ns)
{
	const double seconds = (double)(now_ns - f->began_ns) / FLOW_NS;

	return closed >= TOLD_LEAST &&
	       (f->certain.active || (double)closed * CHECK_S >= TOLD_IN_A_CHECK * seconds);
}

/* Choose the question to ask again. False: the host has told too little, or of all ports, or is lost. */
static bool choose(const struct flow *f, const struct flow_view *view, uint64_t first,
		   uint64_t now_ns, uint64_t *question)
{
	const flow_says steady = view->steady ?: view->firm;
	uint64_t i, closed = 0, told = 0;
	bool open = false;

	for (i = first; i < first + f->each; i++) {
		if (!view->firm(view->ctx, i))
			continue;
		told++;
		if (!open && steady(view->ctx, i)) {
			open = true;
			*question = i;
		} else if (!view->shows(view->ctx, i)) {
			closed++;
			if (!open)
				*question = i;
		}
	}
	return (open || is_quick(f, closed, now_ns)) && told < f->each &&
	       !view->lost(view->ctx, first);
}

void flow_doubt_quiet(struct flow *f, const struct flow_view *view, uint64_t now_ns)
{
	const uint64_t hosts = f->n / f->each, stride = (hosts + CHECK_MAX - 1) / CHECK_MAX;
	uint64_t host, question = 0;

	if (!f->quiet || f->each == 1 || f->checked)
		return;
	for (host = 0; host < hosts; host += stride)
		if (choose(f, view, f->first + host * f->each, now_ns, &question) &&
		    !flow_certain_told(f, host))
			flow_doubt(f, question);
}
