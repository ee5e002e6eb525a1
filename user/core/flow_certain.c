// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * flow_certain.c - tries at the rate at which hosts tell of closed UDP ports (certain.h). A token bucket of
 * the host refuses what comes too fast, and a refused probe costs no token. So the first such try goes
 * a little faster than the host answers, which shows the host's rate. Later tries go a little slower, so that
 * a closed port hardly stays silent.
 */
#include "flow_parts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define LEAST_PPS 1.0  /* to a host: what Linux answers by default */
#define FIRST_PPS 32.0 /* to a host whose rate was known to an earlier run alone */
#define FASTER	  1.2
#define SLOWER	  0.95
#define ALL	  0.9 /* of a window answered: the host may answer faster, */
#define GROWTH	  2.0 /* by so much */

int flow_certain_init(struct flow *f, unsigned int canaries)
{
	struct certain *c = &f->certain;

	if (!canaries || f->each <= canaries || f->n / f->each > CERTAIN_HOSTS)
		return 0;
	c->hosts = calloc(f->n / f->each / 8 + 1, 1);
	c->canaries = canaries;
	return c->hosts ? 0 : -ENOMEM;
}

static bool is_paced(const struct certain *c, uint64_t host)
{
	return c->hosts[host / 8] & 1 << host % 8;
}

bool flow_certain_needless(const struct flow *f, uint64_t question)
{
	const struct certain *c = &f->certain;
	const uint64_t at = question - f->first;

	return c->active && (at % f->each >= f->each - c->canaries || !is_paced(c, at / f->each));
}

struct told {
	uint64_t closed, canaries_closed, left;
};

static struct told ask_host(const struct flow *f, const struct flow_view *view, uint64_t host)
{
	const uint64_t first = f->first + host * f->each;
	struct told told = { 0 };
	uint64_t i;

	for (i = 0; i < f->each; i++) {
		const bool firm = view->firm(view->ctx, first + i);
		const bool closed = firm && !view->shows(view->ctx, first + i);

		if (i >= f->each - f->certain.canaries) {
			told.canaries_closed += closed;
			continue;
		}
		told.closed += closed;
		told.left += !firm && !view->lost(view->ctx, first + i);
	}
	return told;
}

/* Choose the hosts that limit what they tell: of some closed ports, but not of all canaries. */
static bool is_limiting(const struct certain *c, const struct told *told)
{
	return told->left && (told->closed || told->canaries_closed) &&
	       told->canaries_closed < c->canaries;
}

/* How many closed ports the try that has ended brought of this host. */
static void note(struct certain *c, uint64_t host, uint64_t closed)
{
	struct certain_host *h = &c->told[host];

	if (c->active && !c->resumed && h->tries.n < SILENCE_TRIES)
		h->tries.closed[h->tries.n++] = (unsigned int)(closed - h->closed);
	h->closed = closed;
}

void flow_certain_judge(struct flow *f, const struct flow_view *view)
{
	struct certain *c = &f->certain;
	const unsigned int had = f->attempt + 1;
	uint64_t host, closed = 0, left = 0;

	if (!c->hosts || had < f->tries.least || c->judged == had)
		return;
	c->judged = had;
	c->n_hosts = c->active ? c->n_hosts : 0;
	for (host = 0; host < f->n / f->each; host++) {
		const struct told told = ask_host(f, view, host);

		if (!c->active && is_limiting(c, &told)) {
			c->hosts[host / 8] |= (uint8_t)(1 << host % 8);
			c->n_hosts++;
		}
		if (!is_paced(c, host))
			continue;
		note(c, host, told.closed);
		closed += told.closed;
		left += told.left;
	}
	c->again = left && (!c->active || closed > c->closed) && had < f->tries.lossy;
	c->closed = closed;
	c->resumed = false;
}

static void set_rate(struct flow *f, double pps, uint64_t now_ns)
{
	struct certain *c = &f->certain;
	const double least = LEAST_PPS * (double)c->n_hosts;

	c->pps = pps > least ? pps : least;
	c->n = 0;
	f->gentle_pps = c->pps;
	flow_set_brake(f, now_ns);
}

void flow_certain_begin(struct flow *f, uint64_t now_ns)
{
	struct certain *c = &f->certain;
	const double so_far_s = (double)(now_ns - f->began_ns) / FLOW_NS;
	const bool first = !c->active;

	if (!c->again)
		return;
	c->again = false;
	c->active = true;
	c->follows = first;
	set_rate(f, first ? FASTER * (double)c->closed / so_far_s : SLOWER * c->told_pps, now_ns);
}

void flow_certain_resume(struct flow *f, uint64_t now_ns)
{
	struct certain *c = &f->certain;

	if (!c->hosts || f->attempt < f->tries.least)
		return;
	memset(c->told, 0, sizeof(c->told));
	memset(c->hosts, 0xff, f->n / f->each / 8 + 1);
	c->n_hosts = f->n / f->each;
	c->active = c->follows = c->resumed = true;
	set_rate(f, FIRST_PPS * (double)c->n_hosts, now_ns);
}

void flow_certain_sent(struct flow *f, const uint64_t *questions, unsigned int n, uint64_t now_ns)
{
	struct certain *c = &f->certain;
	unsigned int i;

	for (i = 0; i < n && c->follows && c->n < CERTAIN_WINDOW; i++) {
		c->window[c->n++] = questions[i];
		c->last_ns = now_ns;
	}
}

void flow_certain_watch(struct flow *f, const struct flow_view *view, uint64_t now_ns)
{
	struct certain *c = &f->certain;
	unsigned int i, answered = 0;
	double share;

	if (!c->follows || c->n < CERTAIN_WINDOW || now_ns < c->last_ns + flow_patience_ns(f))
		return;
	for (i = 0; i < c->n; i++)
		answered += view->firm(view->ctx, c->window[i]);
	share = (double)answered / CERTAIN_WINDOW;
	c->told_pps = share * c->pps;
	set_rate(f, share < ALL ? FASTER * c->told_pps : GROWTH * c->pps, now_ns);
}

const struct silence_tries *flow_certain_tries(const struct flow *f, uint64_t index)
{
	const uint64_t host = (index - f->first) / f->each;

	return f->certain.active && is_paced(&f->certain, host) ? &f->certain.told[host].tries
								: NULL;
}
