// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* recheck.c - ask next hops of what is not answered for their MAC address again. */
#include "recheck.h"

#include "ask.h"
#include "sending.h"
#include "trouble.h"
#include "tx_af_packet.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
	SILENT_MANY = 16,  /* so many unanswered questions are worth an ARP request each time */
	SAMPLE_LEAST = 16, /* of other hosts so many are asked, */
	SAMPLE_SHARE = 64, /* and one of so many */
	TRIES = 8,	   /* at least; more where frames are lost, */
	TRIES_MOST = 40,   /* but not more */
	WAIT_NS = 250000000,
	FURTHER_WAIT_NS = 50000000, /* of tries behind the first TRIES */
	LOOK_NS = 500000,
	BATCH_MAX = TX_AF_PACKET_BATCH,
};

static struct ask *sweep_of(const struct ask *a)
{
	return a->engine->asks[LANE_NEIGHBOURS];
}

static struct neighbour *neighbour_of(const struct ask *a, const struct recheck_host *h)
{
	return (struct neighbour *)a->engine->matcher.neighbours.mem + h->sweep;
}

/* How many answers of the host's flow count twice. */
static uint64_t *asked_anew(const struct ask *a, const struct recheck_host *h)
{
	struct ask *sweep = sweep_of(a);

	return &sweep->asked_anew[hosts_flow_of(&sweep->hosts, h->sweep)];
}

static bool is_gone(const struct ask *a, uint64_t host)
{
	return a->gone[host / 8] & 1 << host % 8;
}

static int by_sweep(const void *a, const void *b)
{
	const struct recheck_host *x = a, *y = b;

	return (x->sweep > y->sweep) - (x->sweep < y->sweep);
}

static bool is_chosen(const struct recheck *r, uint64_t sweep)
{
	const struct recheck_host key = { .sweep = (uint32_t)sweep };

	return r->n_sorted && bsearch(&key, r->hosts, r->n_sorted, sizeof(key), by_sweep);
}

/* Forget the known MAC address for now: the kernel enters an answer only where there is none. */
static int choose(struct ask *a, struct recheck *r, const struct recheck_host *host)
{
	struct recheck_host *grown = reallocarray(r->hosts, r->n + 1, sizeof(*grown)), *h;
	struct neighbour *neighbour;

	if (!grown)
		return -ENOMEM;
	r->hosts = grown;
	h = &r->hosts[r->n++];
	*h = *host;
	neighbour = neighbour_of(a, h);
	h->before = *neighbour;
	++*asked_anew(a, h);
	__atomic_store_n(&neighbour->state, ANSWER_NONE, __ATOMIC_RELEASE);
	return 0;
}

/* How many questions has a host not answered? *suspect: it has answered others. */
static uint64_t unanswered(const struct ask *a, uint64_t host, bool *suspect)
{
	const uint64_t each = ports_named(a->each);
	uint64_t i, answers = 0;

	if (is_gone(a, host))
		return 0;
	for (i = 0; i < each; i++)
		answers += ask_answered(a, host * a->each->n + i);
	*suspect = answers && each - answers >= SILENT_MANY;
	return each - answers;
}

/* The stride that makes a sample of the right size of the hosts that are no suspects. */
static uint64_t stride_for(const struct ask *a, const struct hosts_flow *link)
{
	uint64_t host, others = 0;
	bool suspect;

	for (host = link->first; host < link->first + link->n; host++)
		others += unanswered(a, host, &suspect) && !suspect;
	return others / (SAMPLE_LEAST + others / SAMPLE_SHARE) + 1;
}

/* Of the hosts on a link with unanswered questions: the suspects, and each `stride`-th other. */
static int choose_hosts(struct ask *a, struct recheck *r, const struct hosts_flow *link,
			uint64_t stride)
{
	uint64_t host, others = 0;
	bool suspect;
	int code = 0;

	for (host = link->first; host < link->first + link->n && !code; host++) {
		const struct recheck_host one = {
			.first = host,
			.n = 1,
			.sweep = a->neighbours[host],
			.unknown = unanswered(a, host, &suspect),
		};

		if (!one.unknown || (!suspect && others++ % stride))
			continue;
		if (!is_chosen(r, one.sweep))
			code = choose(a, r, &one);
	}
	return code;
}

