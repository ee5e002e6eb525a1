// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* test-names.c - vendor lists in three formats, hostile bytes in them, and the system's services. */
#include "names.h"

#include <arpa/inet.h>
#include <errno.h>
#include <iconv.h>
#include <netdb.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

static uint32_t random_next(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

/* The names of a list of `size` bytes, read through a temporary file. */
static struct names *load(const char *list, size_t size)
{
	char path[] = "/tmp/test-names-XXXXXX";
	struct names *n = names_new();
	int fd = mkstemp(path);

	assert_non_null(n);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, list, size), size);
	close(fd);
	assert_int_equal(names_load_vendors(n, path), 0);
	unlink(path);
	return n;
}

static const char *vendor_of(struct names *n, uint64_t mac)
{
	uint8_t bytes[6];

	for (int i = 0; i < 6; i++)
		bytes[i] = mac >> (40 - 8 * i);
	return names_vendor(n, bytes);
}

static void assert_vendor(struct names *n, uint64_t mac, const char *vendor)
{
	const char *found = vendor_of(n, mac);

	if (!vendor)
		assert_null(found);
	else if (!found)
		fail_msg("%012llx is unknown, not %s", (unsigned long long)mac, vendor);
	else
		assert_string_equal(found, vendor);
}

static void three_formats(void **unused)
{
	static const char arp_scan[] = "# comment\n#\n\n40D855\tIEEE REGISTRATION AUTHORITY\n"
				       "40D85511C\tDEUTA-WERKE GmbH\n02608C\t3COM\n"
				       "70B3D5ABC\tMA-S\n0055DA1\tMA-M\n001122334455\tone host";
	static const char ieee[] = "OUI/MA-L                       Organization      \r\n"
				   "company_id                     Organization      \r\n\r\n"
				   "00-22-72   (hex)\t\tAmerican Micro-Fuel Device Corp.\r\n"
				   "002272     (base 16)\t\tAmerican Micro-Fuel Device Corp. \r\n"
				   "\t\t\t\t2181 Buchanan Loop\r\n\t\t\t\tUS\r\n\r\n"
				   "00D0EF     (base 16)\t\tIGT\r\n\t\t\t\t123456 Street\r\n";
	static const char nmap[] = "# $Id: nmap-mac-prefixes $\n000000 Xerox\n"
				   "0a0027 of the list\n0a0b0c lower case\n";
	struct names *n;

	(void)unused;
	n = load(arp_scan, strlen(arp_scan));
	assert_vendor(n, 0x40d855000000, "IEEE REGISTRATION AUTHORITY");
	assert_vendor(n, 0x40d85511c000, "DEUTA-WERKE GmbH");
	assert_vendor(n, 0x40d85511cfff, "DEUTA-WERKE GmbH");
	assert_vendor(n, 0x40d85511d000, "IEEE REGISTRATION AUTHORITY");
	assert_vendor(n, 0x02608c123456, "3COM");
	assert_vendor(n, 0x70b3d5abc000, "MA-S");
	assert_vendor(n, 0x70b3d5abd000, NULL);
	assert_vendor(n, 0x0055da1fffff, "MA-M");
	assert_vendor(n, 0x0055da200000, NULL);
	assert_vendor(n, 0x001122334455, "one host");
	assert_vendor(n, 0x001122334456, NULL);
	assert_vendor(n, 0x020000000002, NULL);
	names_free(n);

	n = load(ieee, strlen(ieee));
	assert_vendor(n, 0x002272ffffff, "American Micro-Fuel Device Corp.");
	assert_vendor(n, 0x00d0ef000000, "IGT");
	assert_vendor(n, 0x123456000000, NULL);
	names_free(n);

	n = load(nmap, strlen(nmap));
	assert_vendor(n, 0x000000abcdef, "Xerox");
	assert_vendor(n, 0x525400123456, "QEMU virtual machine");
	assert_vendor(n, 0x0a0027123456, "VirtualBox host");
	assert_vendor(n, 0x0242ac110002, "Docker container");
	assert_vendor(n, 0x525401000000, NULL);
	assert_vendor(n, 0x0a0b0c000000, "lower case");
	names_free(n);
}

