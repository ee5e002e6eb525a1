// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* table.c - hold rows, sort them, print them with columns as wide as they need. */
#include "table.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS_FIRST = 256, PORT_TEXT = 16 };

#define BOLD   "\033[1m"
#define GREEN  "\033[32m"
#define YELLOW "\033[33m"
#define PLAIN  "\033[0m"

/* What a row is about. The rows of one address are in this order. */
enum row_what { ROW_HOST, ROW_PORT, ROW_REST };

struct row {
	struct addr addr;
	struct addr
		place; /* the address by whose place in the table this one stands: see join_macs */
	const char *zone;     /* of the address; NULL: none */
	const char *name;     /* of the host; NULL: unknown */
	const char *text;     /* vendor or service; NULL: unknown */
	const char *info;     /* what the answer tells of the service; NULL: nothing */
	const char *doubtful; /* why an open port may be no service; NULL: no doubt */
	uint32_t order;	      /* in which the rows came */
	uint8_t what;	      /* enum row_what */
	uint8_t kind;	      /* enum probe_kind */
	union {
		struct {
			bool has_mac;
			uint8_t mac[6];
		};
		struct {
			uint16_t port;
			uint8_t state;
		};
		struct {
			uint32_t closed, filtered, unanswered;
		};
	};
};

struct table {
	struct row *rows;
	uint32_t n, room;
	bool printed; /* one before this one, which was full */
};

/* The columns of one table. */
struct widths {
	int addr, name, port, state, service; /* name 0: none is known */
	bool macs;
};

static const char *port_text(const struct row *r, char text[PORT_TEXT])
{
	snprintf(text, PORT_TEXT, "%u/%s", r->port, kinds[r->kind].protocol);
	return text;
}

static const char *service_text(const struct row *r)
{
	return r->text ?: "unknown";
}

static int compare_places(const struct row *x, const struct row *y)
{
	return sink_place_cmp(x->addr, x->zone, y->addr, y->zone);
}

/* By place and address; then the host, its ports by number, and the rest. The later of equals is first. */
static int compare(const void *a, const void *b)
{
	const struct row *x = a, *y = b;
	int order = addr_cmp(x->place, y->place) ?: compare_places(x, y);

	if (order || x->what != y->what)
		return order ?: x->what - y->what;
	if (x->what == ROW_PORT && x->port != y->port)
		return x->port < y->port ? -1 : 1;
	if (x->what != ROW_HOST && x->kind != y->kind)
		return x->kind - y->kind;
	return x->order < y->order ? 1 : -1;
}

static bool has_mac(const struct row *r)
{
	return r->what == ROW_HOST && r->has_mac;
}

/* By address; the host before its ports. */
static int compare_addrs(const void *a, const void *b)
{
	const struct row *x = a, *y = b;

	return compare_places(x, y) ?: x->what - y->what;
}

/* Hosts with a MAC address first: by that, and by address. */
static int compare_macs(const void *a, const void *b)
{
	const struct row *x = a, *y = b;

	if (!has_mac(x) || !has_mac(y))
		return has_mac(y) - has_mac(x);
	return memcmp(x->mac, y->mac, sizeof(x->mac)) ?: compare_places(x, y);
}

/*
 * The addresses of one machine stand together: an IPv6 address stands behind the lowest address with
 * the same MAC address, which is an IPv4 address if there is one. Leaves the rows sorted.
 */
static void join_macs(struct table *t)
{
	struct row *r, *first = t->rows, *end = t->rows + t->n;

	qsort(t->rows, t->n, sizeof(*t->rows), compare_macs);
	for (r = t->rows; r < end && has_mac(r); r++) {
		if (memcmp(r->mac, first->mac, sizeof(r->mac)) != 0)
			first = r;
		if (!addr_is_ip4(r->addr))
			r->place = first->addr;
	}
	/* Ports follow their host. */
	qsort(t->rows, t->n, sizeof(*t->rows), compare_addrs);
	for (r = t->rows + 1; r < end; r++)
		if (!compare_places(r, r - 1))
			r->place = r[-1].place;
	qsort(t->rows, t->n, sizeof(*t->rows), compare);
}

