// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* test-candidates.c - what each sighting makes worth a question, in prefixes of any length. */
#include "../random.h"
#include "candidates.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const struct cookie_key key = { 1, 2 };
static const uint8_t mac[6] = { 0x52, 0x54, 0x00, 0x12, 0x34, 0x56 };

enum { LOW_BYTES = 255 };

static struct addr addr(const char *text)
{
	struct addr a;

	assert_true(addr_parse(text, &a));
	return a;
}

static struct link_prefix prefix(const char *first, unsigned int len)
{
	return (struct link_prefix){ addr(first), (uint8_t)len };
}

/* The candidates of one sighting in n prefixes. */
static struct ranges candidates(const char *seen, const struct link_prefix *prefixes, size_t n)
{
	struct ranges out = { 0 };
	struct sightings s;

	assert_int_equal(sightings_init(&s, &key), 0);
	if (seen)
		sightings_add(&s, addr(seen), mac, SIGHTED_ECHO);
	assert_int_equal(candidates_make(&s, prefixes, n, &out), 0);
	sightings_free(&s);
	return out;
}

static bool has(const struct ranges *r, const char *text)
{
	return ranges_find(r, addr(text), NULL);
}

static void a_host_leads_to_its_other_addresses(void **state)
{
	const struct link_prefix two[] = { prefix("2001:db8:a::", 64), prefix("fe80::", 64) };
	struct ranges r = candidates("2001:db8:f::1234:5678", two, 2);

	(void)state;
	assert_true(has(&r, "2001:db8:f::1234:5678"));
	assert_true(has(&r, "2001:db8:a::1234:5678"));
	assert_true(has(&r, "fe80::1234:5678"));
	assert_true(has(&r, "2001:db8:a::5054:ff:fe12:3456"));
	assert_true(has(&r, "fe80::5054:ff:fe12:3456"));
	assert_int_equal(ranges_count(&r), 5 + 2 * LOW_BYTES);
	ranges_free(&r);
}

static void ip4_hints_at_ip6(void **state)
{
	const struct link_prefix two[] = { prefix("2001:db8:a::", 64), prefix("2001:db8:b::", 96) };
	struct ranges r = candidates("198.18.0.10", two, 2);

	(void)state;
	assert_false(has(&r, "198.18.0.10"));
	assert_true(has(&r, "2001:db8:a::198.18.0.10"));
	assert_true(has(&r, "2001:db8:b::198.18.0.10"));
	assert_true(has(&r, "2001:db8:a::5054:ff:fe12:3456"));
	assert_int_equal(ranges_count(&r), 3 + 2 * LOW_BYTES);
	ranges_free(&r);
}

static void a_group_tells_low_bits(void **state)
{
	const struct link_prefix two[] = { prefix("2001:db8:a::", 64),
					   prefix("2001:db8:b::", 112) };
	struct ranges r = candidates("ff02::1:ff12:3456", two, 2);

	(void)state;
	assert_true(has(&r, "2001:db8:a::12:3456"));
	assert_int_equal(ranges_count(&r), 1 + 2 * LOW_BYTES);
	ranges_free(&r);
}

/* In short prefixes too, whatever is seen: no candidate is outside but what was seen itself. */
static void candidates_are_in_their_prefix(void **state)
{
	static const char *const seen[] = { "2001:db8:f::ffff:ffff", "198.18.0.10",
					    "ff02::1:ffff:ffff", NULL };
	unsigned int len, i;

	(void)state;
	for (len = 1; len <= 128; len++)
		for (i = 0; i < 4; i++) {
			const struct addr whole = addr("2001:db8:a::8000:0:0:0");
			const struct link_prefix p = { addr_prefix_first(whole, len),
						       (uint8_t)len };
			struct ranges r = candidates(seen[i], &p, 1);
			struct ranges inside = { 0 }, self = { 0 };

			ranges_add(&inside, p.first, addr_prefix_last(p.first, len));
			ranges_settle(&inside);
			if (i == 0)
				ranges_add(&self, addr(seen[0]), addr(seen[0]));
			ranges_settle(&self);
			assert_int_equal(ranges_subtract(&r, &inside), 0);
			assert_int_equal(ranges_subtract(&r, &self), 0);
			assert_int_equal(ranges_count(&r), 0);
			ranges_free(&r);
			ranges_free(&inside);
			ranges_free(&self);
		}
}

static void a_short_prefix_is_asked_whole(void **state)
{
	const struct link_prefix p = prefix("2001:db8:a::40", 122);
	struct ranges r = candidates(NULL, &p, 1);

	(void)state;
	assert_int_equal(ranges_count(&r), 63); /* without the address of all routers */
	assert_true(has(&r, "2001:db8:a::41"));
	assert_true(has(&r, "2001:db8:a::7f"));
	ranges_free(&r);
}

static void hosts_have_addresses_of_hosts(void **state)
{
	(void)state;
	assert_true(candidates_may_be(addr("fe80::1")));
	assert_true(candidates_may_be(addr("2001:db8::1")));
	assert_false(candidates_may_be(addr("::")));
	assert_false(candidates_may_be(addr("::1")));
	assert_false(candidates_may_be(addr("ff02::1")));
	assert_false(candidates_may_be(addr("198.18.0.1")));
	assert_true(candidates_is_group(addr("ff02::1:ff00:1")));
	assert_false(candidates_is_group(addr("ff02::1:fe00:1")));
	assert_false(candidates_is_group(addr("ff02::2:ff00:1")));
	assert_false(candidates_is_group(addr("ff05::1:ff00:1")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_host_leads_to_its_other_addresses),
		cmocka_unit_test(ip4_hints_at_ip6),
		cmocka_unit_test(a_group_tells_low_bits),
		cmocka_unit_test(candidates_are_in_their_prefix),
		cmocka_unit_test(a_short_prefix_is_asked_whole),
		cmocka_unit_test(hosts_have_addresses_of_hosts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
