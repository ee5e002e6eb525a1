// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* test-ports.c - the meaning of port lists, refusals and their lines, and print and parse agree. */
#include "ports.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define A_10	     "aaaaaaaaaa"

enum { TEXT_MAX = 65536 * 12 };

/* Too large for the stack. */
struct room {
	struct ports a, b;
	char text[TEXT_MAX];
};

static int setup(void **state)
{
	*state = malloc(sizeof(struct room));
	return *state ? 0 : -1;
}

static int teardown(void **state)
{
	free(*state);
	return 0;
}

static uint32_t prng(uint64_t *state)
{
	*state = *state * 6364136223846793005ULL + 1442695040888963407ULL;
	return *state >> 32;
}

static uint16_t by_name(const char *name)
{
	if (!strcmp(name, "ssh"))
		return 22;
	if (!strcmp(name, "http"))
		return 80;
	return strcmp(name, "http-alt") ? 0 : 8080;
}

/* The list ascends, and each port knows its place in it. */
static void check_form(const struct ports *p)
{
	uint32_t i, listed = 0;

	for (i = 0; i < p->n; i++) {
		assert_true(!i || p->list[i] > p->list[i - 1]);
		assert_int_equal(p->slot[p->list[i]], i + 1);
	}
	for (i = 0; i < COUNT(p->slot); i++)
		listed += p->slot[i] != 0;
	assert_int_equal(listed, p->n);
	assert_int_equal(p->slot[0], 0);
}

static void parse(const char *text, struct ports *out)
{
	struct err err = {};

	if (ports_parse(text, by_name, out, &err))
		fail_msg("%s was refused: %s", text, err.text);
	check_form(out);
}

static void lists(void **state)
{
	static const struct {
		const char *text, *printed;
		uint32_t n;
	} rows[] = {
		{ "22", "22", 1 },
		{ "1", "1", 1 },
		{ "65535", "65535", 1 },
		{ "1-1024", "1-1024", 1024 },
		{ "22,80,8000-8100", "22,80,8000-8100", 103 },
		{ "80,22,80,22", "22,80", 2 },
		{ "5-9,1-6,10", "1-10", 10 },
		{ "1-21,23,8000-8100", "1-21,23,8000-8100", 123 },
		{ "-", "1-65535", 65535 },
		{ "1-65535", "1-65535", 65535 },
		{ "-100", "1-100", 100 },
		{ "60000-", "60000-65535", 5536 },
		{ "65535-65535", "65535", 1 },
		{ "443,-2,65534-", "1-2,443,65534-65535", 5 },
		{ "00080", "80", 1 },
		{ "ssh,http", "22,80", 2 },
		{ "http-alt,22,http", "22,80,8080", 3 },
	};
	struct room *room = *state;
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		parse(rows[i].text, &room->a);
		assert_int_equal(room->a.n, rows[i].n);
		assert_ptr_equal(ports_print(&room->a, room->text, TEXT_MAX), room->text);
		assert_string_equal(room->text, rows[i].printed);
	}
}

static void bad_lists(void **state)
{
	static const struct {
		const char *text, *reason;
	} rows[] = {
		{ "", "empty list of ports" },
		{ ",", ",: empty element" },
		{ "80,,", "80,,: empty element" },
		{ "80,", "80,: empty element" },
		{ ",80", ",80: empty element" },
		{ "22,,80", "22,,80: empty element" },
		{ "0", "0: not a port (1-65535)" },
		{ "22,65536,80", "65536: not a port (1-65535)" },
		{ "4294967318", "4294967318: not a port (1-65535)" },
		{ "22, 80", " 80: not a port (1-65535)" },
		{ "+22", "+22: not a port (1-65535)" },
		{ "2.2", "2.2: not a port (1-65535)" },
		{ "0-5", "0-5: not a range of ports (1-65535)" },
		{ "-0", "-0: not a range of ports (1-65535)" },
		{ "0-", "0-: not a range of ports (1-65535)" },
		{ "1-65536", "1-65536: not a range of ports (1-65535)" },
		{ "1-2-3", "1-2-3: not a range of ports (1-65535)" },
		{ "--", "--: not a range of ports (1-65535)" },
		{ "1--5,7", "1--5: not a range of ports (1-65535)" },
		{ "5-1", "5-1: the range ends before it begins" },
		{ "22,100-99,80", "100-99: the range ends before it begins" },
		{ "22,gopher", "gopher: no such service" },
		{ "ssh-http", "ssh-http: no such service" },
		{ "80x", "80x: no such service" },
		{ A_10 A_10 A_10 A_10 A_10 A_10 "aaaa",
		  A_10 A_10 A_10 A_10 A_10 A_10 "aaaa: too long for a port or service" },
		{ A_10 A_10 A_10 A_10 A_10 A_10 "aaaab",
		  A_10 A_10 A_10 A_10 A_10 A_10 "aaaa…: too long for a port or service" },
	};
	struct room *room = *state;
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		struct err err = {};

		assert_int_equal(ports_parse(rows[i].text, by_name, &room->a, &err), -EINVAL);
		assert_string_equal(err.text, rows[i].reason);
	}
}

