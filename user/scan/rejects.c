// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* rejects.c - ask rejected ports once more. */
#include "ask.h"
#include "trouble.h"

#define LIMITED 0.3 /* of the errors are missing, beyond what the path loses */

enum {
	SILENT_MANY = 16, /* silent questions of a host that are worth the question */
	FEW = 3,	  /* errors that tell little on a path with loss */
	WAIT_NS = 250000000,
	LOOK_NS = 500000,
};

static struct rejects_host look_at(const struct ask *a, uint64_t host)
{
	const uint64_t each = a->each->n;
	struct rejects_host h = { .host = host };
	uint64_t i;

	for (i = host * each; i < (host + 1) * each; i++) {
		const uint8_t state = ask_state(a, i);

		h.silent += state == ANSWER_NONE;
		if (kind_is_rejected(a->kind, state) && h.n < REJECTS_EACH)
			h.questions[h.n++] = i;
	}
	return h;
}

static void choose(struct ask *a, struct rejects *r, const struct hosts_flow *flow)
{
	uint64_t host;

	r->chosen = true;
	/* All hosts limit what a quiet kind hears of closed ports. */
	if (kinds[a->kind].role != KIND_PORTS || kinds[a->kind].quiet)
		return;
	for (host = flow->first; host < flow->first + flow->n && r->n < REJECTS_HOSTS; host++) {
		r->hosts[r->n] = look_at(a, host);
		if (r->hosts[r->n].n && r->hosts[r->n].silent >= SILENT_MANY &&
		    !ask_is_lost(a, host))
			r->n++;
	}
}

static unsigned int dead(const struct ask *a, const struct rejects_host *h)
{
	unsigned int i, n = 0;

	for (i = 0; i < h->n; i++)
		n += !ask_is_alive(a, h->questions[i]);
	return n;
}

static struct chance pulses_of_last_try(const struct flow *f)
{
	const struct evidence_try *t = &f->evidence.tries[f->attempt];

	return (struct chance){ t->pulses - t->alive, t->pulses };
}

/* Ask the rejected questions of a host once more. */
static int ask_again(struct ask *a, const struct rejects_host *h, struct err *err)
{
	struct pulse pulses[REJECTS_EACH];
	unsigned int i;

	for (i = 0; i < h->n; i++)
		pulses[i] = (struct pulse){ .question = h->questions[i] };
	return ask_send_pulses(a, pulses, h->n, err);
}

static void judge(struct ask *a, const struct rejects *r, const struct flow *f)
{
	const struct chance pulses = pulses_of_last_try(f);
	const double loss = pulses.of ? (double)pulses.lost / (double)pulses.of : 0;
	const struct path *path;
	unsigned int i;

	for (i = 0; i < r->n; i++) {
		const struct rejects_host *h = &r->hosts[i];

		if (dead(a, h) <= (LIMITED + loss) * h->n || (h->n < FEW && loss > 0))
			continue;
		trouble_gone(a->engine->trouble, hosts_at(&a->hosts, h->host, &path), h->silent,
			     chance_explains(chance_loss(&pulses), dead(a, h), h->n)
				     ? RESULT_NO_ANSWER
				     : RESULT_LIMITS_ERRORS);
	}
}

static bool all_alive(const struct ask *a, const struct rejects *r)
{
	unsigned int i;

	for (i = 0; i < r->n; i++)
		if (dead(a, &r->hosts[i]))
			return false;
	return true;
}

int rejects_turn(struct ask *a, unsigned int flow, uint64_t now_ns, uint64_t *next_ns,
		 struct err *err)
{
	struct rejects *r = &a->rejects[flow];

	if (!r->chosen)
		choose(a, r, &a->hosts.flows[flow]);
	*next_ns = now_ns + LOOK_NS;
	if (r->sent < r->n) {
		r->due_ns = now_ns + WAIT_NS;
		return ask_again(a, &r->hosts[r->sent++], err);
	}
	if (now_ns < r->due_ns && !all_alive(a, r))
		return 0;
	judge(a, r, &a->flows[flow]);
	return 1;
}
