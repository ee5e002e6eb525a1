// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* test-text.c - rows, byte for byte. */
#include "capture.h"

static const struct result_host no_mac = { .addr = HOST_2, .rtt_us = -1 };

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
	assert_int_equal(out_text.host(s, &no_mac), 0);
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
			  "198.18.0.2\t02:00:00:00:00:fe\tMaker \"A/B\"\n"
			  "198.18.0.2\t-\t-\n");
}

/* The longest address, with its zone. */
static void text_over_ip6(void **unused)
{
	const struct addr longest = { 0xfebfffffffffffff, 0xfffffffffffffffe };
	const struct result_host h = { .addr = longest, .zone = "a-name-of-15-by", .rtt_us = -1 };
	struct result_port p = open_port;
	struct capture c;

	(void)unused;
	p.addr = (struct addr){ 0x20010db800000000, 1 };
	p.kind = PROBE_TCP6;
	capture_open(&c, &out_text, false);
	assert_int_equal(out_text.host(&c.sink, &h), 0);
	assert_int_equal(out_text.port(&c.sink, &p), 0);
	capture_close(&c, "febf:ffff:ffff:ffff:ffff:ffff:ffff:fffe%a-name-of-15-by\t-\t-\n"
			  "2001:db8::1\t22/tcp\topen\tssh\n");
}

static void text_for_terminals(void **unused)
{
	struct capture c;

	(void)unused;
	capture_open(&c, &out_text, true);
	write_all_rows(&c.sink);
	capture_close(&c,
		      "HOST             MAC                VENDOR\n"
		      "198.18.0.2       02:00:00:00:00:fe  Maker \"A/B\"\n"
		      "255.255.255.255  00:00:00:00:00:00  (unknown)\n"
		      "\n"
		      "HOST             PORT       STATE       SERVICE\n"
		      "198.18.0.2       22/tcp     open        ssh\n"
		      "198.18.0.2       65535/tcp  filtered    unknown          admin-prohibited\n"
		      "198.18.0.2       65535/tcp  closed      unknown\n"
		      "198.18.0.2       65535/tcp  unanswered  unknown\n"
		      "\n"
		      "HOST             MAC                VENDOR\n"
		      "198.18.0.2       02:00:00:00:00:fe  Maker \"A/B\"\n"
		      "198.18.0.2       -                  -\n");

	capture_open(&c, &out_text, true);
	assert_int_equal(out_text.port(&c.sink, &open_port), 0);
	capture_close(&c, "HOST             PORT       STATE       SERVICE\n"
			  "198.18.0.2       22/tcp     open        ssh\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_for_pipes),
		cmocka_unit_test(text_over_ip6),
		cmocka_unit_test(text_for_terminals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
