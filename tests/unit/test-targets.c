// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* test-targets.c - the meaning of target words, refusals and their lines, and files of targets. */
#include "targets.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define ADDR(a, b, c, d) ((uint32_t)(a) << 24 | (b) << 16 | (c) << 8 | (d))
#define COUNT(array)	 (sizeof(array) / sizeof((array)[0]))
#define LABEL_10	 "abcdefghij"
#define LABEL_60	 LABEL_10 LABEL_10 LABEL_10 LABEL_10 LABEL_10 LABEL_10
#define NAME_244	 LABEL_60 "." LABEL_60 "." LABEL_60 "." LABEL_60 "."
#define MARK		 "\xef\xbb\xbf"
#define MARKED		 "has a byte order mark, which only a file may begin with"

static uint32_t prng(uint64_t *state)
{
	*state = *state * 6364136223846793005ULL + 1442695040888963407ULL;
	return *state >> 32;
}

/* Knows every name but those with `nowhere` in them: its address is the length of the name. */
static int length_of(void *ctx, const char *name, struct addr *addr, struct err *err)
{
	(void)ctx;
	if (strstr(name, "nowhere"))
		return err_set(err, -ENOENT, "%s: no such host", name);
	*addr = addr_ip4(strlen(name));
	return 0;
}

static int fail_for(void *ctx, const char *name, struct addr *addr, struct err *err)
{
	(void)ctx;
	(void)addr;
	(void)err;
	fail_msg("the resolver was asked for %s", name);
	return -EINVAL;
}

/* Knows the zone eth0. */
static int know_eth0(void *ctx, const char *zone, struct err *err)
{
	(void)ctx;
	return strcmp(zone, "eth0") ? err_set(err, -ENODEV, "%s: no such zone", zone) : 0;
}

static const struct targets_resolver resolver_known = { .resolve = length_of, .zone = know_eth0 };
static const struct targets_resolver resolver_unasked = { .resolve = fail_for, .zone = know_eth0 };

struct ip4_range {
	uint32_t first, last;
};

/* The set has exactly the ranges given. */
static void check_set(struct ranges *r, const struct ip4_range *expected, size_t n)
{
	size_t i;

	ranges_settle(r);
	assert_int_equal(r->n, n);
	for (i = 0; i < n; i++) {
		assert_true(addr_equal(r->v[i].first, addr_ip4(expected[i].first)));
		assert_true(addr_equal(r->v[i].last, addr_ip4(expected[i].last)));
	}
}

static void check_one(const char *list, const struct targets_resolver *resolver, uint32_t first,
		      uint32_t last)
{
	const struct ip4_range expected = { .first = first, .last = last };
	struct ranges r = {};
	struct err err = {};

	if (targets_parse(list, resolver, &r, &err))
		fail_msg("%s was refused: %s", list, err.text);
	check_set(&r, &expected, 1);
	ranges_free(&r);
}

static void check_refused(const char *list, const struct targets_resolver *resolver, int code,
			  const char *text)
{
	struct ranges r = {};
	struct err err = {};

	assert_int_equal(targets_parse(list, resolver, &r, &err), code);
	assert_string_equal(err.text, text);
	ranges_free(&r);
}

