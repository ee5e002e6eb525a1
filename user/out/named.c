// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* named.c - a tree of hosts by address, and a queue of those whose names are awaited. */
#include "named.h"

#include "sinks.h"

#include <errno.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

#define WAIT_NS 5000000000ULL

enum { LOOK_MS = 10 };

struct row {
	struct row *next;
	bool is_port;
	union {
		struct result_host host;
		struct result_port port;
	};
};

struct host {
	struct addr addr;
	const char *zone; /* of the address; NULL: none */
	char *name;	  /* NULL: unknown */
	bool settled;	  /* nothing is held any more */
	uint64_t due_ns;
	struct row *first, *last;
	struct host *before, *next; /* in the queue */
};

struct named {
	const struct name_source *source;
	void *tree;
	struct host *first, *last; /* the queue: by due_ns */
	struct host *unasked;	   /* the first of these that has not been asked for */
	bool over;		   /* no more names come */
};

static int compare(const void *a, const void *b)
{
	const struct host *x = a, *y = b;

	return sink_place_cmp(x->addr, x->zone, y->addr, y->zone);
}

struct named *named_new(const struct name_source *source)
{
	struct named *n = calloc(1, sizeof(*n));

	if (n)
		n->source = source;
	return n;
}

static void free_host(void *host)
{
	struct host *h = host;
	struct row *row;

	while ((row = h->first)) {
		h->first = row->next;
		free(row);
	}
	free(h->name);
	free(h);
}

void named_free(struct named *n)
{
	if (n)
		tdestroy(n->tree, free_host);
	free(n);
}

static struct host *find(const struct named *n, struct addr addr, const char *zone)
{
	const struct host key = { .addr = addr, .zone = zone };
	struct host **found = tfind(&key, &n->tree, compare);

	return found ? *found : NULL;
}

/* A new host, at the end of the queue. NULL: out of memory. */
static struct host *add(struct named *n, struct addr addr, const char *zone)
{
	struct host *h = calloc(1, sizeof(*h));

	if (!h)
		return NULL;
	h->addr = addr;
	h->zone = zone;
	h->settled = n->over;
	if (!tsearch(h, &n->tree, compare)) {
		free(h);
		return NULL;
	}
	if (h->settled)
		return h;
	h->due_ns = n->source->now_ns(n->source->ctx) + WAIT_NS;
	h->before = n->last;
	if (n->last)
		n->last->next = h;
	else
		n->first = h;
	n->last = h;
	if (!n->unasked)
		n->unasked = h;
	return h;
}

/* 1: the row is held; 0: the host is settled; -ENOMEM. */
static int hold(struct host *h, const struct row *row)
{
	struct row *held;

	if (h->settled)
		return 0;
	held = malloc(sizeof(*held));
	if (!held)
		return -ENOMEM;
	*held = *row;
	held->next = NULL;
	if (h->last)
		h->last->next = held;
	else
		h->first = held;
	h->last = held;
	return 1;
}

int named_host(struct named *n, struct result_host *r)
{
	struct host *h = find(n, r->addr, r->zone) ?: add(n, r->addr, r->zone);

	if (!h)
		return -ENOMEM;
	r->name = h->name;
	return hold(h, &(struct row){ .host = *r });
}

int named_port(struct named *n, struct result_port *r)
{
	struct host *h = find(n, r->addr, r->zone) ?: add(n, r->addr, r->zone);

	if (!h)
		return -ENOMEM;
	r->name = h->name;
	return hold(h, &(struct row){ .is_port = true, .port = *r });
}

static int put_out(const struct host *h, struct row *row, const struct named_out *out)
{
	if (row->is_port) {
		row->port.name = h->name;
		return out->result(out->ctx, NULL, &row->port);
	}
	row->host.name = h->name;
	return out->result(out->ctx, &row->host, NULL);
}

/* Take the host out of the queue, and let go what is held of it. */
static int settle(struct named *n, struct host *h, const struct named_out *out)
{
	struct row *row;
	int code = 0;

	if (h->settled)
		return 0;
	h->settled = true;
	*(h->before ? &h->before->next : &n->first) = h->next;
	*(h->next ? &h->next->before : &n->last) = h->before;
	if (n->unasked == h)
		n->unasked = h->next;
	while ((row = h->first)) {
		h->first = row->next;
		if (!code)
			code = put_out(h, row, out);
		free(row);
	}
	h->last = NULL;
	return code;
}

/* A name that any output can show: no blanks, control characters or other alphabets; without its zone. */
static char *clean(char *name)
{
	const char *c;

	name[strcspn(name, "%")] = '\0';
	for (c = name; *c; c++)
		if (*c <= ' ' || *c > '~')
			return NULL;
	return *name ? name : NULL;
}

static int take_in(struct named *n, struct addr addr, const char *zone, char *name,
		   const struct named_out *out)
{
	struct host *h = find(n, addr, zone);

	if (!h)
		return 0;
	if (!h->name && clean(name)) {
		h->name = strdup(name);
		if (!h->name)
			return -ENOMEM;
	}
	return settle(n, h, out);
}

static void ask(struct named *n)
{
	int code;

	for (; n->unasked && !n->over; n->unasked = n->unasked->next) {
		code = n->source->ask(n->source->ctx, n->unasked->addr, n->unasked->zone);
		if (code == -EAGAIN)
			return;
		n->over = code < 0;
	}
}

int named_turn(struct named *n, const struct named_out *out)
{
	char name[NAMED_TEXT];
	const char *zone = NULL;
	struct addr addr;
	int code = 0, got = 0;
	uint64_t now_ns;

	if (!n->first)
		return 0;
	ask(n);
	while (!code && !n->over) {
		got = n->source->take(n->source->ctx, &addr, &zone, name);
		n->over = got < 0;
		if (got <= 0)
			break;
		code = take_in(n, addr, zone, name, out);
	}
	now_ns = n->source->now_ns(n->source->ctx);
	while (!code && n->first && (n->over || now_ns >= n->first->due_ns))
		code = settle(n, n->first, out);
	return code;
}

static void wait_a_little(struct named *n)
{
	if (n->source->wait(n->source->ctx, LOOK_MS))
		n->over = true;
}

int named_wait_for(struct named *n, struct addr addr, const char *zone, const struct named_out *out)
{
	const struct host *h = find(n, addr, zone);
	int code = 0;

	while (h && !h->settled && !code) {
		code = named_turn(n, out);
		if (!code && !h->settled)
			wait_a_little(n);
	}
	return code;
}

int named_end(struct named *n, const struct named_out *out)
{
	int code = 0;

	while (n->first && !code) {
		code = named_turn(n, out);
		if (!code && n->first)
			wait_a_little(n);
	}
	return code;
}

int named_let_go(struct named *n, const struct named_out *out)
{
	int code = 0;

	while (n->first && !code)
		code = settle(n, n->first, out);
	return code;
}
