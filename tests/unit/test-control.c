// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * test-control.c - the control law against a model of a path, in steps of a tenth of a millisecond:
 * a bottleneck with a queue, a round trip, a share of questions that nobody answers, random loss.
 */
#include "control.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

struct path {
	double capacity_pps;
	double queue; /* packets */
	double rtt_s;
	double share; /* of questions that are answered */
	double loss;  /* of packets, at random */
	struct outage {
		double from_s, to_s;
		double hosts; /* this share of them is silent meanwhile */
	} outage;
	double limit_pps; /* that the start has found; 0: none */
	double far_share; /* of stretches whose answers all come from hosts that are 30 ms away */
};

struct outcome {
	double seconds; /* to ask everything once */
	double lost;	/* share of the answers that were lost */
	double last_rate;
	double again_rate; /* of a further try */
};

enum { STRETCHES = 20000 };

struct stretch {
	uint64_t asked, answered; /* answered in the end: judged when that is certain */
	double rate, due_s;
};

struct model {
	const struct path *path;
	struct control control;
	struct stretch stretches[STRETCHES];
	unsigned int sending, judged;
	double now_s, backlog, credit;
	uint64_t left, answers, had, random;
};

static double uniform(uint64_t *state)
{
	*state = *state * 6364136223846793005ULL + 1442695040888963407ULL;
	return (double)(*state >> 11) / 9007199254740992.0;
}

static void ask_one(struct model *m)
{
	struct stretch *s = &m->stretches[m->sending];
	const struct outage *out = &m->path->outage;
	bool answerable = uniform(&m->random) < m->path->share;

	s->asked++;
	m->left--;
	m->answers += answerable;
	if (m->backlog + 1 > m->path->queue || uniform(&m->random) < m->path->loss)
		return;
	m->backlog++;
	if (m->now_s >= out->from_s && m->now_s < out->to_s && uniform(&m->random) < out->hosts)
		return;
	s->answered += answerable;
	m->had += answerable;
}

static void step(struct model *m, uint64_t *want)
{
	const double dt = 0.0001;
	struct stretch *s = &m->stretches[m->sending];

	m->now_s += dt;
	m->backlog -= m->path->capacity_pps * dt;
	m->backlog = m->backlog < 0 ? 0 : m->backlog;
	for (m->credit += s->rate * dt; m->credit >= 1 && m->left; m->credit--) {
		ask_one(m);
		if (s->asked < *want)
			continue;
		s->due_s = m->now_s + 2 * (m->path->rtt_s + m->backlog / m->path->capacity_pps);
		s->due_s += 0.005;
		s = &m->stretches[++m->sending];
		assert_true(m->sending < STRETCHES);
		s->rate = m->control.rate_pps;
		*want = control_stretch(&m->control);
	}
	for (; m->judged < m->sending; m->judged++) {
		s = &m->stretches[m->judged];
		if (s->due_s > m->now_s)
			break;
		control_note_queue(&m->control,
				   m->backlog / m->path->capacity_pps * 1e9 +
					   (uniform(&m->random) < m->path->far_share ? 30e6 : 0));
		control_judge(&m->control, s->rate, s->asked, s->answered,
			      m->backlog / m->path->capacity_pps > 0.008);
		/* As in the scanner: a stretch is cut short when faster is known to go well. */
		s = &m->stretches[m->sending];
		if (m->control.rate_pps > 1.5 * s->rate)
			*want = s->asked + 1;
	}
}

static struct outcome simulate(const struct path *path, uint64_t questions, uint64_t seed)
{
	static struct model m;
	struct outcome o;
	uint64_t want;

	memset(&m, 0, sizeof(m));
	m.path = path;
	m.left = questions;
	m.random = seed;
	control_init(&m.control);
	m.control.rate_pps = CONTROL_SLOW_PPS; /* windows are not modelled */
	if (path->limit_pps > 0)
		control_lag(&m.control, path->limit_pps, true);
	m.stretches[0].rate = m.control.rate_pps;
	want = control_stretch(&m.control);
	while (m.left && m.now_s < 1000)
		step(&m, &want);
	o = (struct outcome){ m.now_s, m.answers ? 1 - (double)m.had / (double)m.answers : 0,
			      m.control.rate_pps, 0 };
	control_settle(&m.control);
	o.again_rate = m.control.rate_pps;
	return o;
}

/*
 * Behind any bottleneck, whatever share answers and however long the queue: all is asked, and what
 * was lost asked again, in little more than the time the bottleneck needs for it.
 */
