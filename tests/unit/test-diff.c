// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * test-diff.c - laws of diff, over random results: a result does not differ from itself; what is new
 * in one direction is gone or not seen in the other; the old result and the differences make the new
 * one. Then what makes "gone" into "not seen".
 */
#include "diff_print.h"
#include "quote.h"
#include "random.h"
#include "read.h"

enum { ROUNDS = 500, HOSTS = 8, PORTS = 4, LIST = 4 * HOSTS * (PORTS + 1) };

/* Two results with the same words, and a list of differences. */
struct pair {
	struct words words;
	struct results old, new;
};

struct list {
	struct difference v[LIST];
	size_t n;
};

static int note(void *ctx, const struct difference *d)
{
	struct list *list = ctx;

	assert_true(list->n < LIST);
	list->v[list->n++] = *d;
	return 0;
}

static void read_pair(struct pair *p, const char *old, const char *new)
{
	struct err err = { "" };

	*p = (struct pair){ 0 };
	assert_int_equal(read_text(old, &p->words, &p->old, &err), 0);
	assert_int_equal(read_text(new, &p->words, &p->new, &err), 0);
}

static void free_pair(struct pair *p)
{
	results_free(&p->old);
	results_free(&p->new);
	words_free(&p->words);
}

/* Random results of a few hosts and ports, as a text. The caller frees it. */
static char *random_text(uint64_t *seed)
{
	static const char *const states[] = { "open", "open", "closed", "filtered", "unanswered" };
	size_t size;
	char *text;
	FILE *file = open_memstream(&text, &size);
	unsigned int i, k;

	assert_non_null(file);
	if (next_random(seed) % 4)
		fprintf(file, START("\"198.18.0.0-198.18.0.%u\"", "\"tcp\":\"1-%u\""),
			(unsigned int)(next_random(seed) % HOSTS),
			1 + (unsigned int)(next_random(seed) % PORTS));
	for (i = 0; i < HOSTS; i++) {
		if (next_random(seed) % 2)
			fprintf(file, HOST("198.18.0.%u", "02:00:00:00:00:0%u"), i,
				(unsigned int)(next_random(seed) % 2));
		if (next_random(seed) % 2)
			fprintf(file, NAMED("198.18.0.%u", "%c.example"), i,
				'a' + (int)(next_random(seed) % 2));
		for (k = 1; k <= PORTS && next_random(seed) % 4; k++)
			fprintf(file, PORT("198.18.0.%u", "%u", "%s"), i, k,
				states[next_random(seed) % 5]);
	}
	fprintf(file, SUMMARY("\"open\":1,%s\"complete\":%s"),
		next_random(seed) % 4 ? "\"coverage\":1.0," : "",
		next_random(seed) % 4 ? "true" : "false");
	fclose(file);
	return text;
}

static void random_pair(struct pair *p, uint64_t *seed)
{
	char *old = random_text(seed), *new = random_text(seed);

	read_pair(p, old, new);
	free(old);
	free(new);
}

static void no_result_differs_from_itself(void **unused)
{
	struct list list = { .n = 0 };
	uint64_t seed = 1;
	struct pair p;
	int round;
	char *text;

	(void)unused;
	for (round = 0; round < ROUNDS; round++) {
		text = random_text(&seed);
		read_pair(&p, text, text);
		assert_int_equal(diff(&p.old, &p.new, note, &list), 0);
		assert_int_equal(list.n, 0);
		free_pair(&p);
		free(text);
	}
}

static bool is_one_sided(const struct difference *d)
{
	return d->kind == DIFF_GONE || d->kind == DIFF_NOT_SEEN;
}

static void differences_mirror(void **unused)
{
	const struct difference *d, *m;
	struct list there, back;
	uint64_t seed = 2;
	struct pair p;
	int round;
	size_t i;

	(void)unused;
	for (round = 0; round < ROUNDS; round++) {
		there.n = back.n = 0;
		random_pair(&p, &seed);
		assert_int_equal(diff(&p.old, &p.new, note, &there), 0);
		assert_int_equal(diff(&p.new, &p.old, note, &back), 0);
		assert_int_equal(there.n, back.n);
		for (i = 0; i < there.n; i++) {
			d = &there.v[i];
			m = &back.v[i];
			assert_int_equal(d->what, m->what);
			assert_int_equal(d->doubt, m->doubt);
			assert_ptr_equal(d->old_host, m->new_host);
			assert_ptr_equal(d->new_host, m->old_host);
			assert_ptr_equal(d->old_port, m->new_port);
			assert_ptr_equal(d->new_port, m->old_port);
			assert_int_equal(d->kind == DIFF_NEW, is_one_sided(m));
			assert_int_equal(m->kind == DIFF_NEW, is_one_sided(d));
		}
		free_pair(&p);
	}
}