/* Small blocks: the IEEE's lists have them in two lines, in files beside oui.txt. */
static void small_blocks(void **unused)
{
	static const char *const files[][2] = {
		{ "oui.txt", "70B3D5     (base 16)\t\tIEEE Registration Authority" },
		{ "mam.txt", "74-1A-E0   (hex)\t\tSeven\r\n900000-9FFFFF     (base 16)\t\tSeven\r\n"
			     "200000-3FFFFF     (base 16)\t\tno power of 16\r\n" },
		{ "oui36.txt",
		  "F2F000-F2FFFF     (base 16)\t\tno block\r\n"
		  "zz-B3-D5   (hex)\t\tx\r\nF2E000-F2EFFF     (base 16)\t\tno block\r\n"
		  "70-B3-D5   (hex)\t\tNine\r\nF2F000-F2FFFF     (base 16)\t\tNine\r\n"
		  "F2D000-F2DFF     (base 16)\t\tshort\r\nF2C000-F2CFFF Nobody" },
	};
	char folder[] = "/tmp/test-names-XXXXXX", path[3][64];
	struct names *n = names_new();
	FILE *file;

	(void)unused;
	assert_non_null(mkdtemp(folder));
	for (int i = 0; i < 3; i++) {
		snprintf(path[i], sizeof(path[i]), "%s/%s", folder, files[i][0]);
		file = fopen(path[i], "w");
		assert_non_null(file);
		fputs(files[i][1], file);
		fclose(file);
	}
	assert_int_equal(names_load_vendors(n, path[0]), 0);
	assert_vendor(n, 0x70b3d5000000, "IEEE Registration Authority");
	assert_vendor(n, 0x70b3d5f2f123, "Nine");
	assert_vendor(n, 0x70b3d5f2c123, "IEEE Registration Authority");
	assert_vendor(n, 0x70b3d5f2d123, "IEEE Registration Authority");
	assert_vendor(n, 0x70b3d5f2e123, "IEEE Registration Authority");
	assert_vendor(n, 0x741ae0912345, "Seven");
	assert_vendor(n, 0x741ae0812345, NULL);
	for (int i = 0; i < 3; i++)
		unlink(path[i]);
	rmdir(folder);
	names_free(n);
}

/* Each line is one that must not be taken for a vendor of any prefix of 12345678…. */
static void lines_refused(void **unused)
{
	static const char *const lines[] = {
		"",
		"12345",
		"12345\tshort",
		"123456",
		"123456\t",
		"123456 \r",
		"123456 \x01\x7f",
		"1234567890123 long",
		"12345g name",
		"0x123456 hex",
		" 123456 indented",
		"\t123456\tindented",
		"#123456\tother",
		"123456,name",
		"123456;name",
		"12:34:56\tcolons",
		"12-34-56 name",
		"+123456 sign",
		"-123456 sign",
		"123456\xc2\xa0name",
	};

	(void)unused;
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		char list[64];
		struct names *n;
		int size = snprintf(list, sizeof(list), "%s\nABCDEF\tnext", lines[i]);

		n = load(list, size);
		if (vendor_of(n, 0x123456789012))
			fail_msg("taken: %s", lines[i]);
		assert_vendor(n, 0xabcdef000000, "next");
		names_free(n);
	}
}

