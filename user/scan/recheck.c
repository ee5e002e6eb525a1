// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* recheck.c - ask hosts that fell silent for their MAC address again. */
#include "recheck.h"

#include "ask.h"
#include "names.h"
#include "trouble.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
	SILENT_LEAST = 16, /* so many unanswered questions are worth an ARP request */
	TRIES = 4,
	WAIT_NS = 250000000,
	LOOK_NS = 500000,
};

static struct ask *sweep_of(const struct ask *a)
{
	return a->engine->asks[LANE_NEIGHBOURS];
}

static struct neighbour *neighbour_of(const struct ask *a, const struct recheck_host *h)
{
	return (struct neighbour *)a->engine->matcher.neighbours.mem + h->sweep;
}

static int add(struct recheck *r, const struct recheck_host *host)
{
	struct recheck_host *grown = reallocarray(r->hosts, r->n + 1, sizeof(*grown));

	if (!grown)
		return -ENOMEM;
	r->hosts = grown;
	r->hosts[r->n++] = *host;
	return 0;
}

/* Has the host answered some questions, left enough unanswered to check it, and not gone away? */
static bool is_doubtful(const struct ask *a, uint64_t host, uint64_t *unknown)
{
	const uint64_t each = a->each->n;
	uint64_t i, answered = 0;

	if (a->gone[host / 8] & 1 << host % 8)
		return false;
	for (i = 0; i < each; i++)
		answered += ask_answered(a, host * each + i);
	*unknown = each - answered;
	return answered && *unknown >= SILENT_LEAST;
}

static int by_sweep(const void *a, const void *b)
{
	const struct recheck_host *x = a, *y = b;

	return (x->sweep > y->sweep) - (x->sweep < y->sweep);
}

/* Forget the known MAC address for now: the kernel enters an answer only where there is none. */
static void forget(struct ask *a, struct recheck_host *h)
{
	struct neighbour *neighbour = neighbour_of(a, h);

	h->before = *neighbour;
	sweep_of(a)->asked_anew++;
	__atomic_store_n(&neighbour->state, ANSWER_NONE, __ATOMIC_RELEASE);
}

static int choose(struct ask *a, struct err *err)
{
	struct recheck *r = &a->recheck;
	const uint64_t n = a->each->n > SILENT_LEAST ? hosts_on_link(&a->hosts) : 0;
	uint64_t host, unknown;
	size_t i;

	for (host = 0; host < n; host++) {
		const struct recheck_host one = { .host = host, .sweep = a->neighbours[host] };

		if (!is_doubtful(a, host, &unknown))
			continue;
		if (add(r, &one))
			return err_set(err, -ENOMEM, "out of memory");
		r->hosts[r->n - 1].unknown = unknown;
	}
	if (r->n)
		qsort(r->hosts, r->n, sizeof(*r->hosts), by_sweep);
	for (i = 0; i < r->n; i++)
		forget(a, &r->hosts[i]);
	sweep_of(a)->counted.questions += r->n;
	r->tries = 0;
	r->due_ns = 0;
	r->state = RECHECK_ASKING;
	return 0;
}

static int report_moved(struct ask *a, const struct recheck_host *h, struct err *err)
{
	const struct path *path;
	struct result_host host = {
		.time_us = a->engine->epoch_us + loop_now_ns() / 1000,
		.addr = hosts_at(&a->hosts, h->host, &path),
		.kind = sweep_of(a)->kind,
		.has_mac = true,
		.rtt_us = -1,
	};

	memcpy(host.mac, neighbour_of(a, h)->mac, sizeof(host.mac));
	host.vendor = names_vendor(a->engine->names, host.mac);
	return report_host(a->engine->report, &host, err);
}

/* Take over an answer; keep what user space has noted of the host. */
static void take_over(struct recheck_host *h, struct neighbour *neighbour)
{
	h->over = true;
	neighbour->state |= h->before.state & ANSWER_REPORTED;
	neighbour->taken = h->before.taken;
}