/* What is open, and who is up by a record: a bit each. */
struct picture {
	bool open[HOSTS][PORTS + 1], up[HOSTS], recorded[HOSTS];
	unsigned int mac[HOSTS];
};

static unsigned int index_of(struct addr addr)
{
	return addr_to_ip4(addr) & 0xff;
}

static struct picture picture_of(const struct results *r)
{
	struct picture p = { 0 };
	const struct found_host *h;
	unsigned int i;
	size_t k;

	for (h = r->hosts; h < r->hosts + r->n_hosts; h++) {
		i = index_of(h->addr);
		p.up[i] = h->up;
		p.recorded[i] = h->recorded;
		p.mac[i] = h->n_macs ? h->macs[0][5] : 0;
		for (k = 0; k < h->n_ports; k++)
			p.open[i][h->ports[k].port] = found_is_open(&h->ports[k]);
	}
	return p;
}

static void apply(struct picture *p, const struct difference *d)
{
	const struct found_host *h = d->new_host ? d->new_host : d->old_host;
	const struct found_port *port = d->new_port ? d->new_port : d->old_port;
	const unsigned int i = index_of(h->addr);

	if (d->what == DIFF_HOST)
		p->up[i] = d->kind == DIFF_NEW;
	if (d->what == DIFF_HOST && d->kind == DIFF_NEW)
		p->mac[i] = h->macs[0][5];
	if (d->what == DIFF_MAC)
		p->mac[i] = d->new_host->macs[0][5];
	if (d->what == DIFF_PORT && d->kind != DIFF_CHANGED)
		p->open[i][port->port] = d->kind == DIFF_NEW;
}

static void old_and_differences_make_new(void **unused)
{
	struct picture got, want, old;
	struct list list;
	uint64_t seed = 3;
	struct pair p;
	int round, i;
	size_t k;

	(void)unused;
	for (round = 0; round < ROUNDS; round++) {
		list.n = 0;
		random_pair(&p, &seed);
		assert_int_equal(diff(&p.old, &p.new, note, &list), 0);
		old = got = picture_of(&p.old);
		want = picture_of(&p.new);
		for (k = 0; k < list.n; k++)
			apply(&got, &list.v[k]);
		assert_memory_equal(got.open, want.open, sizeof(got.open));
		for (i = 0; i < HOSTS; i++) {
			/* A host without a record is told by its ports. */
			if (old.recorded[i] || want.recorded[i])
				assert_int_equal(got.up[i], want.up[i]);
			if (old.recorded[i] && want.recorded[i])
				assert_int_equal(got.mac[i], want.mac[i]);
		}
		free_pair(&p);
	}
}

#define WIDE START("\"198.18.0.0/24\"", "\"tcp\":\"1-1000\"")
#define A    HOST("198.18.0.1", "02:00:00:00:00:01")
#define B    HOST("198.18.0.2", "02:00:00:00:00:02")
#define B22  PORT("198.18.0.2", "22", "open")
#define LOSS SUMMARY("\"open\":1,\"coverage\":0.9,\"complete\":true")
#define CUT  SUMMARY("\"open\":1,\"coverage\":1.0,\"complete\":false")

/* What a new result says of the last thing that the old one has. */
struct verdict {
	const char *new;
	enum diff_kind kind;
	enum diff_doubt doubt;
};

static void assert_verdicts(const char *old, enum diff_what what, const struct verdict *verdicts,
			    size_t n)
{
	const struct difference *last;
	struct list list;
	struct pair p;

	for (; n; n--, verdicts++) {
		list.n = 0;
		read_pair(&p, old, verdicts->new);
		assert_int_equal(diff(&p.old, &p.new, note, &list), 0);
		while (list.n && list.v[list.n - 1].kind == DIFF_NEW)
			list.n--;
		assert_true(list.n > 0);
		last = &list.v[list.n - 1];
		assert_int_equal(last->what, what);
		assert_int_equal(last->kind, verdicts->kind);
		assert_int_equal(last->doubt, verdicts->doubt);
		free_pair(&p);
	}
}

