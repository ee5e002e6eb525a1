// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* test-xml.c - nmap's XML, byte for byte: hosts with their ports, whatever order results come in. */
#include "capture.h"

#include "utf8.h"

#include <string.h>

#define IP6 ((struct addr){ 0x20010db800000000, 1 })
#define HEAD                                                                    \
	"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE nmaprun>\n"      \
	"<nmaprun scanner=\"xscan\" args=\"xscan -p 22\" start=\"1795215601\" " \
	"startstr=\"Fri Nov 20 23:00:01 2026\" version=\"1.2.3\" xmloutputversion=\"1.05\">\n"
#define LEVELS "<verbose level=\"0\"/>\n<debugging level=\"0\"/>\n"
#define TIMES  "<host starttime=\"1795215601\" endtime=\"1795215601\">"
#define TAIL(EXIT)                                                                      \
	"<runstats><finished time=\"1795215601\" timestr=\"Fri Nov 20 23:00:01 2026\" " \
	"elapsed=\"0.04\" summary=\"1 of 254 hosts up\" exit=" EXIT                     \
	"/><hosts up=\"1\" down=\"253\" total=\"254\"/>\n</runstats>\n</nmaprun>\n"
#define SSH                                                                              \
	"<port protocol=\"tcp\" portid=\"22\"><state state=\"open\" reason=\"syn-ack\" " \
	"reason_ttl=\"64\"/><service name=\"ssh\" method=\"table\" conf=\"3\"/></port>\n"

static void begin(struct capture *c, const struct ports *ports)
{
	const char *const arguments[] = { "-p", "22", NULL };
	struct result_start start = { .time_us = TIME_US,
				      .version = "1.2.3",
				      .arguments = arguments };

	start.ports[PROBE_TCP] = ports;
	capture_open(c, &out_xml, false);
	assert_int_equal(out_xml.start(&c->sink, &start), 0);
}

static void end(struct capture *c, bool complete, const char *want)
{
	struct result_summary sum = summary;

	sum.complete = complete;
	assert_int_equal(out_xml.end(&c->sink, &sum), 0);
	out_xml.free(&c->sink);
	assert_null(c->sink.data);
	capture_close(c, want);
}

static void add_done(struct capture *c, struct addr addr, const struct ports *ports,
		     const uint8_t *states, bool whole, bool last)
{
	const struct result_done done = { .time_us = TIME_US,
					  .addr = addr,
					  .kind = PROBE_TCP,
					  .ports = ports,
					  .states = states,
					  .whole = whole,
					  .last = last };

	assert_int_equal(out_xml.done(&c->sink, &done), 0);
}

static struct ports *make_ports(const uint16_t *list, uint32_t n)
{
	struct ports *ports = calloc(1, sizeof(*ports));

	assert_non_null(ports);
	ports->n = n;
	memcpy(ports->list, list, n * sizeof(*list));
	return ports;
}

/* Hosts without ports come at the end, by address; MAC addresses of a conflict belong to the host. */
static void hosts(void **unused)
{
	static const uint8_t also[1][6] = { { 2, 0, 0, 0, 0, 1 } };
	struct result_host h = host, other = { .time_us = TIME_US, .addr = IP6, .rtt_us = -1 };
	struct capture c;

	(void)unused;
	other.kind = PROBE_ECHO;
	begin(&c, NULL);
	assert_int_equal(out_xml.host(&c.sink, &h), 0);
	assert_int_equal(out_xml.host(&c.sink, &other), 0);
	h.also = also;
	h.n_also = 1;
	h.rtt_us = -1;
	assert_int_equal(out_xml.host(&c.sink, &h), 0);
	h.addr = addr_ip4(1); /* not held any more: it has been written */
	assert_int_equal(out_xml.host(&c.sink, &h), 0);
	end(&c, false,
	    HEAD LEVELS TIMES
	    "<status state=\"up\" reason=\"arp-response\" reason_ttl=\"0\"/>\n"
	    "<address addr=\"198.18.0.2\" addrtype=\"ipv4\"/>\n"
	    "<address addr=\"02:00:00:00:00:fe\" addrtype=\"mac\" "
	    "vendor=\"Maker &quot;A/B&quot;\"/>\n"
	    "<address addr=\"02:00:00:00:00:01\" addrtype=\"mac\"/>\n<hostnames/>\n"
	    "<times srtt=\"112\" rttvar=\"56\" to=\"336\"/>\n</host>\n" TIMES
	    "<status state=\"up\" reason=\"echo-reply\" reason_ttl=\"0\"/>\n"
	    "<address addr=\"2001:db8::1\" addrtype=\"ipv6\"/>\n<hostnames/>\n</host>\n" TAIL(
		    "\"error\" errormsg=\"the scan was interrupted or broke off\""));
}

