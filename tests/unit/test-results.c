// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* test-results.c - files of results: what is read, what counts, what is refused. */
#include "read.h"

#include "page.h"

#include <errno.h>
#include <math.h>

/* Results of a text that must be right. */
struct reading {
	struct words words;
	struct results r;
};

static void open_text(struct reading *t, const char *text)
{
	struct err err = { "" };

	*t = (struct reading){ 0 };
	assert_int_equal(read_text(text, &t->words, &t->r, &err), 0);
	assert_string_equal(err.text, "");
}

static void done(struct reading *t)
{
	results_free(&t->r);
	words_free(&t->words);
}

static void sorted_by_address_and_port(void **unused)
{
	struct reading t;

	(void)unused;
	open_text(&t, PORT("198.18.0.9", "80", "open") HOST("198.18.0.9", "02:00:00:00:00:09")
			      PORT("198.18.0.9", "22", "closed") PORT("2001:db8::1", "1", "open")
				      HOST("198.18.0.10", "02:00:00:00:00:10")
					      PORT("198.18.0.3", "5", "unanswered") COMPLETE);
	assert_int_equal(t.r.n_hosts, 4);
	assert_false(t.r.hosts[0].up);
	assert_true(t.r.hosts[1].recorded);
	assert_int_equal(t.r.hosts[1].n_ports, 2);
	assert_int_equal(t.r.hosts[1].ports[0].port, 22);
	assert_int_equal(t.r.hosts[1].ports[1].port, 80);
	assert_int_equal(t.r.hosts[2].n_ports, 0);
	assert_true(t.r.hosts[3].up);
	assert_false(t.r.hosts[3].recorded);
	done(&t);
}

static void the_last_record_counts(void **unused)
{
	struct reading t;

	(void)unused;
	open_text(&t, HOST("198.18.0.9", "02:00:00:00:00:09") PORT("198.18.0.9", "80", "open")
			      PORT("198.18.0.9", "80", "closed") PORT("198.18.0.9", "80", "open")
				      HOST("198.18.0.9", "02:00:00:00:00:10")
					      PORT("198.18.0.9", "80", "filtered"));
	assert_int_equal(t.r.n_hosts, 1);
	assert_int_equal(t.r.n_ports, 1);
	assert_string_equal(t.r.ports[0].state, "filtered");
	assert_int_equal(t.r.hosts[0].macs[0][5], 0x10);
	done(&t);
}

#define UDP_PORT(port, more)                                                                    \
	"{\"type\":\"port\"," TIME ",\"ip\":\"198.18.0.9\",\"protocol\":\"udp\",\"port\":" port \
	",\"state\":" more "}\n"

/* What only UDP ports have disturbs no reader; the doubt, and what the answer tells, reach the page. */
static void udp_ports_are_read(void **unused)
{
	char *page = NULL;
	size_t size = 0;
	FILE *file = open_memstream(&page, &size);
	struct reading t;

	(void)unused;
	assert_non_null(file);
	open_text(&t,
		  UDP_PORT("53", "\"open\",\"proof\":\"number\",\"info\":\"recursion\"")
			  UDP_PORT("69", "\"open\",\"proof\":\"form\",\"doubtful\":\"a </script>\"")
				  UDP_PORT("123", "\"unanswered\",\"closed_p\":0.455") COMPLETE);
	assert_int_equal(t.r.n_ports, 3);
	assert_null(t.r.ports[0].doubtful);
	assert_string_equal(t.r.ports[1].doubtful, "a </script>");
	assert_string_equal(t.r.ports[2].state, "unanswered");
	page_end(file, &t.r);
	fclose(file);
	assert_non_null(
		strstr(page, "[[53,\"udp\",null,-1,null,\"recursion\"],[69,\"udp\",null,-1,\"a "));
	assert_null(strstr(page, "a </script>"));
	free(page);
	done(&t);
}

static void mac_addresses_are_a_set(void **unused)
{
	struct reading t;

	(void)unused;
	open_text(&t, "{\"type\":\"host\",\"ip\":\"198.18.0.9\",\"mac\":\"02:00:00:00:00:02\","
		      "\"also\":[\"02:00:00:00:00:03\",\"02:00:00:00:00:01\","
		      "\"02:00:00:00:00:02\"]}\n");
	assert_int_equal(t.r.hosts[0].n_macs, 3);
	assert_int_equal(t.r.hosts[0].macs[0][5], 1);
	assert_int_equal(t.r.hosts[0].macs[2][5], 3);
	done(&t);
}

