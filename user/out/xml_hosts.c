// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* xml_hosts.c - a tree of hosts by address. */
#include "xml_hosts.h"

#include "sinks.h"

#include <errno.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

struct xml_hosts {
	void *tree;
	struct ports some; /* for ports_print */
	char text[PORTS_TEXT_MAX];
};

static int compare_hosts(const void *a, const void *b)
{
	const struct xml_host *x = a, *y = b;

	return sink_place_cmp(x->addr, x->zone, y->addr, y->zone);
}

static void free_host(void *host)
{
	struct xml_host *h = host;

	while (h->n_sums)
		free(h->sums[--h->n_sums].ports);
	free(h->sums);
	free(h->ports);
	free(h->also);
	free(h);
}

struct xml_hosts *xml_hosts_new(void)
{
	return calloc(1, sizeof(struct xml_hosts));
}

void xml_hosts_free(struct xml_hosts *hosts)
{
	if (hosts)
		tdestroy(hosts->tree, free_host);
	free(hosts);
}

static struct xml_host *find(struct xml_hosts *hosts, struct addr addr, const char *zone)
{
	const struct xml_host key = { .addr = addr, .zone = zone };
	struct xml_host **found = tfind(&key, &hosts->tree, compare_hosts);

	return found ? *found : NULL;
}

/* Find or make a host. NULL: out of memory. */
static struct xml_host *get(struct xml_hosts *hosts, struct addr addr, const char *zone,
			    uint64_t time_us)
{
	struct xml_host *h = find(hosts, addr, zone);

	if (!h) {
		h = calloc(1, sizeof(*h));
		if (!h)
			return NULL;
		h->addr = addr;
		h->zone = zone;
		h->first_us = h->last_us = time_us;
		if (!tsearch(h, &hosts->tree, compare_hosts)) {
			free(h);
			return NULL;
		}
	}
	if (time_us < h->first_us)
		h->first_us = time_us;
	if (time_us > h->last_us)
		h->last_us = time_us;
	return h;
}

/* An answer of the target itself says more than one of a router; of equal ones the first counts. */
static void note_answer(struct xml_host *h, enum probe_kind kind, uint8_t state, uint8_t ttl)
{
	const bool firm = answer_rank(state) > 1;

	if (state == ANSWER_NONE || answer_rank(h->state) > 1 || (!firm && h->state != ANSWER_NONE))
		return;
	h->kind = kind;
	h->state = state;
	h->ttl = ttl;
}

static void note_rtt(struct xml_host *h, int64_t rtt_us)
{
	if (rtt_us >= 0)
		rtt_add(&h->rtt, (uint64_t)rtt_us * 1000);
}

int xml_hosts_add_host(struct xml_hosts *hosts, const struct result_host *record)
{
	struct xml_host *h;
	void *also;

	/* A conflict that shows when the host has been written. */
	if (record->n_also && !find(hosts, record->addr, record->zone))
		return 0;
	h = get(hosts, record->addr, record->zone, record->time_us);
	if (!h)
		return -ENOMEM;
	h->name = record->name ?: h->name;
	note_answer(h, record->kind, ANSWER_UP, 0);
	note_rtt(h, record->rtt_us);
	if (record->has_mac) {
		h->has_mac = true;
		memcpy(h->mac, record->mac, sizeof(h->mac));
		h->vendor = record->vendor;
	}
	if (!record->n_also)
		return 0;
	also = reallocarray(h->also, record->n_also, sizeof(*h->also));
	if (!also)
		return -ENOMEM;
	h->also = also;
	h->n_also = record->n_also;
	memcpy(h->also, record->also, record->n_also * sizeof(*h->also));
	return 0;
}

/* Find or make the sum of this kind and state. NULL: out of memory. */
static struct xml_sum *get_sum(struct xml_host *h, enum probe_kind kind, uint8_t state)
{
	struct xml_sum *grown;
	size_t i;

	for (i = 0; i < h->n_sums; i++)
		if (h->sums[i].kind == kind && h->sums[i].state == state)
			return &h->sums[i];
	grown = reallocarray(h->sums, h->n_sums + 1, sizeof(*grown));
	if (!grown)
		return NULL;
	h->sums = grown;
	h->sums[h->n_sums++] = (struct xml_sum){ .kind = kind, .state = state };
	return &h->sums[i];
}