static void addresses(void **unused)
{
	static const struct {
		const char *text;
		uint32_t first, last;
	} rows[] = {
		{ "10.0.0.1", ADDR(10, 0, 0, 1), ADDR(10, 0, 0, 1) },
		{ "0.0.0.0", 0, 0 },
		{ "255.255.255.255", UINT32_MAX, UINT32_MAX },
		{ "198.18.0.0/15", ADDR(198, 18, 0, 0), ADDR(198, 19, 255, 255) },
		{ "10.0.0.5/24", ADDR(10, 0, 0, 0), ADDR(10, 0, 0, 255) },
		{ "10.0.0.5/31", ADDR(10, 0, 0, 4), ADDR(10, 0, 0, 5) },
		{ "10.0.0.5/32", ADDR(10, 0, 0, 5), ADDR(10, 0, 0, 5) },
		{ "1.2.3.4/0", 0, UINT32_MAX },
		{ "0.0.0.0-255.255.255.255", 0, UINT32_MAX },
		{ "10.0.0.9-10.0.1.2", ADDR(10, 0, 0, 9), ADDR(10, 0, 1, 2) },
		{ "10.0.0.10-50", ADDR(10, 0, 0, 10), ADDR(10, 0, 0, 50) },
		{ "10.0.0.10-10", ADDR(10, 0, 0, 10), ADDR(10, 0, 0, 10) },
		{ "10.0.0.0-255", ADDR(10, 0, 0, 0), ADDR(10, 0, 0, 255) },
		{ "10.0.0.*", ADDR(10, 0, 0, 0), ADDR(10, 0, 0, 255) },
		{ " \t10.0.0.1,\r\n10.0.0.2 ,, 10.0.0.3,", ADDR(10, 0, 0, 1), ADDR(10, 0, 0, 3) },
		{ "10.0.0.3 10.0.0.1 10.0.0.0/30", ADDR(10, 0, 0, 0), ADDR(10, 0, 0, 3) },
	};
	size_t i;

	(void)unused;
	for (i = 0; i < COUNT(rows); i++)
		check_one(rows[i].text, &resolver_unasked, rows[i].first, rows[i].last);
}

static void addresses_over_ip6(void **unused)
{
	static const struct {
		const char *text;
		struct addr first, last;
	} rows[] = {
		{ "2001:db8::1", { 0x20010db800000000, 1 }, { 0x20010db800000000, 1 } },
		{ "[2001:db8::1]", { 0x20010db800000000, 1 }, { 0x20010db800000000, 1 } },
		{ "2001:DB8::9/126", { 0x20010db800000000, 8 }, { 0x20010db800000000, 11 } },
		{ "[2001:db8::9]/127", { 0x20010db800000000, 8 }, { 0x20010db800000000, 9 } },
		{ "2001:db8::/104", { 0x20010db800000000, 0 }, { 0x20010db800000000, 0xffffff } },
		{ "2001:db8::1-2001:db8::9", { 0x20010db800000000, 1 }, { 0x20010db800000000, 9 } },
		{ "[::2]-[::3]", { 0, 2 }, { 0, 3 } },
		{ "::198.18.0.1", { 0, 0xc6120001 }, { 0, 0xc6120001 } },
		{ "fe80::1", { 0xfe80ULL << 48, 1 }, { 0xfe80ULL << 48, 1 } },
		{ "fe80::1%eth0", { 0xfe80ULL << 48, 1 }, { 0xfe80ULL << 48, 1 } },
		{ "[fe80::1%eth0]", { 0xfe80ULL << 48, 1 }, { 0xfe80ULL << 48, 1 } },
		{ "fe80::1%eth0/127", { 0xfe80ULL << 48, 0 }, { 0xfe80ULL << 48, 1 } },
		{ "fe80::1-fe80::9%eth0", { 0xfe80ULL << 48, 1 }, { 0xfe80ULL << 48, 9 } },
		{ "febf::1%eth0,", { 0xfebfULL << 48, 1 }, { 0xfebfULL << 48, 1 } },
	};
	struct err err = {};
	size_t i;

	(void)unused;
	for (i = 0; i < COUNT(rows); i++) {
		struct ranges r = {};

		if (targets_parse(rows[i].text, &resolver_unasked, &r, &err))
			fail_msg("%s was refused: %s", rows[i].text, err.text);
		ranges_settle(&r);
		assert_int_equal(r.n, 1);
		assert_true(addr_equal(r.v[0].first, rows[i].first));
		assert_true(addr_equal(r.v[0].last, rows[i].last));
		ranges_free(&r);
	}
}