static void bottlenecks_are_found(void **state)
{
	static const double capacities[] = { 1000, 10000, 100000 };
	static const double shares[] = { 1, 0.5, 0.1, 0.02 }, queues_s[] = { 0.01, 0.05, 1 };
	size_t i, k, q;

	(void)state;
	for (i = 0; i < 3; i++) {
		for (k = 0; k < 4; k++) {
			for (q = 0; q < 3; q++) {
				const double seconds = 30;
				const struct path p = { capacities[i],
							capacities[i] * queues_s[q],
							0.001,
							shares[k],
							0,
							{ 0 },
							0,
							0 };
				struct outcome o =
					simulate(&p, (uint64_t)(p.capacity_pps * seconds),
						 i * 100 + k * 10 + q);

				print_message("%6.0f pps, queue %4.2f s, share %4.2f: %4.1f s, "
					      "lost %4.1f %%\n",
					      p.capacity_pps, queues_s[q], p.share, o.seconds,
					      o.lost * 100);
				/* Few answers that come a second late teach nothing in 30 s. */
				if (shares[k] < 0.1 && queues_s[q] == 1)
					continue;
				/* The fewer answer, the longer it takes to learn anything. */
				assert_true(o.seconds + o.lost * seconds < seconds * 1.15 + 5);
			}
		}
	}
}

/*
 * The start has found the limit, or a little more: what the scan sends to answers takes its share too. The
 * queue overflows at no time, and the path is used nearly as a whole.
 */
static void a_queue_that_is_seen_does_not_overflow(void **state)
{
	static const double found[] = { 0.98, 1, 1.03, 1.06 };
	size_t i;

	(void)state;
	for (i = 0; i < 4; i++) {
		const struct path p = { 1000, 55, 0.001, 1, 0, { 0 }, 1000 * found[i], 0 };
		struct outcome o = simulate(&p, 60000, i);

		print_message("limit %4.0f: %4.1f s, lost %.2f %%\n", p.limit_pps, o.seconds,
			      o.lost * 100);
		assert_true(o.seconds < 60 * 1.08);
		assert_true(o.lost < 0.005);
	}
}

/* Few hosts are near: many stretches seem to wait in a queue. The rate must rise nevertheless. */
static void far_hosts_are_no_queue(void **state)
{
	static const double shares[] = { 0, 0.05, 0.25, 0.5, 0.75, 0.95 };
	size_t i;

	(void)state;
	for (i = 0; i < 6; i++) {
		const struct path p = { 20000, 1000, 0.001, 1, 0, { 0 }, 1000, shares[i] };
		struct outcome o = simulate(&p, 100000, i);

		print_message("far %4.2f: %4.1f s, then %.0f a second\n", shares[i], o.seconds,
			      o.last_rate);
		assert_true(o.seconds < 25);
	}
}

static void far_bottlenecks_are_found(void **state)
{
	const struct path p = { 10000, 1000, 0.2, 1, 0, { 0 }, 0, 0 };
	struct outcome o = simulate(&p, 600000, 3);

	(void)state;
	assert_true(o.seconds + o.lost * 60 < 60 * 1.25);
}

/* Without a bottleneck the rate goes on rising, whatever share answers. */
static void free_paths_are_not_held_back(void **state)
{
	static const double shares[] = { 1, 0.5, 0.1, 0 }, seconds[] = { 2, 2.5, 6, 2 };
	size_t k;

	(void)state;
	for (k = 0; k < 4; k++) {
		const struct path p = { 1e9, 1e9, 0.0002, shares[k], 0, { 0 }, 0, 0 };
		struct outcome o = simulate(&p, 3000000, k);

		assert_true(o.seconds < seconds[k]);
		assert_true(o.last_rate > 1e6);
	}
}

/* Loss that has nothing to do with the rate is part of the usual share: it slows nothing. */
static void random_loss_is_no_congestion(void **state)
{
	const struct path p = { 1e9, 1e9, 0.001, 1, 0.05, { 0 }, 0, 0 };
	struct outcome o = simulate(&p, 3000000, 1);

	(void)state;
	assert_true(o.last_rate > 1e6);
	assert_true(o.lost > 0.045 && o.lost < 0.055);
}

/*
 * A part of the hosts is silent for a while or for good: that says nothing of the rate. The scan takes hardly
 * longer, and a further try begins with the rate that the path takes.
 */
