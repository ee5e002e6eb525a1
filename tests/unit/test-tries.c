// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* test-tries.c - laws of sharing source ports between tries and pulses, and the values of --source-port. */
#include "tries.h"
#include "values.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* However many ports there are: none is left without use, and a port says whether it was a pulse. */
static void ports_tell_tries_from_pulses(void **unused)
{
	unsigned int lossy, n, i;

	(void)unused;
	for (lossy = 1; lossy <= TRIES_MAX; lossy++) {
		for (n = 1; n <= lossy + PULSE_PORTS; n++) {
			const struct tries tries = tries_fixed(lossy);
			const struct try_ports p = try_ports_share(tries, n);
			uint64_t used = 0;

			assert_int_equal(p.tries + p.pulses, n);
			for (i = 0; i < lossy; i++) {
				used |= 1ULL << try_port(p, i);
				assert_true(try_port(p, i) < p.tries);
				assert_true(try_ports_are_few(p, tries) || try_port(p, i) == i);
			}
			for (i = 0; i < PULSE_PORTS; i++) {
				used |= 1ULL << try_port_of_pulse(p, i);
				assert_true(n == 1 || try_port_of_pulse(p, i) >= p.tries);
			}
			assert_int_equal(used, (1ULL << n) - 1);
		}
		assert_false(
			try_ports_are_few(try_ports_share(tries_fixed(lossy), lossy + PULSE_PORTS),
					  tries_fixed(lossy)));
	}
}

static void ranges_are_read(void **unused)
{
	static const struct {
		const char *text;
		uint16_t first, last;
	} right[] = { { "53", 53, 53 }, { "1-65535", 1, 65535 }, { "40000-40000", 40000, 40000 } };
	static const char *const wrong[] = { "",      "0",  "-",   "0-5",   "5-0",
					     "9-8",   "1-", "-1",  "65536", "1,2",
					     "1-2-3", "x",  "1 2", "0x10",  "1-65536" };
	struct source_range range;
	struct err err;
	size_t i;

	(void)unused;
	for (i = 0; i < sizeof(right) / sizeof(*right); i++) {
		assert_int_equal(values_source_ports(right[i].text, &range, &err), 0);
		assert_int_equal(range.first, right[i].first);
		assert_int_equal(range.last, right[i].last);
	}
	for (i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		assert_true(values_source_ports(wrong[i], &range, &err) < 0);
		assert_non_null(strstr(err.text, "--source-port"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ports_tell_tries_from_pulses),
		cmocka_unit_test(ranges_are_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
