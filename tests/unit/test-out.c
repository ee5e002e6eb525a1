// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* test-out.c - JSON lines, byte for byte, and the error of a sink whose file is full. */
#include "capture.h"

#include "utf8.h"

#include <errno.h>
#include <json-c/json.h>
#include <math.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

static void assert_port_line(const struct result_port *p, const char *want)
{
	struct capture c;

	capture_open(&c, &out_json, false);
	assert_int_equal(out_json.port(&c.sink, p), 0);
	capture_close(&c, want);
}

static void assert_summary_line(const struct result_summary *sum, const char *want)
{
	struct capture c;

	capture_open(&c, &out_json, false);
	assert_int_equal(out_json.end(&c.sink, sum), 0);
	capture_close(&c, want);
}

static void json_hosts(void **unused)
{
	struct capture c;

	(void)unused;
	capture_open(&c, &out_json, false);
	assert_int_equal(out_json.host(&c.sink, &host), 0);
	assert_int_equal(out_json.host(&c.sink, &host_unknown), 0);
	capture_close(
		&c,
		"{\"type\":\"host\",\"time\":\"" TIME "\",\"ip\":\"198.18.0.2\","
		"\"mac\":\"02:00:00:00:00:fe\",\"vendor\":\"Maker \\\"A/B\\\"\","
		"\"how\":\"arp\",\"reason\":\"arp-reply\",\"rtt_us\":112,\"rtt_from\":\"log\"}\n"
		"{\"type\":\"host\",\"time\":\"1970-01-01T00:00:00.000000Z\","
		"\"ip\":\"255.255.255.255\",\"mac\":\"00:00:00:00:00:00\","
		"\"how\":\"arp\",\"reason\":\"arp-reply\"}\n");
}

static void assert_host_line(const struct result_host *h, const char *want)
{
	struct capture c;

	capture_open(&c, &out_json, false);
	assert_int_equal(out_json.host(&c.sink, h), 0);
	capture_close(&c, want);
}

static void json_over_ip6(void **unused)
{
	const struct result_host h = {
		.addr = { 0xfe80ULL << 48, 0xa },
		.zone = "eth0",
		.kind = PROBE_ND,
		.has_mac = true,
		.mac = { 2, 0, 0, 0, 0, 0xfe },
		.rtt_us = -1,
	};

	(void)unused;
	assert_host_line(&h, "{\"type\":\"host\",\"time\":\"1970-01-01T00:00:00.000000Z\","
			     "\"ip\":\"fe80::a\",\"zone\":\"eth0\",\"mac\":\"02:00:00:00:00:fe\","
			     "\"how\":\"nd\",\"reason\":\"nd-reply\"}\n");
}

static void json_conflicts(void **unused)
{
	static const uint8_t also[2][6] = { { 2, 0, 0, 0, 0, 1 }, { 2, 0, 0, 0, 0, 2 } };
	struct result_host h = { .addr = HOST_2, .kind = PROBE_ARP, .has_mac = true, .rtt_us = -1 };

	(void)unused;
	h.also = also;
	h.n_also = 2;
	assert_host_line(&h, "{\"type\":\"host\",\"time\":\"1970-01-01T00:00:00.000000Z\","
			     "\"ip\":\"198.18.0.2\",\"mac\":\"00:00:00:00:00:00\",\"how\":\"arp\","
			     "\"also\":[\"02:00:00:00:00:01\",\"02:00:00:00:00:02\"],"
			     "\"reason\":\"arp-reply\"}\n");
	h.has_mac = false;
	h.n_also = 0;
	assert_host_line(&h, "{\"type\":\"host\",\"time\":\"1970-01-01T00:00:00.000000Z\","
			     "\"ip\":\"198.18.0.2\",\"how\":\"arp\",\"reason\":\"arp-reply\"}\n");
}

#define PORT_START \
	"{\"type\":\"port\",\"time\":\"" TIME "\",\"ip\":\"198.18.0.2\",\"protocol\":\"tcp\","

#define UDP_START \
	"{\"type\":\"port\",\"time\":\"" TIME "\",\"ip\":\"198.18.0.2\",\"protocol\":\"udp\","

