// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* budget.c - shares of CPUs and of a path, from two looks at the host. */
#include "budget.h"

#define OTHERS	 0.2 /* of a CPU: then others work */
#define SPARE	 1.0 /* of a CPU: stays idle while they do */
#define SMOOTH	 0.5 /* weight of a new look */
#define FASTER	 2.0 /* a limit rises by no more from look to look */
#define HOLD_NS	 2000000000ULL
#define PATH_PPS 1000.0
#define DISTURBS 2.0	/* measured: others lose twice the CPU time that the scan uses */
#define COST_NS	 3000.0 /* of a probe, while nothing is known */
#define DEARER \
	2.0 /* no look raises it to more: a scan does other things too, if only for a moment */

enum {
	PROBES_LEAST = 64, /* to know what a probe costs */
	WIRE_BYTES = 84,   /* a short frame with its preamble and the gap behind it */
	FRAME_BYTES = 60,  /* a probe, an answer, or a reset that follows it */
	DOUBT = 16,	   /* one part in so many of the scan's own bytes may be others', or not */
	QUIET_BYTES = 125000, /* a second: 1 Mbit/s */
};

/* Counters may seem to go back: the kernel adds up CPUs one after the other. */
static double grown(uint64_t before, uint64_t now)
{
	return now > before ? (double)(now - before) : 0;
}

static double part(double a, double b)
{
	return b <= 0 ? 0 : a < b ? a / b : 1;
}

/*
 * The part of the handling of packets that the scan causes. A virtual interface hands probes to the other
 * end within this host: count them as well as the answers.
 */
static double own_part_ns(const struct budget_look *before, const struct budget_look *now)
{
	const double frames = grown(before->answers, now->answers) + grown(before->sent, now->sent);

	return grown(before->softirq_ns, now->softirq_ns) *
	       part(frames, grown(before->packets, now->packets));
}

/* Bytes a second that others move through the interface; 0: next to nothing. */
static double bytes_of_others(const struct budget_look *before, const struct budget_look *now)
{
	const double seconds = grown(before->time_ns, now->time_ns) / 1e9;
	const double answers = grown(before->answers, now->answers) * FRAME_BYTES;
	const double sent = grown(before->sent, now->sent) * FRAME_BYTES +
			    grown(before->more_bytes, now->more_bytes) + answers;
	const double tx = grown(before->tx_bytes, now->tx_bytes) - sent;
	const double rx = grown(before->rx_bytes, now->rx_bytes) - answers;
	const double sum = (tx > 0 ? tx : 0) + (rx > 0 ? rx : 0);

	return sum > QUIET_BYTES * seconds + (sent + answers) / DOUBT ? sum / seconds : 0;
}

static void learn_cost(struct budget *b, double caused, double probes)
{
	double cost = caused / probes;

	if (b->cost_ns <= 0)
		b->cost_ns = COST_NS;
	if (probes < PROBES_LEAST)
		return;
	if (cost > DEARER * b->cost_ns)
		cost = DEARER * b->cost_ns;
	b->cost_ns += SMOOTH * (cost - b->cost_ns);
}

/*
 * The rate that the CPUs have left; 0: no limit. The kernel may count one packet twice: in the time of
 * this process, and as softirq. So the share of others is at least what is computed here.
 */
static double by_cpu(struct budget *b, const struct budget_look *before,
		     const struct budget_look *now)
{
	const double ns = grown(before->time_ns, now->time_ns);
	const double own = grown(before->own_ns, now->own_ns);
	const double part = own_part_ns(before, now);
	const double idle = grown(before->idle_ns, now->idle_ns);
	const double all =
		grown(before->busy_ns, now->busy_ns) + grown(before->softirq_ns, now->softirq_ns);
	double allowed = (own + idle) / ns - SPARE; /* in CPUs */

	learn_cost(b, own + part, grown(before->sent, now->sent));
	if (all - own - part < OTHERS * ns)
		return 0;
	if (allowed < b->share * b->cpus / DISTURBS)
		allowed = b->share * b->cpus / DISTURBS;
	return allowed * 1e9 / b->cost_ns;
}

/* What a probe takes of a path: as much as a short frame, or more by the long ones among them. */
static double wire_bytes(const struct budget_look *before, const struct budget_look *now)
{
	const double sent = grown(before->sent, now->sent);

	return WIRE_BYTES + (sent > 0 ? grown(before->more_bytes, now->more_bytes) / sent : 0);
}

/* The rate that the path has left; 0: no limit. */
static double by_path(struct budget *b, const struct budget_look *before,
		      const struct budget_look *now)
{
	const double others = bytes_of_others(before, now), wire = wire_bytes(before, now);
	const double least = PATH_PPS * WIRE_BYTES / wire;
	const uint64_t now_ns = now->time_ns;
	double rate;

	if (others <= 0) {
		b->short_until_ns = 0;
		return 0;
	}
	if (now->troubles > before->troubles || now->delayed)
		b->short_until_ns = now_ns + HOLD_NS;
	if (now_ns >= b->short_until_ns)
		return 0;
	rate = b->share * others / wire;
	return rate > least ? rate : least;
}

void budget_judge(struct budget *b, const struct budget_look *before, const struct budget_look *now)
{
	const double rates[BUDGET_REASONS] = {
		[BUDGET_CPU] = by_cpu(b, before, now),
		[BUDGET_PATH] = by_path(b, before, now),
	};
	const double last_pps = b->most_pps;
	unsigned int i;

	b->most_pps = 0;
	b->reason = BUDGET_FREE;
	for (i = 0; i < BUDGET_REASONS; i++) {
		if (rates[i] <= 0 || (b->most_pps > 0 && rates[i] >= b->most_pps))
			continue;
		b->most_pps = rates[i];
		b->reason = (enum budget_reason)i;
	}
	if (last_pps > 0 && b->most_pps > FASTER * last_pps)
		b->most_pps = FASTER * last_pps;
}

const char *budget_reason_name(enum budget_reason reason)
{
	static const char *const names[BUDGET_REASONS] = {
		[BUDGET_FREE] = "",
		[BUDGET_CPU] = "cpu",
		[BUDGET_PATH] = "path",
	};

	return names[reason];
}