static int choose_gateway(struct ask *a, struct recheck *r, unsigned int flow)
{
	const struct hosts_flow *f = &a->hosts.flows[flow];
	const struct path *path;
	uint64_t index;

	hosts_at(&a->hosts, f->first, &path);
	if (is_gone(a, f->first) || path->hop != BY_GATEWAY ||
	    !hosts_find(&sweep_of(a)->hosts, path->gateway, &index))
		return 0;
	return choose(a, r,
		      &(struct recheck_host){
			      .first = f->first,
			      .n = f->n,
			      .sweep = (uint32_t)index,
			      .unknown = ask_flow_unanswered(a, flow),
		      });
}

static int begin(struct ask *a, struct recheck *r, unsigned int flow, uint64_t now_ns)
{
	const struct hosts_flow *way = &a->hosts.flows[flow];
	int code;

	if (!way->on_link)
		code = choose_gateway(a, r, flow);
	else
		code = choose_hosts(a, r, way, r->alarm ? 1 : stride_for(a, way));
	if (r->n)
		qsort(r->hosts, r->n, sizeof(*r->hosts), by_sweep);
	r->n_sorted = r->n;
	r->all = r->alarm || !way->on_link;
	r->state = RECHECK_ASKING;
	r->tries = 0;
	r->next = 0;
	r->due_ns = 0;
	r->began_ns = now_ns;
	return code;
}

static void mark(uint8_t *bits, const struct recheck_host *h)
{
	uint64_t host;

	for (host = h->first; host < h->first + h->n; host++)
		bits[host / 8] |= (uint8_t)(1 << host % 8);
}

/* Its unanswered questions stay unknown, and are not asked again. */
static void lose(struct ask *a, const struct recheck_host *h, enum result_loss why)
{
	const char *zone;
	const struct addr addr = ask_address(sweep_of(a), h->sweep, &zone);

	mark(a->gone, h);
	trouble_gone(a->engine->trouble, addr, zone, h->unknown, why);
}

/*
 * So many tries without an answer tell more than loss does. Pulses show the loss, and so do the hosts that
 * have answered.
 */
static uint32_t tries_needed(const struct ask *a, unsigned int flow, int silent)
{
	const struct chance *pulses = &a->flows[flow].loss, *here = &a->rechecks[flow].loss;
	const struct chance seen = { pulses->lost + here->lost, pulses->of + here->of };
	/* Each try of the flow may ask as many. */
	const uint64_t n = (uint64_t)silent * EVIDENCE_TRIES;
	const uint32_t needed = chance_rounds(chance_loss(&seen), n);

	return needed > TRIES ? needed : TRIES;
}

/* Take over an answer; keep what user space has noted of the host. */
static void take_over(struct recheck_host *h, struct neighbour *neighbour)
{
	h->over = true;
	neighbour->state |= h->before.state & ANSWER_REPORTED;
	neighbour->taken = h->before.taken;
}

/* A new MAC address: what was not answered is asked there, as if nothing had been asked before. */
static int move(struct ask *a, struct recheck *r, const struct recheck_host *h, bool last,
		struct err *err)
{
	const struct path *path;

	r->alarm = true;
	hosts_at(&a->hosts, h->first, &path);
	if (path->hop == BY_GATEWAY)
		memcpy(a->engine->ways[path->way].mac, neighbour_of(a, h)->mac, 6);
	if (last)
		lose(a, h, RESULT_WENT_AWAY);
	else
		mark(a->answering, h);
	return ask_report_moved(sweep_of(a), h->sweep, err);
}

/* Look for answers. Returns how many hosts have not answered, or a negative errno. */
static int take_answers(struct ask *a, struct recheck *r, bool last, struct err *err)
{
	int open = 0, code;
	size_t i;

	for (i = 0; i < r->n; i++) {
		struct recheck_host *h = &r->hosts[i];
		struct neighbour *neighbour = neighbour_of(a, h);

		if (h->over)
			continue;
		if (!__atomic_load_n(&neighbour->state, __ATOMIC_ACQUIRE)) {
			open++;
			continue;
		}
		take_over(h, neighbour);
		r->loss.lost += r->tries;
		r->loss.of += r->tries + 1;
		if (!memcmp(neighbour->mac, h->before.mac, sizeof(neighbour->mac)))
			continue;
		code = move(a, r, h, last, err);
		if (code)
			return code;
	}
	return open;
}

/*
 * The pace at which the sweep has asked the link. The flow's own has fallen to its least if all answers have
 * stopped: then 4,096 hosts would take 80 s.
 */
static struct pacer *pacer_of(struct ask *sweep, const struct recheck *r)
{
	return sweep->flows[hosts_flow_of(&sweep->hosts, r->hosts[0].sweep)].pacer;
}

