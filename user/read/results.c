// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* results.c - read records, sort them, and keep the last of each question. */
#include "results.h"

#include <errno.h>
#include <json-c/json.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* With 95 % probability at most one answer in a thousand is missing: near enough to all. */
#define COVERAGE_LOW_ENOUGH 0.999

static int no_memory(struct err *err)
{
	return err_set(err, -ENOMEM, "out of memory");
}

bool found_is_open(const struct found_port *p)
{
	return !strcmp(p->state, "open");
}

bool found_has_answered(const struct found_port *p)
{
	return strcmp(p->state, "unanswered") != 0;
}

/* Texts are kept once, so equal ones mostly have equal pointers. */
static int text_cmp(const char *a, const char *b)
{
	return a == b ? 0 : strcmp(a, b);
}

int found_host_cmp(const struct found_host *a, const struct found_host *b)
{
	return addr_cmp(a->addr, b->addr) ?: text_cmp(a->zone, b->zone);
}

int found_port_cmp(const struct found_port *a, const struct found_port *b)
{
	return text_cmp(a->protocol, b->protocol) ?: (int)a->port - (int)b->port;
}

static int host_order(const void *a_v, const void *b_v)
{
	const struct found_host *a = a_v, *b = b_v;

	return found_host_cmp(a, b) ?: (a->order > b->order) - (a->order < b->order);
}

static int port_place(const struct found_port *a, const struct found_port *b)
{
	return addr_cmp(a->addr, b->addr) ?: text_cmp(a->zone, b->zone) ?: found_port_cmp(a, b);
}

static int port_order(const void *a_v, const void *b_v)
{
	const struct found_port *a = a_v, *b = b_v;

	return port_place(a, b) ?: (a->order > b->order) - (a->order < b->order);
}

/* Room for one more; *room doubles. */
static void *grow(void *list, size_t n, size_t *room, size_t size)
{
	if (n < *room)
		return list;
	*room = *room ? *room * 2 : 64;
	return reallocarray(list, *room, size);
}

static int keep(struct words *words, const char *text, const char **kept)
{
	*kept = text ? words_keep(words, text) : NULL;
	return text && !*kept ? -ENOMEM : 0;
}

static int mac_cmp(const void *a, const void *b)
{
	return memcmp(a, b, 6);
}

/* All MAC addresses of the record, sorted, each once. */
static int keep_macs(const struct record *record, struct found_host *h)
{
	unsigned int i, n = 0;

	if (!record->has_mac)
		return 0;
	h->macs = calloc(record->n_also + 1, sizeof(h->macs[0]));
	if (!h->macs)
		return -ENOMEM;
	memcpy(h->macs[0], record->mac, sizeof(record->mac));
	memcpy(h->macs[1], record->also, record->n_also * sizeof(record->also[0]));
	qsort(h->macs, record->n_also + 1, sizeof(h->macs[0]), mac_cmp);
	for (i = 1; i <= record->n_also; i++)
		if (memcmp(h->macs[i], h->macs[n], sizeof(h->macs[0])))
			memcpy(h->macs[++n], h->macs[i], sizeof(h->macs[0]));
	h->n_macs = n + 1;
	return 0;
}

static void note_how(struct results *r, const char *how)
{
	unsigned int i;

	for (i = 0; i < r->n_hows; i++)
		if (r->hows[i] == how)
			return;
	if (how && r->n_hows < RESULTS_HOWS_MAX)
		r->hows[r->n_hows++] = how;
}

/* Add a host; its parts are freed with the results, whatever the outcome. */
static struct found_host *new_host(struct results *r, struct addr addr, const char *zone)
{
	void *grown = grow(r->hosts, r->n_hosts, &r->hosts_room, sizeof(*r->hosts));

	if (!grown)
		return NULL;
	r->hosts = grown;
	r->hosts[r->n_hosts] = (struct found_host){ .addr = addr, .zone = zone, .rtt_us = -1 };
	return &r->hosts[r->n_hosts++];
}

static int add_host(struct results *r, const struct record *record, uint64_t order)
{
	struct found_host *h;
	const char *zone;

	if (keep(r->words, record->zone ?: "", &zone))
		return -ENOMEM;
	h = new_host(r, record->addr, zone);
	if (!h)
		return -ENOMEM;
	h->rtt_us = record->rtt_us;
	h->order = order;
	h->recorded = h->up = true;
	if (keep(r->words, record->vendor, &h->vendor) || keep(r->words, record->how, &h->how) ||
	    keep(r->words, record->name, &h->name))
		return -ENOMEM;
	note_how(r, h->how);
	return keep_macs(record, h);
}