/* Exclusions have any size, and none over IPv6 leaves out IPv4 addresses. */
static void exclusions_over_ip6(void **unused)
{
	static const char *const lists[] = { "::/0", "::/64", "::/80", "::fffe:0:0/94",
					     "::/1,8000::/1" };
	struct err err = {};
	size_t i;

	(void)unused;
	for (i = 0; i < COUNT(lists); i++) {
		struct ranges r = {};

		assert_int_equal(targets_parse(lists[i], NULL, &r, &err), 0);
		ranges_settle(&r);
		assert_false(ranges_find(&r, addr_ip4(0), NULL));
		assert_false(ranges_find(&r, addr_ip4(UINT32_MAX), NULL));
		assert_true(ranges_find(&r, addr_prev(addr_ip4(0)), NULL));
		assert_int_equal(ranges_find(&r, addr_next(addr_ip4(UINT32_MAX)), NULL),
				 i < 2 || i > 3);
		ranges_free(&r);
	}
}

static void bad_words_over_ip6(void **unused)
{
	static const char much[] =
		"more than 2^24 addresses: name the hosts (--targets FILE), or a "
		"smaller prefix";
	static const struct {
		const char *word, *reason;
	} rows[] = {
		{ "2001:db8::/103", much },
		{ "2001:db8::/64", much },
		{ "2001:db8::-2001:db8::100:0", much },
		{ "2001:db8::/129", "the prefix length must be 0 to 128" },
		{ "2001:db8::/", "the prefix length must be 0 to 128" },
		{ "2001:db8::/6x", "the prefix length must be 0 to 128" },
		{ "2001:db8::9-2001:db8::1", "the range ends before it begins" },
		{ "2001:db8::9-10", "not a range of IPv6 addresses" },
		{ "2001:db8::9-198.18.0.1", "not a range of IPv6 addresses" },
		{ "198.18.0.1-2001:db8::9", "not an IPv6 address" },
		{ "2001:db8::9-2001:db8::a/64", "not a range of IPv6 addresses" },
		{ "2001:db8:::1", "not an IPv6 address" },
		{ "2001:db8::1::2", "not an IPv6 address" },
		{ "2001:db8::10000", "not an IPv6 address" },
		{ "[2001:db8::1", "not an IPv6 address" },
		{ "[2001:db8::1]x", "not an IPv6 address" },
		{ "2001:db8::1]", "not an IPv6 address" },
		{ "[198.18.0.1]", "not an IPv6 address" },
		{ "[]", "not an IPv6 address" },
		{ "::ffff:198.18.0.1", "is an IPv4 address: say 198.18.0.1" },
		{ "fe80::1%", "not an IPv6 address" },
		{ "fe80::1%a-name-that-is-too-long", "not an IPv6 address" },
		{ "2001:db8::1%eth0", "only link-local addresses (fe80::/10) have a zone" },
		{ "fec0::1%eth0", "only link-local addresses (fe80::/10) have a zone" },
	};
	char line[256];
	size_t i;

	(void)unused;
	for (i = 0; i < COUNT(rows); i++) {
		snprintf(line, sizeof(line), "%s: %s", rows[i].word, rows[i].reason);
		check_refused(rows[i].word, &resolver_unasked, -EINVAL, line);
	}
	check_refused("fe80::1%eth1", &resolver_known, -ENODEV, "eth1: no such zone");
	check_refused("fe80::1%eth0", NULL, -EINVAL, "fe80::1%eth0: no zone here: leave it out");
}

static void host_names(void **unused)
{
	static const char *const names[] = {
		"localhost",	"my-host.example", "a",
		"a-1",		"host.example.",   "1.2.3.example",
		"10.0.0.1-x",	"3com.example",	   "_x.example",
		"0x7f.example", LABEL_60 "abc",	   NAME_244 "abcdefghi.",
	};
	size_t i;

	(void)unused;
	for (i = 0; i < COUNT(names); i++)
		check_one(names[i], &resolver_known, strlen(names[i]), strlen(names[i]));
	check_refused("10.0.0.1,nowhere.example", &resolver_known, -ENOENT,
		      "nowhere.example: no such host");
	check_refused("my-host.example", NULL, -EINVAL,
		      "my-host.example: only addresses here, no host names");
}

