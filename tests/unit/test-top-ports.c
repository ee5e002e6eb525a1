// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* test-top-ports.c - ports by frequency, and words for ports. */
#include "top_ports.h"

#include "ports.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { ALL = 65535 };

/* A file like nmap's. */
static const char *measured(void)
{
	static char path[] = "/tmp/xscan-services-XXXXXX";
	FILE *file = fdopen(mkstemp(path), "w");

	assert_non_null(file);
	fputs("# a comment 1/tcp 0.9\nunknown\t7777/tcp\t0.3\t# x\nhttp\t80/tcp\t0.5\n"
	      "domain\t53/udp\t0.9\nbroken\t70000/tcp\t0.8\nshort 99/tcp\nssh\t22/tcp\t0.3\n",
	      file);
	fclose(file);
	return path;
}

/* The law: topN is the beginning of topM for N < M, and top65535 has each port once. */
static void orders_are_whole(void **unused)
{
	static const char *const protocols[] = { "tcp", "udp" };
	static uint16_t all[ALL], some[ALL];
	static bool seen[ALL + 1];
	uint32_t i, n;

	(void)unused;
	for (i = 0; i < 2; i++) {
		assert_int_equal(top_ports(NULL, protocols[i], ALL, all), 0);
		memset(seen, 0, sizeof(seen));
		for (n = 0; n < ALL; n++) {
			assert_int_not_equal(all[n], 0);
			assert_false(seen[all[n]]);
			seen[all[n]] = true;
		}
		for (n = 1; n <= ALL; n = n * 7 + 1) {
			assert_int_equal(top_ports(NULL, protocols[i], n, some), 0);
			assert_memory_equal(some, all, n * sizeof(*all));
		}
	}
}

static void own_list_begins_with_the_usual(void **unused)
{
	uint16_t list[3];

	(void)unused;
	assert_int_equal(top_ports(NULL, "tcp", 3, list), 0);
	assert_int_equal(list[0], 80);
	assert_int_equal(list[1], 443);
	assert_int_equal(list[2], 22);
	assert_int_equal(top_ports("/no/such/file", "udp", 1, list), 0);
	assert_int_equal(list[0], 53);
}

static void measured_shares_come_first(void **unused)
{
	const char *path = measured();
	uint16_t list[4];

	(void)unused;
	assert_int_equal(top_ports(path, "tcp", 4, list), 0);
	assert_int_equal(list[0], 80);
	assert_int_equal(list[1], 22); /* of equal shares the lower number */
	assert_int_equal(list[2], 7777);
	assert_int_equal(list[3], 443);
	assert_int_equal(top_ports(path, "udp", 1, list), 0);
	assert_int_equal(list[0], 53);
	unlink(path);
}

static void assert_lists(const char *text, const char *want)
{
	struct port_lists lists;
	struct err err;

	assert_int_equal(port_lists_read(text, PROBE_TCP, NULL, &lists, &err), 0);
	assert_string_equal(lists.of[PROBE_TCP], want);
	port_lists_free(&lists);
}

static void words(void **unused)
{
	(void)unused;
	assert_lists("22", "22");
	assert_lists("", "");
	assert_lists("22,,80", "22,,80");
	assert_lists("80,", "80,");
	assert_lists("all", "-");
	assert_lists("-", "-");
	assert_lists("rdp,SMB,ssh", "3389,445,ssh");
	assert_lists("top3,8000-8002", "80,443,22,8000-8002");
	assert_lists("T:80,443", "80,443");
	assert_lists("1,T:top1", "1,80");
	assert_lists("topology", "topology");
}

static void assert_refused(const char *text, const char *said)
{
	struct port_lists lists;
	struct err err;

	assert_int_equal(port_lists_read(text, PROBE_TCP, NULL, &lists, &err), -EINVAL);
	assert_string_equal(err.text, said);
	port_lists_free(&lists);
}

static void wrong_words(void **unused)
{
	(void)unused;
	assert_refused("top0", "top0: the number must be 1 to 65535, as in top100");
	assert_refused("80,top65536", "top65536: the number must be 1 to 65535, as in top100");
	assert_refused("top10x", "top10x: the number must be 1 to 65535, as in top100");
	assert_refused("S:80", "S:80: T: and U: are known before ports");
}

/* U: goes to the kind that asks for UDP ports. */
static void udp_prefix(void **unused)
{
	struct port_lists lists;
	struct err err;

	(void)unused;
	assert_int_equal(port_lists_read("80,U:53,T:22", PROBE_TCP, NULL, &lists, &err), 0);
	assert_string_equal(lists.of[PROBE_TCP], "80,22");
	assert_string_equal(lists.of[PROBE_UDP], "53");
	port_lists_free(&lists);
	assert_int_equal(port_lists_read("U:53", PROBE_TCP, NULL, &lists, &err), 0);
	assert_null(lists.of[PROBE_TCP]);
	port_lists_free(&lists);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(orders_are_whole),
		cmocka_unit_test(own_list_begins_with_the_usual),
		cmocka_unit_test(measured_shares_come_first),
		cmocka_unit_test(words),
		cmocka_unit_test(wrong_words),
		cmocka_unit_test(udp_prefix),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
