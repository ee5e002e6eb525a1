// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* test-text.c - rows for pipes and tables for terminals, byte for byte. */
#include "capture.h"
#include "table.h"

#include <string.h>

static const struct result_host no_mac = { .addr = HOST_2, .rtt_us = -1 };

/* A host's ports are done: so many in each state, behind one that is open. */
static void done(struct sink *s, struct addr addr, unsigned int closed, unsigned int filtered,
		 unsigned int unanswered)
{
	static struct ports ports;
	uint8_t states[2048] = { ANSWER_OPEN };
	const struct result_done record = { .addr = addr,
					    .kind = PROBE_TCP,
					    .ports = &ports,
					    .states = states,
					    .whole = true,
					    .up = true };

	memset(states + 1, ANSWER_CLOSED, closed);
	memset(states + 1 + closed, ANSWER_FILTERED + 13, filtered);
	ports.n = 1 + closed + filtered + unanswered;
	assert_true(ports.n <= sizeof(states));
	assert_int_equal(out_text.done(s, &record), 0);
}

static void write_all_rows(struct sink *s)
{
	struct result_port p = open_port;

	assert_int_equal(out_text.host(s, &host), 0);
	assert_int_equal(out_text.host(s, &host_unknown), 0);
	assert_int_equal(out_text.port(s, &p), 0);
	p.doubtful = "window 0";
	assert_int_equal(out_text.port(s, &p), 0);
	p.info = "version 4";
	assert_int_equal(out_text.port(s, &p), 0);
	p.doubtful = NULL;
	assert_int_equal(out_text.port(s, &p), 0);
	p.info = NULL;
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
	done(&c.sink, HOST_2, 7, 0, 0);
	assert_int_equal(out_text.end(&c.sink, &summary), 0);
	capture_close(&c, "198.18.0.2\t02:00:00:00:00:fe\tMaker \"A/B\"\n"
			  "255.255.255.255\t00:00:00:00:00:00\t(unknown)\n"
			  "198.18.0.2\t22/tcp\topen\tssh\tsyn-ack\n"
			  "198.18.0.2\t22/tcp\topen\tssh\tsyn-ack\tdoubtful: window 0\n"
			  "198.18.0.2\t22/tcp\topen\tssh\tsyn-ack\tversion 4\tdoubtful: window 0\n"
			  "198.18.0.2\t22/tcp\topen\tssh\tsyn-ack\tversion 4\n"
			  "198.18.0.2\t65535/tcp\tfiltered\tunknown\tadmin-prohibited\n"
			  "198.18.0.2\t65535/tcp\tclosed\tunknown\treset\n"
			  "198.18.0.2\t65535/tcp\tunanswered\tunknown\tno-response\n"
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
			  "2001:db8::1\t22/tcp\topen\tssh\tsyn-ack\n");
}

/* Nothing is printed before the end; then hosts by address, and the ports of each by number. */
static void text_for_terminals(void **unused)
{
	struct result_port p = open_port;
	struct capture c;

	(void)unused;
	capture_open(&c, &out_text, true);
	assert_int_equal(out_text.host(&c.sink, &host_unknown), 0);
	done(&c.sink, HOST_2, 1020, 2, 1);
	p.port = 53;
	p.kind = PROBE_UDP;
	p.service = "domain";
	p.doubtful = "random ports answer too";
	assert_int_equal(out_text.port(&c.sink, &p), 0);
	p.port = 123;
	p.service = "ntp";
	p.info = "version 4, stratum 2";
	assert_int_equal(out_text.port(&c.sink, &p), 0);
	p.port = 161;
	p.service = "snmp";
	p.doubtful = NULL;
	assert_int_equal(out_text.port(&c.sink, &p), 0);
	p = open_port;
	p.port = 8080;
	p.service = NULL;
	p.state = ANSWER_FILTERED + 13;
	assert_int_equal(out_text.port(&c.sink, &p), 0);
	assert_int_equal(out_text.port(&c.sink, &open_port), 0);
	assert_int_equal(out_text.host(&c.sink, &host), 0);
	fflush(c.sink.file);
	assert_int_equal(c.size, 0);
	assert_int_equal(out_text.end(&c.sink, &summary), 0);
	capture_close(&c, "HOST             MAC                VENDOR\n"
			  "198.18.0.2       02:00:00:00:00:fe  Maker \"A/B\"\n"
			  "    22/tcp    open      ssh\n"
			  "    53/udp    open      domain   doubtful: random ports answer too\n"
			  "    123/udp   open      ntp      version 4, stratum 2  doubtful: random "
			  "ports answer too\n"
			  "    161/udp   open      snmp     version 4, stratum 2\n"
			  "    8080/tcp  filtered  unknown  admin-prohibited\n"
			  "    Not shown: 1020 closed, 2 filtered, 1 unanswered\n"
			  "255.255.255.255  00:00:00:00:00:00  (unknown)\n");
}

