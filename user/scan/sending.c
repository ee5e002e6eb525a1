// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* sending.c - what to do when the device does not take a frame. */
#include "sending.h"

#include "ask.h"
#include "capturing.h"
#include "outlet.h"
#include "refusals.h"
#include "trouble.h"
#include "tx_af_packet.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

_Static_assert((int)TX_AF_PACKET_BATCH <= (int)REFUSALS_BATCH, "room for a batch of the sender");

enum { USUAL_BYTES = 60 }; /* of a frame: what budget.c and traffic.c count on */

struct sending {
	/* A bit a question: its last frame was refused for good. NULL: none. */
	uint8_t *unsent;
	/* A bit a host: no frame to it has been taken since one was refused for good. */
	uint8_t *refused;
	unsigned int n;
	struct refusals refusals[]; /* by outlet: the queue of one may be full, and of others not */
};

struct sending *sending_new(unsigned int outlets)
{
	struct sending *s = calloc(1, sizeof(*s) + outlets * sizeof(s->refusals[0]));

	if (s)
		s->n = outlets;
	return s;
}

void sending_free(struct sending *s)
{
	if (!s)
		return;
	free(s->unsent);
	free(s->refused);
	free(s);
}

static bool has(const uint8_t *bits, uint64_t i)
{
	return bits && bits[i / 8] & 1 << i % 8;
}

static void set(uint8_t *bits, uint64_t i, bool to)
{
	if (to)
		bits[i / 8] |= (uint8_t)(1 << i % 8);
	else
		bits[i / 8] &= (uint8_t) ~(1 << i % 8);
}

bool sending_has_refused(const void *ctx, uint64_t question)
{
	const struct ask *a = ctx;

	return a->sending && has(a->sending->unsent, question);
}

/* Without Ethernet any will do: nobody sends it. */
static const uint8_t *next_hop(const struct ask *a, uint64_t host, const struct path *path)
{
	const struct neighbour *neighbours = a->engine->matcher.neighbours.mem;

	if (path->hop == ON_LINK && a->neighbours && plan_sweeps(a->engine->plan, path))
		return neighbours[a->neighbours[host]].mac;
	return a->engine->ways[path->way].mac;
}

static struct net_addr6 addr6_of(struct addr a)
{
	return (struct net_addr6){ { htonl((uint32_t)(a.hi >> 32)), htonl((uint32_t)a.hi),
				     htonl((uint32_t)(a.lo >> 32)), htonl((uint32_t)a.lo) } };
}

static void fill_target(const struct ask *a, uint64_t index, struct probe_target *to)
{
	const uint64_t each = a->each->n, host = index / each;
	const struct path *path;
	struct addr addr = hosts_at(&a->hosts, host, &path);

	if (addr_is_ip4(addr)) {
		to->addr = htonl(addr_to_ip4(addr));
		to->source = htonl(addr_to_ip4(path->source));
	} else {
		addr = addr_unscoped(addr, plan_scope(a->engine->plan, path->outlet));
		to->addr6 = addr6_of(addr);
		to->source6 = addr6_of(path->source);
	}
	to->port = a->each->list[index % each];
	if (a->lane == LANE_QUESTIONS)
		memcpy(to->next_hop, next_hop(a, host, path), sizeof(to->next_hop));
}

/* The sender has taken the first n targets. */
static void count_sent(struct ask *a, const struct tx *tx, unsigned int n, uint8_t attempt)
{
	struct engine *e = a->engine;
	unsigned int i, len;

	a->counted.sent += n;
	for (i = 0; e->probe.longs && kind_is_udp(a->kind) && i < n; i++) {
		len = probe_len(a->kind, &e->probe, &tx->targets[i], attempt);
		e->more_bytes += len > USUAL_BYTES ? len - USUAL_BYTES : 0;
	}
}

struct device {
	struct ask *a;
	struct tx *tx;
	struct err *err;
};

/* A refusals_send: ctx is a device. */
static int hand_over(void *ctx, const struct refusals_frame *frames, unsigned int n,
		     bool *socket_full)
{
	struct device *device = ctx;
	struct ask *a = device->a;
	struct sending *s = a->sending;
	struct tx *tx = device->tx;
	unsigned int i;
	int taken;

	for (i = 0; i < n; i++)
		fill_target(a, frames[i].index, &tx->targets[i]);
	taken = tx->ops->send(tx, a->kind, n, frames[0].attempt, device->err);
	*socket_full = taken >= 0 && (unsigned int)taken < n && !tx->refused;
	for (i = 0; s->unsent && taken > 0 && i < (unsigned int)taken; i++) {
		set(s->unsent, frames[i].index, false);
		set(s->refused, frames[i].index / a->each->n, false);
	}
	if (taken > 0) {
		count_sent(a, tx, (unsigned int)taken, frames[0].attempt);
		a->counted.refused -= (unsigned int)taken;
	}
	return taken;
}