static void bad_words(void **unused)
{
	static const struct {
		const char *word, *reason;
	} rows[] = {
		{ "300.1.1.1", "not an IPv4 address: a number above 255" },
		{ "1.1.1.256", "not an IPv4 address: a number above 255" },
		{ "10.0.0",
		  "not an IPv4 address: it has four numbers, as 10.0.0.0/24 or 10.0.0-3.1" },
		{ "10", "not an address: ports go behind --tcp, and addresses are whole" },
		{ "10.0.0.", "not an IPv4 address" },
		{ "10.0.0.1.", "not an IPv4 address" },
		{ "10.0.0.1.1",
		  "not an IPv4 address: it has four numbers, as 10.0.0.0/24 or 10.0.0-3.1" },
		{ ".10.0.0.1", "not an IPv4 address" },
		{ "10..0.1", "not an IPv4 address" },
		{ "010.0.0.1", "not an IPv4 address: no number may begin with 0" },
		{ "10.0.0.01", "not an IPv4 address: no number may begin with 0" },
		{ "10.0.0.00", "not an IPv4 address: no number may begin with 0" },
		{ "4294967306.0.0.1", "not an IPv4 address: a number above 255" },
		{ "-", "to read targets from standard input, say --targets -" },
		{ "/", "not an IPv4 address" },
		{ "10.0.0/24",
		  "not an IPv4 address: it has four numbers, as 10.0.0.0/24 or 10.0.0-3.1" },
		{ "-10.0.0.1", "not an IPv4 address" },
		{ "10.0.0.0/33", "the prefix length must be 0 to 32" },
		{ "10.0.0.0/", "the prefix length must be 0 to 32" },
		{ "10.0.0.0/024", "the prefix length must be 0 to 32" },
		{ "10.0.0.0/-1", "the prefix length must be 0 to 32" },
		{ "10.0.0.0/4294967320", "the prefix length must be 0 to 32" },
		{ "10.0.0.0/24/24", "the prefix length must be 0 to 32" },
		{ "10.0.0.0/24-10.0.1.0", "the prefix length must be 0 to 32" },
		{ "10.0.0.0/255.255.255.0", "has a netmask: say 10.0.0.0/24" },
		{ "10.0.0.0/255.0.255.0", "the prefix length must be 0 to 32" },
		{ "010.*.0.1", "not an address or host name" },
		{ "10.0-4294967299.0.1", "not an IPv4 address: a number above 255" },
		{ "10.0.0.1-", "not a range of IPv4 addresses" },
		{ "10.0.0.1-256", "not a range of IPv4 addresses" },
		{ "10.0.0.1-1.5", "not a range of IPv4 addresses" },
		{ "10.0.0.1-05", "not a range of IPv4 addresses" },
		{ "10.0.0.1-10.0.0.256", "not a range of IPv4 addresses" },
		{ "10.0.0.1-10.0.0.9/24", "not a range of IPv4 addresses" },
		{ "10.0.0.1-5-9", "not a range of IPv4 addresses" },
		{ "10.0.0.1--5", "not a range of IPv4 addresses" },
		{ "10.0.0.50-10", "the range ends before it begins" },
		{ "10.0.1.0-10.0.0.255", "the range ends before it begins" },
		{ "host/24", "not an address or host name" },
		{ "10.0.0.0/2x", "not an address or host name" },
		{ "0x7f.0.0.1", "not an address or host name" },
		{ "0x7f000001", "not an address or host name" },
		{ "fe80::1x", "not an IPv6 address" },
		{ "a..b", "not an address or host name" },
		{ ".a", "not an address or host name" },
		{ "b\303\274cher.example", "not an address or host name" },
	};
	char text[256], list[256];
	size_t i;

	(void)unused;
	for (i = 0; i < COUNT(rows); i++) {
		snprintf(text, sizeof(text), "%s: %s", rows[i].word, rows[i].reason);
		check_refused(rows[i].word, &resolver_unasked, -EINVAL, text);
		/* The word is quoted, not the list. */
		snprintf(list, sizeof(list), "10.9.9.9, %s 10.9.9.8", rows[i].word);
		check_refused(list, &resolver_unasked, -EINVAL, text);
	}
	check_refused("", &resolver_unasked, -EINVAL, "empty list of addresses");
	check_refused(" , ", &resolver_unasked, -EINVAL, "empty list of addresses");
}