static void silence_of_a_part_slows_little(void **state)
{
	static const double parts[] = { 0.15, 0.3, 0.5, 0.75, 0.9 };
	static const double lasts_s[] = { 0.05, 1, 5, 1000 }, shares[] = { 1, 0.5 };
	size_t i;

	(void)state;
	for (i = 0; i < 40; i++) {
		const struct outage out = { 1, 1 + lasts_s[i % 4], parts[i / 4 % 5] };
		const struct path p = { 200000, 10000, 0.0002, shares[i / 20], 0, out, 0, 0 };
		struct outcome o = simulate(&p, 1000000, i);

		print_message("share %4.2f, %4.2f silent for %g s: %4.1f s, then %.0f\n", p.share,
			      out.hosts, lasts_s[i % 4], o.seconds, o.again_rate);
		assert_true(o.seconds < 2 * 5);
		assert_true(o.again_rate > 100000 && o.again_rate < 400000);
	}
}

/* A path that becomes narrow for a while is no silence: the rate follows, and returns. */
static void a_narrow_while_is_followed(void **state)
{
	struct control c;
	double least = INFINITY;
	int k;

	(void)state;
	control_init(&c);
	for (k = 0; k < 140; k++) {
		const double rate = c.rate_pps, capacity = k >= 60 && k < 80 ? 5000 : 80000;
		const double through = rate > capacity ? capacity / rate : 1;

		control_judge(&c, rate, 2000, (uint64_t)(2000 * through), false);
		least = c.rate_pps < least ? c.rate_pps : least;
		if (k >= 61 && k < 64)
			assert_true(c.rate_pps < 2.1 * 5000);
	}
	assert_true(least > 2000);
	assert_true(c.rate_pps > 60000 && c.rate_pps < 100000);
}

/* The same rate, of a sudden a tenth of the answers: the new limit shows at once. */
static void change_is_noticed(void **state)
{
	static const double shares[] = { 1, 0.5, 0.1 };
	struct control c;
	size_t i;
	int k;

	(void)state;
	for (i = 0; i < 3; i++) {
		control_init(&c);
		for (k = 0; k < 20; k++)
			control_judge(&c, 100000, 2000, (uint64_t)(2000 * shares[i]), false);
		for (k = 0; k < 3; k++)
			control_judge(&c, 100000, 2000, (uint64_t)(200 * shares[i]), false);
		assert_true(c.limit_pps > 8000 && c.limit_pps < 12500);
		assert_true(c.rate_pps < c.limit_pps);
	}
}

/*
 * By luck the first stretch is answered twice as often as the rest will be. Then all is lost for a moment. The
 * rate must not stay at its lowest: that would take minutes.
 */
static void a_lucky_beginning_is_forgotten(void **state)
{
	const unsigned int share = 5; /* one in so many is answered */
	struct control c;
	unsigned int i;

	(void)state;
	control_init(&c);
	control_judge(&c, c.rate_pps, 64, 2 * 64 / share, false);
	for (i = 0; i < 8; i++)
		control_judge(&c, c.rate_pps, 64, 0, false);
	assert_true(c.rate_pps < CONTROL_START_PPS / 16);
	for (i = 0; i < 40; i++)
		control_judge(&c, c.rate_pps, 50, 50 / share, false);
	assert_true(c.rate_pps >= CONTROL_START_PPS);
}

static void settled_rate_is_below_the_limit(void **state)
{
	struct control c;

	(void)state;
	control_init(&c);
	control_judge(&c, 500, 1000, 1000, false);
	control_judge(&c, 1000, 1000, 1000, false);
	control_judge(&c, 4000, 1000, 500, false);
	assert_true(c.limit_pps > 1800 && c.limit_pps < 2200);
	c.rate_pps = 2 * c.limit_pps;
	control_settle(&c);
	assert_true(c.rate_pps < c.limit_pps);
	control_judge(&c, 1000, 0, 0, false); /* an empty stretch says nothing */
	assert_true(c.limit_pps > 1800 && c.limit_pps < 2200);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bottlenecks_are_found),
		cmocka_unit_test(a_queue_that_is_seen_does_not_overflow),
		cmocka_unit_test(far_hosts_are_no_queue),
		cmocka_unit_test(far_bottlenecks_are_found),
		cmocka_unit_test(free_paths_are_not_held_back),
		cmocka_unit_test(random_loss_is_no_congestion),
		cmocka_unit_test(silence_of_a_part_slows_little),
		cmocka_unit_test(a_narrow_while_is_followed),
		cmocka_unit_test(change_is_noticed),
		cmocka_unit_test(a_lucky_beginning_is_forgotten),
		cmocka_unit_test(settled_rate_is_below_the_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
