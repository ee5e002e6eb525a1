// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* test-plan-canaries.c - how many canaries there are for so many ports. */
#include "world.h"

static void few_probes_of_tcp_are_canaries(void **state)
{
	static const struct {
		const char *ports;
		uint32_t canaries;
	} rows[] = { { "1-31", 0 }, { "1-32", 1 }, { "1-1000", 2 }, { "-", 0 } };
	struct world w;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		begin_usual(&w);
		add_targets(&w, "198.18.0.10");
		ask_ports(&w, rows[i].ports);
		assert_int_equal(plan(&w), 0);
		assert_int_equal(w.plan.phases[0].each->canaries, rows[i].canaries);
		end(&w);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(few_probes_of_tcp_are_canaries),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
