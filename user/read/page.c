// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* page.c - write the data that the scripts in user/read/page/ show. */
#include "page.h"

#include "diff_print.h"
#include "page_assets.h"
#include "quote.h"
#include "sinks.h"
#include "targets.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

/* Targets and ranges that a page lists; of more it says how many. */
enum { TARGETS_MAX = 256, RANGES_MAX = 20000 };

struct changes {
	FILE *file;
	bool any;
};

static void put_key(FILE *file, const char *key, const char *text)
{
	fprintf(file, ",\"%s\":", key);
	quote_json(file, text);
}

static void put_share(FILE *file, const char *key, double share)
{
	if (isnan(share))
		fprintf(file, ",\"%s\":null", key);
	else
		fprintf(file, ",\"%s\":%.15g", key, share);
}

static void put_bool(FILE *file, const char *key, bool value)
{
	fprintf(file, ",\"%s\":%s", key, value ? "true" : "false");
}

static void put_range(FILE *file, const struct range *range)
{
	char first[ADDR_TEXT], last[ADDR_TEXT];
	unsigned int len = 128;

	/* The shortest prefix that begins where the range does and is no longer. */
	while (len && addr_equal(addr_prefix_first(range->first, len - 1), range->first) &&
	       !addr_less(range->last, addr_prefix_last(range->first, len - 1)))
		len--;
	addr_text(range->first, first);
	addr_text(range->last, last);
	if (addr_equal(range->first, range->last))
		fprintf(file, "\"%s\"", first);
	else if (addr_equal(addr_prefix_last(range->first, len), range->last))
		fprintf(file, "\"%s/%u\"", first,
			addr_is_ip4(range->first) ? len - ADDR_IP4_PREFIX : len);
	else
		fprintf(file, "\"%s-%s\"", first, last);
}

static void put_run(FILE *file, const struct asked_run *run)
{
	unsigned int k;
	size_t i;

	fputs("{\"targets\":[", file);
	for (i = 0; i < run->targets.n && i < TARGETS_MAX; i++) {
		fputs(i ? "," : "", file);
		put_range(file, &run->targets.v[i]);
	}
	fputs("],\"ports\":{", file);
	for (k = 0; k < run->n_ports; k++) {
		fputs(k ? "," : "", file);
		quote_json(file, run->ports[k].protocol);
		fputc(':', file);
		quote_json(file, run->ports[k].text);
	}
	fputs("}}", file);
}

/* The ranges of IPv4 that were asked, for the map. */
static void put_ranges(FILE *file, const struct asked_list *asked)
{
	const struct range *range;
	size_t i, k, n = 0;

	fputs(",\"ranges\":[", file);
	for (i = 0; i < asked->n; i++)
		for (k = 0; k < asked->runs[i].targets.n && n < RANGES_MAX; k++) {
			range = &asked->runs[i].targets.v[k];
			if (!addr_is_ip4(range->first))
				continue;
			fprintf(file, "%s[%u,%u]", n++ ? "," : "", addr_to_ip4(range->first),
				addr_to_ip4(range->last));
		}
	fputc(']', file);
}

/* The number of addresses that were asked. 0: not known, for the IPv6 hosts of a link were searched. */
static uint64_t count_addresses(const struct asked_list *asked)
{
	const struct ranges *targets;
	uint64_t n = 0;
	size_t i, k;

	for (i = 0; i < asked->n; i++) {
		targets = &asked->runs[i].targets;
		for (k = 0; k < targets->n; k++)
			if (!addr_is_ip4(targets->v[k].first) &&
			    addr_distance(targets->v[k].first, targets->v[k].last) >=
				    TARGETS_PREFIX_MAX)
				return 0;
		n += ranges_count(targets);
	}
	return n;
}

static void put_asked(FILE *file, const struct asked_list *asked)
{
	uint64_t more = 0;
	size_t i;

	fputs(",\"asked\":[", file);
	for (i = 0; i < asked->n; i++) {
		fputs(i ? "," : "", file);
		put_run(file, &asked->runs[i]);
		if (asked->runs[i].targets.n > TARGETS_MAX)
			more += asked->runs[i].targets.n - TARGETS_MAX;
	}
	fprintf(file, "],\"addresses\":%" PRIu64 ",\"more_targets\":%" PRIu64,
		count_addresses(asked), more);
	put_ranges(file, asked);
}

static size_t count_up(const struct results *r)
{
	size_t i, n = 0;

	for (i = 0; i < r->n_hosts; i++)
		n += r->hosts[i].up;
	return n;
}

static size_t count_open(const struct results *r)
{
	size_t i, n = 0;

	for (i = 0; i < r->n_ports; i++)
		n += found_is_open(&r->ports[i]);
	return n;
}