static void gone_or_not_seen(void **unused)
{
	static const struct verdict cases[] = {
		{ WIDE A COMPLETE, DIFF_GONE, DOUBT_NONE },
		{ WIDE A B COMPLETE, DIFF_GONE, DOUBT_NONE },
		{ WIDE A B PORT("198.18.0.2", "22", "closed") LOSS, DIFF_GONE, DOUBT_NONE },
		{ WIDE A B PORT("198.18.0.2", "22", "unanswered") COMPLETE, DIFF_GONE, DOUBT_NONE },
		{ WIDE A B PORT("198.18.0.2", "22", "unanswered") LOSS, DIFF_NOT_SEEN, DOUBT_LOSS },
		{ WIDE A B LOSS, DIFF_NOT_SEEN, DOUBT_LOSS },
		{ WIDE A B CUT, DIFF_NOT_SEEN, DOUBT_INCOMPLETE },
		{ WIDE A B, DIFF_NOT_SEEN, DOUBT_INCOMPLETE },
		{ A B COMPLETE, DIFF_NOT_SEEN, DOUBT_UNKNOWN },
		{ START("\"198.18.0.0/31\"", "\"tcp\":\"22\"") A COMPLETE, DIFF_NOT_SEEN,
		  DOUBT_NOT_ASKED },
		{ START("\"198.18.0.0/24\"", "\"tcp\":\"23\"") A B COMPLETE, DIFF_NOT_SEEN,
		  DOUBT_NOT_ASKED },
		{ START("\"198.18.0.0/24\"", "\"udp\":\"22\"") A B COMPLETE, DIFF_NOT_SEEN,
		  DOUBT_NOT_ASKED },
		{ START("\"198.18.0.0/24\"", "") A B COMPLETE, DIFF_NOT_SEEN, DOUBT_NOT_ASKED },
		/* It looked for no host in the way that found this one. */
		{ WIDE COMPLETE, DIFF_NOT_SEEN, DOUBT_NOT_ASKED },
	};

	(void)unused;
	assert_verdicts(WIDE A B B22 COMPLETE, DIFF_PORT, cases, sizeof(cases) / sizeof(cases[0]));
}

#define PINGED(ip) "{\"type\":\"host\"," TIME ",\"ip\":\"" ip "\",\"how\":\"echo\"}\n"

/* The old scan asked each target for ports. With --ping, a host that drops echo requests is not asked. */
static void ports_behind_a_ping(void **unused)
{
	static const struct verdict cases[] = {
		{ WIDE PINGED("198.18.0.1") COMPLETE, DIFF_NOT_SEEN, DOUBT_NOT_ASKED },
		{ WIDE PINGED("198.18.0.1") PINGED("198.18.0.2") COMPLETE, DIFF_GONE, DOUBT_NONE },
		{ WIDE COMPLETE, DIFF_GONE, DOUBT_NONE },
	};

	(void)unused;
	assert_verdicts(WIDE B22 COMPLETE, DIFF_PORT, cases, sizeof(cases) / sizeof(cases[0]));
}

#define LINKS(names) \
	"{\"type\":\"start\"," TIME ",\"interfaces\":[" names "],\"targets\":[\"fe80::/64\"]}\n"
#define LOCAL(zone)                                                                     \
	"{\"type\":\"host\"," TIME ",\"ip\":\"fe80::1\",\"zone\":\"" zone "\",\"mac\":" \
	"\"02:00:00:00:00:01\",\"how\":\"nd\"}\n"
#define OTHER                                                                       \
	"{\"type\":\"host\"," TIME ",\"ip\":\"fe80::2\",\"zone\":\"eth0\",\"mac\":" \
	"\"02:00:00:00:00:02\",\"how\":\"nd\"}\n"

/* The old scan found fe80::1 on eth1. A scan of other links cannot miss it; old results name no links. */
static void hosts_of_another_link(void **unused)
{
	static const struct verdict cases[] = {
		{ LINKS("\"eth0\"") OTHER COMPLETE, DIFF_NOT_SEEN, DOUBT_NOT_ASKED },
		{ LINKS("\"eth0\"") OTHER LOCAL("eth0") COMPLETE, DIFF_NOT_SEEN, DOUBT_NOT_ASKED },
		{ LINKS("\"eth0\",\"eth1\"") OTHER COMPLETE, DIFF_GONE, DOUBT_NONE },
		{ LINKS("") OTHER COMPLETE, DIFF_GONE, DOUBT_NONE },
		{ START("\"fe80::/64\"", "") OTHER COMPLETE, DIFF_GONE, DOUBT_NONE },
	};

	(void)unused;
	assert_verdicts(LINKS("\"eth0\",\"eth1\"") LOCAL("eth1") COMPLETE, DIFF_HOST, cases,
			sizeof(cases) / sizeof(cases[0]));
}