/* A link-local address on two links is two hosts, each with its zone, its MAC address and its ports. */
static void links_are_told_apart(void **unused)
{
	static const uint16_t list[] = { 22 };
	static const uint8_t open[] = { ANSWER_OPEN }, closed[] = { ANSWER_CLOSED };
	const struct addr local = { ADDR_LINK_LOCAL_HI, 1 };
	struct ports *ports = make_ports(list, 1);
	struct result_host h = host;
	struct result_port p = open_port;
	struct result_done done = { .time_us = TIME_US,
				    .addr = local,
				    .kind = PROBE_TCP,
				    .ports = ports,
				    .whole = true,
				    .last = true };
	struct capture c;

	(void)unused;
	begin(&c, NULL);
	h.addr = p.addr = local;
	h.vendor = NULL;
	h.rtt_us = p.rtt_us = -1;
	h.zone = "eth1";
	assert_int_equal(out_xml.host(&c.sink, &h), 0);
	h.zone = p.zone = "eth0";
	h.mac[5] = 0xfd;
	assert_int_equal(out_xml.host(&c.sink, &h), 0);
	assert_int_equal(out_xml.port(&c.sink, &p), 0);
	done.zone = "eth1";
	done.states = closed;
	assert_int_equal(out_xml.done(&c.sink, &done), 0);
	done.zone = "eth0";
	done.states = open;
	assert_int_equal(out_xml.done(&c.sink, &done), 0);
	end(&c, true,
	    HEAD LEVELS TIMES
	    "<status state=\"up\" reason=\"arp-response\" reason_ttl=\"0\"/>\n"
	    "<address addr=\"fe80::1%eth1\" addrtype=\"ipv6\"/>\n"
	    "<address addr=\"02:00:00:00:00:fe\" addrtype=\"mac\"/>\n<hostnames/>\n"
	    "<ports><extraports state=\"closed\" count=\"1\">\n"
	    "<extrareasons reason=\"reset\" count=\"1\" proto=\"tcp\" ports=\"22\"/>\n"
	    "</extraports>\n</ports>\n</host>\n" TIMES
	    "<status state=\"up\" reason=\"arp-response\" reason_ttl=\"0\"/>\n"
	    "<address addr=\"fe80::1%eth0\" addrtype=\"ipv6\"/>\n"
	    "<address addr=\"02:00:00:00:00:fd\" addrtype=\"mac\"/>\n<hostnames/>\n"
	    "<ports>" SSH "</ports>\n</host>\n" TAIL("\"success\""));
	free(ports);
}