static int hold_port(struct xml_host *h, const struct result_port *p)
{
	struct xml_port *grown;

	if (h->n_ports == h->room) {
		grown = reallocarray(h->ports, h->room * 2 + 4, sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		h->ports = grown;
		h->room = h->room * 2 + 4;
	}
	h->ports[h->n_ports++] = (struct xml_port){
		.kind = p->kind,
		.port = p->port,
		.state = p->state,
		.ttl = p->detailed ? p->ttl : 0,
		.service = p->service,
		.info = p->info,
		.doubtful = p->doubtful,
	};
	return 0;
}

int xml_hosts_add_port(struct xml_hosts *hosts, const struct result_port *p)
{
	struct xml_sum *sum;
	struct xml_host *h;

	if (p->state == ANSWER_NONE && !find(hosts, p->addr, p->zone))
		return 0;
	h = get(hosts, p->addr, p->zone, p->time_us);
	if (!h)
		return -ENOMEM;
	h->asked_ports = true;
	h->name = p->name ?: h->name;
	note_answer(h, p->kind, p->state, p->detailed ? p->ttl : 0);
	if (p->detailed && p->state != ANSWER_NONE)
		note_rtt(h, p->rtt_us);
	if (p->state == ANSWER_OPEN)
		return hold_port(h, p);
	sum = get_sum(h, p->kind, p->state);
	if (!sum)
		return -ENOMEM;
	return sum->held++ < XML_LISTED ? hold_port(h, p) : 0;
}

static void drop_held(struct xml_host *h, enum probe_kind kind, uint8_t state)
{
	size_t i, n = 0;

	for (i = 0; i < h->n_ports; i++)
		if (h->ports[i].kind != kind || h->ports[i].state != state)
			h->ports[n++] = h->ports[i];
	h->n_ports = n;
}

/* Collect the ports in this state. */
static void choose_some(struct ports *some, const struct result_done *d, uint8_t state)
{
	uint32_t i;

	some->n = 0;
	for (i = 0; i < ports_named(d->ports); i++)
		if (d->states[i] == state)
			some->list[some->n++] = d->ports->list[i];
}

/* Sum up the ports in this state, unless they are few and all held. */
static int sum_up(struct xml_hosts *hosts, struct xml_host *h, const struct result_done *d,
		  uint8_t state)
{
	struct xml_sum *sum = get_sum(h, d->kind, state);

	if (!sum)
		return -ENOMEM;
	choose_some(&hosts->some, d, state);
	sum->count = hosts->some.n;
	if (sum->held == sum->count && sum->held <= XML_LISTED)
		return 0;
	drop_held(h, d->kind, state);
	free(sum->ports);
	sum->ports = strdup(ports_print(&hosts->some, hosts->text, sizeof(hosts->text)));
	return sum->ports ? 0 : -ENOMEM;
}

/* Forget ports that were reported in a state which no port of this kind has any more. */
static void drop_outdated(struct xml_host *h, enum probe_kind kind, const bool *seen)
{
	size_t i;

	for (i = 0; i < h->n_sums; i++)
		if (h->sums[i].kind == kind && !seen[h->sums[i].state])
			drop_held(h, kind, h->sums[i].state);
}

/* Add open ports that were reported otherwise: a better answer came after the first. */
static int add_open(struct xml_hosts *hosts, struct xml_host *h, const struct result_done *d)
{
	uint16_t *held = hosts->some.slot;
	uint32_t i;
	int code = 0;

	memset(held, 0, sizeof(hosts->some.slot));
	for (i = 0; i < h->n_ports; i++)
		if (h->ports[i].kind == d->kind && h->ports[i].state == ANSWER_OPEN)
			held[h->ports[i].port] = 1;
	for (i = 0; i < ports_named(d->ports) && !code; i++) {
		const struct result_port p = { .kind = d->kind,
					       .port = d->ports->list[i],
					       .state = ANSWER_OPEN };

		if (d->states[i] == ANSWER_OPEN && !held[p.port])
			code = hold_port(h, &p);
	}
	return code;
}

static size_t count_open(const struct xml_host *h, enum probe_kind kind)
{
	size_t i, n = 0;

	for (i = 0; i < h->n_ports; i++)
		n += h->ports[i].kind == kind && h->ports[i].state == ANSWER_OPEN;
	return n;
}

static int compare_ports(const void *a, const void *b)
{
	const struct xml_port *x = a, *y = b;

	return x->kind != y->kind ? (int)x->kind - (int)y->kind : (int)x->port - (int)y->port;
}

int xml_hosts_add_done(struct xml_hosts *hosts, const struct result_done *d, struct xml_host **host)
{
	bool seen[UINT8_MAX + 1] = { false }, answered = false;
	uint32_t i, open = 0;
	struct xml_host *h = find(hosts, d->addr, d->zone);
	unsigned int state;
	int code = 0;

	*host = NULL;
	for (i = 0; i < ports_named(d->ports); i++) {
		seen[d->states[i]] = true;
		answered |= d->states[i] != ANSWER_NONE;
		open += d->states[i] == ANSWER_OPEN;
	}
	if (!h && !answered)
		return 0;
	*host = h = get(hosts, d->addr, d->zone, d->time_us);
	if (!h)
		return -ENOMEM;
	h->asked_ports = true;
	drop_outdated(h, d->kind, seen);
	for (state = ANSWER_NONE; state <= UINT8_MAX && !code; state++) {
		if (!seen[state])
			continue;
		note_answer(h, d->kind, (uint8_t)state, 0);
		if (state != ANSWER_OPEN && (state != ANSWER_NONE || d->whole))
			code = sum_up(hosts, h, d, (uint8_t)state);
	}
	if (!code && count_open(h, d->kind) != open)
		code = add_open(hosts, h, d);
	if (h->n_ports)
		qsort(h->ports, h->n_ports, sizeof(*h->ports), compare_ports);
	return code;
}

void xml_hosts_drop(struct xml_hosts *hosts, struct xml_host *host)
{
	tdelete(host, &hosts->tree, compare_hosts);
	free_host(host);
}

struct walk {
	int (*each)(void *ctx, struct xml_host *host);
	void *ctx;
	int code;
};

static void visit(const void *node, VISIT which, void *closure)
{
	struct walk *walk = closure;

	if ((which == postorder || which == leaf) && !walk->code)
		walk->code = walk->each(walk->ctx, *(struct xml_host *const *)node);
}

int xml_hosts_each(struct xml_hosts *hosts, int (*each)(void *ctx, struct xml_host *host),
		   void *ctx)
{
	struct walk walk = { .each = each, .ctx = ctx };

	twalk_r(hosts->tree, visit, &walk);
	return walk.code;
}