/* Remember what was refused for good. */
static int note(struct ask *a, struct refusals *r)
{
	struct sending *s = a->sending;
	unsigned int i;

	if (!r->n_given_up)
		return 0;
	if (!s->refused)
		s->refused = calloc(a->hosts.n / 8 + 1, 1);
	if (s->refused && !s->unsent)
		s->unsent = calloc(a->hosts.n * a->each->n / 8 + 1, 1);
	if (!s->unsent)
		return -ENOMEM;
	for (i = 0; i < r->n_given_up; i++) {
		set(s->unsent, r->given_up[i], true);
		set(s->refused, r->given_up[i] / a->each->n, true);
	}
	r->n_given_up = 0;
	return 0;
}

/* Wait until there is room. Meanwhile read the events that are there, and flush the outputs. */
static int wait_for_room(struct ask *a, struct tx *tx, struct err *err)
{
	int code;

	tx->ops->wait(tx);
	code = capturing_consume(a->engine);
	if (!code)
		code = report_flush(a->engine->report, err);
	return code ? code : loop_wait(a->engine->loop, 0, err);
}

/* Send what is there and due by an outlet, and wait as long as its queue is full. */
static int send_rest(struct ask *a, unsigned int outlet, struct err *err)
{
	struct tx *tx = ask_tx(a, outlet);
	struct device device = { a, tx, err };
	struct refusals *r = &a->sending->refusals[outlet];
	int code, again;

	for (;;) {
		if (refusals_are_due(r, loop_now_ns()))
			tx->ops->wait(tx);
		again = refusals_pass(r, hand_over, &device, loop_now_ns());
		if (again < 0)
			return again;
		if (note(a, r))
			return err_set(err, -ENOMEM, "out of memory");
		if (!again && refusals_have_room(r))
			return 0;
		code = wait_for_room(a, tx, err);
		if (code)
			return code;
	}
}

/* The sender takes all: only a signal stops it in the middle. */
static int send_silently(struct ask *a, struct tx *tx, const uint64_t *indices, unsigned int n,
			 uint8_t attempt, struct err *err)
{
	unsigned int i;
	int sent, code;

	while (n) {
		for (i = 0; i < n; i++)
			fill_target(a, indices[i], &tx->targets[i]);
		sent = tx->ops->send(tx, a->kind, n, attempt, err);
		if (sent < 0)
			return sent;
		count_sent(a, tx, (unsigned int)sent, attempt);
		indices += sent;
		n -= (unsigned int)sent;
		code = n ? wait_for_room(a, tx, err) : 0;
		if (code)
			return code;
	}
	return 0;
}

static unsigned int outlet_of(const struct ask *a, uint64_t question)
{
	return a->hosts.flows[hosts_flow_of(&a->hosts, question / a->each->n)].outlet;
}

int sending_send(struct ask *a, const uint64_t *indices, unsigned int n, uint8_t attempt,
		 struct err *err)
{
	struct sending *s = a->sending;
	unsigned int outlet, i;
	struct tx *tx;
	int code;

	if (!n)
		return 0;
	outlet = outlet_of(a, indices[0]);
	tx = ask_tx(a, outlet);
	if (tx->silent)
		return send_silently(a, tx, indices, n, attempt, err);
	for (i = 0; i < n; i++)
		refusals_add(&s->refusals[outlet], indices[i], attempt,
			     has(s->refused, indices[i] / a->each->n));
	a->counted.refused += n; /* until they are taken */
	code = send_rest(a, outlet, err);
	if (code)
		a->counted.refused -= refusals_forget(&s->refusals[outlet]);
	return code;
}

int sending_try_again(struct ask *a, uint64_t *next_ns, struct err *err)
{
	unsigned int outlet;
	int code = 0;

	for (outlet = 0; outlet < a->sending->n && !code; outlet++) {
		const struct refusals *r = &a->sending->refusals[outlet];
		uint64_t due;

		if (loop_is_lost(a->engine->loop, outlet))
			continue;
		if (refusals_are_due(r, loop_now_ns()))
			code = send_rest(a, outlet, err);
		due = refusals_next_ns(r);
		if (due && (!*next_ns || due < *next_ns))
			*next_ns = due;
	}
	return code;
}

void sending_end(struct ask *a)
{
	const uint64_t each = a->each->n;
	const char *zone;
	struct addr addr;
	unsigned int outlet;
	uint64_t host, i;

	if (!a->sending)
		return;
	for (outlet = 0; outlet < a->sending->n; outlet++) {
		refusals_give_up(&a->sending->refusals[outlet]);
		if (note(a, &a->sending->refusals[outlet]))
			return;
	}
	if (!a->sending->unsent)
		return;
	for (host = 0; host < a->hosts.n; host++) {
		for (i = host * each; i < (host + 1) * each; i++)
			if (has(a->sending->unsent, i) && !ask_answered(a, i))
				break;
		if (i == (host + 1) * each)
			continue;
		addr = ask_address(a, host, &zone);
		trouble_refused(a->engine->trouble, addr, zone);
	}
}
