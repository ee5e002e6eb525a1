// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * xml.c - results as nmap's XML, by nmap.dtd but for the scanner's name.
 *
 * A host is written when the last of its ports is done, or when the scan ends. Hosts that have
 * answered nothing are left out.
 */
#include "sinks.h"

#include "utf8.h"
#include "xml_hosts.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* XML 1.0 has no place for most control characters, nor for U+FFFE and U+FFFF. */
static const char *escape(const char *at, size_t len)
{
	switch (*at) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\t':
		return "&#9;";
	case '\n':
		return "&#10;";
	case '\r':
		return "&#13;";
	}
	if (len == 3 && (!memcmp(at, "\xef\xbf\xbe", len) || !memcmp(at, "\xef\xbf\xbf", len)))
		return UTF8_REPLACEMENT;
	return utf8_is_control(at) ? UTF8_REPLACEMENT : NULL;
}

static int put_text(struct sink *s, const char *name, const char *text)
{
	int code;

	fprintf(s->file, " %s=\"", name);
	code = sink_text(s, text, escape);
	fputc('"', s->file);
	return code;
}

/* As ctime(3) has it, but in UTC. */
static void put_time(struct sink *s, const char *name, uint64_t time_us)
{
	const time_t seconds = (time_t)(time_us / 1000000);
	char text[64];
	struct tm tm;

	gmtime_r(&seconds, &tm);
	strftime(text, sizeof(text), "%a %b %e %H:%M:%S %Y", &tm);
	fprintf(s->file, " %s=\"%s\"", name, text);
}

static bool is_udp(enum probe_kind kind)
{
	return !strcmp(kinds[kind].protocol, "udp");
}

/* nmap's words: a firewall that drops a probe filters it. */
static const char *state_name(enum probe_kind kind, uint8_t state)
{
	if (state != ANSWER_NONE)
		return kind_state_name(state);
	return is_udp(kind) ? "open|filtered" : "filtered";
}

static const char *reason(enum probe_kind kind, uint8_t state)
{
	const char *how = kinds[kind].how;

	if (state == ANSWER_UP && !strcmp(how, "arp"))
		return "arp-response";
	if (state == ANSWER_UP && !strcmp(how, "nd"))
		return "nd-response";
	return kind_reason(kind, state);
}

static int put_scaninfo(struct sink *s, enum probe_kind kind, const struct ports *ports)
{
	char *text = malloc(PORTS_TEXT_MAX);
	int code;

	if (!text)
		return -ENOMEM;
	fprintf(s->file, "<scaninfo type=\"%s\" protocol=\"%s\" numservices=\"%u\"",
		is_udp(kind) ? "udp" : "syn", kinds[kind].protocol, ports_named(ports));
	code = put_text(s, "services", ports_print(ports, text, PORTS_TEXT_MAX));
	fputs("/>\n", s->file);
	free(text);
	return code;
}

static int put_args(struct sink *s, const char *const *arguments)
{
	int code = 0;

	fputs(" args=\"xscan", s->file);
	for (; *arguments && !code; arguments++) {
		fputc(' ', s->file);
		code = sink_text(s, *arguments, escape);
	}
	fputc('"', s->file);
	return code;
}

static int xml_start(struct sink *s, const struct result_start *r)
{
	unsigned int i;
	int code;

	s->data = xml_hosts_new();
	if (!s->data)
		return -ENOMEM;
	fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE nmaprun>\n"
	      "<nmaprun scanner=\"xscan\"",
	      s->file);
	code = put_args(s, r->arguments);
	fprintf(s->file, " start=\"%" PRIu64 "\"", r->time_us / 1000000);
	put_time(s, "startstr", r->time_us);
	fprintf(s->file, " version=\"%s\" xmloutputversion=\"1.05\">\n", r->version);
	for (i = 0; i < PROBE_KINDS_N && !code; i++)
		if (r->ports[i])
			code = put_scaninfo(s, i, r->ports[i]);
	fputs("<verbose level=\"0\"/>\n<debugging level=\"0\"/>\n", s->file);
	return code;
}

