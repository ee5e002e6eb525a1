// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* test-out.c - rows and JSON lines, byte for byte, and what a sink says when the file is full. */
#include "result.h"

#include <errno.h>
#include <json-c/json.h>
#include <math.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#define TIME_US 1795215601123456ULL
#define TIME	"2026-11-20T23:00:01.123456Z"
#define HOST_2	ADDR_IP4(0xc6120002) /* 198.18.0.2 */

static const struct result_host host = {
	.time_us = TIME_US,
	.addr = HOST_2,
	.mac = { 2, 0, 0, 0, 0, 0xfe },
	.vendor = "Maker \"A/B\"",
	.rtt_us = 112,
};

static const struct result_host host_unknown = { .addr = ADDR_IP4(0xffffffff), .rtt_us = -1 };

static const struct result_port open_port = {
	.time_us = TIME_US,
	.addr = HOST_2,
	.port = 22,
	.service = "ssh",
	.state = ANSWER_OPEN,
	.detailed = true,
	.ttl = 64,
	.window = 64240,
	.mss = 1460,
	.rtt_us = 131,
};

static const struct result_summary summary = {
	.time_us = TIME_US,
	.ports_scanned = true,
	.hosts = 254,
	.hosts_up = 1,
	.open = 1,
	.closed = 1023,
	.probes = 1024,
	.sent = 1024,
	.replies = 1024,
	.coverage = 1.0,
	.asked = 1024,
	.seen = 1030,
	.late = 2,
	.duplicates = 4,
	.rejected = 2,
	.events_lost = 3,
	.recovered = 3,
	.elapsed_s = 0.041,
	.rate_pps = 24975.4,
	.attach = "native",
	.tx = "af_packet",
	.complete = true,
};

/* A sink into memory. */
struct capture {
	struct sink sink;
	char *text;
	size_t size;
};

static void capture_open(struct capture *c, const struct sink_ops *ops, bool terminal)
{
	*c = (struct capture){ .sink = { .ops = ops, .name = "memory", .terminal = terminal } };
	c->sink.file = open_memstream(&c->text, &c->size);
	assert_non_null(c->sink.file);
}

static void capture_close(struct capture *c, const char *want)
{
	fclose(c->sink.file);
	assert_string_equal(c->text, want);
	free(c->text);
}

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
	capture_close(&c, "{\"type\":\"host\",\"time\":\"" TIME "\",\"ip\":\"198.18.0.2\","
			  "\"mac\":\"02:00:00:00:00:fe\",\"vendor\":\"Maker \\\"A/B\\\"\","
			  "\"reason\":\"arp-reply\",\"rtt_us\":112}\n"
			  "{\"type\":\"host\",\"time\":\"1970-01-01T00:00:00.000000Z\","
			  "\"ip\":\"255.255.255.255\",\"mac\":\"00:00:00:00:00:00\","
			  "\"reason\":\"arp-reply\"}\n");
}

#define PORT_START \
	"{\"type\":\"port\",\"time\":\"" TIME "\",\"ip\":\"198.18.0.2\",\"protocol\":\"tcp\","