static void json_ports(void **unused)
{
	struct result_port p = open_port;

	(void)unused;
	assert_port_line(&p, PORT_START "\"port\":22,\"service\":\"ssh\",\"state\":\"open\","
					"\"reason\":\"syn-ack\",\"ttl\":64,\"window\":64240,"
					"\"mss\":1460,\"rtt_us\":131,\"rtt_from\":\"log\"}\n");
	p.mss = 0;
	p.window = 0;
	p.rtt_us = 0;
	p.service = NULL;
	assert_port_line(&p,
			 PORT_START "\"port\":22,\"state\":\"open\",\"reason\":\"syn-ack\","
				    "\"ttl\":64,\"window\":0,\"rtt_us\":0,\"rtt_from\":\"log\"}\n");
	p.detailed = false;
	assert_port_line(&p, PORT_START "\"port\":22,\"state\":\"open\",\"reason\":\"syn-ack\"}\n");

	p = open_port;
	p.state = ANSWER_CLOSED;
	assert_port_line(&p, PORT_START
			 "\"port\":22,\"service\":\"ssh\",\"state\":\"closed\","
			 "\"reason\":\"reset\",\"ttl\":64,\"rtt_us\":131,\"rtt_from\":\"log\"}\n");
	p.state = ANSWER_FILTERED + 3;
	p.rtt_us = -1;
	assert_port_line(&p, PORT_START "\"port\":22,\"service\":\"ssh\",\"state\":\"filtered\","
					"\"reason\":\"port-unreach\",\"code\":3,\"ttl\":64}\n");
	p.state = ANSWER_FILTERED;
	p.port = 65535;
	p.detailed = false;
	assert_port_line(&p, PORT_START "\"port\":65535,\"service\":\"ssh\",\"state\":\"filtered\","
					"\"reason\":\"net-unreach\",\"code\":0}\n");

	p = open_port;
	p.state = ANSWER_NONE;
	assert_port_line(&p, PORT_START "\"port\":22,\"service\":\"ssh\",\"state\":\"unanswered\","
					"\"reason\":\"no-response\"}\n");
}

static void json_udp_ports(void **unused)
{
	struct result_port p = open_port;

	(void)unused;
	p.kind = PROBE_UDP;
	p.port = 53;
	p.service = "domain";
	p.window = p.mss = 7;
	assert_port_line(&p,
			 UDP_START "\"port\":53,\"service\":\"domain\",\"state\":\"open\","
				   "\"reason\":\"udp-response\",\"proof\":\"number\",\"ttl\":64,"
				   "\"rtt_us\":131,\"rtt_from\":\"log\"}\n");
	p.port = 69;
	p.service = NULL;
	p.detailed = false;
	assert_port_line(&p, UDP_START "\"port\":69,\"state\":\"open\","
				       "\"reason\":\"udp-response\",\"proof\":\"form\"}\n");
	p.port = 9;
	assert_port_line(&p, UDP_START "\"port\":9,\"state\":\"open\","
				       "\"reason\":\"udp-response\",\"proof\":\"port\"}\n");
	p.doubtful = "random ports answer too";
	assert_port_line(&p, UDP_START "\"port\":9,\"state\":\"open\","
				       "\"reason\":\"udp-response\",\"proof\":\"port\","
				       "\"doubtful\":\"random ports answer too\"}\n");
	p.info = "version 4, \"x\"";
	assert_port_line(&p, UDP_START "\"port\":9,\"state\":\"open\","
				       "\"reason\":\"udp-response\",\"proof\":\"port\","
				       "\"info\":\"version 4, \\\"x\\\"\","
				       "\"doubtful\":\"random ports answer too\"}\n");
	p.doubtful = p.info = NULL;
	p.state = ANSWER_NONE;
	p.closed_p = 0.5127;
	assert_port_line(&p, UDP_START "\"port\":9,\"state\":\"unanswered\","
				       "\"reason\":\"no-response\",\"closed_p\":0.513}\n");
	p.closed_p = 0;
	p.state = ANSWER_CLOSED;
	assert_port_line(&p, UDP_START "\"port\":9,\"state\":\"closed\","
				       "\"reason\":\"port-unreach\"}\n");
}

