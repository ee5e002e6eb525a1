// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * csv.c - results as comma separated values (RFC 4180, but lines end with LF alone, as zmap's do). The
 * names of columns, and the words for an answer, are zmap's where zmap has one. A field whose value is
 * unknown is empty.
 */
#include "sinks.h"

#include "utf8.h"

#include <inttypes.h>
#include <string.h>

#define HEADER                                                                               \
	"saddr,sport,classification,success,ttl,window,mss,icmp_code,rtt_us,protocol,state," \
	"reason,"                                                                            \
	"service,mac,vendor,timestamp_str,timestamp_ts,timestamp_us,doubtful,name\n"

/* One row; 0, NULL or -1 stand for what is unknown. */
struct row {
	uint64_t time_us;
	struct addr addr;
	const char *zone;
	const char *classification;
	bool success;
	uint16_t port;
	int ttl, window, mss, icmp_code; /* -1: unknown */
	int64_t rtt_us;
	const char *protocol, *state, *reason, *service, *mac, *vendor, *doubtful, *name;
};

/* A line break in a field would end the row for programs that read lines. */
static const char *escape(const char *at, size_t len)
{
	(void)len;
	if (utf8_is_control(at))
		return " ";
	return *at == '"' ? "\"\"" : NULL;
}

static int put_text(struct sink *s, const char *text)
{
	int code;

	fputc(',', s->file);
	if (!text)
		return 0;
	if (!text[strcspn(text, "\",")])
		return sink_text(s, text, escape);
	fputc('"', s->file);
	code = sink_text(s, text, escape);
	fputc('"', s->file);
	return code;
}

static void put_number(struct sink *s, int64_t n)
{
	if (n < 0)
		fputc(',', s->file);
	else
		fprintf(s->file, ",%" PRId64, n);
}

static int put_row(struct sink *s, const struct row *r)
{
	const char *const texts[] = { r->protocol, r->state, r->reason,
				      r->service,  r->mac,   r->vendor };
	char text[PLACE_TEXT], time[TIME_TEXT];
	size_t i;
	int code;

	fputs(sink_place(r->addr, r->zone, text), s->file);
	put_number(s, r->port ? r->port : -1);
	code = put_text(s, r->classification);
	put_number(s, r->success);
	put_number(s, r->ttl);
	put_number(s, r->window);
	put_number(s, r->mss);
	put_number(s, r->icmp_code);
	put_number(s, r->rtt_us);
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]) && !code; i++)
		code = put_text(s, texts[i]);
	fprintf(s->file, ",%s,%" PRIu64 ",%" PRIu64, sink_time(r->time_us, time),
		r->time_us / 1000000, r->time_us % 1000000);
	if (!code)
		code = put_text(s, r->doubtful);
	if (!code)
		code = put_text(s, r->name);
	fputc('\n', s->file);
	return code;
}

static int csv_start(struct sink *s, const struct result_start *r)
{
	(void)r;
	if (!s->goes_on)
		fputs(HEADER, s->file);
	return 0;
}

static int csv_host(struct sink *s, const struct result_host *h)
{
	const char *how = result_host_how(h);
	char mac[MAC_TEXT];
	const struct row row = {
		.time_us = h->time_us,
		.addr = h->addr,
		.zone = h->zone,
		.name = h->name,
		.classification = strcmp(how, "echo") ? how : "echoreply",
		.success = true,
		.ttl = -1,
		.window = -1,
		.mss = -1,
		.icmp_code = -1,
		.rtt_us = h->rtt_us,
		.state = "up",
		.reason = kind_reason(h->kind, ANSWER_UP),
		.mac = h->has_mac ? sink_mac(h->mac, mac) : NULL,
		.vendor = h->vendor,
	};

	/* The host has its row; this format has no place for further MAC addresses. */
	return h->n_also ? 0 : put_row(s, &row);
}

static bool is_tcp(const struct result_port *p)
{
	return !strcmp(kinds[p->kind].protocol, "tcp");
}

/* zmap's word for an answer; NULL: there was none. */
static const char *classification(const struct result_port *p)
{
	const bool tcp = is_tcp(p);

	if (p->state == ANSWER_NONE)
		return NULL;
	if (p->state == ANSWER_OPEN)
		return tcp ? "synack" : kinds[p->kind].protocol;
	return tcp && p->state == ANSWER_CLOSED ? "rst" : "icmp";
}

static int csv_port(struct sink *s, const struct result_port *p)
{
	const bool detailed = p->detailed && p->state != ANSWER_NONE;
	const bool open = p->state == ANSWER_OPEN;
	const struct row row = {
		.time_us = p->time_us,
		.addr = p->addr,
		.zone = p->zone,
		.name = p->name,
		.port = p->port,
		.classification = classification(p),
		.success = open,
		.ttl = detailed ? p->ttl : -1,
		.window = detailed && open && is_tcp(p) ? p->window : -1,
		.mss = detailed && open && p->mss ? p->mss : -1,
		.icmp_code = kind_is_filtered(p->state) ? kind_icmp_code(p->state) : -1,
		.rtt_us = detailed ? p->rtt_us : -1,
		.protocol = kinds[p->kind].protocol,
		.state = kind_state_name(p->state),
		.reason = kind_reason(p->kind, p->state),
		.service = p->service,
		.doubtful = p->doubtful,
	};

	return put_row(s, &row);
}

const struct sink_ops out_csv = {
	.option = "csv",
	.what = "results as CSV, with zmap's names (-: standard output)",
	.appends = true,
	.start = csv_start,
	.host = csv_host,
	.port = csv_port,
};