/* Canaries are no ports that anybody asked for: "Not shown" counts none of them. */
static void canaries_are_not_summed_up(void **unused)
{
	static const uint8_t states[] = { ANSWER_CLOSED, ANSWER_NONE, ANSWER_CLOSED };
	struct ports *ports = calloc(1, sizeof(*ports));
	struct result_done record = {
		.addr = HOST_2, .kind = PROBE_UDP, .states = states, .whole = true, .up = true
	};
	struct capture c;

	(void)unused;
	assert_non_null(ports);
	ports->n = 1;
	ports->list[0] = 53;
	ports_add_canaries(ports, 2);
	record.ports = ports;
	capture_open(&c, &out_text, true);
	assert_int_equal(out_text.done(&c.sink, &record), 0);
	assert_int_equal(out_text.end(&c.sink, &summary), 0);
	capture_close(&c, "HOST\n198.18.0.2\n    Not shown: 1 closed\n");
	free(ports);
}

/* A host of which nothing but a port is known, and hosts without MAC addresses: no empty columns. */
static void table_without_macs(void **unused)
{
	struct capture c;

	(void)unused;
	capture_open(&c, &out_text, true);
	assert_int_equal(out_text.port(&c.sink, &open_port), 0);
	done(&c.sink, ADDR_IP4(1), 1, 0, 0);
	assert_int_equal(out_text.end(&c.sink, &summary), 0);
	capture_close(&c, "HOST\n"
			  "0.0.0.1\n"
			  "    Not shown: 1 closed\n"
			  "198.18.0.2\n"
			  "    22/tcp  open  ssh\n");

	capture_open(&c, &out_text, true);
	assert_int_equal(out_text.host(&c.sink, &host), 0);
	assert_int_equal(
		out_text.port(&c.sink, &(struct result_port){ .addr = { 0x20010db8ffffffff, -1 },
							      .kind = PROBE_TCP,
							      .port = 1,
							      .service = "tcpmux",
							      .state = ANSWER_OPEN }),
		0);
	assert_int_equal(out_text.end(&c.sink, &summary), 0);
	capture_close(&c, "HOST                                    MAC                VENDOR\n"
			  "198.18.0.2                              02:00:00:00:00:fe  "
			  "Maker \"A/B\"\n"
			  "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff  -\n"
			  "    1/tcp  open  tcpmux\n");
}

/* A host that has moved to another MAC address has one line, with the later address. */
static void later_record_of_a_host_counts(void **unused)
{
	struct result_host moved = host;
	struct capture c;

	(void)unused;
	moved.mac[0] = 6;
	moved.vendor = NULL;
	capture_open(&c, &out_text, true);
	assert_int_equal(out_text.host(&c.sink, &host), 0);
	assert_int_equal(out_text.host(&c.sink, &moved), 0);
	assert_int_equal(out_text.end(&c.sink, &summary), 0);
	capture_close(&c, "HOST        MAC                VENDOR\n"
			  "198.18.0.2  06:00:00:00:00:fe  (locally administered)\n");
}

static void colours_are_only_added(void **unused)
{
	struct capture c;

	(void)unused;
	capture_open(&c, &out_text, true);
	c.sink.colour = true;
	assert_int_equal(out_text.host(&c.sink, &host), 0);
	assert_int_equal(out_text.port(&c.sink, &open_port), 0);
	assert_int_equal(out_text.end(&c.sink, &summary), 0);
	capture_close(&c, "\033[1mHOST        MAC                VENDOR\033[0m\n"
			  "\033[1m198.18.0.2\033[0m  02:00:00:00:00:fe  Maker \"A/B\"\n"
			  "    22/tcp  \033[32mopen\033[0m  ssh\n");
}

static void nothing_found_prints_nothing(void **unused)
{
	struct capture c;

	(void)unused;
	capture_open(&c, &out_text, true);
	assert_int_equal(out_text.end(&c.sink, &summary), 0);
	capture_close(&c, "");
}

/* The law of the bound: a full table is printed, and no row is lost. */
static void full_table_is_printed(void **unused)
{
	enum { EXTRA = 3 };
	struct result_host h = host_unknown;
	struct capture c;
	const char *line;
	uint32_t i, rows = 0;

	(void)unused;
	capture_open(&c, &out_text, true);
	for (i = TABLE_ROWS_MAX + EXTRA; i > 0; i--) {
		h.addr = addr_ip4(i);
		assert_int_equal(out_text.host(&c.sink, &h), 0);
		if (i == EXTRA + 1) {
			fflush(c.sink.file);
			assert_int_equal(c.size, 0);
		}
	}
	fflush(c.sink.file);
	assert_true(c.size > TABLE_ROWS_MAX);
	assert_int_equal(out_text.end(&c.sink, &summary), 0);
	fclose(c.sink.file);
	for (line = c.text; (line = strchr(line, '\n')); line++)
		rows++;
	assert_int_equal(rows, TABLE_ROWS_MAX + EXTRA + 3); /* two headings and an empty line */
	assert_non_null(strstr(c.text, "\n\nHOST     MAC                VENDOR\n0.0.0.1  "));
	free(c.text);
}