/* By its record, else by the last record of a port that has a name. */
static void hosts_have_names(void **unused)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{ NAMED("198.18.0.9", "a.example"), "a.example" },
		{ NAMED("198.18.0.9", "a.example") NAMED_PORT("198.18.0.9", "22", "b.example"),
		  "a.example" },
		{ NAMED("198.18.0.9", "a.example") NAMED("198.18.0.9", "b.example"), "b.example" },
		{ NAMED_PORT("198.18.0.9", "80", "a.example")
			  NAMED_PORT("198.18.0.9", "22", "b.example"),
		  "b.example" },
		{ NAMED_PORT("198.18.0.9", "22", "b.example") PORT("198.18.0.9", "80", "open"),
		  "b.example" },
		{ NAMED("198.18.0.9", "a\\u001b[31m"), "a?[31m" },
		{ HOST("198.18.0.9", "02:00:00:00:00:09"), NULL },
	};
	struct reading t;
	size_t i;

	(void)unused;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		open_text(&t, cases[i].text);
		assert_int_equal(t.r.n_hosts, 1);
		if (cases[i].want)
			assert_string_equal(t.r.hosts[0].name, cases[i].want);
		else
			assert_null(t.r.hosts[0].name);
		done(&t);
	}
}

static void other_types_and_keys_are_skipped(void **unused)
{
	struct reading t;

	(void)unused;
	open_text(&t, "{\"type\":\"rate\",\"rate_pps\":7}\n\n{\"type\":\"x\",\"ip\":7}\n"
		      "{\"type\":\"host\",\"ip\":\"fe80::1\",\"zone\":\"eth0\",\"new\":[{}]}\n");
	assert_int_equal(t.r.n_hosts, 1);
	assert_string_equal(t.r.hosts[0].zone, "eth0");
	assert_int_equal(t.r.hosts[0].n_macs, 0);
	assert_int_equal(t.r.hosts[0].rtt_us, -1);
	done(&t);
}

/* Some editors put a mark before the first line. */
static void a_mark_at_the_beginning(void **unused)
{
	struct reading t;

	(void)unused;
	open_text(&t, "\xef\xbb\xbf" HOST("198.18.0.9", "02:00:00:00:00:09"));
	assert_int_equal(t.r.n_hosts, 1);
	done(&t);
	open_text(&t, "\xef\xbb\xbf\n" HOST("198.18.0.9", "02:00:00:00:00:09"));
	assert_int_equal(t.r.n_hosts, 1);
	done(&t);
}

static void half_a_line_at_the_end(void **unused)
{
	const char *whole = HOST("198.18.0.9", "02:00:00:00:00:09")
		COMPLETE HOST("198.18.0.10", "02:00:00:00:00:10");
	const size_t kept = strlen(HOST("198.18.0.9", "02:00:00:00:00:09") COMPLETE);
	struct reading t;
	char *part;
	size_t n;

	(void)unused;
	for (n = kept; n <= strlen(whole); n++) {
		part = strndup(whole, n);
		open_text(&t, part);
		/* A whole record needs no end of line. */
		assert_int_equal(t.r.half_line, n > kept && n < strlen(whole) - 1);
		assert_int_equal(t.r.n_hosts, n < strlen(whole) - 1 ? 1 : 2);
		assert_int_equal(t.r.complete, n == kept);
		done(&t);
		free(part);
	}
}

