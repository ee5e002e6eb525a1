// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* diff.c - walk two results side by side. */
#include "diff.h"

#include <string.h>

/* A walk: side 0 is the old result, side 1 the new one. */
struct walk {
	const struct results *results[2];
	int (*tell)(void *ctx, const struct difference *d);
	void *ctx;
};

const char *diff_kind_word(enum diff_kind kind)
{
	static const char *const words[DIFF_KINDS_N] = { "new", "gone", "not-seen", "changed" };

	return words[kind];
}

const char *diff_what_word(enum diff_what what)
{
	static const char *const words[] = { "host", "mac", "name", "port", "service" };

	return words[what];
}

const char *diff_doubt_word(enum diff_doubt doubt)
{
	static const char *const words[] = { NULL, "not-asked", "unknown", "incomplete", "loss" };

	return words[doubt];
}

enum diff_doubt diff_doubt_of(const struct results *r)
{
	if (!r->complete)
		return DOUBT_INCOMPLETE;
	return results_are_whole(r) ? DOUBT_NONE : DOUBT_LOSS;
}

static enum diff_doubt doubt_of_asking(enum asked asked)
{
	if (asked == ASKED_NO)
		return DOUBT_NOT_ASKED;
	return asked == ASKED_UNKNOWN ? DOUBT_UNKNOWN : DOUBT_NONE;
}

/* Did this scan find hosts in the way that found `h`? If not, it may not have looked in that way. */
static bool looks_for(const struct results *r, const struct found_host *h)
{
	unsigned int i;

	for (i = 0; i < r->n_hows; i++)
		if (r->hows[i] == h->how)
			return true;
	return false;
}

/* --ping: hosts beyond the link that do not answer are asked for no ports. */
static bool pings_first(const struct results *r)
{
	unsigned int i;

	for (i = 0; i < r->n_hows; i++)
		if (!strcmp(r->hows[i], "echo"))
			return true;
	return false;
}

/* Why the host, which `r` lacks, may be there. */
static enum diff_doubt doubt_of_host(const struct results *r, const struct found_host *h)
{
	enum diff_doubt doubt = doubt_of_asking(asked_host(&r->asked, h->addr, h->zone));

	if (doubt)
		return doubt;
	doubt = diff_doubt_of(r);
	return !doubt && !looks_for(r, h) ? DOUBT_NOT_ASKED : doubt;
}

/*
 * Why the port `p` of `h` may be open, which `r` does not have as open. `r` has `there` of that host,
 * or NULL, and `said` of the port, or NULL.
 */
static enum diff_doubt doubt_of_port(const struct results *r, const struct found_host *h,
				     const struct found_port *p, const struct found_host *there,
				     const struct found_port *said)
{
	enum diff_doubt doubt;

	if (said && found_has_answered(said))
		return DOUBT_NONE;
	if (said)
		return diff_doubt_of(r);
	doubt = doubt_of_asking(asked_port(&r->asked, p->addr, p->zone, p->protocol, p->port));
	if (doubt)
		return doubt;
	/* The ports of a host that is not found are not asked. */
	if (h->recorded && (!there || !there->up))
		return doubt_of_host(r, h);
	/* The host was asked for ports without a search, so it is beyond the link. */
	if (!h->recorded && !there && pings_first(r))
		return DOUBT_NOT_ASKED;
	return diff_doubt_of(r);
}

static enum diff_kind kind_of(bool is_new, enum diff_doubt doubt)
{
	if (is_new)
		return DIFF_NEW;
	return doubt ? DIFF_NOT_SEEN : DIFF_GONE;
}

static bool same_macs(const struct found_host *a, const struct found_host *b)
{
	return a->n_macs == b->n_macs && !memcmp(a->macs, b->macs, a->n_macs * sizeof(a->macs[0]));
}

/* Both results have the host. What one of them does not know is no difference. */
static int tell_changes(const struct walk *w, const struct found_host *old,
			const struct found_host *new)
{
	struct difference d = { .kind = DIFF_CHANGED, .old_host = old, .new_host = new };
	int code = 0;

	if (old->n_macs && new->n_macs && !same_macs(old, new)) {
		d.what = DIFF_MAC;
		code = w->tell(w->ctx, &d);
	}
	if (code || !old->name || !new->name || old->name == new->name)
		return code;
	d.what = DIFF_NAME;
	return w->tell(w->ctx, &d);
}