#define WIDE_UDP START("\"198.18.0.0/24\"", "\"udp\":\"1-1000\"")
#define U53(state)                                                                            \
	"{\"type\":\"port\"," TIME ",\"ip\":\"198.18.0.2\",\"protocol\":\"udp\",\"port\":53," \
	"\"state\":\"" state "\"}\n"

/* Hosts limit their ICMP errors, so silence of a closed UDP port is no news. That of an open one is. */
static void silence_of_udp(void **unused)
{
	static const struct {
		const char *old, *new;
		bool differs;
		enum diff_kind kind;
	} cases[] = {
		{ U53("closed"), U53("unanswered"), false, 0 },
		{ U53("unanswered"), U53("closed"), false, 0 },
		{ U53("filtered"), U53("unanswered"), false, 0 },
		{ U53("closed"), U53("filtered"), true, DIFF_CHANGED },
		{ U53("open"), U53("unanswered"), true, DIFF_GONE },
		{ U53("unanswered"), U53("open"), true, DIFF_NEW },
		{ PORT("198.18.0.2", "53", "closed"), PORT("198.18.0.2", "53", "unanswered"), true,
		  DIFF_CHANGED },
	};
	char old[1024], new[1024];
	struct list list;
	struct pair p;
	size_t i;

	(void)unused;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		list.n = 0;
		snprintf(old, sizeof(old), "%s%s%s", WIDE_UDP B, cases[i].old, COMPLETE);
		snprintf(new, sizeof(new), "%s%s%s", WIDE_UDP B, cases[i].new, COMPLETE);
		read_pair(&p, old, new);
		assert_int_equal(diff(&p.old, &p.new, note, &list), 0);
		assert_int_equal(list.n, cases[i].differs);
		if (list.n)
			assert_int_equal(list.v[0].kind, cases[i].kind);
		free_pair(&p);
	}
}

/* All rows, or all JSON lines. The caller frees them. */
static char *print(const struct pair *p, bool json)
{
	struct list list = { .n = 0 };
	size_t size, i;
	char *text;
	FILE *file = open_memstream(&text, &size);

	assert_non_null(file);
	assert_int_equal(diff(&p->old, &p->new, note, &list), 0);
	for (i = 0; i < list.n; i++) {
		if (json) {
			diff_print_json(file, &list.v[i]);
			fputc('\n', file);
		} else {
			diff_print_row(file, &list.v[i], false);
		}
	}
	fclose(file);
	return text;
}

static void rows_and_json(void **unused)
{
	struct pair p;
	char *text;

	(void)unused;
	read_pair(&p, WIDE A B B22 COMPLETE,
		  WIDE HOST("198.18.0.1", "02:00:00:00:00:09") B HOST("2001:db8::1",
								      "02:00:00:00:00:03")
			  PORT("198.18.0.2", "22", "closed") PORT("198.18.0.2", "80", "open") LOSS);
	text = print(&p, false);
	assert_string_equal(text,
			    "changed\tmac\t198.18.0.1\t02:00:00:00:00:09\t"
			    "02:00:00:00:00:01 -> 02:00:00:00:00:09\n"
			    "gone\tport\t198.18.0.2\t22/tcp\tunknown, open -> closed\n"
			    "new\tport\t198.18.0.2\t80/tcp\tunknown\n"
			    "new\thost\t2001:db8::1\t02:00:00:00:00:03\t-\tnot asked before\n");
	free(text);
	text = print(&p, true);
	assert_string_equal(
		text,
		"{\"type\":\"change\",\"change\":\"changed\",\"what\":\"mac\",\"ip\":\"198.18.0."
		"1\","
		"\"old\":[\"02:00:00:00:00:01\"],\"new\":[\"02:00:00:00:00:09\"],\"how\":\"arp\"}\n"
		"{\"type\":\"change\",\"change\":\"gone\",\"what\":\"port\",\"ip\":\"198.18.0.2\","
		"\"protocol\":\"tcp\",\"port\":22,\"old\":\"open\",\"new\":\"closed\"}\n"
		"{\"type\":\"change\",\"change\":\"new\",\"what\":\"port\",\"ip\":\"198.18.0.2\","
		"\"protocol\":\"tcp\",\"port\":80,\"new\":\"open\"}\n"
		"{\"type\":\"change\",\"change\":\"new\",\"what\":\"host\",\"ip\":\"2001:db8::1\","
		"\"macs\":[\"02:00:00:00:00:03\"],\"how\":\"arp\",\"why\":\"not-asked\"}\n");
	free(text);
	free_pair(&p);
}

