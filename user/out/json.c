// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * json.c - results as JSON, one object a line. A key whose value is unknown is absent.
 */
#include "payloads.h"
#include "sinks.h"

#include <errno.h>
#include <json-c/json.h>
#include <math.h>
#include <string.h>
#include <time.h>

/* A record under construction. An error sticks, so that only line_write needs to check. */
struct line {
	struct json_object *object;
	int err;
};

/* Add `value`, taking ownership. NULL means that its allocation failed. */
static void put(struct line *l, const char *key, struct json_object *value)
{
	/* Keys are literals, each put once: json-c need not copy or look for them. */
	const unsigned int opts = JSON_C_OBJECT_ADD_KEY_IS_NEW | JSON_C_OBJECT_ADD_CONSTANT_KEY;

	if (!l->err && value && !json_object_object_add_ex(l->object, key, value, opts))
		return;
	json_object_put(value);
	l->err = -ENOMEM;
}

static void put_string(struct line *l, const char *key, const char *text)
{
	if (text)
		put(l, key, json_object_new_string(text));
}

static void put_count(struct line *l, const char *key, uint64_t n)
{
	put(l, key, json_object_new_uint64(n));
}

static void put_rtt(struct line *l, int64_t rtt_us)
{
	if (rtt_us >= 0)
		put(l, "rtt_us", json_object_new_int64(rtt_us));
}

/* `format` is a literal with one %f or %g. JSON has no word for infinity or NaN. */
static void put_double(struct line *l, const char *key, double value, const char *format)
{
	struct json_object *number;

	if (!isfinite(value))
		return;
	number = json_object_new_double(value);
	if (number)
		json_object_set_serializer(number, json_object_double_to_json_string,
					   (void *)format, NULL);
	put(l, key, number);
}

static void put_addr(struct line *l, struct addr addr)
{
	char text[ADDR_TEXT];

	put_string(l, "ip", addr_text(addr, text));
}

static void put_mac(struct line *l, const uint8_t mac[6])
{
	char text[MAC_TEXT];

	put_string(l, "mac", sink_mac(mac, text));
}

static void put_also(struct line *l, const uint8_t (*macs)[6], unsigned int n)
{
	struct json_object *list, *mac;
	char text[MAC_TEXT];
	unsigned int i;

	if (!n)
		return;
	list = json_object_new_array();
	for (i = 0; i < n && list; i++) {
		mac = json_object_new_string(sink_mac(macs[i], text));
		if (mac && !json_object_array_add(list, mac))
			continue;
		json_object_put(mac);
		json_object_put(list);
		list = NULL;
	}
	put(l, "also", list);
}

/* RFC 3339, UTC. */
static void put_time(struct line *l, uint64_t time_us)
{
	time_t seconds = time_us / 1000000;
	char text[64];
	struct tm tm;
	size_t n;

	gmtime_r(&seconds, &tm);
	n = strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(text + n, sizeof(text) - n, ".%06uZ", (unsigned int)(time_us % 1000000));
	put_string(l, "time", text);
}

static struct line line_begin(const char *type, uint64_t time_us)
{
	struct line l = { .object = json_object_new_object() };

	if (!l.object)
		l.err = -ENOMEM;
	put_string(&l, "type", type);
	put_time(&l, time_us);
	return l;
}

/* Write the record. errno starts from 0, since ferror alone gives no reason. */
static int line_write(struct line *l, FILE *file)
{
	const int flags = JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE;
	const char *text;
	size_t n;

	if (l->err)
		return l->err;
	text = json_object_to_json_string_length(l->object, flags, &n);
	if (!text)
		return -ENOMEM;
	fwrite(text, 1, n, file);
	fputc('\n', file);
	return 0;
}

static int line_end(struct line *l, FILE *file)
{
	int err = line_write(l, file);

	json_object_put(l->object);
	return err;
}

static int json_host(struct sink *s, const struct result_host *h)
{
	struct line l = line_begin("host", h->time_us);

	put_addr(&l, h->addr);
	if (h->has_mac)
		put_mac(&l, h->mac);
	put_string(&l, "vendor", h->vendor);
	put_string(&l, "how", kinds[h->kind].how);
	put_also(&l, h->also, h->n_also);
	put_string(&l, "reason", kind_reason(h->kind, ANSWER_UP));
	put_rtt(&l, h->rtt_us);
	return line_end(&l, s->file);
}