static void long_words_are_quoted_short(void **unused)
{
	static const char fills[] = { '1', 'a', '.', '-', '/', '*' };
	struct ranges r = {};
	struct err err;
	char *word;
	size_t i;

	(void)unused;
	check_refused(LABEL_60 "abcd", &resolver_unasked, -EINVAL,
		      LABEL_60 "abcd: not an address or host name");
	check_refused(NAME_244 LABEL_10 "x", &resolver_unasked, -EINVAL,
		      LABEL_60 ".abc…: too long for an address or host name");
	word = malloc(100001);
	assert_non_null(word);
	for (i = 0; i < COUNT(fills); i++) {
		memset(word, fills[i], 100000);
		word[100000] = '\0';
		memset(&err, 0, sizeof(err));
		assert_int_equal(targets_parse(word, &resolver_unasked, &r, &err), -EINVAL);
		assert_true(strlen(err.text) < 128);
		assert_non_null(strstr(err.text, "…: too long"));
	}
	free(word);
	ranges_free(&r);
}

/* parse(print(x)) == x, for random addresses, subnets and ranges. */
static void printed_addresses_parse_back(void **unused)
{
	uint64_t state = 1;
	int i;

	(void)unused;
	for (i = 0; i < 20000; i++) {
		uint32_t a = prng(&state), b = prng(&state), len = prng(&state) % 33;
		uint32_t first = a < b ? a : b, last = a < b ? b : a, mask;
		char text[64];

#define DOTTED(x) (x) >> 24, (x) >> 16 & 255, (x) >> 8 & 255, (x)&255
		snprintf(text, sizeof(text), "%u.%u.%u.%u", DOTTED(a));
		check_one(text, &resolver_unasked, a, a);
		snprintf(text, sizeof(text), "%u.%u.%u.%u/%u", DOTTED(a), len);
		mask = (uint32_t)(0xffffffff00000000ULL >> len);
		check_one(text, &resolver_unasked, a & mask, a | ~mask);
		snprintf(text, sizeof(text), "%u.%u.%u.%u-%u.%u.%u.%u", DOTTED(first),
			 DOTTED(last));
		check_one(text, &resolver_unasked, first, last);
		last = first | (b & 255);
		snprintf(text, sizeof(text), "%u.%u.%u.%u-%u", DOTTED(first), last & 255);
		check_one(text, &resolver_unasked, first, last);
	}
}

/* No input does harm, and every refusal gives a reason. */
static void random_text(void **unused)
{
	static const char alphabet[] = "0123456789.......---//,, x1100";
	uint64_t state = 2;
	int i;

	(void)unused;
	for (i = 0; i < 50000; i++) {
		struct ranges r = {};
		struct err err = {};
		size_t len = prng(&state) % 40, k;
		char text[48];
		int ret;

		for (k = 0; k < len; k++)
			text[k] = alphabet[prng(&state) % (sizeof(alphabet) - 1)];
		text[len] = '\0';
		ret = targets_parse(text, &resolver_known, &r, &err);
		assert_true(ret == -EINVAL ? err.text[0] : !ret && r.n && !err.text[0]);
		ranges_free(&r);
	}
}

static int read_text(const char *text, size_t len, bool need_one, struct ranges *r, struct err *err)
{
	FILE *file = fmemopen((void *)text, len, "r");
	int ret;

	assert_non_null(file);
	ret = targets_read(file, "hosts.txt", need_one, &resolver_known, r, err);
	fclose(file);
	return ret;
}

static void files(void **unused)
{
	static const char text[] = "# the lab\r\n"
				   "10.0.0.1 # first\r\n"
				   "\n"
				   " \t\r\n"
				   "10.0.0.3,10.0.0.4#5\n"
				   "#10.0.0.9\n"
				   "a-name 10.1.0.0/24";
	static const struct ip4_range expected[] = {
		{ .first = 6, .last = 6 },
		{ .first = ADDR(10, 0, 0, 1), .last = ADDR(10, 0, 0, 1) },
		{ .first = ADDR(10, 0, 0, 3), .last = ADDR(10, 0, 0, 4) },
		{ .first = ADDR(10, 1, 0, 0), .last = ADDR(10, 1, 0, 255) },
	};
	struct ranges r = {};
	struct err err;

	(void)unused;
	assert_int_equal(read_text(text, strlen(text), true, &r, &err), 0);
	check_set(&r, expected, COUNT(expected));
	ranges_free(&r);
}

