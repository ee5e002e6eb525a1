// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* test-addr.c - addresses: order, steps, prefixes and text, compared with 128-bit numbers. */
#include "addr.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

typedef unsigned __int128 u128;

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
enum { RANDOM = 200 };

static const struct addr edges[] = {
	{ 0, 0 },
	{ 0, 1 },
	{ 0, 0xfffeffffffff },
	ADDR_IP4(0),
	ADDR_IP4(1),
	ADDR_IP4(0x7fffffff),
	ADDR_IP4(UINT32_MAX),
	{ 0, 0x1000000000000 },
	{ 0, UINT64_MAX },
	{ 1, 0 },
	{ 0x20010db800000000, 0 },
	{ 0x20010db800000000, UINT64_MAX },
	{ 0x20010db800000001, 0 },
	{ UINT64_MAX, 0 },
	{ UINT64_MAX, UINT64_MAX - 1 },
	ADDR_LAST,
};

static uint64_t prng(uint64_t *state)
{
	*state = *state * 6364136223846793005ULL + 1442695040888963407ULL;
	return *state ^ *state >> 32;
}

/* Address `i`: an edge, then a random one of either family. */
static struct addr sample(size_t i)
{
	uint64_t state = i;

	if (i < COUNT(edges))
		return edges[i];
	prng(&state);
	if (i % 2)
		return addr_ip4((uint32_t)prng(&state));
	/* Runs of zeros, as addresses have them. */
	return (struct addr){ prng(&state) & (i % 3 ? UINT64_MAX : 0xffff00000000ffff),
			      prng(&state) & (i % 5 ? UINT64_MAX : 0xffff0000ffff) };
}
enum { SAMPLES = COUNT(edges) + RANDOM };

static u128 number_of(struct addr a)
{
	return (u128)a.hi << 64 | a.lo;
}

static struct addr addr_of(u128 number)
{
	return (struct addr){ (uint64_t)(number >> 64), (uint64_t)number };
}

static void order_is_that_of_numbers(void **state)
{
	size_t i, k;

	(void)state;
	for (i = 0; i < SAMPLES; i++)
		for (k = 0; k < SAMPLES; k++) {
			struct addr a = sample(i), b = sample(k);
			u128 x = number_of(a), y = number_of(b);

			assert_int_equal(addr_cmp(a, b), (x > y) - (x < y));
			assert_int_equal(addr_less(a, b), x < y);
			assert_int_equal(addr_equal(a, b), x == y);
			assert_true(number_of(addr_min(a, b)) == (x < y ? x : y));
			assert_true(number_of(addr_max(a, b)) == (x < y ? y : x));
		}
}

static void steps_and_distance_are_inverse(void **state)
{
	size_t i, k;

	(void)state;
	for (i = 0; i < SAMPLES; i++)
		for (k = 0; k < SAMPLES; k++) {
			struct addr a = addr_min(sample(i), sample(k));
			struct addr b = addr_max(sample(i), sample(k));
			u128 steps = number_of(b) - number_of(a);
			uint64_t distance = addr_distance(a, b);

			assert_true(distance == (steps < UINT64_MAX ? steps : UINT64_MAX));
			if (steps <= UINT64_MAX)
				assert_true(addr_equal(addr_add(a, distance), b));
		}
	for (i = 0; i < SAMPLES; i++) {
		struct addr a = sample(i);

		if (number_of(a))
			assert_true(addr_equal(addr_next(addr_prev(a)), a));
		if (!addr_equal(a, ADDR_LAST))
			assert_true(addr_equal(addr_prev(addr_next(a)), a));
	}
}

static void ip4_is_a_family(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < SAMPLES; i++) {
		struct addr a = sample(i);

		assert_int_equal(addr_is_ip4(a), number_of(a) >> 32 == 0xffff);
		assert_true(addr_is_ip4(addr_ip4((uint32_t)a.lo)));
		assert_int_equal(addr_to_ip4(addr_ip4((uint32_t)a.lo)), (uint32_t)a.lo);
	}
	assert_false(addr_is_ip4(addr_prev(addr_ip4(0))));
	assert_false(addr_is_ip4(addr_next(addr_ip4(UINT32_MAX))));
}

static void prefixes(void **state)
{
	unsigned int len;
	size_t i;

	(void)state;
	for (i = 0; i < SAMPLES; i++)
		for (len = 0; len <= 128; len++) {
			u128 host_bits = len == 128 ? 0 : ~(u128)0 >> len, n = number_of(sample(i));
			struct addr first = addr_prefix_first(sample(i), len);
			struct addr last = addr_prefix_last(sample(i), len);

			assert_true(addr_equal(addr_mask(len), addr_of(~host_bits)));
			assert_true(addr_equal(first, addr_of(n & ~host_bits)));
			assert_true(addr_equal(last, addr_of(n | host_bits)));
			if (addr_is_ip4(sample(i)) && len >= ADDR_IP4_PREFIX)
				assert_true(addr_is_ip4(first) && addr_is_ip4(last));
		}
}

