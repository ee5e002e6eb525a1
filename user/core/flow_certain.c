// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * flow_certain.c - tries at the rate at which hosts tell of closed UDP ports (certain.h). A token bucket of
 * the host refuses what comes too fast, and a refused probe costs no token. So the first such try goes
 * a little faster than the host answers, which shows the host's rate. Later tries go a little slower, so that
 * a closed port hardly stays silent.
 *
 * When a try begins, the bucket may be empty. So wait until it has a token.
 */
#include "flow_parts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define LEAST_PPS 1.0  /* to a host: what Linux answers by default */
#define FIRST_PPS 32.0 /* to a host whose rate was known to an earlier run alone */
#define FASTER	  1.2
#define SLOWER	  0.95
#define EMPTY	  2.0 /* tokens to wait for at the rate that was measured: it may be wrong by as much */
#define ALL	  0.9	     /* of a window answered: the host may answer faster, */
#define GROWTH	  2.0	     /* by so much */
#define TELLS	  (1.0 / 32) /* of what was silent: a try that brings less does not show a rate */

enum {
	TOLD_LEAST = 4,	    /* answers to a window that show a rate */
	CANARIES_LEFT = 64, /* with more silent ports, one more try takes too long */
};

int flow_certain_init(struct flow *f, unsigned int canaries)
{
	struct certain *c = &f->certain;

	if (!canaries || f->each <= canaries || f->n / f->each > CERTAIN_HOSTS)
		return 0;
	c->canaries = canaries;
	c->hosts = calloc(f->n / f->each / 8 + 1, 1);
	c->told = calloc(f->n / f->each, sizeof(*c->told));
	return c->hosts && c->told ? 0 : -ENOMEM;
}

void flow_certain_free(struct flow *f)
{
	free(f->certain.hosts);
	free(f->certain.told);
	f->certain.hosts = NULL;
	f->certain.told = NULL;
}

void flow_certain_forget(struct flow *f)
{
	const uint64_t hosts = f->n / f->each;
	struct certain *c = &f->certain;

	*c = (struct certain){ .canaries = c->canaries, .hosts = c->hosts, .told = c->told };
	if (!c->hosts)
		return;
	memset(c->hosts, 0, hosts / 8 + 1);
	memset(c->told, 0, hosts * sizeof(*c->told));
}

static bool is_paced(const struct certain *c, uint64_t host)
{
	return c->hosts[host / 8] & 1 << host % 8;
}