static void bad_files(void **unused)
{
#define TEXT(s) s, sizeof(s) - 1
	static const struct {
		const char *text;
		size_t len;
		const char *reason;
	} rows[] = {
		{ TEXT("10.0.0.1\n\n10.0.0.1 x/\n"),
		  "hosts.txt:3: x/: not an address or host name" },
		{ TEXT("# no end\n10.0.0.999"),
		  "hosts.txt:2: 10.0.0.999: not an IPv4 address: a number above 255" },
		{ TEXT("nowhere\n"), "hosts.txt:1: nowhere: no such host" },
		{ TEXT("10.0.0.1\n10.0.0.2\0 10.0.0.3\n"),
		  "hosts.txt:2: a NUL byte: not a text file" },
		{ TEXT("#\0\n10.0.0.1\n"), "hosts.txt:1: a NUL byte: not a text file" },
		{ TEXT("\0"), "hosts.txt:1: a NUL byte: not a text file" },
		{ TEXT("\n# nothing\n"), "hosts.txt: no address in this file" },
	};
	struct ranges r = {};
	struct err err;
	FILE *file;
	int ret;
	size_t i;

	(void)unused;
	for (i = 0; i < COUNT(rows); i++) {
		ret = read_text(rows[i].text, rows[i].len, true, &r, &err);
		assert_string_equal(err.text, rows[i].reason);
		assert_int_equal(ret, strstr(err.text, "no such host") ? -ENOENT : -EINVAL);
	}
	ranges_free(&r);
	assert_int_equal(read_text(TEXT("\n# nothing\n"), false, &r, &err), 0);
	assert_int_equal(r.n, 0);

	file = fopen("/", "r");
	assert_non_null(file);
	assert_int_equal(targets_read(file, "/", false, &resolver_known, &r, &err), -EISDIR);
	assert_string_equal(err.text, "/: Is a directory");
	fclose(file);
}

/* A line is never cut, not even within a word that a byte order mark has moved. */
static void overlong_lines(void **unused)
{
	static const char *const starts[] = { "", MARK };
	const size_t len = (1 << 24) + 5;
	char *text = malloc(len);
	struct ranges r = {};
	struct err err;
	size_t i;

	(void)unused;
	assert_non_null(text);
	for (i = 0; i < COUNT(starts); i++) {
		memset(text, ' ', len);
		memcpy(text, starts[i], strlen(starts[i]));
		memcpy(text + len - 9, "10.0.0.12", 9);
		assert_int_equal(read_text(text, len, true, &r, &err), -EINVAL);
		assert_string_equal(err.text,
				    "hosts.txt:1: line too long (more than 16777216 bytes)");
		assert_int_equal(r.n, 0);
	}
	free(text);
}