static int put_mac(struct sink *s, const uint8_t mac[6], const char *vendor)
{
	char text[MAC_TEXT];
	int code;

	fprintf(s->file, "<address addr=\"%s\" addrtype=\"mac\"", sink_mac(mac, text));
	code = vendor ? put_text(s, "vendor", vendor) : 0;
	fputs("/>\n", s->file);
	return code;
}

static int put_addresses(struct sink *s, const struct xml_host *h)
{
	char text[PLACE_TEXT];
	unsigned int i;
	int code = 0;

	fprintf(s->file, "<address addr=\"%s\" addrtype=\"%s\"/>\n",
		sink_place(h->addr, h->zone, text), addr_is_ip4(h->addr) ? "ipv4" : "ipv6");
	if (h->has_mac)
		code = put_mac(s, h->mac, h->vendor);
	for (i = 0; i < h->n_also && !code; i++)
		code = put_mac(s, h->also[i], NULL);
	return code;
}

static bool is_extra(const struct xml_sum *sum, const char *state)
{
	return sum->ports && !strcmp(state_name(sum->kind, sum->state), state);
}

/* One element for each state: its ports may be of several kinds and have several reasons. */
static int put_extraports(struct sink *s, const struct xml_host *h, const char *state)
{
	const struct xml_sum *sum;
	uint64_t count = 0;
	int code = 0;

	for (sum = h->sums; sum < h->sums + h->n_sums; sum++)
		count += is_extra(sum, state) ? sum->count : 0;
	if (!count)
		return 0;
	fprintf(s->file, "<extraports state=\"%s\" count=\"%" PRIu64 "\">\n", state, count);
	for (sum = h->sums; sum < h->sums + h->n_sums && !code; sum++) {
		if (!is_extra(sum, state))
			continue;
		fprintf(s->file, "<extrareasons reason=\"%s\" count=\"%u\" proto=\"%s\"",
			reason(sum->kind, sum->state), sum->count, kinds[sum->kind].protocol);
		code = put_text(s, "ports", sum->ports);
		fputs("/>\n", s->file);
	}
	fputs("</extraports>\n", s->file);
	return code;
}

/* Add text to an attribute, behind what is there. */
static int put_more(struct sink *s, const char *between, const char *before, const char *text)
{
	if (!text)
		return 0;
	fputs(between, s->file);
	fputs(before, s->file);
	return sink_text(s, text, escape);
}

/* What the answer tells, and why the port may be no service: in the only attribute for free words. */
static int put_extrainfo(struct sink *s, const struct xml_port *p)
{
	int code;

	fputs(" extrainfo=\"", s->file);
	code = put_more(s, "", "", p->info);
	if (!code)
		code = put_more(s, p->info ? "; " : "", "doubtful: ", p->doubtful);
	fputc('"', s->file);
	return code;
}

/* A service needs a name. nmap's words: its name is known by a table, or by an answer. */
static int put_service(struct sink *s, const struct xml_port *p)
{
	int code;

	fputs("<service", s->file);
	code = put_text(s, "name", p->service ?: "unknown");
	if ((p->info || p->doubtful) && !code)
		code = put_extrainfo(s, p);
	fprintf(s->file, " method=\"%s\" conf=\"%u\"/>", p->info ? "probed" : "table",
		p->info ? 10 : 3);
	return code;
}

static int put_port(struct sink *s, const struct xml_port *p)
{
	int code = sink_make_room(s);

	fprintf(s->file,
		"<port protocol=\"%s\" portid=\"%u\"><state state=\"%s\" reason=\"%s\" "
		"reason_ttl=\"%u\"/>",
		kinds[p->kind].protocol, p->port, state_name(p->kind, p->state),
		reason(p->kind, p->state), p->ttl);
	if ((p->service || p->info || p->doubtful) && !code)
		code = put_service(s, p);
	fputs("</port>\n", s->file);
	return code;
}