static int tell_host(const struct walk *w, const struct found_host *host[2])
{
	const bool up[2] = { host[0] && host[0]->up, host[1] && host[1]->up };
	struct difference d = { .old_host = host[0], .new_host = host[1] };
	const int side = up[1]; /* that has it, if the other one has not */

	if (up[0] && up[1])
		return tell_changes(w, host[0], host[1]);
	/* Of a host without a record its ports tell. */
	if (up[0] == up[1] || !host[side]->recorded)
		return 0;
	d.what = DIFF_HOST;
	d.doubt = doubt_of_host(w->results[!side], host[side]);
	d.kind = kind_of(side, d.doubt);
	return w->tell(w->ctx, &d);
}

/*
 * Hosts limit their ICMP errors, so whether a UDP port that is not open answers is chance: what one of
 * the results does not know is no difference.
 */
static bool is_chance(const struct found_port *old, const struct found_port *new)
{
	return !strcmp(old->protocol, "udp") && found_has_answered(old) != found_has_answered(new);
}

/* Both results have a record of the port, and the same words. In both it is open, or in none. */
static int tell_states(const struct walk *w, struct difference *d)
{
	const struct found_port *old = d->old_port, *new = d->new_port;

	if (old->state != new->state && is_chance(old, new))
		return 0;
	if (old->state != new->state) {
		d->kind = DIFF_CHANGED;
		d->what = DIFF_PORT;
		if (!found_has_answered(old))
			d->doubt = diff_doubt_of(w->results[0]);
		if (!found_has_answered(new))
			d->doubt = diff_doubt_of(w->results[1]);
		return w->tell(w->ctx, d);
	}
	if (!found_is_open(new) || !old->service || !new->service || old->service == new->service)
		return 0;
	d->kind = DIFF_CHANGED;
	d->what = DIFF_SERVICE;
	return w->tell(w->ctx, d);
}

static int tell_port(const struct walk *w, const struct found_host *host[2],
		     const struct found_port *port[2])
{
	const bool open[2] = { port[0] && found_is_open(port[0]),
			       port[1] && found_is_open(port[1]) };
	const int side = open[1];
	struct difference d = { .what = DIFF_PORT,
				.old_host = host[0],
				.new_host = host[1],
				.old_port = port[0],
				.new_port = port[1] };

	if (open[0] == open[1])
		return port[0] && port[1] ? tell_states(w, &d) : 0;
	d.doubt =
		doubt_of_port(w->results[!side], host[side], port[side], host[!side], port[!side]);
	d.kind = kind_of(side, d.doubt);
	return w->tell(w->ctx, &d);
}

static int walk_ports(const struct walk *w, const struct found_host *host[2])
{
	const size_t n[2] = { host[0] ? host[0]->n_ports : 0, host[1] ? host[1]->n_ports : 0 };
	const struct found_port *port[2];
	size_t next[2] = { 0, 0 };
	int order, code = 0;

	while (!code && (next[0] < n[0] || next[1] < n[1])) {
		order = next[0] == n[0]	  ? 1
			: next[1] == n[1] ? -1
					  : found_port_cmp(&host[0]->ports[next[0]],
							   &host[1]->ports[next[1]]);
		port[0] = order <= 0 ? &host[0]->ports[next[0]++] : NULL;
		port[1] = order >= 0 ? &host[1]->ports[next[1]++] : NULL;
		code = tell_port(w, host, port);
	}
	return code;
}

int diff(const struct results *old, const struct results *new,
	 int (*tell)(void *ctx, const struct difference *d), void *ctx)
{
	const struct walk w = { .results = { old, new }, .tell = tell, .ctx = ctx };
	const struct found_host *host[2];
	size_t a = 0, b = 0;
	int order, code = 0;

	while (!code && (a < old->n_hosts || b < new->n_hosts)) {
		order = a == old->n_hosts   ? 1
			: b == new->n_hosts ? -1
					    : found_host_cmp(&old->hosts[a], &new->hosts[b]);
		host[0] = order <= 0 ? &old->hosts[a++] : NULL;
		host[1] = order >= 0 ? &new->hosts[b++] : NULL;
		code = tell_host(&w, host);
		if (!code)
			code = walk_ports(&w, host);
	}
	return code;
}