/* Ports are sorted, and others summed up by state, with their reasons. */
static void ports_of_a_host(void **unused)
{
	static const uint16_t list[] = { 1, 2, 3, 5, 22, 80 };
	static const uint8_t states[] = { ANSWER_CLOSED, ANSWER_CLOSED, ANSWER_FILTERED + 13,
					  ANSWER_NONE,	 ANSWER_OPEN,	ANSWER_OPEN };
	struct ports *ports = make_ports(list, 6);
	struct result_port p = open_port;
	struct capture c;

	(void)unused;
	begin(&c, ports);
	p.port = 80;
	p.service = NULL;
	p.detailed = false;
	assert_int_equal(out_xml.port(&c.sink, &p), 0);
	assert_int_equal(out_xml.port(&c.sink, &open_port), 0);
	/* The host is written at once; nobody answered for the other. */
	add_done(&c, HOST_2, ports, states, true, true);
	add_done(&c, IP6, ports, (const uint8_t[6]){ 0 }, true, true);
	assert_int_equal(sink_flush(&c.sink), 0);
	assert_non_null(strstr(c.text, "</host>"));
	end(&c, true,
	    HEAD "<scaninfo type=\"syn\" protocol=\"tcp\" numservices=\"6\" "
		 "services=\"1-3,5,22,80\"/>\n" LEVELS TIMES
		 "<status state=\"up\" reason=\"syn-ack\" reason_ttl=\"0\"/>\n"
		 "<address addr=\"198.18.0.2\" addrtype=\"ipv4\"/>\n<hostnames/>\n"
		 "<ports><extraports state=\"closed\" count=\"2\">\n"
		 "<extrareasons reason=\"reset\" count=\"2\" proto=\"tcp\" ports=\"1-2\"/>\n"
		 "</extraports>\n<extraports state=\"filtered\" count=\"2\">\n"
		 "<extrareasons reason=\"no-response\" count=\"1\" proto=\"tcp\" ports=\"5\"/>\n"
		 "<extrareasons reason=\"admin-prohibited\" count=\"1\" proto=\"tcp\" "
		 "ports=\"3\"/>\n</extraports>\n" SSH
		 "<port protocol=\"tcp\" portid=\"80\"><state state=\"open\" reason=\"syn-ack\" "
		 "reason_ttl=\"0\"/></port>\n</ports>\n"
		 "<times srtt=\"131\" rttvar=\"66\" to=\"393\"/>\n</host>\n" TAIL("\"success\""));
	free(ports);
}

static uint32_t count(const char *text, const char *what)
{
	uint32_t n = 0;

	while ((text = strstr(text, what))) {
		n++;
		text += strlen(what);
	}
	return n;
}

/* With --all, a port can answer again, and better, when its row has been handed out. */
static void a_better_answer_counts(void **unused)
{
	static const uint16_t list[] = { 21, 22 };
	static const uint8_t states[] = { ANSWER_CLOSED, ANSWER_OPEN };
	struct ports *ports = make_ports(list, 2);
	struct result_port p = open_port;
	struct capture c;

	(void)unused;
	begin(&c, ports);
	p.state = ANSWER_FILTERED;
	assert_int_equal(out_xml.port(&c.sink, &p), 0);
	p.port = 21;
	p.state = ANSWER_CLOSED;
	assert_int_equal(out_xml.port(&c.sink, &p), 0);
	add_done(&c, HOST_2, ports, states, true, true);
	assert_int_equal(sink_flush(&c.sink), 0);
	assert_int_equal(count(c.text, "<port "), 2);
	assert_non_null(strstr(c.text, "portid=\"21\"><state state=\"closed\""));
	assert_non_null(strstr(c.text, "portid=\"22\"><state state=\"open\""));
	out_xml.free(&c.sink);
	fclose(c.sink.file);
	free(c.text);
	free(ports);
}

/* Law: with --all, up to 25 ports in a state are listed one by one, more are summed up. */
static void few_are_listed_many_are_summed_up(void **unused)
{
	static uint8_t states[40];
	uint16_t list[40];
	uint32_t n, i;

	(void)unused;
	for (i = 0; i < 40; i++)
		list[i] = (uint16_t)(100 + i);
	memset(states, ANSWER_CLOSED, sizeof(states));
	for (n = 1; n <= 40; n++) {
		struct ports *ports = make_ports(list, n);
		struct result_port p = open_port;
		struct capture c;

		begin(&c, ports);
		p.state = ANSWER_CLOSED;
		for (i = 0; i < n; i++) {
			p.port = list[i];
			assert_int_equal(out_xml.port(&c.sink, &p), 0);
		}
		add_done(&c, HOST_2, ports, states, true, true);
		assert_int_equal(sink_flush(&c.sink), 0);
		assert_int_equal(count(c.text, "<port "), n <= 25 ? n : 0);
		assert_int_equal(count(c.text, "<extraports "), n > 25);
		out_xml.free(&c.sink);
		fclose(c.sink.file);
		free(c.text);
		free(ports);
	}
}

