// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* rejects.c - ask rejected ports once more. */
#include "ask.h"
#include "trouble.h"

#define LIMITED 0.3 /* of the errors are missing, beyond what the path loses */

enum {
	SAMPLE_LEAST =
		16, /* of what routers have answered ask so many, and one in so many others */
	SAMPLE_SHARE = 128,
	SILENT_MANY = 16, /* silent questions of a host that are worth the question */
	FEW = 3,	  /* errors that tell little on a path with loss */
	WAIT_NS = 250000000,
	LOOK_NS = 500000,
};

/* Canaries tell nothing of the ports: a filter may reject them, and drop the ports. */
static struct rejects_host look_at(const struct ask *a, uint64_t host)
{
	const uint64_t first = host * a->each->n;
	struct rejects_host h = { .host = host };
	uint64_t i;

	for (i = first; i < first + ports_named(a->each); i++) {
		const uint8_t state = ask_state(a, i);

		h.silent += state == ANSWER_NONE;
		if (kind_is_rejected(a->kind, state) && h.n < REJECTS_EACH)
			h.questions[h.n++] = i;
	}
	return h;
}

static void choose_hosts(struct ask *a, struct rejects *r, const struct hosts_flow *flow)
{
	uint64_t host;

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

/*
 * Not if this try has asked all that routers have answered again, or a sample of it, and has shown no loss. A
 * try that --resume goes on with has no sample.
 */
static bool wants_sample(const struct ask *a, const struct flow *f)
{
	return a->lane != LANE_NEIGHBOURS && !kinds[a->kind].quiet && !f->again_not_firm &&
	       (f->again_share <= 0 || evidence_of_loss(&f->evidence));
}

static uint64_t by_routers(const struct ask *a, unsigned int flow)
{
	const uint64_t firm = evidence_answers(&a->flows[flow].evidence);
	const uint64_t answers = ask_flow_answers(a, flow);

	return answers > firm ? answers - firm : 0;
}

static void choose_sample(struct ask *a, struct rejects *r, unsigned int flow)
{
	const struct flow *f = &a->flows[flow];
	const uint64_t all = by_routers(a, flow);
	const uint64_t few = SAMPLE_LEAST + all / SAMPLE_SHARE;
	const uint64_t wanted = few < REJECTS_SAMPLE ? few : REJECTS_SAMPLE;
	const uint64_t stride = (all + wanted - 1) / wanted;
	uint64_t i, n = 0;

	if (!all || !wants_sample(a, f))
		return;
	for (i = f->first; i < f->first + f->n && r->n_sample < wanted; i++)
		if (ask_answered(a, i) && !ask_is_firm(a, i) && n++ % stride == 0)
			r->sample[r->n_sample++] = i;
}

/* The target's own answer is as good as another error. */
static unsigned int dead(const struct ask *a, const uint64_t *questions, unsigned int n)
{
	unsigned int i, sum = 0;

	for (i = 0; i < n; i++)
		sum += !ask_is_alive(a, questions[i]) && !ask_is_firm(a, questions[i]);
	return sum;
}

static struct chance pulses_of_last_try(const struct flow *f)
{
	const struct evidence_try *t = &f->evidence.tries[f->attempt];

	return (struct chance){ t->pulses - t->alive, t->pulses };
}

static int ask_again(struct ask *a, struct flow *f, const uint64_t *questions, unsigned int n,
		     struct err *err)
{
	struct pulse pulses[REJECTS_EACH];
	unsigned int i;

	for (i = 0; i < n; i++)
		pulses[i] = (struct pulse){ .question = questions[i] };
	pacer_charge(f->pacer, n);
	return ask_send_pulses(a, pulses, n, err);
}

/* Ask the next questions, as the pace allows: of a host, or of the sample. */
static int ask_next(struct ask *a, struct rejects *r, struct flow *f, struct err *err)
{
	const struct rejects_host *h = &r->hosts[r->sent];
	const uint64_t *questions = r->sample + r->sample_sent;
	const unsigned int left = r->n_sample - r->sample_sent;
	const unsigned int n = left < REJECTS_EACH ? left : REJECTS_EACH;

	if (r->sent < r->n) {
		r->sent++;
		return ask_again(a, f, h->questions, h->n, err);
	}
	r->sample_sent += n;
	return ask_again(a, f, questions, n, err);
}

static void judge(struct ask *a, struct rejects *r, const struct flow *f)
{
	const struct chance pulses = pulses_of_last_try(f);
	const double loss = pulses.of ? (double)pulses.lost / (double)pulses.of : 0;
	const char *zone;
	struct addr addr;
	unsigned int i;

	r->better = 0;
	for (i = 0; i < r->n_sample; i++)
		r->better += ask_is_firm(a, r->sample[i]);
	for (i = 0; i < r->n; i++) {
		const struct rejects_host *h = &r->hosts[i];
		const unsigned int n_dead = dead(a, h->questions, h->n);

		if (n_dead <= (LIMITED + loss) * h->n || (h->n < FEW && loss > 0))
			continue;
		addr = ask_address(a, h->host, &zone);
		trouble_gone(a->engine->trouble, addr, zone, h->silent,
			     chance_explains(chance_loss(&pulses), n_dead, h->n)
				     ? RESULT_NO_ANSWER
				     : RESULT_LIMITS_ERRORS);
	}
}

static bool all_alive(const struct ask *a, const struct rejects *r)
{
	unsigned int i;

	for (i = 0; i < r->n; i++)
		if (dead(a, r->hosts[i].questions, r->hosts[i].n))
			return false;
	return !dead(a, r->sample, r->n_sample);
}

int rejects_turn(struct ask *a, unsigned int flow, uint64_t now_ns, uint64_t *next_ns,
		 struct err *err)
{
	const uint64_t most_ns = a->engine->config->timeout_ns;
	struct rejects *r = &a->rejects[flow];
	struct flow *f = &a->flows[flow];

	if (!r->chosen) {
		r->chosen = true;
		choose_hosts(a, r, &a->hosts.flows[flow]);
		choose_sample(a, r, flow);
	}
	*next_ns = now_ns + LOOK_NS;
	if (r->sent < r->n || r->sample_sent < r->n_sample) {
		*next_ns = pacer_ready_ns(f->pacer, now_ns, 1);
		r->due_ns = now_ns + rtt_timeout_ns(&f->rtt, WAIT_NS, most_ns);
		return *next_ns > now_ns ? 0 : ask_next(a, r, f, err);
	}
	if (now_ns < r->due_ns && !all_alive(a, r))
		return 0;
	judge(a, r, f);
	return 1;
}

/* A try that has asked all of them again tells more. */
struct estimate rejects_missing(const struct ask *a, unsigned int flow)
{
	const struct rejects *r = &a->rejects[flow];

	if (a->flows[flow].again_not_firm)
		return (struct estimate){ 0, 0 };
	return evidence_of_rejected(r->better, r->n_sample, by_routers(a, flow));
}
