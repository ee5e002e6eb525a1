// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* diff_print.c - render one difference. */
#include "diff_print.h"

#include "quote.h"
#include "sinks.h"

#include <string.h>

/* A name of DNS has at most 253 bytes. */
enum { MACS_SHOWN = 4, ITEM = MACS_SHOWN * MAC_TEXT + 8, NAME = 254, DETAIL = 2 * NAME + ITEM };

/* The host that has the thing: the new one, if both have it. */
static const struct found_host *host_of(const struct difference *d)
{
	bool is_old = d->kind == DIFF_GONE || d->kind == DIFF_NOT_SEEN;

	return is_old ? d->old_host : d->new_host;
}

static const struct found_port *port_of(const struct difference *d)
{
	bool is_old = d->kind == DIFF_GONE || d->kind == DIFF_NOT_SEEN;

	return is_old ? d->old_port : d->new_port;
}

/* "address%zone" */
static const char *address(const struct found_host *h, char *buf, size_t size)
{
	char text[ADDR_TEXT];

	snprintf(buf, size, "%s%s%s", addr_text(h->addr, text), *h->zone ? "%" : "", h->zone);
	return buf;
}

/* The MAC addresses of a host, joined by commas; "-": none is known. */
static const char *macs(const struct found_host *h, char buf[ITEM])
{
	char text[MAC_TEXT];
	unsigned int i;
	size_t used = 0;

	strcpy(buf, "-");
	for (i = 0; i < h->n_macs && i < MACS_SHOWN; i++)
		used += (size_t)sprintf(buf + used, "%s%s", i ? "," : "",
					sink_mac(h->macs[i], text));
	if (i < h->n_macs)
		strcpy(buf + used, ",…");
	return buf;
}

static void fill_host(const struct difference *d, char item[ITEM], char detail[DETAIL])
{
	const struct found_host *h = host_of(d);
	char old[ITEM], new[ITEM];

	macs(h, item);
	if (d->what == DIFF_MAC)
		snprintf(detail, DETAIL, "%s -> %s", macs(d->old_host, old),
			 macs(d->new_host, new));
	else if (d->what == DIFF_NAME)
		snprintf(detail, DETAIL, "%.253s -> %.253s", d->old_host->name, d->new_host->name);
	else
		snprintf(detail, DETAIL, "%.253s%s%.64s", h->name ?: "",
			 h->name && h->vendor ? ", " : "", h->vendor ?: (h->name ? "" : "-"));
}

static void fill_port(const struct difference *d, char item[ITEM], char detail[DETAIL])
{
	const struct found_port *p = port_of(d);
	const char *old, *new;

	snprintf(item, ITEM, "%u/%.16s", p->port, p->protocol);
	snprintf(detail, DETAIL, "%.64s", p->service ?: "unknown");
	if (!d->old_port || !d->new_port)
		return;
	old = d->what == DIFF_SERVICE ? d->old_port->service : d->old_port->state;
	new = d->what == DIFF_SERVICE ? d->new_port->service : d->new_port->state;
	if (d->what == DIFF_SERVICE)
		snprintf(detail, DETAIL, "%.64s -> %.64s", old, new);
	else
		snprintf(detail, DETAIL, "%.64s, %.16s -> %.16s", p->service ?: "unknown", old,
			 new);
}

/* "old: not asked": which result does not show that the thing is not there, and why. */
static const char *doubt_text(const struct difference *d)
{
	static const char *const of_old[] = { "", "not asked before",
					      "what was asked before is unknown",
					      "the old scan is incomplete",
					      "the old scan may lack answers" };
	static const char *const of_new[] = { "", "not asked", "what was asked is unknown",
					      "the new scan is incomplete",
					      "the new scan may lack answers" };
	bool lacks_old = d->kind == DIFF_NEW || (d->kind == DIFF_CHANGED && d->old_port &&
						 !found_has_answered(d->old_port));

	return (lacks_old ? of_old : of_new)[d->doubt];
}

#define ALIGNED "%-8s  %-7s  %-15s  %-17s  %s"

void diff_print_heading(FILE *file)
{
	fprintf(file, ALIGNED "\n", "CHANGE", "WHAT", "HOST", "PORT OR MAC", "DETAIL");
}

void diff_print_row(FILE *file, const struct difference *d, bool aligned)
{
	const char *format = aligned ? ALIGNED : "%s\t%s\t%s\t%s\t%s";
	bool is_port = d->what == DIFF_PORT || d->what == DIFF_SERVICE;
	char item[ITEM], detail[DETAIL], host[ADDR_TEXT + 80];

	(is_port ? fill_port : fill_host)(d, item, detail);
	fprintf(file, format, diff_kind_word(d->kind), diff_what_word(d->what),
		address(host_of(d), host, sizeof(host)), item, detail);
	if (d->doubt)
		fprintf(file, aligned ? "  (%s)" : "\t%s", doubt_text(d));
	fputc('\n', file);
}

static void put_text(FILE *file, const char *key, const char *text)
{
	if (!text || !*text)
		return;
	fprintf(file, ",\"%s\":", key);
	quote_json(file, text);
}

static void put_macs(FILE *file, const char *key, const struct found_host *h)
{
	char text[MAC_TEXT];
	unsigned int i;

	if (!h || !h->n_macs)
		return;
	fprintf(file, ",\"%s\":[", key);
	for (i = 0; i < h->n_macs; i++)
		fprintf(file, "%s\"%s\"", i ? "," : "", sink_mac(h->macs[i], text));
	fputc(']', file);
}

static void put_port(FILE *file, const struct difference *d)
{
	const struct found_port *p = port_of(d), *old = d->old_port, *new = d->new_port;
	bool by_service = d->what == DIFF_SERVICE;

	put_text(file, "protocol", p->protocol);
	fprintf(file, ",\"port\":%u", p->port);
	if (!by_service)
		put_text(file, "service", p->service);
	put_text(file, "old", old ? by_service ? old->service : old->state : NULL);
	put_text(file, "new", new ? by_service ? new->service : new->state : NULL);
}

static void put_host(FILE *file, const struct difference *d)
{
	if (d->what == DIFF_MAC) {
		put_macs(file, "old", d->old_host);
		put_macs(file, "new", d->new_host);
	} else {
		put_macs(file, "macs", host_of(d));
	}
	if (d->what == DIFF_NAME) {
		put_text(file, "old", d->old_host->name);
		put_text(file, "new", d->new_host->name);
	} else {
		put_text(file, "name", host_of(d)->name);
	}
	put_text(file, "vendor", host_of(d)->vendor);
	put_text(file, "how", host_of(d)->how);
}

void diff_print_json(FILE *file, const struct difference *d)
{
	const struct found_host *h = host_of(d);
	char text[ADDR_TEXT];

	fprintf(file, "{\"type\":\"change\",\"change\":\"%s\",\"what\":\"%s\",\"ip\":\"%s\"",
		diff_kind_word(d->kind), diff_what_word(d->what), addr_text(h->addr, text));
	put_text(file, "zone", h->zone);
	(d->what == DIFF_PORT || d->what == DIFF_SERVICE ? put_port : put_host)(file, d);
	put_text(file, "why", diff_doubt_word(d->doubt));
	fputc('}', file);
}
