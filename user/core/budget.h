/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * budget.h - how fast may a scan be, so that the host's own work does not suffer? (--budget) Pure.
 *
 * What nobody else wants costs nobody anything. So there is no limit while others do not work, and
 * none while there is enough for all. As a scavenger does (LEDBAT, RFC 6817), the scan backs off at
 * once when others come, and comes back as soon as they leave.
 *
 *   CPUs   Others work if they use a fifth of a CPU. The scan is this process, and its part of the
 *          handling of packets (softirqs). While others work, the scan leaves one CPU idle, so that
 *          they need not wait. It may always take its budget of all CPUs from others.
 *
 *   Path   Others move more than a megabit a second through the interface, and something on their way
 *          is short: TCP of this host sends segments again or receives them out of order, or answers
 *          to the scan take clearly longer than the first ones. Then the scan sends its budget of
 *          what others move, or 1,000 probes a second if that is more: half a megabit. This holds for
 *          two seconds, since TCP loses segments only now and then.
 */
#ifndef XSCAN_BUDGET_H
#define XSCAN_BUDGET_H

#include <stdbool.h>
#include <stdint.h>

/* A look at the host. Counters only grow. */
struct budget_look {
	uint64_t time_ns;
	uint64_t idle_ns, busy_ns,
		softirq_ns; /* of all CPUs together; busy: programs and the kernel */
	uint64_t own_ns;    /* of these CPUs, what this process has used */
	uint64_t packets;   /* that all CPUs have received */
	uint64_t troubles;  /* TCP segments that the host sent again, or received out of order */
	uint64_t sent, answers;	     /* frames of the scan */
	uint64_t more_bytes;	     /* of long probes: what they have beyond a usual one */
	uint64_t tx_bytes, rx_bytes; /* of the scan's interfaces, of everybody */
	bool delayed;		     /* answers take clearly longer than the first ones */
};

enum budget_reason { BUDGET_FREE, BUDGET_CPU, BUDGET_PATH, BUDGET_REASONS };

struct budget {
	double share; /* 0 to 1 */
	unsigned int cpus;
	double cost_ns; /* CPU time a probe */
	uint64_t short_until_ns;
	/* The result. */
	double most_pps; /* 0: no limit */
	enum budget_reason reason;
};

/* Compare two looks, and set the limit. */
void budget_judge(struct budget *b, const struct budget_look *before,
		  const struct budget_look *now);

const char *budget_reason_name(enum budget_reason reason);

#endif