static void names_are_cleaned(void **unused)
{
	static const struct {
		const char *raw;
		const char *clean;
	} cases[] = {
		{ "plain", "plain" },
		{ "  blanks kept  inside  ", "blanks kept  inside" },
		{ "\x1b[31mred\x1b[0m", "[31mred[0m" },
		{ "a\tb\rc\x01\x1f\x7f!", "abc!" },
		{ "\"quoted\\\"/", "\"quoted\\\"/" },
		{ "Universit\xc3\xa4t \xe2\x82\xac \xf0\x9f\x96\xa7",
		  "Universit\xc3\xa4t \xe2\x82\xac \xf0\x9f\x96\xa7" },
		{ "csi\xc2\x9b\x33m", "csi3m" },	    /* C1 control U+009B */
		{ "nbsp\xc2\xa0.", "nbsp\xc2\xa0." },	    /* the first after C1 */
		{ "\x80stray\xbf", "stray" },		    /* continuation alone */
		{ "\xc0\xafover\xc1\xbf", "over" },	    /* overlong, two bytes */
		{ "\xe0\x80\xafover\xe0\x9f\xbf", "over" }, /* three */
		{ "\xf0\x80\x80\xafover", "over" },	    /* four */
		{ "\xed\xa0\x80sur\xed\xbf\xbf", "sur" },   /* surrogates */
		{ "\xf4\x90\x80\x80high\xf5\xff", "high" }, /* above U+10FFFF */
		{ "\xf4\x8f\xbf\xbf", "\xf4\x8f\xbf\xbf" }, /* the last one */
		{ "cut\xe2\x82", "cut" },		    /* by the end of the line */
		{ "\xe2\x82next", "next" },		    /* by another character */
		{ "lat\xedn1", "latn1" },		    /* ISO 8859-1 */
		{ "\x01\xff \x7f", NULL },
	};

	(void)unused;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char list[128];
		int size = snprintf(list, sizeof(list), "123456\t%s\nABCDEF x", cases[i].raw);
		struct names *n = load(list, size);

		assert_vendor(n, 0x123456000000, cases[i].clean);
		assert_vendor(n, 0xabcdef000000, "x");
		names_free(n);
	}
}

/* Law, with libc's decoder as the judge: whatever the bytes, a name is printable UTF-8. */
static void any_bytes_give_printable_names(void **unused)
{
	/* Bytes at the edges of UTF-8's ranges, so that valid sequences are not rare. */
	static const uint8_t edges[] = { 0x00, 0x1f, 0x20, 'A',	 0x7e, 0x7f, 0x80, 0x8f, 0x90,
					 0x9f, 0xa0, 0xbf, 0xc0, 0xc2, 0xdf, 0xe0, 0xe1, 0xed,
					 0xee, 0xef, 0xf0, 0xf1, 0xf4, 0xf5, 0xff };
	iconv_t utf32 = iconv_open("UTF-32LE", "UTF-8");
	uint32_t seed = 20261121;
	unsigned int wide = 0;

	(void)unused;
	assert_true(utf32 != (iconv_t)-1);
	for (int round = 0; round < 3000; round++) {
		char list[7 + 24] = "123456\t", *in;
		uint32_t points[24], *p = points;
		size_t in_left, out_left = sizeof(points);
		struct names *n;

		for (size_t i = 7; i < sizeof(list); i++)
			list[i] = edges[random_next(&seed) % sizeof(edges)];
		n = load(list, sizeof(list));
		in = (char *)vendor_of(n, 0x123456000000);
		in_left = in ? strlen(in) : 0;
		if (in)
			assert_int_equal(iconv(utf32, &in, &in_left, (char **)&p, &out_left), 0);
		assert_int_equal(in_left, 0);
		for (const uint32_t *c = points; c < p; c++) {
			assert_true(*c >= 0x20 && (*c < 0x7f || *c > 0x9f));
			wide += *c > 0x9f;
		}
		names_free(n);
	}
	assert_true(wide > 1000);
	iconv_close(utf32);
}