static void widen(int *width, size_t len)
{
	*width = (int)len > *width ? (int)len : *width;
}

static struct widths measure(const struct table *t)
{
	struct widths w = { .addr = (int)strlen("HOST") };
	char addr[PLACE_TEXT], port[PORT_TEXT];
	const struct row *r;

	for (r = t->rows; r < t->rows + t->n; r++) {
		widen(&w.addr, strlen(sink_place(r->addr, r->zone, addr)));
		if (r->name)
			widen(&w.name, strlen(r->name));
		w.macs |= r->what == ROW_HOST && r->has_mac;
		if (r->what != ROW_PORT)
			continue;
		widen(&w.port, strlen(port_text(r, port)));
		widen(&w.state, strlen(kind_state_name(r->state)));
		widen(&w.service, strlen(service_text(r)));
	}
	if (w.name)
		widen(&w.name, strlen("NAME"));
	return w;
}

static void print_heading(const struct sink *s, const struct widths *w)
{
	fputs(s->colour ? BOLD : "", s->file);
	fprintf(s->file, "%-*s", w->name || w->macs ? w->addr : 0, "HOST");
	if (w->name)
		fprintf(s->file, "  %-*s", w->macs ? w->name : 0, "NAME");
	if (w->macs)
		fprintf(s->file, "  %-17s  VENDOR", "MAC");
	fprintf(s->file, "%s\n", s->colour ? PLAIN : "");
}

/* `r` is the first row of a host. If it is the row of a port, no more than address and name are known. */
static void print_host(const struct sink *s, const struct widths *w, const struct row *r)
{
	const char *bold = s->colour ? BOLD : "", *plain = s->colour ? PLAIN : "";
	char text[PLACE_TEXT], mac[MAC_TEXT];

	sink_place(r->addr, r->zone, text);
	fprintf(s->file, "%s%-*s%s", bold, w->name || w->macs ? w->addr : 0, text, plain);
	if (w->name)
		fprintf(s->file, "  %-*s", w->macs ? w->name : 0, r->name ?: "-");
	if (w->macs && r->what == ROW_HOST && r->has_mac)
		fprintf(s->file, "  %s  %s", sink_mac(r->mac, mac), sink_vendor(r->text, r->mac));
	else if (w->macs)
		fputs("  -", s->file);
	fputc('\n', s->file);
}

static void print_port(const struct sink *s, const struct widths *w, const struct row *r)
{
	const char *colour = !s->colour			  ? ""
			     : r->state == ANSWER_OPEN	  ? GREEN
			     : kind_is_filtered(r->state) ? YELLOW
							  : "";
	const bool filtered = kind_is_filtered(r->state);
	const bool more = filtered || r->info || r->doubtful;
	char port[PORT_TEXT];

	fprintf(s->file, "    %-*s  %s%-*s%s  ", w->port, port_text(r, port), colour, w->state,
		kind_state_name(r->state), *colour ? PLAIN : "");
	fprintf(s->file, "%-*s", more ? w->service : 0, service_text(r));
	if (filtered)
		fprintf(s->file, "  %s", kind_reason(r->kind, r->state));
	if (r->info)
		fprintf(s->file, "  %s", r->info);
	if (r->doubtful)
		fprintf(s->file, "  doubtful: %s", r->doubtful);
	fputc('\n', s->file);
}

/* `several`: the host was asked by several protocols, so name this one. */
static void print_rest(const struct sink *s, const struct row *r, bool several)
{
	const struct {
		uint32_t n;
		const char *word;
	} parts[] = {
		{ r->closed, "closed" },
		{ r->filtered, "filtered" },
		{ r->unanswered, "unanswered" },
	};
	const char *between = "    Not shown: ";
	size_t i;

	for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (!parts[i].n)
			continue;
		fprintf(s->file, "%s%" PRIu32 " %s", between, parts[i].n, parts[i].word);
		between = ", ";
	}
	fprintf(s->file, several ? " (%s)\n" : "\n", kinds[r->kind].protocol);
}

