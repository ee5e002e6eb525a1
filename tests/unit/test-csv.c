// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* test-csv.c - comma separated values, byte for byte, and what a reader makes of hostile names. */
#include "capture.h"

#include "utf8.h"

#include <string.h>

#define HEADER                                                                               \
	"saddr,sport,classification,success,ttl,window,mss,icmp_code,rtt_us,protocol,state," \
	"reason,"                                                                            \
	"service,mac,vendor,timestamp_str,timestamp_ts,timestamp_us,doubtful,name\n"
#define TIMES TIME ",1795215601,123456,"
#define STAMP TIMES ",\n"

enum { FIELDS = 20, VENDOR = 14 };

static void rows(void **unused)
{
	const struct result_start start = { .version = "1" };
	struct result_host echo = { .time_us = TIME_US, .addr = HOST_2, .kind = PROBE_ECHO };
	struct result_host conflict = host;
	struct result_port p = open_port;
	static const uint8_t also[1][6];
	struct capture c;

	(void)unused;
	echo.rtt_us = -1;
	conflict.also = also;
	conflict.n_also = 1;
	capture_open(&c, &out_csv, false);
	assert_int_equal(out_csv.start(&c.sink, &start), 0);
	assert_int_equal(out_csv.host(&c.sink, &host), 0);
	assert_int_equal(out_csv.host(&c.sink, &echo), 0);
	assert_int_equal(out_csv.host(&c.sink, &conflict), 0);
	assert_int_equal(out_csv.port(&c.sink, &p), 0);
	p.kind = PROBE_UDP;
	p.port = 53;
	p.service = "domain";
	p.doubtful = "random ports answer too";
	p.name = "dns.example";
	p.mss = 0;
	assert_int_equal(out_csv.port(&c.sink, &p), 0);
	p = open_port;
	p.state = ANSWER_CLOSED;
	p.rtt_us = -1;
	p.service = NULL;
	assert_int_equal(out_csv.port(&c.sink, &p), 0);
	p.state = ANSWER_FILTERED + 13;
	p.detailed = false;
	assert_int_equal(out_csv.port(&c.sink, &p), 0);
	p.state = ANSWER_NONE;
	p.addr = (struct addr){ 0x20010db800000000, 1 };
	assert_int_equal(out_csv.port(&c.sink, &p), 0);
	capture_close(&c, HEADER
		      "198.18.0.2,,arp,1,,,,,112,,up,arp-reply,,02:00:00:00:00:fe,"
		      "\"Maker \"\"A/B\"\"\"," STAMP
		      "198.18.0.2,,echoreply,1,,,,,,,up,echo-reply,,,," STAMP
		      "198.18.0.2,22,synack,1,64,64240,1460,,131,tcp,open,syn-ack,ssh,,," STAMP
		      "198.18.0.2,53,udp,1,64,,,,131,udp,open,udp-response,domain,,," TIMES
		      "random ports answer too,dns.example\n"
		      "198.18.0.2,22,rst,0,64,,,,,tcp,closed,reset,,,," STAMP
		      "198.18.0.2,22,icmp,0,,,,13,,tcp,filtered,admin-prohibited,,,," STAMP
		      "2001:db8::1,22,,0,,,,,,tcp,unanswered,no-response,,,," STAMP);
}

/* A run that goes on writes no second header. */
static void a_run_that_goes_on(void **unused)
{
	const struct result_start start = { .version = "1", .goes_on = true };
	struct capture c;

	(void)unused;
	capture_open(&c, &out_csv, false);
	c.sink.goes_on = true;
	assert_int_equal(out_csv.start(&c.sink, &start), 0);
	capture_close(&c, "");
	/* The earlier run has written to another file. */
	capture_open(&c, &out_csv, false);
	assert_int_equal(out_csv.start(&c.sink, &start), 0);
	capture_close(&c, HEADER);
}

/* Read the row's field `wanted` as RFC 4180 says; returns the number of fields. */
static int read_field(const char *row, int wanted, char *field)
{
	int n = 0;

	for (;; row++, n++) {
		char *to = n == wanted ? field : (char[512]){ 0 };
		bool quoted = *row == '"';

		for (row += quoted; *row && (quoted || (*row != ',' && *row != '\n')); row++) {
			if (quoted && *row == '"' && *++row != '"')
				break;
			*to++ = *row;
		}
		*to = '\0';
		if (*row != ',')
			return n + 1;
	}
}

/* Law: whatever a name holds, its row is one line and reads back; control characters are blanks. */
static void hostile_names(void **unused)
{
	static const struct {
		const char *vendor, *read;
	} names[] = {
		{ "\"", "\"" },
		{ "\"\"", "\"\"" },
		{ ",", "," },
		{ "a,b\"c", "a,b\"c" },
		{ "]]>", "]]>" },
		{ "\xc3\xa9", "\xc3\xa9" },
		{ "\xff\"", UTF8_REPLACEMENT "\"" },
		{ "a\"\r\n,b\x1b", "a\"  ,b " },
	};
	char got[512];
	size_t i;

	(void)unused;
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct result_host h = host;
		struct capture c;

		h.vendor = names[i].vendor;
		capture_open(&c, &out_csv, false);
		assert_int_equal(out_csv.host(&c.sink, &h), 0);
		assert_int_equal(sink_flush(&c.sink), 0);
		assert_ptr_equal(strchr(c.text, '\n'), c.text + c.size - 1);
		assert_int_equal(read_field(c.text, VENDOR, got), FIELDS);
		assert_string_equal(got, names[i].read);
		fclose(c.sink.file);
		free(c.text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows),
		cmocka_unit_test(a_run_that_goes_on),
		cmocka_unit_test(hostile_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