static void assert_start_line(const struct result_start *r, const char *want)
{
	struct capture c;

	capture_open(&c, &out_json, false);
	assert_int_equal(out_json.start(&c.sink, r), 0);
	capture_close(&c, want);
}

static void json_starts(void **unused)
{
	const char *arguments[] = { "--tcp", "22", "caf\xe9 \"\n", NULL };
	struct range ranges[] = { { addr_ip4(0xc6120000), addr_ip4(0xc61200ff) },
				  { addr_ip4(0xc6120101), addr_ip4(0xc6120103) },
				  { { 0x20010db800000000, 1 }, { 0x20010db800000000, 1 } } };
	const struct ranges targets = { .v = ranges, .n = 3 };
	const struct result_iface ifaces[] = { { .name = "eth0" }, { .name = "tun0" } };
	struct result_start r = { .time_us = TIME_US,
				  .version = "1.2.3",
				  .arguments = arguments,
				  .targets = &targets,
				  .seed = 7,
				  .ifaces = ifaces,
				  .n_ifaces = 2 };
	struct ports *ports = calloc(1, sizeof(*ports));

	(void)unused;
	assert_non_null(ports);
	ports->n = 3;
	ports->list[0] = 22;
	ports->list[1] = 23;
	ports->list[2] = 80;
	r.ports[PROBE_TCP] = ports;
	assert_start_line(&r,
			  "{\"type\":\"start\",\"time\":\"" TIME "\",\"version\":\"1.2.3\","
			  "\"arguments\":[\"--tcp\",\"22\",\"caf" UTF8_REPLACEMENT " \\\"\\n\"],"
			  "\"interfaces\":[\"eth0\",\"tun0\"],"
			  "\"targets\":[\"198.18.0.0/24\",\"198.18.1.1-198.18.1.3\","
			  "\"2001:db8::1\"],\"ports\":{\"tcp\":\"22-23,80\"},\"seed\":7}\n");
	arguments[0] = NULL;
	r.ports[PROBE_TCP] = NULL;
	r.goes_on = true;
	assert_start_line(&r, "{\"type\":\"start\",\"time\":\"" TIME "\",\"version\":\"1.2.3\","
			      "\"arguments\":[],\"interfaces\":[\"eth0\",\"tun0\"],"
			      "\"targets\":[\"198.18.0.0/24\","
			      "\"198.18.1.1-198.18.1.3\",\"2001:db8::1\"],\"seed\":7,"
			      "\"resumed\":true}\n");
	free(ports);
}

static void assert_rate_line(const struct result_rate *r, const char *line)
{
	struct capture c;

	capture_open(&c, &out_json, false);
	assert_int_equal(out_json.rate(&c.sink, r), 0);
	capture_close(&c, line);
}

static void json_rates(void **unused)
{
	struct result_rate r = { .kind = PROBE_TCP, .rate_pps = 32000.4, .why = "start" };

	(void)unused;
	assert_rate_line(&r, "{\"type\":\"rate\",\"time\":\"1970-01-01T00:00:00.000000Z\","
			     "\"phase\":\"SYN scan\",\"rate_pps\":32000,\"why\":\"start\"}\n");
	r.has_gateway = true;
	r.gateway = addr_ip4(0xc61200fe);
	r.limit_pps = 1000;
	r.asked = 64;
	r.why = "answers";
	assert_rate_line(&r, "{\"type\":\"rate\",\"time\":\"1970-01-01T00:00:00.000000Z\","
			     "\"phase\":\"SYN scan\",\"gateway\":\"198.18.0.254\","
			     "\"rate_pps\":32000,\"limit_pps\":1000,\"asked\":64,\"answered\":0,"
			     "\"why\":\"answers\"}\n");
}

#define SUMMARY_START "{\"type\":\"summary\",\"time\":\"" TIME "\",\"hosts_up\":1,"
#define SUMMARY_COUNTS                                                                             \
	"\"probes\":1024,\"asked\":1024,\"sent\":1024,\"send_errors\":0,\"retransmits\":0,\"host_" \
	"probes\":0,"                                                                              \
	"\"seen\":1030,\"replies\":1024,\"late\":2,\"duplicates\":4,\"rejected\":2,"               \
	"\"events_lost\":3,\"recovered\":3,"

