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
	assert_cost_text(&cost_unknown, "cost       CPU: 0.000 s of xscan, 0.000 s of softirqs, of "
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

#define AT_52	 "@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@"
#define BLANK_52 "                                                    "

static void fill(struct result_histogram *h)
{
	unsigned int i;

	*h = (struct result_histogram){ .name = "rtt_us", .key = "open" };
	hist_add(&h->hist, 1);
	for (i = 0; i < 4; i++)
		hist_add(&h->hist, 2 + i % 2);
	hist_add(&h->hist, 9);
	hist_add(&h->hist, 9);
	hist_add(&h->hist, 1023);
	hist_add(&h->hist, 1024);
	hist_add(&h->hist, 5 << 20);
}

/* The text that bpftrace prints for the same counts. */
static void histograms_as_text(void **unused)
{
	struct result_histogram h[2];
	char *text = NULL;
	size_t size;
	FILE *file = open_memstream(&text, &size);

	(void)unused;
	assert_non_null(file);
	fill(&h[0]);
	h[1] = (struct result_histogram){ .name = "batch" };
	hist_add(&h[1].hist, 0);
	observed_print_histograms(h, 2, file);
	fclose(file);
	assert_string_equal(
		text,
		"@rtt_us[open]: \n"
		"[1]                    1 |@@@@@@@@@@@@@                                       |\n"
		"[2, 4)                 4 |" AT_52 "|\n"
		"[4, 8)                 0 |" BLANK_52 "|\n"
		"[8, 16)                2 |@@@@@@@@@@@@@@@@@@@@@@@@@@                          |\n"
		"[16, 32)               0 |" BLANK_52 "|\n"
		"[32, 64)               0 |" BLANK_52 "|\n"
		"[64, 128)              0 |" BLANK_52 "|\n"
		"[128, 256)             0 |" BLANK_52 "|\n"
		"[256, 512)             0 |" BLANK_52 "|\n"
		"[512, 1K)              1 |@@@@@@@@@@@@@                                       |\n"
		"[1K, 2K)               1 |@@@@@@@@@@@@@                                       |\n"
		"[2K, 4K)               0 |" BLANK_52 "|\n"
		"[4K, 8K)               0 |" BLANK_52 "|\n"
		"[8K, 16K)              0 |" BLANK_52 "|\n"
		"[16K, 32K)             0 |" BLANK_52 "|\n"
		"[32K, 64K)             0 |" BLANK_52 "|\n"
		"[64K, 128K)            0 |" BLANK_52 "|\n"
		"[128K, 256K)           0 |" BLANK_52 "|\n"
		"[256K, 512K)           0 |" BLANK_52 "|\n"
		"[512K, 1M)             0 |" BLANK_52 "|\n"
		"[1M, 2M)               0 |" BLANK_52 "|\n"
		"[2M, 4M)               0 |" BLANK_52 "|\n"
		"[4M, 8M)               1 |@@@@@@@@@@@@@                                       |\n"
		"\n"
		"@batch: \n"
		"[0]                    1 |" AT_52 "|\n"
		"\n"
		"histogram  rtt_us[open]: 10 values, p50 3, p90 1151, p99 5242880\n"
		"histogram  batch: 1 values, p50 0, p90 0, p99 0\n");
	free(text);
}

static void assert_histogram_line(const struct result_histogram *h, const char *want)
{
	struct capture c;

	capture_open(&c, &out_json, false);
	assert_int_equal(out_json.histogram(&c.sink, h), 0);
	capture_close(&c, want);
}

static void histograms_as_json(void **unused)
{
	struct result_histogram h;

	(void)unused;
	fill(&h);
	assert_histogram_line(
		&h, "{\"type\":\"histogram\"," TIME_ZERO ",\"data\":{\"@rtt_us\":{\"open\":["
		    "{\"min\":1,\"max\":1,\"count\":1},{\"min\":2,\"max\":3,\"count\":4},"
		    "{\"min\":8,\"max\":15,\"count\":2},{\"min\":512,\"max\":1023,\"count\":1},"
		    "{\"min\":1024,\"max\":2047,\"count\":1},"
		    "{\"min\":4194304,\"max\":8388607,\"count\":1}]}},"
		    "\"n\":10,\"p50\":3,\"p90\":1151,\"p99\":5242880}\n");
	h = (struct result_histogram){ .name = "batch" };
	hist_add(&h.hist, 0);
	assert_histogram_line(&h, "{\"type\":\"histogram\"," TIME_ZERO ",\"data\":{\"@batch\":["
				  "{\"min\":0,\"max\":0,\"count\":1}]},"
				  "\"n\":1,\"p50\":0,\"p90\":0,\"p99\":0}\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(costs),
		cmocka_unit_test(histograms_as_text),
		cmocka_unit_test(histograms_as_json),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