/* Look for answers of the hosts. Returns how many have not answered, or a negative errno. */
static int take_answers(struct ask *a, struct err *err)
{
	struct recheck *r = &a->recheck;
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
		if (!memcmp(neighbour->mac, h->before.mac, sizeof(neighbour->mac)))
			continue;
		code = report_moved(a, h, err);
		if (code)
			return code;
	}
	return open;
}

/* Ask as many hosts as the pace allows. A frame that the device refuses is left to the next try. */
static int ask_some(struct ask *a, struct pacer *pacer, uint64_t now_ns, struct err *err)
{
	struct ask *sweep = sweep_of(a);
	struct recheck *r = &a->recheck;
	struct tx *tx = a->engine->tx;
	const unsigned int allowed = pacer_take(pacer, now_ns, tx->batch);
	const struct path *path;
	unsigned int n = 0;
	int sent;

	for (; r->next < r->n && n < allowed; r->next++) {
		if (r->hosts[r->next].over)
			continue;
		tx->targets[n].addr =
			htonl(addr_to_ip4(hosts_at(&a->hosts, r->hosts[r->next].host, &path)));
		tx->targets[n++].source = htonl(addr_to_ip4(path->source));
	}
	pacer_return(pacer, allowed - n);
	sent = n ? tx->ops->send(tx, sweep->kind, n, 0, err) : 0;
	if (sent < 0)
		return sent;
	sweep->counted.sent += (unsigned int)sent;
	*(r->tries ? &sweep->counted.retransmits : &sweep->counted.asked) += (unsigned int)sent;
	return 0;
}

static void remember(struct ask *a, struct recheck_host *h)
{
	h->over = true;
	sweep_of(a)->asked_anew--;
	*neighbour_of(a, h) = h->before;
}

/* Mark hosts without an answer as gone: their unanswered questions are unknown. */
static void give_up(struct ask *a)
{
	struct recheck *r = &a->recheck;
	const struct path *path;
	size_t i;

	for (i = 0; i < r->n; i++) {
		struct recheck_host *h = &r->hosts[i];

		if (h->over)
			continue;
		a->gone[h->host / 8] |= (uint8_t)(1 << h->host % 8);
		remember(a, h);
		trouble_gone(a->engine->trouble, hosts_at(&a->hosts, h->host, &path), h->unknown);
	}
}

/* End the try when all hosts have been asked and the last wait is over. */
static void end_try(struct recheck *r, uint64_t now_ns)
{
	if (!r->due_ns)
		r->due_ns = now_ns + WAIT_NS;
	if (now_ns < r->due_ns)
		return;
	r->tries++;
	r->next = 0;
	r->due_ns = 0;
}

int recheck_turn(struct ask *a, struct pacer *pacer, uint64_t now_ns, uint64_t *next_ns,
		 struct err *err)
{
	struct recheck *r = &a->recheck;
	int code = 0, open;

	if (r->state == RECHECK_IDLE)
		code = choose(a, err);
	if (code)
		return code;
	open = r->state == RECHECK_ASKING ? take_answers(a, err) : 0;
	if (open < 0)
		return open;
	if (open && r->tries == TRIES) {
		give_up(a);
		open = 0;
	}
	if (!open) {
		r->state = RECHECK_OVER;
		return 1;
	}
	if (r->next < r->n)
		code = ask_some(a, pacer, now_ns, err);
	else
		end_try(r, now_ns);
	*next_ns = now_ns + LOOK_NS;
	return code;
}

void recheck_abandon(struct ask *a)
{
	size_t i;

	for (i = 0; i < a->recheck.n; i++) {
		struct recheck_host *h = &a->recheck.hosts[i];

		if (!h->over && !neighbour_of(a, h)->state)
			remember(a, h);
		else if (!h->over)
			take_over(h, neighbour_of(a, h));
	}
	recheck_free(&a->recheck);
}

bool recheck_has(const struct recheck *r, uint64_t sweep)
{
	const struct recheck_host key = { .sweep = (uint32_t)sweep };

	return r->n && bsearch(&key, r->hosts, r->n, sizeof(*r->hosts), by_sweep);
}

void recheck_free(struct recheck *r)
{
	free(r->hosts);
	*r = (struct recheck){ 0 };
}