/* A name counts where both results know it. It is told beside a change of the MAC address. */
static void names_that_change(void **unused)
{
	static const struct {
		const char *old, *new, *rows;
	} cases[] = {
		{ NAMED("198.18.0.1", "a.example"), NAMED("198.18.0.1", "a.example"), "" },
		{ NAMED("198.18.0.1", "a.example"), NAMED("198.18.0.1", "b.example"),
		  "changed\tname\t198.18.0.1\t02:00:00:00:00:01\ta.example -> b.example\n" },
		{ NAMED("198.18.0.1", "a.example"), A, "" },
		{ A, NAMED("198.18.0.1", "b.example"), "" },
		{ NAMED_PORT("198.18.0.1", "22", "a.example"),
		  NAMED_PORT("198.18.0.1", "22", "b.example"),
		  "changed\tname\t198.18.0.1\t-\ta.example -> b.example\n" },
		{ A, A NAMED("198.18.0.2", "b.example"),
		  "new\thost\t198.18.0.2\t02:00:00:00:00:01\tb.example, V\n" },
		{ A NAMED("198.18.0.2", "b.example"), A,
		  "gone\thost\t198.18.0.2\t02:00:00:00:00:01\tb.example, V\n" },
	};
	char old[1024], new[1024], *text;
	struct pair p;
	size_t i;

	(void)unused;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		snprintf(old, sizeof(old), "%s%s%s", WIDE, cases[i].old, COMPLETE);
		snprintf(new, sizeof(new), "%s%s%s", WIDE, cases[i].new, COMPLETE);
		read_pair(&p, old, new);
		text = print(&p, false);
		assert_string_equal(text, cases[i].rows);
		free(text);
		free_pair(&p);
	}
	read_pair(&p, WIDE NAMED("198.18.0.1", "a.example") COMPLETE,
		  WIDE NAMED("198.18.0.1", "b.example") NAMED("198.18.0.2", "c.example") COMPLETE);
	text = print(&p, true);
	assert_string_equal(
		text,
		"{\"type\":\"change\",\"change\":\"changed\",\"what\":\"name\",\"ip\":\"198.18.0."
		"1\",\"macs\":[\"02:00:00:00:00:01\"],\"old\":\"a.example\",\"new\":\"b.example\","
		"\"vendor\":\"V\",\"how\":\"arp\"}\n"
		"{\"type\":\"change\",\"change\":\"new\",\"what\":\"host\",\"ip\":\"198.18.0.2\","
		"\"macs\":[\"02:00:00:00:00:01\"],\"name\":\"c.example\",\"vendor\":\"V\","
		"\"how\":\"arp\"}\n");
	free(text);
	free_pair(&p);
}

static void quoted_text_stays_in_its_quotes(void **unused)
{
	size_t size;
	char *text;
	FILE *file = open_memstream(&text, &size);

	(void)unused;
	assert_non_null(file);
	quote_json(file, "a\"\\</script>&'\n\x7f\xe2\x80\xa8\xe2\x80\xa7\xc3\xa9\xff\xed\xa0\x80");
	quote_json(file, NULL);
	fclose(file);
	assert_string_equal(text, "\"a\\\"\\\\\\u003c/script\\u003e\\u0026\\u0027\\u000a\\u007f"
				  "\\u2028\xe2\x80\xa7\xc3\xa9\\ufffd\\ufffd\\ufffd\\ufffd\"null");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_result_differs_from_itself),
		cmocka_unit_test(differences_mirror),
		cmocka_unit_test(old_and_differences_make_new),
		cmocka_unit_test(gone_or_not_seen),
		cmocka_unit_test(ports_behind_a_ping),
		cmocka_unit_test(hosts_of_another_link),
		cmocka_unit_test(silence_of_udp),
		cmocka_unit_test(rows_and_json),
		cmocka_unit_test(names_that_change),
		cmocka_unit_test(quoted_text_stays_in_its_quotes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
