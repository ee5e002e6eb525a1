// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * json.c - results as JSON, one object a line. A key whose value is unknown is absent.
 */
#include "payloads.h"
#include "sinks.h"

#include "utf8.h"

#include <errno.h>
#include <json-c/json.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

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

/* JSON is UTF-8; text from the command line may be something else. NULL: out of memory. */
static struct json_object *new_string(const char *text)
{
	size_t n = strlen(text), used = 0, len;
	char *clean = malloc(n * strlen(UTF8_REPLACEMENT) + 1);
	struct json_object *string = NULL;

	for (; clean && n; text += len ?: 1, n -= len ?: 1) {
		len = utf8_len(text, n);
		memcpy(clean + used, len ? text : UTF8_REPLACEMENT,
		       len ?: strlen(UTF8_REPLACEMENT));
		used += len ?: strlen(UTF8_REPLACEMENT);
	}
	if (clean && used <= INT_MAX)
		string = json_object_new_string_len(clean, (int)used);
	free(clean);
	return string;
}

static void put_string(struct line *l, const char *key, const char *text)
{
	if (text)
		put(l, key, new_string(text));
}

static void put_count(struct line *l, const char *key, uint64_t n)
{
	put(l, key, json_object_new_uint64(n));
}

static void put_rtt(struct line *l, int64_t rtt_us, bool echoed)
{
	if (rtt_us < 0)
		return;
	put(l, "rtt_us", json_object_new_int64(rtt_us));
	put_string(l, "rtt_from", echoed ? "echo" : "log");
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

/* Add text to a list. An error frees the list: NULL. */
static struct json_object *list_add(struct json_object *list, const char *text)
{
	struct json_object *string = list ? new_string(text) : NULL;

	if (string && !json_object_array_add(list, string))
		return list;
	json_object_put(string);
	json_object_put(list);
	return NULL;
}

static void put_also(struct line *l, const uint8_t (*macs)[6], unsigned int n)
{
	struct json_object *list = n ? json_object_new_array() : NULL;
	char text[MAC_TEXT];
	unsigned int i;

	for (i = 0; i < n; i++)
		list = list_add(list, sink_mac(macs[i], text));
	if (n)
		put(l, "also", list);
}

static void put_time(struct line *l, uint64_t time_us)
{
	char text[TIME_TEXT];

	put_string(l, "time", sink_time(time_us, text));
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

/* Write the record, which may be long. */
static int line_write(struct line *l, struct sink *s)
{
	const int flags = JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE;
	const char *text;
	size_t n;
	int err;

	if (l->err)
		return l->err;
	text = json_object_to_json_string_length(l->object, flags, &n);
	if (!text)
		return -ENOMEM;
	err = sink_write(s, text, n);
	if (!err)
		fputc('\n', s->file);
	return err;
}

static int line_end(struct line *l, struct sink *s)
{
	int err = line_write(l, s);

	json_object_put(l->object);
	return err;
}

static void put_arguments(struct line *l, const char *const *arguments)
{
	struct json_object *list = json_object_new_array();

	for (; *arguments; arguments++)
		list = list_add(list, *arguments);
	put(l, "arguments", list);
}

static void put_targets(struct line *l, const struct ranges *targets)
{
	struct json_object *list = json_object_new_array();
	char text[RANGE_TEXT];
	size_t i;

	for (i = 0; i < targets->n; i++)
		list = list_add(list, range_text(&targets->v[i], text));
	put(l, "targets", list);
}

static void put_ifaces(struct line *l, const struct result_iface *ifaces, unsigned int n)
{
	struct json_object *list = json_object_new_array();
	unsigned int i;

	for (i = 0; i < n; i++)
		list = list_add(list, ifaces[i].name);
	put(l, "interfaces", list);
}

/* The ports of each protocol, as the command line takes them. */
static void put_ports(struct line *l, const struct ports *const ports[PROBE_KINDS_N])
{
	struct line by_protocol = { .object = json_object_new_object() };
	char *text = malloc(PORTS_TEXT_MAX);
	unsigned int i;

	for (i = 0; i < PROBE_KINDS_N && text && by_protocol.object; i++)
		if (ports[i])
			put_string(&by_protocol, kinds[i].protocol,
				   ports_print(ports[i], text, PORTS_TEXT_MAX));
	if (!text || !by_protocol.object || by_protocol.err)
		l->err = -ENOMEM;
	free(text);
	if (by_protocol.object && json_object_object_length(by_protocol.object))
		put(l, "ports", by_protocol.object);
	else
		json_object_put(by_protocol.object);
}

static int json_start(struct sink *s, const struct result_start *r)
{
	struct line l = line_begin("start", r->time_us);

	put_string(&l, "version", r->version);
	put_arguments(&l, r->arguments);
	put_ifaces(&l, r->ifaces, r->n_ifaces);
	put_targets(&l, r->targets);
	put_ports(&l, r->ports);
	put_count(&l, "seed", r->seed);
	if (r->goes_on)
		put(&l, "resumed", json_object_new_boolean(true));
	return line_end(&l, s);
}

static int json_host(struct sink *s, const struct result_host *h)
{
	struct line l = line_begin("host", h->time_us);

	put_addr(&l, h->addr);
	put_string(&l, "zone", h->zone);
	put_string(&l, "name", h->name);
	if (h->has_mac)
		put_mac(&l, h->mac);
	put_string(&l, "vendor", h->vendor);
	put_string(&l, "how", result_host_how(h));
	put_also(&l, h->also, h->n_also);
	put_string(&l, "reason", kind_reason(h->kind, ANSWER_UP));
	put_rtt(&l, h->rtt_us, false);
	return line_end(&l, s);
}

static int json_port(struct sink *s, const struct result_port *p)
{
	bool filtered = kind_is_filtered(p->state);
	bool open = p->state == ANSWER_OPEN;
	bool answered = open || filtered || p->state == ANSWER_CLOSED;
	struct line l = line_begin("port", p->time_us);

	put_addr(&l, p->addr);
	put_string(&l, "zone", p->zone);
	put_string(&l, "name", p->name);
	put_string(&l, "protocol", kinds[p->kind].protocol);
	put_count(&l, "port", p->port);
	put_string(&l, "service", p->service);
	put_string(&l, "state", kind_state_name(p->state));
	put_string(&l, "reason", kind_reason(p->kind, p->state));
	if (open && kind_is_udp(p->kind))
		put_string(&l, "proof", payload_proof(p->port));
	put_string(&l, "info", p->info);
	put_string(&l, "doubtful", p->doubtful);
	if (p->closed_p > 0)
		put_double(&l, "closed_p", p->closed_p, "%.3f");
	if (filtered)
		put_count(&l, "code", kind_icmp_code(p->state));
	if (answered && p->detailed) {
		put_count(&l, "ttl", p->ttl);
		if (open && kind_is_tcp(p->kind))
			put_count(&l, "window", p->window);
		if (open && kind_is_tcp(p->kind) && p->mss)
			put_count(&l, "mss", p->mss);
		put_rtt(&l, p->rtt_us, p->rtt_echoed);
	}
	return line_end(&l, s);
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
	return line_end(&l, s);
}

/* The powers of two that have values, as bpftrace writes them. */
static struct json_object *json_powers(const struct hist *h)
{
	struct json_object *list = json_object_new_array();
	uint64_t powers[HIST_POWERS];
	unsigned int i;

	hist_powers(h, powers);
	for (i = 0; i < HIST_POWERS && list; i++) {
		struct line bin = { 0 };

		if (!powers[i])
			continue;
		bin.object = json_object_new_object();
		put_count(&bin, "min", i ? 1ULL << (i - 1) : 0);
		put_count(&bin, "max", i ? (1ULL << i) - 1 : 0);
		put_count(&bin, "count", powers[i]);
		if (bin.object && !bin.err && !json_object_array_add(list, bin.object))
			continue;
		json_object_put(bin.object);
		json_object_put(list);
		list = NULL;
	}
	return list;
}

static int json_histogram(struct sink *s, const struct result_histogram *h)
{
	static const struct {
		const char *key;
		double share;
	} percentiles[] = { { "p50", 0.5 }, { "p90", 0.9 }, { "p99", 0.99 } };
	struct line l = line_begin("histogram", h->time_us), data, keys;
	char name[32];
	size_t i;

	snprintf(name, sizeof(name), "@%s", h->name);
	data = (struct line){ .object = json_object_new_object() };
	keys = h->key ? (struct line){ .object = json_object_new_object() } : (struct line){ 0 };
	if (h->key)
		put(&keys, h->key, json_powers(&h->hist));
	json_object_object_add(data.object, name, h->key ? keys.object : json_powers(&h->hist));
	put(&l, "data", data.object);
	put_count(&l, "n", h->hist.n);
	for (i = 0; i < sizeof(percentiles) / sizeof(percentiles[0]); i++)
		put_count(&l, percentiles[i].key, hist_percentile(&h->hist, percentiles[i].share));
	if (!l.err)
		l.err = keys.err;
	return line_end(&l, s);
}

static int json_cost(struct sink *s, const struct result_cost *c)
{
	struct line l = line_begin("cost", c->time_us);

	put_string(&l, "program", c->program);
	put_count(&l, "runs", c->runs);
	put_count(&l, "run_ns", c->run_ns);
	if (c->runs)
		put_double(&l, "ns_a_run", result_cost_run_ns(c), "%.1f");
	if (c->has_foreign)
		put_count(&l, "foreign", c->foreign);
	if (c->jited_bytes)
		put_count(&l, "jited_bytes", c->jited_bytes);
	if (c->verified_insns)
		put_count(&l, "verified_insns", c->verified_insns);
	put_double(&l, "cpu_s", c->own_s, "%.6f");
	put_double(&l, "softirq_s", c->softirq_s, "%.2f");
	put_double(&l, "cpus_s", c->cpus_s, "%.3f");
	if (c->probes)
		put_double(&l, "cpu_us_a_probe", result_cost_probe_us(c), "%.3f");
	return line_end(&l, s);
}

static int json_drops(struct sink *s, const struct result_drops *d)
{
	struct line l = line_begin("drops", d->time_us);
	unsigned int i;

	for (i = 0; i < DROPS_PLACES_N; i++)
		if (drops_knows(&d->drops, i))
			put_count(&l, drops_places[i].name, drops_get(&d->drops, i));
	return line_end(&l, s);
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
	if (sum->unroutable)
		put_count(&l, "unroutable", sum->unroutable);
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
	if (sum->captures) {
		put_count(&l, "captured", sum->captured);
		put_count(&l, "capture_left_out", sum->capture_left_out);
	}
	put_string(&l, "attach", sum->attach);
	put_string(&l, "tx", sum->tx);
	put(&l, "complete", json_object_new_boolean(sum->complete));
	return line_end(&l, s);
}

const struct sink_ops out_json = {
	.option = "json",
	.what = "results as JSON lines (- is standard output, in place of the table)",
	.appends = true,
	.start = json_start,
	.host = json_host,
	.port = json_port,
	.rate = json_rate,
	.histogram = json_histogram,
	.cost = json_cost,
	.drops = json_drops,
	.end = json_end,
};