static int put_ports(struct sink *s, const struct xml_host *h)
{
	static const char *const states[] = { "closed", "filtered", "open|filtered" };
	size_t i;
	int code = 0;

	fputs("<ports>", s->file);
	for (i = 0; i < sizeof(states) / sizeof(states[0]) && !code; i++)
		code = put_extraports(s, h, states[i]);
	for (i = 0; i < h->n_ports && !code; i++)
		code = put_port(s, &h->ports[i]);
	fputs("</ports>\n", s->file);
	return code;
}

/* Microseconds: the round trip, its variation, and how long to wait for an answer. */
static void put_times(struct sink *s, const struct rtt *rtt)
{
	if (rtt->samples)
		fprintf(s->file, "<times srtt=\"%.0f\" rttvar=\"%.0f\" to=\"%.0f\"/>\n",
			rtt->smoothed_ns / 1000, rtt->variation_ns / 1000,
			(rtt->smoothed_ns + 4 * rtt->variation_ns) / 1000);
}

static int put_names(struct sink *s, const char *name)
{
	int code;

	if (!name) {
		fputs("<hostnames/>\n", s->file);
		return 0;
	}
	fputs("<hostnames><hostname", s->file);
	code = put_text(s, "name", name);
	fputs(" type=\"PTR\"/></hostnames>\n", s->file);
	return code;
}

static int put_host(void *sink, struct xml_host *h)
{
	struct sink *s = sink;
	const bool up = answer_rank(h->state) > 1;
	int code = sink_make_room(s);

	if (code)
		return code;
	fprintf(s->file,
		"<host starttime=\"%" PRIu64 "\" endtime=\"%" PRIu64
		"\"><status state=\"%s\" reason=\"%s\" reason_ttl=\"%u\"/>\n",
		h->first_us / 1000000, h->last_us / 1000000, up ? "up" : "unknown",
		reason(h->kind, h->state), h->ttl);
	code = put_addresses(s, h);
	if (!code)
		code = put_names(s, h->name);
	if (h->asked_ports && !code)
		code = put_ports(s, h);
	put_times(s, &h->rtt);
	fputs("</host>\n", s->file);
	return code;
}

static int xml_host(struct sink *s, const struct result_host *h)
{
	return xml_hosts_add_host(s->data, h);
}

static int xml_port(struct sink *s, const struct result_port *p)
{
	return xml_hosts_add_port(s->data, p);
}

static int xml_done(struct sink *s, const struct result_done *d)
{
	struct xml_host *host;
	int code = xml_hosts_add_done(s->data, d, &host);

	if (code || !host || !d->last)
		return code;
	code = put_host(s, host);
	xml_hosts_drop(s->data, host);
	return code;
}

static int xml_end(struct sink *s, const struct result_summary *sum)
{
	int code;

	if (!s->data)
		return 0;
	code = xml_hosts_each(s->data, put_host, s);
	if (!code)
		code = sink_make_room(s);
	fprintf(s->file, "<runstats><finished time=\"%" PRIu64 "\"", sum->time_us / 1000000);
	put_time(s, "timestr", sum->time_us);
	fprintf(s->file,
		" elapsed=\"%.2f\" summary=\"%" PRIu64 " of %" PRIu64
		" hosts up%s\" exit=\"%s\"%s/>"
		"<hosts up=\"%" PRIu64 "\" down=\"%" PRIu64 "\" total=\"%" PRIu64 "\"/>\n"
		"</runstats>\n</nmaprun>\n",
		sum->elapsed_s, sum->hosts_up, sum->hosts,
		sum->lossy ? "; answers are missing or may be" : "",
		sum->complete ? "success" : "error",
		sum->complete ? "" : " errormsg=\"the scan was interrupted or broke off\"",
		sum->hosts_up, sum->hosts > sum->hosts_up ? sum->hosts - sum->hosts_up : 0,
		sum->hosts);
	return code;
}

static void xml_free(struct sink *s)
{
	xml_hosts_free(s->data);
	s->data = NULL;
}

const struct sink_ops out_xml = {
	.option = "xml",
	.what = "results as nmap's XML, each host when all its ports are done; not with --resume "
		"(-: standard output)",
	.start = xml_start,
	.host = xml_host,
	.port = xml_port,
	.done = xml_done,
	.end = xml_end,
	.free = xml_free,
};