static void json_summaries(void **unused)
{
	struct result_summary sum = summary;

	(void)unused;
	assert_summary_line(
		&sum, SUMMARY_START
		"\"open\":1,\"closed\":1023,\"filtered\":0,\"unanswered\":0," SUMMARY_COUNTS
		"\"coverage\":1.0,\"coverage_low\":0.5,\"elapsed_s\":0.041,\"rate_pps\":24976,"
		"\"attach\":\"native\",\"tx\":\"af_packet\",\"complete\":true}\n");

	sum.ports_scanned = false;
	sum.coverage = 0.9999995; /* one of two million */
	sum.coverage_low = 0.25;
	sum.elapsed_s = 12;
	sum.ledger.elapsed_ns = 0;
	sum.attach = NULL;
	sum.complete = false;
	assert_summary_line(
		&sum, SUMMARY_START SUMMARY_COUNTS
		"\"coverage\":0.9999995,\"coverage_low\":0.25,\"elapsed_s\":12.000,\"rate_pps\":0,"
		"\"tx\":\"af_packet\",\"complete\":false}\n");

	sum.coverage = sum.coverage_low = NAN; /* nothing was asked: unknown */
	sum.elapsed_s = INFINITY;
	sum.self = 2;
	sum.unroutable = 3;
	assert_summary_line(&sum, SUMMARY_START SUMMARY_COUNTS
			    "\"self\":2,\"unroutable\":3,\"rate_pps\":0,\"tx\":\"af_packet\","
			    "\"complete\":false}\n");

	sum.captures = true;
	sum.captured = 7;
	sum.capture_left_out = 9;
	assert_summary_line(
		&sum, SUMMARY_START SUMMARY_COUNTS
		"\"self\":2,\"unroutable\":3,\"rate_pps\":0,\"captured\":7,\"capture_left_out\":9,"
		"\"tx\":\"af_packet\",\"complete\":false}\n");
}

/* Frames that were refused and frames that were dropped have one key. */
static void json_adds_up_send_errors(void **unused)
{
	struct result_summary sum = summary;
	struct capture c;

	(void)unused;
	sum.ledger.refused = 3;
	sum.ledger.dropped = 4;
	capture_open(&c, &out_json, false);
	assert_int_equal(out_json.end(&c.sink, &sum), 0);
	assert_int_equal(sink_flush(&c.sink), 0);
	assert_non_null(strstr(
		c.text, ",\"sent\":1024,\"send_errors\":7,\"retransmits\":0,\"host_probes\":0,"));
	fclose(c.sink.file);
	free(c.text);
}

static uint64_t number_of(struct json_object *o, const char *key)
{
	struct json_object *v;

	assert_true(json_object_object_get_ex(o, key, &v));
	assert_int_equal(json_object_get_type(v), json_type_int);
	return json_object_get_uint64(v);
}

static void json_counts_are_64_bits(void **unused)
{
	struct result_summary sum = summary;
	struct json_object *o;
	struct capture c;

	(void)unused;
	sum.hosts_up = UINT64_MAX;
	sum.ledger.events_lost = UINT64_MAX - 1;
	sum.ledger.rejected = 1ULL << 53 | 1;
	capture_open(&c, &out_json, false);
	assert_int_equal(out_json.end(&c.sink, &sum), 0);
	assert_int_equal(sink_flush(&c.sink), 0);
	o = json_tokener_parse(c.text);
	assert_non_null(o);
	assert_true(number_of(o, "hosts_up") == UINT64_MAX);
	assert_true(number_of(o, "events_lost") == UINT64_MAX - 1);
	assert_true(number_of(o, "rejected") == (1ULL << 53 | 1));
	json_object_put(o);
	fclose(c.sink.file);
	free(c.text);
}