static void json_ports(void **unused)
{
	struct result_port p = open_port;

	(void)unused;
	assert_port_line(&p, PORT_START "\"port\":22,\"service\":\"ssh\",\"state\":\"open\","
					"\"reason\":\"syn-ack\",\"ttl\":64,\"window\":64240,"
					"\"mss\":1460,\"rtt_us\":131}\n");
	p.mss = 0;
	p.window = 0;
	p.rtt_us = 0;
	p.service = NULL;
	assert_port_line(&p, PORT_START "\"port\":22,\"state\":\"open\",\"reason\":\"syn-ack\","
					"\"ttl\":64,\"window\":0,\"rtt_us\":0}\n");
	p.detailed = false;
	assert_port_line(&p, PORT_START "\"port\":22,\"state\":\"open\",\"reason\":\"syn-ack\"}\n");

	p = open_port;
	p.state = ANSWER_CLOSED;
	assert_port_line(&p, PORT_START "\"port\":22,\"service\":\"ssh\",\"state\":\"closed\","
					"\"reason\":\"reset\",\"ttl\":64,\"rtt_us\":131}\n");
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

#define SUMMARY_START "{\"type\":\"summary\",\"time\":\"" TIME "\",\"hosts_up\":1,"
#define SUMMARY_COUNTS                                                                      \
	"\"probes\":1024,\"asked\":1024,\"sent\":1024,\"send_errors\":0,\"retransmits\":0," \
	"\"seen\":1030,\"replies\":1024,\"late\":2,\"duplicates\":4,\"rejected\":2,"        \
	"\"events_lost\":3,\"recovered\":3,"

static void json_summaries(void **unused)
{
	struct result_summary sum = summary;

	(void)unused;
	assert_summary_line(
		&sum, SUMMARY_START
		"\"open\":1,\"closed\":1023,\"filtered\":0,\"unanswered\":0," SUMMARY_COUNTS
		"\"coverage\":1.0,\"elapsed_s\":0.041,\"rate_pps\":24975,"
		"\"attach\":\"native\",\"tx\":\"af_packet\",\"complete\":true}\n");

	sum.ports_scanned = false;
	sum.coverage = 0.9999995; /* one of two million */
	sum.elapsed_s = 12;
	sum.rate_pps = 0;
	sum.attach = NULL;
	sum.complete = false;
	assert_summary_line(&sum, SUMMARY_START SUMMARY_COUNTS
			    "\"coverage\":0.9999995,\"elapsed_s\":12.000,\"rate_pps\":0,"
			    "\"tx\":\"af_packet\",\"complete\":false}\n");

	sum.coverage = NAN; /* nothing was asked: unknown */
	sum.rate_pps = INFINITY;
	assert_summary_line(&sum, SUMMARY_START SUMMARY_COUNTS
			    "\"elapsed_s\":12.000,\"tx\":\"af_packet\",\"complete\":false}\n");
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
	sum.events_lost = UINT64_MAX - 1;
	sum.rejected = 1ULL << 53 | 1;
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

static void write_all_rows(struct sink *s)
{
	struct result_port p = open_port;

	assert_int_equal(out_text.host(s, &host), 0);
	assert_int_equal(out_text.host(s, &host_unknown), 0);
	assert_int_equal(out_text.port(s, &p), 0);
	p.service = NULL;
	p.state = ANSWER_FILTERED + 13;
	p.port = 65535;
	assert_int_equal(out_text.port(s, &p), 0);
	p.state = ANSWER_CLOSED;
	assert_int_equal(out_text.port(s, &p), 0);
	p.state = ANSWER_NONE;
	assert_int_equal(out_text.port(s, &p), 0);
	assert_int_equal(out_text.host(s, &host), 0);
	assert_int_equal(out_text.end(s, &summary), 0);
}

static void text_for_pipes(void **unused)
{
	struct capture c;

	(void)unused;
	capture_open(&c, &out_text, false);
	write_all_rows(&c.sink);
	capture_close(&c, "198.18.0.2\t02:00:00:00:00:fe\tMaker \"A/B\"\n"
			  "255.255.255.255\t00:00:00:00:00:00\t(unknown)\n"
			  "198.18.0.2\t22/tcp\topen\tssh\n"
			  "198.18.0.2\t65535/tcp\tfiltered\tunknown\tadmin-prohibited\n"
			  "198.18.0.2\t65535/tcp\tclosed\tunknown\n"
			  "198.18.0.2\t65535/tcp\tunanswered\tunknown\n"
			  "198.18.0.2\t02:00:00:00:00:fe\tMaker \"A/B\"\n");
}

/* Each record begins by clearing a progress line that may stand there. */
#define CLEAR "\r\033[K"

static void text_for_terminals(void **unused)
{
	struct capture c;

	(void)unused;
	capture_open(&c, &out_text, true);
	write_all_rows(&c.sink);
	capture_close(
		&c, CLEAR
		"HOST             MAC                VENDOR\n"
		"198.18.0.2       02:00:00:00:00:fe  Maker \"A/B\"\n" CLEAR
		"255.255.255.255  00:00:00:00:00:00  (unknown)\n" CLEAR "\n"
		"HOST             PORT       STATE       SERVICE\n"
		"198.18.0.2       22/tcp     open        ssh\n" CLEAR
		"198.18.0.2       65535/tcp  filtered    unknown          admin-prohibited\n" CLEAR
		"198.18.0.2       65535/tcp  closed      unknown\n" CLEAR
		"198.18.0.2       65535/tcp  unanswered  unknown\n" CLEAR "\n"
		"HOST             MAC                VENDOR\n"
		"198.18.0.2       02:00:00:00:00:fe  Maker \"A/B\"\n");

	capture_open(&c, &out_text, true);
	assert_int_equal(out_text.port(&c.sink, &open_port), 0);
	capture_close(&c, CLEAR "HOST             PORT       STATE       SERVICE\n"
				"198.18.0.2       22/tcp     open        ssh\n");
	capture_open(&c, &out_text, true);
	assert_int_equal(out_text.end(&c.sink, &summary), 0);
	capture_close(&c, "");
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
	static const struct sink_ops *const all[] = { &out_text, &out_json };

	(void)unused;
	for (size_t i = 0; i < 2; i++) {
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
		cmocka_unit_test(json_ports),
		cmocka_unit_test(json_summaries),
		cmocka_unit_test(json_counts_are_64_bits),
		cmocka_unit_test(json_escapes_all_ascii),
		cmocka_unit_test(text_for_pipes),
		cmocka_unit_test(text_for_terminals),
		cmocka_unit_test(records_are_flushed),
		cmocka_unit_test(failures_are_reported),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