void page_begin(FILE *file, const char *version)
{
	fputs(page_before, file);
	fputs("{\"version\":", file);
	quote_json(file, version);
	fputs(",\"results\":[", file);
}

void page_result(FILE *file, const struct results *r, bool first)
{
	const char *slash = strrchr(r->name, '/');
	unsigned int i;

	fprintf(file, "%s{\"hosts\":%zu,\"open\":%zu", first ? "" : ",", count_up(r),
		count_open(r));
	put_key(file, "name", slash ? slash + 1 : r->name);
	put_key(file, "first", r->first_time);
	put_key(file, "last", r->last_time);
	put_bool(file, "complete", r->complete);
	put_bool(file, "whole", results_are_whole(r));
	put_bool(file, "half_line", r->half_line);
	put_bool(file, "has_ports", r->total.has_ports || r->n_ports);
	put_share(file, "coverage", r->n_runs ? r->total.coverage : NAN);
	put_share(file, "coverage_low", r->n_runs ? r->total.coverage_low : NAN);
	fprintf(file, ",\"elapsed_s\":%.3f,\"runs\":%u,\"figures\":{",
		isfinite(r->total.elapsed_s) ? r->total.elapsed_s : 0, r->n_runs);
	for (i = 0; i < RECORD_FIGURES_N; i++)
		fprintf(file, "%s\"%s\":%llu", i ? "," : "", record_figure_key(i),
			(unsigned long long)r->total.figures[i]);
	fputc('}', file);
	put_asked(file, &r->asked);
	fputs("}\n", file);
}

static int put_change(void *ctx, const struct difference *d)
{
	struct changes *c = ctx;

	fputs(c->any ? ",\n" : "", c->file);
	diff_print_json(c->file, d);
	c->any = true;
	return 0;
}

void page_changes_begin(FILE *file)
{
	fputs("],\"changes\":[", file);
}

void page_changes(FILE *file, const struct results *old, const struct results *new, bool first)
{
	struct changes c = { .file = file };

	fprintf(file, "%s{\"old\":", first ? "" : ",");
	quote_json(file, old->name);
	put_key(file, "new", new->name);
	fputs(",\"list\":[", file);
	diff(old, new, put_change, &c);
	fputs("]}\n", file);
}

static void put_port(FILE *file, const struct found_port *p, bool first)
{
	fprintf(file, "%s[%u,", first ? "" : ",", p->port);
	quote_json(file, p->protocol);
	fputc(',', file);
	quote_json(file, p->service);
	fprintf(file, ",%lld", (long long)p->rtt_us);
	if (p->doubtful || p->info) {
		fputc(',', file);
		quote_json(file, p->doubtful);
	}
	if (p->info) {
		fputc(',', file);
		quote_json(file, p->info);
	}
	fputc(']', file);
}

/* The ports of a host: how many are closed, filtered and unanswered, and the open ones. */
static void put_ports(FILE *file, const struct found_host *h)
{
	size_t i, open = 0, filtered = 0, unanswered = 0;

	for (i = 0; i < h->n_ports; i++) {
		open += found_is_open(&h->ports[i]);
		filtered += !strcmp(h->ports[i].state, "filtered");
		unanswered += !found_has_answered(&h->ports[i]);
	}
	fprintf(file, ",%zu,%zu,%zu,[", h->n_ports - open - filtered - unanswered, filtered,
		unanswered);
	for (i = 0, open = 0; i < h->n_ports; i++)
		if (found_is_open(&h->ports[i]))
			put_port(file, &h->ports[i], !open++);
	fputc(']', file);
}

/* In the order in which data.js takes it apart. */
static void put_host(FILE *file, const struct found_host *h)
{
	char text[ADDR_TEXT], mac[MAC_TEXT];
	unsigned int i;

	fprintf(file, "[\"%s\",", addr_text(h->addr, text));
	quote_json(file, h->zone);
	fputs(",\"", file);
	for (i = 0; i < h->n_macs; i++)
		fprintf(file, "%s%s", i ? ", " : "", sink_mac(h->macs[i], mac));
	fputs("\",", file);
	quote_json(file, h->name ?: "");
	fputc(',', file);
	quote_json(file, h->vendor ?: "");
	fputc(',', file);
	quote_json(file, h->how ?: "");
	fprintf(file, ",%lld,%d", (long long)h->rtt_us, h->up);
	put_ports(file, h);
	fputc(']', file);
}

void page_end(FILE *file, const struct results *last)
{
	size_t i;

	fputs("],\"hosts\":[\n", file);
	for (i = 0; i < last->n_hosts; i++) {
		put_host(file, &last->hosts[i]);
		fputs(i + 1 < last->n_hosts ? ",\n" : "\n", file);
	}
	fputs("]}\n", file);
	fputs(page_after, file);
}