static void broken_lines_are_told_with_their_place(void **unused)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{ "x\n", "file:1: no record that --json writes: not an object of JSON" },
		{ COMPLETE "{\"type\":\n" COMPLETE,
		  "file:2: no record that --json writes: not an object of JSON" },
		{ "[]\n", "file:1: no record that --json writes: not an object" },
		{ "{}\n", "file:1: no record that --json writes: \"type\" is not there" },
		{ "{\"type\":7}\n",
		  "file:1: no record that --json writes: \"type\" is not a text" },
		{ "{\"type\":\"host\"}\n",
		  "file:1: no record that --json writes: \"ip\" is not an address" },
		{ HOST("198.18.0.256", "02:00:00:00:00:09"),
		  "file:1: no record that --json writes: \"ip\" is not an address" },
		{ "{\"type\":\"host\",\"ip\":\"198.18.0.1\",\"name\":7}\n",
		  "file:1: no record that --json writes: \"name\" is not a text" },
		{ HOST("198.18.0.1", "02:00:00:00:00:0"),
		  "file:1: no record that --json writes: \"mac\" is not a MAC address" },
		{ PORT("198.18.0.1", "65536", "open"),
		  "file:1: no record that --json writes: \"port\" is not a number that can be" },
		{ COMPLETE "\n" SUMMARY("\"sent\":\"7\""),
		  "file:3: no record that --json writes: \"sent\" is not a whole number" },
		{ "{\"type\":\"x\"}{\"type\":\"x\"}\n",
		  "file:1: no record that --json writes: more than one object on a line" },
		{ "{\"type\":\"\xff\"}\n",
		  "file:1: no record that --json writes: not an object of JSON" },
		{ "{\"type\":\"start\",\"targets\":7}\n",
		  "file:1: no record that --json writes: \"targets\" is not a list" },
		{ "\n", "file: no results in it: name a file that --json wrote" },
		{ "{\"type\":\"rate\"}\n",
		  "file: no results in it: name a file that --json wrote" },
	};
	struct words words = { 0 };
	struct results r;
	struct err err;
	size_t i;

	(void)unused;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(read_text(cases[i].text, &words, &r, &err), -EINVAL);
		assert_string_equal(err.text, cases[i].want);
		results_free(&r);
	}
	words_free(&words);
}

#define SENT(n, complete) SUMMARY("\"sent\":" #n ",\"coverage\":1.0,\"complete\":" #complete)
#define SOME		  HOST("198.18.0.9", "02:00:00:00:00:09")

static void runs(void **unused)
{
	static const struct {
		const char *text;
		uint64_t sent;
		bool complete;
	} cases[] = {
		{ START("", "") SOME SENT(3, true), 3, true },
		{ SOME SENT(3, true), 3, true },
		/* Interrupted; and what --resume appends counts all. */
		{ START("", "") SOME SENT(3, false), 3, false },
		{ START("", "") SOME SENT(3, false) RESUMED SOME SENT(5, true), 5, true },
		{ START("", "") SOME SENT(3, false) RESUMED SENT(4, false) RESUMED SENT(5, true), 5,
		  true },
		{ START("", "") SOME RESUMED SENT(5, true), 5, true }, /* killed */
		/* Parts of --shard, joined. */
		{ START("", "") SENT(3, true) START("", "") SENT(4, true), 7, true },
		{ START("", "") SENT(3, false) START("", "") SENT(4, true), 7, false },
		{ START("", "") SOME START("", "") SENT(4, true), 4, false },
		{ START("", "") SENT(4, true) START("", ""), 4, false },
		{ START("", "") SENT(4, true) SOME, 4, false },
	};
	struct reading t;
	size_t i;

	(void)unused;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		open_text(&t, cases[i].text);
		assert_int_equal(t.r.total.figures[RECORD_sent], cases[i].sent);
		assert_int_equal(t.r.complete, cases[i].complete);
		done(&t);
	}
}

static void whole(void **unused)
{
	static const struct {
		const char *more;
		bool whole;
	} cases[] = {
		{ "\"coverage\":1.0,\"coverage_low\":0.9,\"complete\":true", true },
		{ "\"coverage\":0.9999,\"coverage_low\":0.9995,\"complete\":true", true },
		{ "\"coverage\":0.9999,\"coverage_low\":0.99,\"complete\":true", false },
		{ "\"coverage\":1.0,\"complete\":false", false },
		{ "\"coverage\":1.0", false },
		{ "\"complete\":true", false },
		{ "\"coverage\":1.0,\"complete\":true,\"unroutable\":1", false },
	};
	struct reading t;
	char text[256];
	size_t i;

	(void)unused;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		snprintf(text, sizeof(text), "{\"type\":\"summary\",%s}\n", cases[i].more);
		open_text(&t, text);
		assert_int_equal(results_are_whole(&t.r), cases[i].whole);
		done(&t);
	}
	/* Two parts: the worse one counts, and unknown is the worst. */
	open_text(&t, COMPLETE SUMMARY("\"complete\":true") COMPLETE);
	assert_false(results_are_whole(&t.r));
	assert_true(isnan(t.r.total.coverage));
	done(&t);
}