/* Editors put a byte order mark before a UTF-8 text; it may be there once, at the very start. */
static void byte_order_marks(void **unused)
{
	static const char *const right[] = {
		MARK "10.0.0.1\n", MARK "\r\n10.0.0.1\r\n", MARK "# the lab\n10.0.0.1",
		MARK " 10.0.0.1",  "10.0.0.1 # " MARK "\n",
	};
	static const struct {
		const char *text;
		size_t len;
		const char *reason;
	} wrong[] = {
		{ TEXT(MARK), "hosts.txt: no address in this file" },
		{ TEXT(MARK MARK "10.0.0.1\n"), "hosts.txt:1: " MARK "10.0.0.1: " MARKED },
		{ TEXT("10.0.0.1\n" MARK "10.0.0.2\n"), "hosts.txt:2: " MARK "10.0.0.2: " MARKED },
		{ TEXT("\n" MARK), "hosts.txt:2: " MARK ": " MARKED },
		{ TEXT("\xef\xbb"), "hosts.txt:1: \xef\xbb: not an address or host name" },
		{ TEXT(MARK "\0"), "hosts.txt:1: a NUL byte: not a text file" },
		{ TEXT("\xff\xfe.\0002\0"), "hosts.txt: is UTF-16 text: save it as UTF-8" },
		{ TEXT("\xfe\xff\0.\0002"), "hosts.txt: is UTF-16 text: save it as UTF-8" },
	};
	const struct ip4_range expected = { .first = ADDR(10, 0, 0, 1), .last = ADDR(10, 0, 0, 1) };
	struct ranges r = {};
	struct err err;
	size_t i;

	(void)unused;
	for (i = 0; i < COUNT(right); i++) {
		assert_int_equal(read_text(right[i], strlen(right[i]), true, &r, &err), 0);
		check_set(&r, &expected, 1);
		ranges_free(&r);
	}
	for (i = 0; i < COUNT(wrong); i++) {
		assert_int_equal(read_text(wrong[i].text, wrong[i].len, true, &r, &err), -EINVAL);
		assert_string_equal(err.text, wrong[i].reason);
		ranges_free(&r);
	}
	check_refused(MARK "10.0.0.1", &resolver_unasked, -EINVAL, MARK "10.0.0.1: " MARKED);
}

static void lines_of_any_length(void **unused)
{
	const struct ip4_range expected = { .first = ADDR(10, 0, 0, 0),
					    .last = ADDR(10, 0, 255, 255) };
	size_t room = 65536 * sizeof("10.0.255.255"), len = 0;
	char *text = malloc(room);
	struct ranges r = {};
	struct err err;
	int i;

	(void)unused;
	assert_non_null(text);
	for (i = 0; i < 65536; i++)
		len += (size_t)snprintf(text + len, room - len, "10.0.%d.%d ", i >> 8, i & 255);
	assert_int_equal(read_text(text, len, true, &r, &err), 0);
	check_set(&r, &expected, 1);
	ranges_free(&r);
	free(text);
}

static void reserved(void **unused)
{
	static const struct ip4_range expected[] = {
		{ .first = 0, .last = ADDR(0, 255, 255, 255) },
		{ .first = ADDR(127, 0, 0, 0), .last = ADDR(127, 255, 255, 255) },
		{ .first = ADDR(224, 0, 0, 0), .last = ADDR(239, 255, 255, 255) },
		{ .first = UINT32_MAX, .last = UINT32_MAX },
	};
	struct ranges r = {}, ip4 = {}, ip6 = {};
	size_t i;

	(void)unused;
	assert_int_equal(targets_add_reserved(&r), 0);
	for (i = 0; i < r.n; i++)
		ranges_add(addr_is_ip4(r.v[i].first) ? &ip4 : &ip6, r.v[i].first, r.v[i].last);
	check_set(&ip4, expected, COUNT(expected));
	ranges_settle(&ip6);
	assert_int_equal(ip6.n, 2);
	assert_true(addr_equal(ip6.v[0].first, (struct addr){ 0, 0 }));
	assert_true(addr_equal(ip6.v[0].last, (struct addr){ 0, 1 }));
	assert_true(addr_equal(ip6.v[1].first, (struct addr){ 0xff00ULL << 48, 0 }));
	assert_true(addr_equal(ip6.v[1].last, ADDR_LAST));
	ranges_free(&r);
	ranges_free(&ip4);
	ranges_free(&ip6);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses),
		cmocka_unit_test(addresses_over_ip6),
		cmocka_unit_test(exclusions_over_ip6),
		cmocka_unit_test(bad_words_over_ip6),
		cmocka_unit_test(host_names),
		cmocka_unit_test(bad_words),
		cmocka_unit_test(long_words_are_quoted_short),
		cmocka_unit_test(printed_addresses_parse_back),
		cmocka_unit_test(random_text),
		cmocka_unit_test(files),
		cmocka_unit_test(bad_files),
		cmocka_unit_test(byte_order_marks),
		cmocka_unit_test(overlong_lines),
		cmocka_unit_test(lines_of_any_length),
		cmocka_unit_test(reserved),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