/* An IPv6 address stands behind the lowest address with its MAC address, its ports below it. */
static void one_mac_stands_together(void **unused)
{
	const struct result_host hosts[] = {
		{ .addr = { 0xfe80ULL << 48, 1 },
		  .zone = "eth0",
		  .has_mac = true,
		  .mac = { 2, 1 } },
		{ .addr = { 0xfe80ULL << 48, 2 },
		  .zone = "eth0",
		  .has_mac = true,
		  .mac = { 2, 2 } },
		{ .addr = { 0x20010db8ULL << 32, 9 }, .has_mac = true, .mac = { 2, 1 } },
		{ .addr = { 0x20010db8ULL << 32, 5 }, .has_mac = true, .mac = { 2, 3 } },
		{ .addr = HOST_2, .has_mac = true, .mac = { 2, 2 } },
		{ .addr = ADDR_IP4(0xc6120003), .has_mac = true, .mac = { 2, 4 } },
		{ .addr = ADDR_IP4(0xc6120004), .has_mac = true, .mac = { 2, 2 } },
	};
	struct result_port port = open_port;
	struct capture c;
	size_t i;

	(void)unused;
	port.addr = hosts[1].addr;
	port.zone = "eth0";
	capture_open(&c, &out_text, true);
	assert_int_equal(out_text.port(&c.sink, &port), 0);
	for (i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++)
		assert_int_equal(out_text.host(&c.sink, &hosts[i]), 0);
	assert_int_equal(out_text.end(&c.sink, &summary), 0);
	capture_close(&c, "HOST          MAC                VENDOR\n"
			  "198.18.0.2    02:02:00:00:00:00  (locally administered)\n"
			  "fe80::2%eth0  02:02:00:00:00:00  (locally administered)\n"
			  "    22/tcp  open  ssh\n"
			  "198.18.0.3    02:04:00:00:00:00  (locally administered)\n"
			  "198.18.0.4    02:02:00:00:00:00  (locally administered)\n"
			  "2001:db8::5   02:03:00:00:00:00  (locally administered)\n"
			  "2001:db8::9   02:01:00:00:00:00  (locally administered)\n"
			  "fe80::1%eth0  02:01:00:00:00:00  (locally administered)\n");
}

/* A link-local address on two links is two hosts, also if they have the same MAC address. */
static void links_are_told_apart(void **unused)
{
	static const char *const zones[] = { "eth1", "eth0", "eth2" };
	struct result_host h = { .addr = { ADDR_LINK_LOCAL_HI, 1 }, .has_mac = true };
	struct result_port port = open_port;
	struct capture c;
	size_t i;

	(void)unused;
	capture_open(&c, &out_text, true);
	for (i = 0; i < 3; i++) {
		h.zone = port.zone = zones[i];
		memcpy(h.mac, (uint8_t[6]){ 2, i < 2 ? 7 : 6 }, 6);
		port.addr = h.addr;
		port.port = (uint16_t)(20 + i);
		assert_int_equal(out_text.host(&c.sink, &h), 0);
		assert_int_equal(out_text.port(&c.sink, &port), 0);
	}
	assert_int_equal(out_text.end(&c.sink, &summary), 0);
	capture_close(&c, "HOST          MAC                VENDOR\n"
			  "fe80::1%eth0  02:07:00:00:00:00  (locally administered)\n"
			  "    21/tcp  open  ssh\n"
			  "fe80::1%eth1  02:07:00:00:00:00  (locally administered)\n"
			  "    20/tcp  open  ssh\n"
			  "fe80::1%eth2  02:06:00:00:00:00  (locally administered)\n"
			  "    22/tcp  open  ssh\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(links_are_told_apart),
		cmocka_unit_test(one_mac_stands_together),
		cmocka_unit_test(text_for_pipes),
		cmocka_unit_test(text_over_ip6),
		cmocka_unit_test(text_for_terminals),
		cmocka_unit_test(canaries_are_not_summed_up),
		cmocka_unit_test(table_without_macs),
		cmocka_unit_test(later_record_of_a_host_counts),
		cmocka_unit_test(colours_are_only_added),
		cmocka_unit_test(nothing_found_prints_nothing),
		cmocka_unit_test(full_table_is_printed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
