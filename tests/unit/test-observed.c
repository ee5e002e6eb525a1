// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* test-observed.c - what is measured of a scan, as text and as JSON, byte for byte. */
#include "observed.h"

#include "capture.h"

#include <string.h>

#define TIME_ZERO "\"time\":\"1970-01-01T00:00:00.000000Z\""

static const struct result_cost cost = {
	.program = "xscan_xdp",
	.runs = 4,
	.run_ns = 1002,
	.has_foreign = true,
	.foreign = 1,
	.jited_bytes = 8330,
	.verified_insns = 3516,
	.own_s = 0.0015,
	.softirq_s = 0.01,
	.cpus_s = 2.5,
	.probes = 1000,
};

/* Without what old kernels do not tell, and before anything ran. */
static const struct result_cost cost_unknown = { .program = "" };

static void assert_cost_text(const struct result_cost *c, const char *want)
{
	char *text = NULL;
	size_t size;
	FILE *file = open_memstream(&text, &size);

	assert_non_null(file);
	observed_print_cost(c, file);
	fclose(file);
	assert_string_equal(text, want);
	free(text);
}

static void assert_cost_line(const struct result_cost *c, const char *want)
{
	struct capture capture;

	capture_open(&capture, &out_json, false);
	assert_int_equal(out_json.cost(&capture.sink, c), 0);
	capture_close(&capture, want);
}

static void costs(void **unused)
{
	(void)unused;
	assert_cost_text(&cost,
			 "cost       xscan_xdp: 4 runs, 0.001 ms, 250 ns each; 8330 bytes of "
			 "machine code, 3516 instructions verified\n"
			 "cost       packets of others: 1 of these runs\n"
			 "cost       CPU: 0.002 s of xscan, 0.010 s of softirqs, of 2.500 s of all "
			 "CPUs; 11.50 us a probe\n");
	assert_cost_text(&cost_unknown, "cost       : 0 runs, 0.000 ms\n"
					"cost       CPU: 0.000 s of xscan, 0.000 s of softirqs, of "
					"0.000 s of all CPUs\n");
	assert_cost_line(&cost,
			 "{\"type\":\"cost\"," TIME_ZERO ",\"program\":\"xscan_xdp\",\"runs\":4,"
			 "\"run_ns\":1002,\"ns_a_run\":250.5,\"foreign\":1,\"jited_bytes\":8330,"
			 "\"verified_insns\":3516,\"cpu_s\":0.001500,\"softirq_s\":0.01,"
			 "\"cpus_s\":2.500,\"cpu_us_a_probe\":11.500}\n");
	assert_cost_line(&cost_unknown,
			 "{\"type\":\"cost\"," TIME_ZERO
			 ",\"program\":\"\",\"runs\":0,\"run_ns\":0,"
			 "\"cpu_s\":0.000000,\"softirq_s\":0.00,\"cpus_s\":0.000}\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(costs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
