// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* test-list.c - masscan's list, byte for byte. */
#include "capture.h"

static void begin(struct capture *c, const struct ports *ports, bool goes_on)
{
	struct result_start start = { .version = "1" };

	start.ports[PROBE_TCP] = ports;
	capture_open(c, &out_list, false);
	c->sink.goes_on = goes_on;
	assert_int_equal(out_list.start(&c->sink, &start), 0);
}

static void end(struct capture *c, const char *want)
{
	assert_int_equal(out_list.end(&c->sink, &summary), 0);
	capture_close(c, want);
}

/* In a scan of ports each line is a port. */
static void ports(void **unused)
{
	static const struct ports some;
	struct result_port p = open_port;
	struct capture c;

	(void)unused;
	begin(&c, &some, false);
	assert_int_equal(out_list.host(&c.sink, &host), 0);
	assert_int_equal(out_list.port(&c.sink, &p), 0);
	p.state = ANSWER_CLOSED;
	p.addr = (struct addr){ 0x20010db800000000, 1 };
	assert_int_equal(out_list.port(&c.sink, &p), 0);
	end(&c, "#masscan\nopen tcp 22 198.18.0.2 1795215601\n"
		"closed tcp 22 2001:db8::1 1795215601\n# end\n");

	begin(&c, &some, true);
	assert_int_equal(out_list.port(&c.sink, &open_port), 0);
	end(&c, "open tcp 22 198.18.0.2 1795215601\n# end\n");
}

/* Without ports each line is a host, once. */
static void hosts(void **unused)
{
	static const uint8_t also[1][6];
	struct result_host h = host;
	struct capture c;

	(void)unused;
	begin(&c, NULL, false);
	assert_int_equal(out_list.host(&c.sink, &h), 0);
	h.kind = PROBE_ECHO;
	assert_int_equal(out_list.host(&c.sink, &h), 0);
	h.also = also;
	h.n_also = 1;
	assert_int_equal(out_list.host(&c.sink, &h), 0);
	end(&c, "#masscan\nup arp 0 198.18.0.2 1795215601\n"
		"open icmp 0 198.18.0.2 1795215601\n# end\n");
}

/* What a later run cuts off is what this one writes at the end. */
static void the_last_line(void **unused)
{
	struct capture c;

	(void)unused;
	capture_open(&c, &out_list, false);
	end(&c, out_list.last);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ports),
		cmocka_unit_test(hosts),
		cmocka_unit_test(the_last_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