/* Ask as many hosts as the pace allows. Returns 0 or a negative errno, reason in err. */
static int ask_some(struct ask *a, struct recheck *r, uint64_t now_ns, struct err *err)
{
	struct ask *sweep = sweep_of(a);
	struct pacer *pacer = pacer_of(sweep, r);
	const unsigned int allowed = pacer_take(pacer, now_ns, BATCH_MAX);
	const uint64_t before = sweep->counted.sent + sweep->counted.refused;
	uint64_t indices[BATCH_MAX];
	unsigned int n = 0;
	int code;

	for (; r->next < r->n && n < allowed; r->next++)
		if (!r->hosts[r->next].over)
			indices[n++] = r->hosts[r->next].sweep;
	pacer_return(pacer, allowed - n);
	code = sending_send(sweep, indices, n, 0, err);
	sweep->counted.retransmits += sweep->counted.sent + sweep->counted.refused - before;
	return code;
}

static void remember(struct ask *a, struct recheck_host *h)
{
	h->over = true;
	--*asked_anew(a, h);
	*neighbour_of(a, h) = h->before;
}

/* Hosts without an answer are gone, if `gone`. */
static void give_up(struct ask *a, struct recheck *r, bool gone, enum result_loss why)
{
	size_t i;

	for (i = 0; i < r->n; i++) {
		if (r->hosts[i].over)
			continue;
		remember(a, &r->hosts[i]);
		if (!gone)
			continue;
		r->alarm = true;
		lose(a, &r->hosts[i], why);
	}
}

/* End the try when all hosts have been asked and the wait for answers is over. */
static void end_try(struct recheck *r, uint64_t now_ns)
{
	if (!r->due_ns)
		r->due_ns = now_ns + (r->tries < TRIES ? WAIT_NS : FURTHER_WAIT_NS);
	if (now_ns < r->due_ns)
		return;
	r->tries++;
	r->next = 0;
	r->due_ns = 0;
}

int recheck_turn(struct ask *a, unsigned int flow, enum recheck_purpose purpose, uint64_t now_ns,
		 uint64_t *next_ns, struct err *err)
{
	struct recheck *r = &a->rechecks[flow];
	uint32_t needed;
	int code = 0, open;

	if (r->state == RECHECK_IDLE) {
		a->hops_silent[flow] = false;
		code = begin(a, r, flow, now_ns);
	}
	if (code)
		return err_set(err, code, "out of memory");
	open = r->state == RECHECK_ASKING ? take_answers(a, r, purpose == RECHECK_LAST, err) : 0;
	if (open < 0)
		return open;
	*next_ns = now_ns + LOOK_NS;
	needed = tries_needed(a, flow, open);
	if (open && (r->tries >= needed || r->tries >= TRIES_MOST)) {
		if (now_ns < r->began_ns + a->engine->config->timeout_ns)
			return 0;
		a->hops_silent[flow] = purpose == RECHECK_OUTAGE;
		give_up(a, r, purpose != RECHECK_OUTAGE,
			r->tries < needed ? RESULT_NO_ANSWER : RESULT_WENT_AWAY);
		open = 0;
	}
	if (!open && r->alarm && !r->all) {
		r->state = RECHECK_IDLE; /* the others too */
		return 0;
	}
	if (!open) {
		r->state = RECHECK_OVER;
		return 1;
	}
	if (r->next < r->n)
		return ask_some(a, r, now_ns, err);
	end_try(r, now_ns);
	return 0;
}

void recheck_end(struct ask *a, unsigned int flow)
{
	struct recheck *r = &a->rechecks[flow];
	size_t i;

	for (i = 0; i < r->n; i++) {
		struct recheck_host *h = &r->hosts[i];

		if (!h->over && !neighbour_of(a, h)->state)
			remember(a, h);
		else if (!h->over)
			take_over(h, neighbour_of(a, h));
	}
	free(r->hosts);
	*r = (struct recheck){ 0 };
}

bool recheck_has(const struct ask *a, uint64_t sweep)
{
	unsigned int flow;

	for (flow = 0; flow < a->hosts.n_flows; flow++)
		if (is_chosen(&a->rechecks[flow], sweep))
			return true;
	return false;
}

bool recheck_is_asking(const struct ask *a)
{
	unsigned int flow;

	for (flow = 0; flow < a->hosts.n_flows; flow++)
		if (a->rechecks[flow].state == RECHECK_ASKING)
			return true;
	return false;
}