/* A scope makes another address of a link-local one, and of no other; it comes off again. */
static void scopes_keep_links_apart(void **state)
{
	static const struct addr others[] = { { 0, 1 },
					      { 0, 0xffffc6120001 },
					      { 0x20010db800000000, 1 },
					      { ADDR_LINK_LOCAL_HI | 9, 1 },
					      { 0xfe81ULL << 48, 1 },
					      { 0xff02ULL << 48, 1 } };
	const struct addr local = { ADDR_LINK_LOCAL_HI, 1 };
	uint32_t scope;
	size_t i;

	(void)state;
	assert_true(addr_equal(addr_scoped(local, 0), local));
	for (scope = 1; scope < 5; scope++) {
		const struct addr scoped = addr_scoped(local, scope);

		assert_true(addr_is_link_local(scoped));
		assert_false(addr_equal(scoped, local));
		assert_false(addr_equal(scoped, addr_scoped(local, scope + 1)));
		assert_true(addr_equal(addr_unscoped(scoped, scope), local));
		assert_true(addr_equal(addr_unscoped(scoped, 0), scoped));
		for (i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
			assert_true(addr_equal(addr_scoped(others[i], scope), others[i]));
			assert_true(addr_equal(addr_unscoped(others[i], scope), others[i]));
		}
	}
}

static void printed_addresses_parse_back(void **state)
{
	char text[ADDR_TEXT];
	struct addr again;
	size_t i;

	(void)state;
	for (i = 0; i < SAMPLES; i++) {
		assert_ptr_equal(addr_text(sample(i), text), text);
		assert_true(addr_parse(text, &again));
		assert_true(addr_equal(again, sample(i)));
		assert_int_equal(addr_is_ip4(again), !strchr(text, ':'));
	}
}

static void texts(void **state)
{
	static const struct {
		const char *text, *printed; /* NULL: the same */
		struct addr addr;
	} rows[] = {
		{ "0.0.0.0", NULL, ADDR_IP4(0) },
		{ "198.18.0.2", NULL, ADDR_IP4(0xc6120002) },
		{ "255.255.255.255", NULL, ADDR_IP4(UINT32_MAX) },
		{ "::ffff:198.18.0.2", "198.18.0.2", ADDR_IP4(0xc6120002) },
		{ "::ffff:c612:2", "198.18.0.2", ADDR_IP4(0xc6120002) },
		{ "::", NULL, { 0, 0 } },
		{ "::1", NULL, { 0, 1 } },
		{ "::1:0:0:0", NULL, { 0, 0x1000000000000 } },
		{ "2001:DB8:0:0:0:0:0:01", "2001:db8::1", { 0x20010db800000000, 1 } },
		/* RFC 5952, 4.2.2 and 4.2.3: no lone group is shortened; the first longest run is */
		{ "2001:db8::1:1:1:1:1",
		  "2001:db8:0:1:1:1:1:1",
		  { 0x20010db800000001, 0x1000100010001 } },
		{ "2001:0:0:1:0:0:0:1", "2001:0:0:1::1", { 0x2001000000000001, 1 } },
		{ "2001:db8:0:0:1:0:0:1",
		  "2001:db8::1:0:0:1",
		  { 0x20010db800000000, 0x1000000000001 } },
		{ "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", NULL, ADDR_LAST },
	};
	static const char *const wrong[] = {
		"",	    " ",	 "1.2.3",	  "1.2.3.4.5", "1.2.3.256",
		"01.2.3.4", "1.2.3.4/8", "1.2.3.4 ",	  " 1.2.3.4",  "0x7f.1",
		":",	    ":::",	 "1::2::3",	  "::1%lo",    "[::1]",
		"::g",	    "::12345",	 "1:2:3:4:5:6:7", "::1/64",    "1:2:3:4:5:6:7:8:9",
	};
	char text[ADDR_TEXT];
	struct addr addr;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		assert_true(addr_parse(rows[i].text, &addr));
		assert_true(addr_equal(addr, rows[i].addr));
		assert_string_equal(addr_text(addr, text), rows[i].printed ?: rows[i].text);
	}
	for (i = 0; i < COUNT(wrong); i++)
		assert_false(addr_parse(wrong[i], &addr));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(order_is_that_of_numbers),
		cmocka_unit_test(steps_and_distance_are_inverse),
		cmocka_unit_test(ip4_is_a_family),
		cmocka_unit_test(prefixes),
		cmocka_unit_test(scopes_keep_links_apart),
		cmocka_unit_test(printed_addresses_parse_back),
		cmocka_unit_test(texts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