static void asked(void **unused)
{
	const struct addr a = ADDR_IP4(0xc6120001), b = ADDR_IP4(0xc6120101),
			  c = ADDR_IP4(0xc6130001);
	struct reading t;

	(void)unused;
	open_text(&t, START("\"198.18.0.0/24\"", "\"tcp\":\"1-100\",\"udp\":\"53\"")
			      START("\"198.18.1.0/24\"", "\"tcp\":\"8080\"")
				      START("\"198.18.1.0/24\"", "\"tcp\":\"8080\""));
	assert_int_equal(t.r.asked.n, 2);
	assert_int_equal(asked_host(&t.r.asked, a, ""), ASKED_YES);
	assert_int_equal(asked_host(&t.r.asked, c, ""), ASKED_NO);
	assert_int_equal(asked_port(&t.r.asked, a, "", "tcp", 100), ASKED_YES);
	assert_int_equal(asked_port(&t.r.asked, a, "", "tcp", 101), ASKED_NO);
	assert_int_equal(asked_port(&t.r.asked, a, "", "udp", 53), ASKED_YES);
	assert_int_equal(asked_port(&t.r.asked, a, "", "sctp", 53), ASKED_NO);
	/* Ports of one run and targets of another are not asked together. */
	assert_int_equal(asked_port(&t.r.asked, a, "", "tcp", 8080), ASKED_NO);
	assert_int_equal(asked_port(&t.r.asked, b, "", "tcp", 8080), ASKED_YES);
	done(&t);

	open_text(&t, START("\"a name\",\"198.18.0.1\"", "\"tcp\":\"ssh\""));
	assert_int_equal(asked_host(&t.r.asked, a, ""), ASKED_YES);
	assert_int_equal(asked_host(&t.r.asked, b, ""), ASKED_UNKNOWN);
	assert_int_equal(asked_port(&t.r.asked, a, "", "tcp", 22), ASKED_UNKNOWN);
	done(&t);

	open_text(&t, COMPLETE);
	assert_int_equal(asked_host(&t.r.asked, a, ""), ASKED_UNKNOWN);
	assert_int_equal(asked_port(&t.r.asked, a, "", "tcp", 22), ASKED_UNKNOWN);
	done(&t);
}

static void texts_cannot_attack_a_terminal(void **unused)
{
	struct reading t;

	(void)unused;
	open_text(&t, "{\"type\":\"host\",\"ip\":\"198.18.0.9\","
		      "\"vendor\":\"a\\u001b[31mb\\u007f\\u009b\xc3\xa9\"}\n");
	assert_string_equal(t.r.hosts[0].vendor, "a?[31mb???\xc3\xa9");
	done(&t);
}

static void texts_are_harmless(void **unused)
{
	static const struct {
		const char *text, *harmless;
	} cases[] = {
		{ "Caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80", NULL },
		{ "a\x1b[2Jb\x7f", "a?[2Jb?" },
		{ "C1 \xc2\x9b", "C1 ??" },
		{ "overlong \xc1\x91", "overlong ??" },
		{ "surrogate \xed\xa0\x80", "surrogate ???" },
		{ "cut \xe2\x82", "cut ??" },
	};
	char text[32];
	size_t i;

	(void)unused;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		strcpy(text, cases[i].text);
		words_make_harmless(text);
		assert_string_equal(text, cases[i].harmless ?: cases[i].text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sorted_by_address_and_port),
		cmocka_unit_test(the_last_record_counts),
		cmocka_unit_test(udp_ports_are_read),
		cmocka_unit_test(mac_addresses_are_a_set),
		cmocka_unit_test(hosts_have_names),
		cmocka_unit_test(other_types_and_keys_are_skipped),
		cmocka_unit_test(a_mark_at_the_beginning),
		cmocka_unit_test(half_a_line_at_the_end),
		cmocka_unit_test(broken_lines_are_told_with_their_place),
		cmocka_unit_test(runs),
		cmocka_unit_test(whole),
		cmocka_unit_test(asked),
		cmocka_unit_test(texts_cannot_attack_a_terminal),
		cmocka_unit_test(texts_are_harmless),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