/* Law: what is found is what a search of the whole list finds, the longest prefix, first line. */
static void search_finds_longest_then_first(void **unused)
{
	enum { LINES = 3000, QUERIES = 5000 };
	static struct {
		char digits[13];
	} lines[LINES];
	uint32_t seed = 99;
	char *list;
	size_t size, known = 0;
	FILE *file = open_memstream(&list, &size);
	struct names *n;

	(void)unused;
	for (int i = 0; i < LINES; i++) {
		int len = 6 + random_next(&seed) % 7;

		/* Two digit values: prefixes nest and repeat. */
		for (int k = 0; k < len; k++)
			lines[i].digits[k] = random_next(&seed) % 2 ? 'B' : '4';
		fprintf(file, "%s\t%d\n", lines[i].digits, i);
	}
	fclose(file);
	n = load(list, size);
	free(list);
	for (int q = 0; q < QUERIES; q++) {
		char mac[13], want[16] = "";
		const char *found;
		size_t best = 0;

		/* A C is in no prefix: it ends the part that can be known. */
		for (int k = 0; k < 12; k++)
			mac[k] = "4B4B4B4B4B4B4B4C"[random_next(&seed) % 16];
		mac[12] = '\0';
		for (int i = 0; i < LINES; i++) {
			size_t len = strlen(lines[i].digits);

			if (len > best && !strncmp(mac, lines[i].digits, len)) {
				best = len;
				snprintf(want, sizeof(want), "%d", i);
			}
		}
		found = vendor_of(n, strtoull(mac, NULL, 16));
		assert_string_equal(found ?: "", want);
		known += found != NULL;
	}
	assert_true(known > QUERIES / 2);
	names_free(n);
}

static void loading_replaces_and_fails(void **unused)
{
	static const char list[] = "123456 one\n";
	struct names *n = load(list, strlen(list));

	(void)unused;
	assert_vendor(n, 0x123456000000, "one");
	assert_int_equal(names_load_vendors(n, "/nonexistent/oui.txt"), -ENOENT);
	assert_vendor(n, 0x123456000000, NULL);
	assert_vendor(n, 0x00000c000000, NULL);
	assert_int_equal(names_load_vendors(n, "/tmp"), -EINVAL);
	assert_int_equal(names_load_vendors(n, "/dev/zero"), -EINVAL);
	assert_vendor(n, 0x123456000000, NULL);
	assert_int_equal(names_load_vendors(n, "/dev/null"), -EINVAL);
	names_free(n);

	n = load("", 0);
	assert_vendor(n, 0, NULL);
	names_free(n);
	names_free(NULL);
}

/* Law: for every TCP port, the first name that NSS lists; for no other port a name. */
static void services_are_those_of_the_system(void **unused)
{
	static char *first[65536];
	struct names *n = names_new();
	const struct servent *s;

	(void)unused;
	assert_non_null(n);
	setservent(1);
	while ((s = getservent())) {
		uint16_t port = ntohs(s->s_port);

		if (!strcmp(s->s_proto, "tcp") && !first[port])
			first[port] = strdup(s->s_name);
	}
	endservent();
	if (!first[22])
		print_message("no /etc/services here: only unknown ports are checked\n");
	for (unsigned int port = 0; port < 65536; port++) {
		const char *name = names_service(n, port);

		assert_true(!name == !first[port]);
		if (name)
			assert_string_equal(name, first[port]);
		free(first[port]);
	}
	names_free(n);
}

static void ports_by_name(void **unused)
{
	(void)unused;
	assert_int_equal(names_port("no-such-service"), 0);
	assert_int_equal(names_port(""), 0);
	if (!getservbyname("ssh", "tcp"))
		skip(); /* a system without /etc/services */
	assert_int_equal(names_port("ssh"), 22);
	assert_int_equal(names_port("tftp"), 0); /* UDP only */
	assert_int_equal(names_udp_port("tftp"), 69);
	assert_int_equal(names_udp_port("ssh"), 0); /* TCP only */
}

static void udp_ports_have_names_of_their_own(void **unused)
{
	struct names *n = names_new();

	(void)unused;
	assert_non_null(n);
	if (!getservbyname("tftp", "udp"))
		skip(); /* a system without /etc/services */
	assert_string_equal(names_udp_service(n, 69), "tftp");
	assert_null(names_service(n, 69));
	assert_null(names_udp_service(n, 22));
	names_free(n);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(three_formats),
		cmocka_unit_test(small_blocks),
		cmocka_unit_test(lines_refused),
		cmocka_unit_test(names_are_cleaned),
		cmocka_unit_test(any_bytes_give_printable_names),
		cmocka_unit_test(search_finds_longest_then_first),
		cmocka_unit_test(loading_replaces_and_fails),
		cmocka_unit_test(services_are_those_of_the_system),
		cmocka_unit_test(ports_by_name),
		cmocka_unit_test(udp_ports_have_names_of_their_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