static int add_port(struct results *r, const struct record *record, uint64_t order)
{
	struct found_port p = {
		.addr = record->addr, .port = record->port, .rtt_us = record->rtt_us, .order = order
	};
	void *grown = grow(r->ports, r->n_ports, &r->ports_room, sizeof(*r->ports));

	if (!grown)
		return -ENOMEM;
	r->ports = grown;
	if (keep(r->words, record->zone ?: "", &p.zone) ||
	    keep(r->words, record->protocol, &p.protocol) ||
	    keep(r->words, record->service, &p.service) ||
	    keep(r->words, record->state, &p.state) || keep(r->words, record->info, &p.info) ||
	    keep(r->words, record->doubtful, &p.doubtful) || keep(r->words, record->name, &p.name))
		return -ENOMEM;
	r->ports[r->n_ports++] = p;
	return 0;
}

static void add_summary(struct results *r, const struct record_summary *s)
{
	struct record_summary *to = &r->total;
	unsigned int i;

	if (!r->n_runs++) {
		*to = *s;
		return;
	}
	for (i = 0; i < RECORD_FIGURES_N; i++)
		to->figures[i] += s->figures[i];
	to->has_ports |= s->has_ports;
	to->elapsed_s += s->elapsed_s;
	/* Unknown in one part is unknown in all. */
	to->coverage =
		isnan(s->coverage) || s->coverage < to->coverage ? s->coverage : to->coverage;
	to->coverage_low = isnan(s->coverage_low) || s->coverage_low < to->coverage_low
				   ? s->coverage_low
				   : to->coverage_low;
}

/* An interrupted run that none goes on from. */
static void end_pending(struct results *r)
{
	if (r->has_pending)
		add_summary(r, &r->pending);
	r->run_lost |= r->has_pending || r->run_open;
	r->has_pending = r->run_open = false;
}

static int begin_run(struct results *r, const struct record *record, struct err *err)
{
	struct json_object *resumed;

	if (!json_object_object_get_ex(record->object, "resumed", &resumed) ||
	    !json_object_get_boolean(resumed))
		end_pending(r);
	r->run_open = true;
	return asked_add(&r->asked, record->object, r->words, err);
}

static void end_run(struct results *r, const struct record_summary *s)
{
	/* It counts what the interrupted run has counted, too. */
	r->has_pending = !s->complete;
	r->run_open = false;
	if (s->complete)
		add_summary(r, s);
	else
		r->pending = *s;
}

static int add(struct results *r, const struct record *record, uint64_t order, struct err *err)
{
	int code = 0;

	switch (record->type) {
	case RECORD_OTHER:
		return 0;
	case RECORD_START:
		code = begin_run(r, record, err);
		break;
	case RECORD_HOST:
		r->run_open = true;
		code = add_host(r, record, order) ? no_memory(err) : 0;
		break;
	case RECORD_PORT:
		r->run_open = true;
		code = add_port(r, record, order) ? no_memory(err) : 0;
		break;
	case RECORD_SUMMARY:
		end_run(r, &record->summary);
		break;
	}
	if (code || !record->time)
		return code;
	snprintf(r->last_time, sizeof(r->last_time), "%s", record->time);
	if (!r->first_time[0])
		memcpy(r->first_time, r->last_time, sizeof(r->first_time));
	return 0;
}

/* Keep the last of several records of one port. */
static void settle_ports(struct results *r)
{
	size_t i, n = 0;

	if (r->n_ports)
		qsort(r->ports, r->n_ports, sizeof(*r->ports), port_order);
	for (i = 0; i < r->n_ports; i++)
		if (i + 1 == r->n_ports || port_place(&r->ports[i], &r->ports[i + 1]))
			r->ports[n++] = r->ports[i];
	r->n_ports = n;
}

static void settle_hosts(struct results *r)
{
	size_t i, n = 0;

	if (r->n_hosts)
		qsort(r->hosts, r->n_hosts, sizeof(*r->hosts), host_order);
	for (i = 0; i < r->n_hosts; i++)
		if (i + 1 == r->n_hosts || found_host_cmp(&r->hosts[i], &r->hosts[i + 1]))
			r->hosts[n++] = r->hosts[i];
		else
			free(r->hosts[i].macs);
	r->n_hosts = n;
}

static bool is_of(const struct found_port *p, const struct found_host *h)
{
	return addr_equal(p->addr, h->addr) && !text_cmp(p->zone, h->zone);
}