/* Of a broken-off scan silence says nothing. A host waits for its last kind of port. */
static void a_broken_off_scan(void **unused)
{
	static const uint16_t list[] = { 21, 22 };
	static const uint8_t states[] = { ANSWER_NONE, ANSWER_OPEN };
	struct ports *ports = make_ports(list, 2);
	struct capture c;

	(void)unused;
	begin(&c, ports);
	assert_int_equal(out_xml.port(&c.sink, &open_port), 0);
	add_done(&c, HOST_2, ports, states, false, false);
	assert_int_equal(sink_flush(&c.sink), 0);
	assert_null(strstr(c.text, "<host "));
	end(&c, false,
	    HEAD "<scaninfo type=\"syn\" protocol=\"tcp\" numservices=\"2\" "
		 "services=\"21-22\"/>\n" LEVELS TIMES
		 "<status state=\"up\" reason=\"syn-ack\" reason_ttl=\"64\"/>\n"
		 "<address addr=\"198.18.0.2\" addrtype=\"ipv4\"/>\n<hostnames/>\n<ports>" SSH
		 "</ports>\n<times srtt=\"131\" rttvar=\"66\" to=\"393\"/>\n</host>\n" TAIL(
			 "\"error\" errormsg=\"the scan was interrupted or broke off\""));
	free(ports);
}

/* nmap.dtd has no other place for the doubt, and for what an answer tells. */
static void doubtful_and_telling_ports(void **unused)
{
	static const uint16_t list[] = { 22, 23, 24 };
	static const uint8_t states[] = { ANSWER_OPEN, ANSWER_OPEN, ANSWER_OPEN };
	struct ports *ports = make_ports(list, 3);
	struct result_port p = open_port;
	struct capture c;

	(void)unused;
	begin(&c, ports);
	p.service = NULL;
	p.doubtful = "window 0";
	assert_int_equal(out_xml.port(&c.sink, &p), 0);
	p.port = 23;
	p.info = "<4>";
	assert_int_equal(out_xml.port(&c.sink, &p), 0);
	p.port = 24;
	p.doubtful = NULL;
	assert_int_equal(out_xml.port(&c.sink, &p), 0);
	add_done(&c, HOST_2, ports, states, true, true);
	assert_int_equal(sink_flush(&c.sink), 0);
	assert_non_null(strstr(c.text, "<service name=\"unknown\" extrainfo=\"doubtful: window 0\" "
				       "method=\"table\" conf=\"3\"/></port>"));
	assert_non_null(strstr(c.text, "<service name=\"unknown\" extrainfo=\"&lt;4&gt;; doubtful: "
				       "window 0\" method=\"probed\" conf=\"10\"/></port>"));
	assert_non_null(strstr(c.text, "<service name=\"unknown\" extrainfo=\"&lt;4&gt;\" "
				       "method=\"probed\" conf=\"10\"/></port>"));
	out_xml.free(&c.sink);
	fclose(c.sink.file);
	free(c.text);
	free(ports);
}

/* Canaries are no ports that anybody asked for. */
static void canaries_are_not_listed(void **unused)
{
	static const uint16_t list[] = { 53 };
	static const uint8_t states[] = { ANSWER_NONE, ANSWER_CLOSED, ANSWER_OPEN, ANSWER_CLOSED };
	struct ports *ports = make_ports(list, 1);
	struct capture c;

	(void)unused;
	ports_add_canaries(ports, 3);
	assert_int_equal(ports->n, 4);
	begin(&c, ports);
	add_done(&c, HOST_2, ports, states, true, true);
	assert_int_equal(sink_flush(&c.sink), 0);
	assert_non_null(strstr(c.text, "numservices=\"1\" services=\"53\""));
	assert_null(strstr(c.text, "<port "));
	assert_null(strstr(c.text, "\"closed\""));
	out_xml.free(&c.sink);
	fclose(c.sink.file);
	free(c.text);
	free(ports);
}