static int json_port(struct sink *s, const struct result_port *p)
{
	bool filtered = kind_is_filtered(p->state);
	bool open = p->state == ANSWER_OPEN;
	bool answered = open || filtered || p->state == ANSWER_CLOSED;
	struct line l = line_begin("port", p->time_us);

	put_addr(&l, p->addr);
	put_string(&l, "protocol", kinds[p->kind].protocol);
	put_count(&l, "port", p->port);
	put_string(&l, "service", p->service);
	put_string(&l, "state", kind_state_name(p->state));
	put_string(&l, "reason", kind_reason(p->kind, p->state));
	if (open && p->kind == PROBE_UDP)
		put_string(&l, "proof", payload_proof(p->port));
	if (open)
		put_string(&l, "doubtful", p->doubtful);
	if (p->closed_p > 0)
		put_double(&l, "closed_p", p->closed_p, "%.3f");
	if (filtered)
		put_count(&l, "code", p->state - ANSWER_FILTERED);
	if (answered && p->detailed) {
		put_count(&l, "ttl", p->ttl);
		if (open && p->kind == PROBE_TCP)
			put_count(&l, "window", p->window);
		if (open && p->kind == PROBE_TCP && p->mss)
			put_count(&l, "mss", p->mss);
		put_rtt(&l, p->rtt_us);
	}
	return line_end(&l, s->file);
}

static int json_rate(struct sink *s, const struct result_rate *r)
{
	struct line l = line_begin("rate", r->time_us);
	char text[ADDR_TEXT];

	put_string(&l, "phase", kinds[r->kind].title);
	if (r->has_gateway)
		put_string(&l, "gateway", addr_text(r->gateway, text));
	put_double(&l, "rate_pps", r->rate_pps, "%.0f");
	if (r->limit_pps > 0)
		put_double(&l, "limit_pps", r->limit_pps, "%.0f");
	if (r->asked) {
		put_count(&l, "asked", r->asked);
		put_count(&l, "answered", r->answered);
	}
	put_string(&l, "why", r->why);
	return line_end(&l, s->file);
}

static void put_ledger(struct line *l, const struct ledger *ledger)
{
	const struct ledger_figure *figure = ledger_figures;
	uint64_t sum = 0;
	unsigned int i;

	for (i = 0; i < LEDGER_FIGURES_N; i++, figure++) {
		if (!figure->key)
			continue;
		sum += ledger_get(ledger, i);
		/* Do this figure and the next share a key? */
		if (i + 1 < LEDGER_FIGURES_N && figure[1].key &&
		    !strcmp(figure->key, figure[1].key))
			continue;
		put_count(l, figure->key, sum);
		sum = 0;
	}
}

static int json_end(struct sink *s, const struct result_summary *sum)
{
	struct line l = line_begin("summary", sum->time_us);

	put_count(&l, "hosts_up", sum->hosts_up);
	if (sum->ports_scanned) {
		put_count(&l, "open", sum->open);
		put_count(&l, "closed", sum->closed);
		put_count(&l, "filtered", sum->filtered);
		put_count(&l, "unanswered", ledger_unanswered(&sum->ledger));
	}
	put_ledger(&l, &sum->ledger);
	if (sum->self)
		put_count(&l, "self", sum->self);
	if (sum->n_gone)
		put_count(&l, "gone", sum->n_gone);
	/* Fixed decimals would round 1 lost answer of many up to 1: no loss. */
	put_double(&l, "coverage", sum->coverage, "%.15g");
	put_double(&l, "coverage_low", sum->coverage_low, "%.15g");
	put_double(&l, "elapsed_s", sum->elapsed_s, "%.3f");
	put_double(&l, "rate_pps", ledger_rate_pps(&sum->ledger), "%.0f");
	if (sum->gave_way_cpu_s + sum->gave_way_path_s > 0) {
		put_double(&l, "gave_way_cpu_s", sum->gave_way_cpu_s, "%.3f");
		put_double(&l, "gave_way_path_s", sum->gave_way_path_s, "%.3f");
	}
	put_string(&l, "attach", sum->attach);
	put_string(&l, "tx", sum->tx);
	put(&l, "complete", json_object_new_boolean(sum->complete));
	return line_end(&l, s->file);
}

const struct sink_ops out_json = {
	.option = "json",
	.what = "results as JSON lines (- is standard output, in place of the table)",
	.appends = true,
	.host = json_host,
	.port = json_port,
	.rate = json_rate,
	.end = json_end,
};