bool flow_certain_needless(const struct flow *f, uint64_t question)
{
	const struct certain *c = &f->certain;
	const uint64_t at = question - f->first;

	if (!c->active)
		return false;
	return !is_paced(c, at / f->each) ||
	       (at % f->each >= f->each - c->canaries && !c->asks_canaries);
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

/* How many closed ports the try that has ended brought of this host, and canaries. Returns how many ports. */
static uint64_t note(struct certain *c, uint64_t host, const struct told *told)
{
	struct certain_host *h = &c->told[host];
	const uint64_t brought = told->closed > h->closed ? told->closed - h->closed : 0;

	if (c->active && !c->resumed && h->tries.n < SILENCE_TRIES)
		h->tries.closed[h->tries.n++] = (unsigned int)brought;
	if (c->asks_canaries) {
		h->tries.canaries = c->canaries - (unsigned int)h->canaries_closed;
		h->tries.canaries_closed =
			(unsigned int)(told->canaries_closed - h->canaries_closed);
	}
	h->closed = told->closed;
	h->canaries_closed = told->canaries_closed;
	return brought;
}

/*
 * Does another try follow? At the least rate, if too few ports are left to show another one, or nothing came
 * at a rate that no answers have shown. Once a try brings nothing, one more asks for silent canaries too.
 */
static void choose_next(struct certain *c, uint64_t left, bool more)
{
	c->least = c->least || (!c->measured && (!more || left <= CERTAIN_WINDOW));
	c->asks_canaries = !more && !c->canaries_asked && (c->least || left <= CANARIES_LEFT);
	c->canaries_asked |= c->asks_canaries;
	c->again = left && (more || c->asks_canaries);
}

/*
 * How fast the hosts have told in the try that has ended. A whole try tells it better than the windows of the
 * first one, which have few of many hosts. But where it brings little, the rest may be filtered.
 */
static double told_by(const struct certain *c, uint64_t brought, uint64_t left)
{
	const double share = brought ? (double)brought / (double)(brought + left) : 0;

	return c->follows || share < TELLS || share > ALL ? c->told_pps : share * c->pps;
}

void flow_certain_judge(struct flow *f, const struct flow_view *view)
{
	struct certain *c = &f->certain;
	const unsigned int had = f->attempt + 1;
	uint64_t host, left = 0, hosts = 0, brought = 0;

	if (!c->hosts || had < f->tries.least || c->judged == had)
		return;
	c->judged = had;
	for (host = 0; host < f->n / f->each; host++) {
		const struct told told = ask_host(f, view, host);

		if (!c->active && is_limiting(c, &told))
			c->hosts[host / 8] |= (uint8_t)(1 << host % 8);
		if (!is_paced(c, host))
			continue;
		brought += note(c, host, &told);
		left += told.left;
		hosts += told.left > 0;
		if (!told.left)
			c->hosts[host / 8] &= (uint8_t) ~(1 << host % 8);
	}
	if (c->active && c->n_hosts)
		c->told_pps = told_by(c, brought, left) * (double)hosts / (double)c->n_hosts;
	c->n_hosts = hosts;
	c->closed += brought;
	choose_next(c, left, !c->active || brought);
	c->again = c->again && had < f->tries.lossy;
	c->resumed = false;
}

static void set_rate(struct flow *f, double pps, uint64_t now_ns)
{
	struct certain *c = &f->certain;
	const double least = SLOWER * LEAST_PPS * (double)c->n_hosts;

	c->pps = pps > least ? pps : least;
	c->n = 0;
	f->gentle_pps = c->pps;
	flow_set_brake(f, now_ns);
}

/* The first question leaves when each host must have a token again. */
static void wait_for_token(struct flow *f)
{
	const struct certain *c = &f->certain;
	const double tokens = c->least ? 1 : EMPTY;

	f->brake.tokens = 1 - tokens * (double)c->n_hosts;
}

static double choose_rate(const struct flow *f, uint64_t now_ns)
{
	const struct certain *c = &f->certain;

	if (c->least)
		return 0;
	if (c->measured)
		return SLOWER * c->told_pps;
	if (c->told_pps > 0)
		return FASTER * c->told_pps;
	return FASTER * (double)c->closed * FLOW_NS / (double)(now_ns - f->began_ns);
}

void flow_certain_begin(struct flow *f, uint64_t now_ns)
{
	struct certain *c = &f->certain;

	if (!c->again)
		return;
	c->again = false;
	c->active = true;
	c->follows = !c->measured && !c->least;
	set_rate(f, choose_rate(f, now_ns), now_ns);
	if (!c->follows)
		wait_for_token(f);
}

void flow_certain_resume(struct flow *f, uint64_t now_ns)
{
	struct certain *c = &f->certain;

	if (!c->hosts || f->attempt < f->tries.least)
		return;
	flow_certain_forget(f);
	c->n_hosts = f->n / f->each;
	memset(c->hosts, 0xff, c->n_hosts / 8 + 1);
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
	c->measured = answered >= TOLD_LEAST;
	c->told_pps = share * c->pps;
	set_rate(f, share < ALL ? FASTER * c->told_pps : GROWTH * c->pps, now_ns);
}

bool flow_certain_told(const struct flow *f, uint64_t host)
{
	const struct certain *c = &f->certain;

	return c->active && c->told[host].tries.n &&
	       c->told[host].tries.closed[c->told[host].tries.n - 1];
}

const struct silence_tries *flow_certain_tries(const struct flow *f, uint64_t index)
{
	const uint64_t host = (index - f->first) / f->each;
	const struct certain *c = &f->certain;

	return c->active && is_paced(c, host) ? &c->told[host].tries : NULL;
}