static void parse_forgets_what_was_there(void **state)
{
	struct room *room = *state;

	memset(&room->a, 0xff, sizeof(room->a));
	parse("7", &room->a);
	assert_int_equal(room->a.n, 1);
	parse("9", &room->a);
	assert_int_equal(room->a.n, 1);
	assert_int_equal(room->a.list[0], 9);
}

/* Sets of few and of many ports, in runs of length 1 to `spread` with such gaps between them. */
static void make_random(uint64_t *seed, char *text)
{
	uint32_t spread = 1 + prng(seed) % (1 << (1 + prng(seed) % 13)), port = 0, last;
	size_t used = 0;

	text[0] = '\0';
	for (;;) {
		port += 1 + prng(seed) % spread;
		last = port + prng(seed) % spread;
		if (last > 65535)
			break;
		used += (size_t)snprintf(text + used, TEXT_MAX - used, "%s%u-%u", used ? "," : "",
					 port, last);
		port = last;
	}
}

static void printed_lists_parse_back(void **state)
{
	struct room *room = *state;
	uint64_t seed = 1;
	int i;

	for (i = 0; i < 60; i++) {
		make_random(&seed, room->text);
		parse(room->text, &room->a);
		ports_print(&room->a, room->text, TEXT_MAX);
		parse(room->text, &room->b);
		assert_memory_equal(&room->a, &room->b, sizeof(room->a));
	}
}

static void prints_are_cut_between_elements(void **state)
{
	static const char *const whole = "1-21,23,8000-8100,65535";
	static const struct {
		unsigned long size;
		const char *text;
	} rows[] = {
		{ 1, "" },
		{ 3, "" },
		{ 4, "…" },
		{ 8, "…" },
		{ 9, "1-21,…" },
		{ 11, "1-21,…" },
		{ 12, "1-21,23,…" },
		{ 21, "1-21,23,…" },
		{ 22, "1-21,23,8000-8100,…" },
		{ 23, "1-21,23,8000-8100,…" },
		{ 24, whole },
		{ 30, whole },
	};
	struct room *room = *state;
	char *text = room->text;
	size_t i;

	parse(whole, &room->a);
	for (i = 0; i < COUNT(rows); i++) {
		memset(text, '~', 64);
		ports_print(&room->a, text, rows[i].size);
		assert_string_equal(text, rows[i].text);
		assert_int_equal(text[rows[i].size], '~');
	}
	ports_print(&room->a, text, 0);
	assert_string_equal(text, whole);

	/* What is left may need less room than the sign that something is left. */
	parse("1000-2000,5,7", &room->a);
	assert_string_equal(ports_print(&room->a, text, sizeof("5,7,1000-2000")), "5,7,1000-2000");
	parse("5,7", &room->a);
	assert_string_equal(ports_print(&room->a, text, sizeof("5,7")), "5,7");
	room->a.n = 0;
	assert_string_equal(ports_print(&room->a, text, 10), "");
}

/* No input does harm, and every refusal gives a reason. */
static void random_text(void **state)
{
	static const char alphabet[] = "0123456789----,,,,, shtp";
	struct room *room = *state;
	uint64_t seed = 2;
	int i;

	for (i = 0; i < 3000; i++) {
		size_t len = prng(&seed) % 12, k;
		struct err err = {};
		char text[16];
		int ret;

		for (k = 0; k < len; k++)
			text[k] = alphabet[prng(&seed) % (sizeof(alphabet) - 1)];
		text[len] = '\0';
		ret = ports_parse(text, by_name, &room->a, &err);
		assert_true(ret == -EINVAL ? err.text[0] : !ret && room->a.n && !err.text[0]);
		if (!ret)
			check_form(&room->a);
	}
}

/* Canaries come last, are high ports that nobody asked for, and are always the same. */
static void canaries_are_added_behind(void **state)
{
	static struct ports p, again;
	char text[64];
	struct err err;
	unsigned int i;

	(void)state;
	assert_int_equal(ports_parse("22,49152-65000", NULL, &p, &err), 0);
	again = p;
	ports_add_canaries(&p, 8);
	ports_add_canaries(&again, 8);
	assert_memory_equal(&p, &again, sizeof(p));
	assert_int_equal(p.canaries, 8);
	assert_int_equal(p.n, 1 + 65000 - 49152 + 1 + 8);
	for (i = p.n - 8; i < p.n; i++) {
		assert_in_range(p.list[i], 65001, 65535);
		assert_int_equal(p.slot[p.list[i]], i + 1);
	}
	assert_string_equal(ports_print(&p, text, sizeof(text)), "22,49152-65000");
	/* Where all ports are asked for, there is none. */
	assert_int_equal(ports_parse("-", NULL, &p, &err), 0);
	ports_add_canaries(&p, 8);
	assert_int_equal(p.canaries, 0);
	assert_int_equal(p.n, 65535);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(canaries_are_added_behind),
		cmocka_unit_test(lists),
		cmocka_unit_test(bad_lists),
		cmocka_unit_test(parse_forgets_what_was_there),
		cmocka_unit_test(printed_lists_parse_back),
		cmocka_unit_test(prints_are_cut_between_elements),
		cmocka_unit_test(random_text),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