/* Make hosts of ports whose host has no record. Hosts and ports are settled. */
static int add_hosts_of_ports(struct results *r)
{
	const size_t recorded = r->n_hosts;
	const struct found_port *p;
	size_t i, h = 0;

	for (i = 0; i < r->n_ports; i++) {
		p = &r->ports[i];
		if (r->n_hosts > recorded && is_of(p, &r->hosts[r->n_hosts - 1]))
			continue;
		while (h < recorded && (addr_cmp(r->hosts[h].addr, p->addr)
						?: text_cmp(r->hosts[h].zone, p->zone)) < 0)
			h++;
		if (h < recorded && is_of(p, &r->hosts[h]))
			continue;
		if (!new_host(r, p->addr, p->zone))
			return -ENOMEM;
	}
	return 0;
}

/* The name in the last record of a port that has one. NULL: none has. */
static const char *name_in_ports(const struct found_host *h)
{
	const struct found_port *p, *named = NULL;
	size_t i;

	for (i = 0; i < h->n_ports; i++) {
		p = &h->ports[i];
		if (p->name && (!named || p->order > named->order))
			named = p;
	}
	return named ? named->name : NULL;
}

/* Each host gets its part of the ports. Both are settled. */
static void give_ports(struct results *r)
{
	struct found_host *h;
	size_t i, k = 0;

	for (i = 0; i < r->n_hosts; i++) {
		h = &r->hosts[i];
		h->ports = k < r->n_ports ? &r->ports[k] : NULL;
		for (; k < r->n_ports && is_of(&r->ports[k], h); k++, h->n_ports++)
			h->up |= found_has_answered(&r->ports[k]);
		h->name = h->name ?: name_in_ports(h);
	}
}

static int settle(struct results *r, struct err *err)
{
	r->complete = r->n_runs && !r->has_pending && !r->run_open && !r->run_lost;
	end_pending(r);
	words_make_harmless(r->first_time);
	words_make_harmless(r->last_time);
	settle_ports(r);
	settle_hosts(r);
	if (add_hosts_of_ports(r))
		return no_memory(err);
	if (r->n_hosts)
		qsort(r->hosts, r->n_hosts, sizeof(*r->hosts), host_order);
	give_ports(r);
	return 0;
}

/* Read one line. Half a line at the end of the file is told, not refused. */
static int read_line(struct results *r, struct record *record, const char *line, size_t len,
		     uint64_t number, struct err *err)
{
	struct err why;
	bool whole;
	int code;

	if (strspn(line, " \t\r\n") == len)
		return 0;
	whole = line[len - 1] == '\n';
	code = record_parse(record, line, len, &why);
	if (!code)
		code = add(r, record, number, &why);
	if (!code)
		return 0;
	if (code == -EINVAL && !whole) {
		r->half_line = true;
		r->run_open = true;
		return 0;
	}
	if (code == -EINVAL)
		return err_set(err, code, "%.128s:%llu: no record that --json writes: %s", r->name,
			       (unsigned long long)number, why.text);
	return err_set(err, code, "%.128s: %s", r->name, why.text);
}

/* Some editors put a mark before the first line (UTF-8's byte order mark). */
static void skip_mark(char *line, ssize_t *len)
{
	static const char mark[] = "\xef\xbb\xbf";
	const ssize_t n = sizeof(mark) - 1;

	if (*len < n || memcmp(line, mark, (size_t)n) != 0)
		return;
	*len -= n;
	memmove(line, line + n, (size_t)*len + 1);
}

int results_read(FILE *file, const char *name, struct words *words, struct results *out,
		 struct err *err)
{
	struct record record = { 0 };
	char *line = NULL;
	uint64_t number = 0;
	size_t room = 0;
	ssize_t len;
	int code = 0;

	*out = (struct results){ .name = name, .words = words };
	while (!code && (errno = 0, len = getline(&line, &room, file)) > 0) {
		if (!number++)
			skip_mark(line, &len);
		code = read_line(out, &record, line, (size_t)len, number, err);
	}
	if (!code && (ferror(file) || errno))
		code = err_set(err, errno ? -errno : -EIO, "%.128s: cannot read: %s", name,
			       strerror(errno ?: EIO));
	if (!code && !out->n_hosts && !out->n_ports && !out->n_runs && !out->has_pending &&
	    !out->asked.n)
		code = err_set(err, -EINVAL,
			       "%.128s: no results in it: name a file that --json wrote", name);
	free(line);
	record_free(&record);
	return code ? code : settle(out, err);
}

bool results_are_whole(const struct results *r)
{
	return r->complete && !r->total.figures[RECORD_unroutable] &&
	       (r->total.coverage >= 1 || r->total.coverage_low >= COVERAGE_LOW_ENOUGH);
}

void results_free(struct results *r)
{
	while (r->n_hosts)
		free(r->hosts[--r->n_hosts].macs);
	free(r->hosts);
	free(r->ports);
	asked_free(&r->asked);
	*r = (struct results){ 0 };
}