/* A router's error shows no host up, a later answer of the host does. */
static void who_answers(void **unused)
{
	static const uint16_t list[] = { 1, 2 };
	static const struct {
		uint8_t states[2];
		const char *status;
	} cases[] = {
		{ { ANSWER_NONE, ANSWER_FILTERED + 1 },
		  "state=\"unknown\" reason=\"host-unreach\"" },
		{ { ANSWER_CLOSED, ANSWER_FILTERED + 1 }, "state=\"up\" reason=\"reset\"" },
		{ { ANSWER_FILTERED + 1, ANSWER_CLOSED }, "state=\"up\" reason=\"reset\"" },
		{ { ANSWER_NONE, ANSWER_NONE }, NULL },
	};
	struct ports *ports = make_ports(list, 2);
	size_t i;

	(void)unused;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct capture c;

		begin(&c, ports);
		add_done(&c, HOST_2, ports, cases[i].states, true, true);
		assert_int_equal(sink_flush(&c.sink), 0);
		assert_int_equal(count(c.text, "<host "), cases[i].status ? 1 : 0);
		if (cases[i].status)
			assert_non_null(strstr(c.text, cases[i].status));
		out_xml.free(&c.sink);
		fclose(c.sink.file);
		free(c.text);
	}
	free(ports);
}

/* What XML has no place for is replaced; what it would read otherwise is escaped. */
static void hostile_names(void **unused)
{
	static const struct {
		const char *vendor, *written;
	} names[] = {
		{ "]]>", "]]&gt;" },
		{ "a\" b='c' <!--&amp;", "a&quot; b='c' &lt;!--&amp;amp;" },
		{ "\t\r\n", "&#9;&#13;&#10;" },
		{ "\x01\x1b[31m\x7f", UTF8_REPLACEMENT UTF8_REPLACEMENT "[31m" UTF8_REPLACEMENT },
		{ "caf\xc3\xa9 \xf0\x9f\x90\xbc", "caf\xc3\xa9 \xf0\x9f\x90\xbc" },
		{ "\xff\xfe", UTF8_REPLACEMENT UTF8_REPLACEMENT },
		{ "\xef\xbf\xbf\xed\xa0\x80",
		  UTF8_REPLACEMENT UTF8_REPLACEMENT UTF8_REPLACEMENT UTF8_REPLACEMENT },
		{ "\xe2\x82", UTF8_REPLACEMENT UTF8_REPLACEMENT },
	};
	char want[256];
	size_t i;

	(void)unused;
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct result_host h = host;
		struct capture c;

		h.vendor = names[i].vendor;
		begin(&c, NULL);
		assert_int_equal(out_xml.host(&c.sink, &h), 0);
		assert_int_equal(out_xml.end(&c.sink, &summary), 0);
		assert_int_equal(sink_flush(&c.sink), 0);
		snprintf(want, sizeof(want), " vendor=\"%s\"/>\n", names[i].written);
		assert_non_null(strstr(c.text, want));
		out_xml.free(&c.sink);
		fclose(c.sink.file);
		free(c.text);
	}
}

/* Law: each of many hosts is written once, by address, whatever order they come in. */
static void many_hosts(void **unused)
{
	enum { N = 5000, STEP = 1777 /* has no divisor in common with N */ };
	struct result_host h = host;
	char text[ADDR_TEXT], want[64];
	const char *at;
	struct capture c;
	uint32_t i;

	(void)unused;
	begin(&c, NULL);
	for (i = 0; i < N; i++) {
		h.addr = addr_ip4(0xc6120000 + i * STEP % N);
		assert_int_equal(out_xml.host(&c.sink, &h), 0);
	}
	assert_int_equal(out_xml.end(&c.sink, &summary), 0);
	out_xml.free(&c.sink);
	assert_int_equal(sink_flush(&c.sink), 0);
	for (i = 0, at = c.text; i < N; i++) {
		snprintf(want, sizeof(want), "<address addr=\"%s\" addrtype=\"ipv4\"/>",
			 addr_text(addr_ip4(0xc6120000 + i), text));
		at = strstr(at, want);
		assert_non_null(at);
	}
	assert_int_equal(count(c.text, "<host "), N);
	fclose(c.sink.file);
	free(c.text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(links_are_told_apart),
		cmocka_unit_test(hosts),
		cmocka_unit_test(ports_of_a_host),
		cmocka_unit_test(few_are_listed_many_are_summed_up),
		cmocka_unit_test(a_better_answer_counts),
		cmocka_unit_test(a_broken_off_scan),
		cmocka_unit_test(doubtful_and_telling_ports),
		cmocka_unit_test(canaries_are_not_listed),
		cmocka_unit_test(who_answers),
		cmocka_unit_test(hostile_names),
		cmocka_unit_test(many_hosts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
