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
	p.doubtful = "window 0";
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
			  "198.18.0.2\t22/tcp\topen\tssh\tdoubtful: window 0\n"
			  "198.18.0.2\t65535/tcp\tfiltered\tunknown\tadmin-prohibited\n"
			  "198.18.0.2\t65535/tcp\tclosed\tunknown\n"
			  "198.18.0.2\t65535/tcp\tunanswered\tunknown\n"
			  "198.18.0.2\t02:00:00:00:00:fe\tMaker \"A/B\"\n"
			  "198.18.0.2\t-\t-\n");
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
		      "198.18.0.2       22/tcp     open        ssh              doubtful: window 0\n"
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
		cmocka_unit_test(text_for_terminals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