/* Print one host: rows first .. end - 1. */
static int print_group(struct sink *s, const struct widths *w, const struct row *first,
		       const struct row *end)
{
	const bool several =
		end - first > 1 && end[-1].what == ROW_REST && end[-2].what == ROW_REST;
	const struct row *r;
	int code = sink_make_room(s);

	print_host(s, w, first);
	for (r = first; r < end && !code; r++) {
		code = sink_make_room(s);
		if (r->what == ROW_PORT)
			print_port(s, w, r);
		if (r->what == ROW_REST)
			print_rest(s, r, several);
	}
	return code;
}

static int print(struct sink *s, struct table *t)
{
	const struct row *r, *next, *end = t->rows + t->n;
	struct widths w;
	int code = 0;

	if (!t->n)
		return 0;
	join_macs(t);
	w = measure(t);
	if (t->printed)
		fputc('\n', s->file);
	print_heading(s, &w);
	for (r = t->rows; r < end && !code; r = next) {
		for (next = r + 1; next < end && !compare_places(next, r);)
			next++;
		code = print_group(s, &w, r, next);
	}
	t->printed = true;
	t->n = 0;
	return code;
}

/* Make room for a row. A table that cannot grow is printed. */
static int grow(struct sink *s, struct table *t)
{
	const uint32_t room = t->room ? 2 * t->room : ROWS_FIRST;
	struct row *grown;

	if (t->n < t->room)
		return 0;
	grown = room <= TABLE_ROWS_MAX ? reallocarray(t->rows, room, sizeof(*grown)) : NULL;
	if (!grown)
		return t->n ? print(s, t) : -ENOMEM;
	t->rows = grown;
	t->room = room;
	return 0;
}

static int add(struct sink *s, const struct row *row)
{
	struct table *t = s->data ?: calloc(1, sizeof(*t));
	int code;

	s->data = t;
	code = t ? grow(s, t) : -ENOMEM;
	if (code)
		return code;
	t->rows[t->n] = *row;
	t->rows[t->n].place = row->addr;
	t->rows[t->n].order = t->n;
	t->n++;
	return 0;
}

int table_host(struct sink *s, const struct result_host *h)
{
	struct row row = {
		.what = ROW_HOST,
		.addr = h->addr,
		.zone = h->zone,
		.name = h->name,
		.kind = h->kind,
		.text = h->vendor,
		.has_mac = h->has_mac,
	};

	memcpy(row.mac, h->mac, sizeof(row.mac));
	return add(s, &row);
}

int table_port(struct sink *s, const struct result_port *p)
{
	const struct row row = {
		.what = ROW_PORT,
		.addr = p->addr,
		.zone = p->zone,
		.name = p->name,
		.kind = p->kind,
		.text = p->service,
		.info = p->info,
		.doubtful = p->doubtful,
		.port = p->port,
		.state = p->state,
	};

	return add(s, &row);
}

/* Sum up the ports that had no record of their own. Silence says nothing of a host that may be absent. */
int table_done(struct sink *s, const struct result_done *d)
{
	struct row row = { .what = ROW_REST, .addr = d->addr, .zone = d->zone, .kind = d->kind };
	uint32_t i;

	if (d->told)
		return 0;
	for (i = 0; i < ports_named(d->ports); i++) {
		row.closed += d->states[i] == ANSWER_CLOSED;
		row.filtered += kind_is_filtered(d->states[i]);
		row.unanswered += d->states[i] == ANSWER_NONE && d->whole;
	}
	if (!row.closed && !row.filtered && !(row.unanswered && d->up))
		return 0;
	return add(s, &row);
}

int table_end(struct sink *s)
{
	return s->data ? print(s, s->data) : 0;
}

void table_free(struct sink *s)
{
	struct table *t = s->data;

	if (t)
		free(t->rows);
	free(t);
}