/* Law: whatever the vendor string holds, the record is one line and reads back as it was. */
static void json_escapes_all_ascii(void **unused)
{
	(void)unused;
	for (int first = 1; first < 0x80; first++) {
		char vendor[] = { first, '"', '\\', '/', first, '\0' };
		struct result_host h = host;
		struct json_object *o, *v;
		struct capture c;

		h.vendor = vendor;
		capture_open(&c, &out_json, false);
		assert_int_equal(out_json.host(&c.sink, &h), 0);
		assert_int_equal(sink_flush(&c.sink), 0);
		assert_ptr_equal(strchr(c.text, '\n'), c.text + c.size - 1);
		o = json_tokener_parse(c.text);
		assert_true(json_object_object_get_ex(o, "vendor", &v));
		assert_string_equal(json_object_get_string(v), vendor);
		json_object_put(o);
		fclose(c.sink.file);
		free(c.text);
	}
}

static int write_host(struct sink *s, const struct result_host *h)
{
	int code = s->ops->host(s, h);

	return code ? code : sink_flush(s);
}

static int write_port(struct sink *s, const struct result_port *p)
{
	int code = s->ops->port(s, p);

	return code ? code : sink_flush(s);
}

/* Law: after each flush the reader has the whole record, and the file holds whole lines only. */
static void records_are_flushed(void **unused)
{
	static const struct sink_ops *const all[] = { &out_text, &out_json, &out_csv, &out_list };

	(void)unused;
	for (size_t i = 0; i < 4; i++) {
		struct sink s = { .ops = all[i], .file = tmpfile() };
		off_t before = 0;

		assert_non_null(s.file);
		for (int k = 0; k < 100; k++) {
			char last;
			off_t after;

			if (k % 2)
				assert_int_equal(write_host(&s, &host), 0);
			else
				assert_int_equal(write_port(&s, &open_port), 0);
			after = lseek(fileno(s.file), 0, SEEK_END);
			assert_true(after > before);
			assert_int_equal(pread(fileno(s.file), &last, 1, after - 1), 1);
			assert_int_equal(last, '\n');
			before = after;
		}
		fclose(s.file);
	}
}

/* Each call on a file that takes nothing, twice: the second must not pass for a success. */
static void assert_calls_fail(const struct sink_ops *ops, FILE *(*open_file)(void), int err)
{
	for (int round = 0; round < 2; round++) {
		struct sink s = { .ops = ops, .file = open_file() };
		bool of_host = round & 1;

		assert_non_null(s.file);
		assert_int_equal(of_host ? write_host(&s, &host) : write_port(&s, &open_port), err);
		assert_true((of_host ? write_host(&s, &host) : write_port(&s, &open_port)) < 0);
		if (ops->end)
			ops->end(&s, &summary);
		assert_true(sink_flush(&s) < 0);
		fclose(s.file);
	}
}

static FILE *open_full(void)
{
	return fopen("/dev/full", "w");
}

static FILE *open_broken_pipe(void)
{
	int fds[2];

	assert_int_equal(pipe(fds), 0);
	close(fds[0]);
	return fdopen(fds[1], "w");
}

static void failures_are_reported(void **unused)
{
	struct sink s = { .ops = &out_json, .file = open_full() };

	(void)unused;
	assert_non_null(s.file);
	signal(SIGPIPE, SIG_IGN);
	assert_calls_fail(&out_text, open_full, -ENOSPC);
	assert_calls_fail(&out_json, open_full, -ENOSPC);
	assert_calls_fail(&out_csv, open_full, -ENOSPC);
	assert_calls_fail(&out_list, open_full, -ENOSPC);
	assert_calls_fail(&out_text, open_broken_pipe, -EPIPE);
	assert_calls_fail(&out_json, open_broken_pipe, -EPIPE);
	assert_int_equal(out_json.end(&s, &summary), 0);
	assert_int_equal(sink_flush(&s), -ENOSPC);
	fclose(s.file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(json_hosts),
		cmocka_unit_test(json_over_ip6),
		cmocka_unit_test(json_conflicts),
		cmocka_unit_test(json_ports),
		cmocka_unit_test(json_udp_ports),
		cmocka_unit_test(json_starts),
		cmocka_unit_test(json_rates),
		cmocka_unit_test(json_summaries),
		cmocka_unit_test(json_adds_up_send_errors),
		cmocka_unit_test(json_counts_are_64_bits),
		cmocka_unit_test(json_escapes_all_ascii),
		cmocka_unit_test(records_are_flushed),
		cmocka_unit_test(failures_are_reported),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
