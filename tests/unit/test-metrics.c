// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* test-metrics.c - the file of --metrics, and files that are replaced. */
#include "capture.h"

#include "random.h"
#include "claim.h"
#include "replace.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/xscan-test-metrics-XXXXXX";
static char path[sizeof(folder) + 16];

static int set_up(void **state)
{
	(void)state;
	if (!mkdtemp(folder))
		return -1;
	snprintf(path, sizeof(path), "%s/file", folder);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	unlink(path);
	return rmdir(folder); /* fails if a file was left aside */
}

static char *read_file(void)
{
	FILE *f = fopen(path, "re");
	char *text = calloc(1, 1 << 16);

	assert_non_null(f);
	assert_non_null(text);
	assert_true(fread(text, 1, (1 << 16) - 1, f) > 0);
	fclose(f);
	return text;
}

static int warnings;

static void count_warning(void *ctx, const struct err *err)
{
	(void)ctx;
	assert_non_null(strstr(err->text, "the scan goes on"));
	warnings++;
}

/* The text that a summary becomes. */
static char *text_of(const struct result_summary *sum, bool ended)
{
	const struct result_start start = { .time_us = TIME_US };
	struct sink s = { .ops = &out_metrics, .name = path, .warn = count_warning };

	warnings = 0;
	assert_int_equal(out_metrics.begin(&s), 0);
	assert_int_equal(out_metrics.start(&s, &start), 0);
	assert_int_equal(ended ? out_metrics.end(&s, sum) : out_metrics.so_far(&s, sum), 0);
	out_metrics.free(&s);
	assert_int_equal(warnings, 0);
	return read_file();
}

static bool has_line(const char *text, const char *line)
{
	const char *at = text;

	for (; (at = strstr(at, line)); at++)
		if ((at == text || at[-1] == '\n') && at[strlen(line)] == '\n')
			return true;
	return false;
}

#define assert_line(text, line) assert_true(has_line(text, line))

static unsigned int count(const char *text, const char *part)
{
	unsigned int n = 0;

	for (; (text = strstr(text, part)); text++)
		n++;
	return n;
}

/* Law: each figure of the ledger has one value, and each value has its two lines before it. */
static void each_figure_stands_once(void **state)
{
	struct result_summary sum = summary;
	uint64_t *figure = (uint64_t *)&sum.ledger;
	char *text, line[64];
	unsigned int i;

	(void)state;
	for (i = 0; i < LEDGER_FIGURES_N; i++)
		figure[i] = 1000000007ULL * (i + 1);
	text = text_of(&sum, true);
	for (i = 0; i < LEDGER_FIGURES_N; i++) {
		const bool thousandths = i == LEDGER_missing || i == LEDGER_missing_most;
		const double unit = i == LEDGER_elapsed_ns ? 1e-9 : thousandths ? 1e-3 : 1;

		snprintf(line, sizeof(line), " %.17g\n", (double)figure[i] * unit);
		assert_int_equal(count(text, line), 1);
	}
	assert_int_equal(count(text, "# HELP "), count(text, "# TYPE "));
	assert_int_equal(count(text, "_total counter\n"), count(text, " counter\n"));
	assert_int_equal(count(text, "_total gauge\n"), 0);
	free(text);
}

static void values_and_states(void **state)
{
	struct result_summary sum = summary;
	char *text;

	(void)state;
	sum.iface = "a\"b\\c";
	text = text_of(&sum, false);
	assert_line(text, "xscan_running 1");
	assert_line(text, "xscan_start_time_seconds 1795215601.123456");
	assert_line(text, "xscan_ports{state=\"closed\"} 1023");
	assert_line(text, "xscan_coverage_low_ratio 0.5");
	assert_line(text, "xscan_asking_seconds_total 0.041000000000000002");
	assert_line(text, "xscan_scan_info{version=\"" XSCAN_VERSION
			  "\",interface=\"a\\\"b\\\\c\",attach=\"native\",tx=\"af_packet\"} 1");
	free(text);
	text = text_of(&sum, true);
	assert_line(text, "xscan_running 0");
	free(text);
}

enum { VALUES = 1000 };

/* From 0 to 2^32 - 1, small and large alike; many of them are a power of two, or one less. */
static uint32_t random_value(uint64_t *random)
{
	const uint32_t power = 1U << next_random(random) % 32;

	switch (next_random(random) % 3) {
	case 0:
		return power;
	case 1:
		return power - 1;
	default:
		return (uint32_t)next_random(random) & (2 * power - 1);
	}
}

/* The number behind `line`, of which there must be one. */
static double number_behind(const char *text, const char *line)
{
	assert_int_equal(count(text, line), 1);
	return strtod(strstr(text, line) + strlen(line), NULL);
}

/* Law: a bucket counts the values that are not above its `le`, and buckets are in order. */
static void check_buckets(const char *text, const char *bucket, double unit, const uint32_t *values)
{
	const char *at = text;
	double most, last = -1;
	unsigned int n, i, buckets = 0;

	for (; (at = strstr(at, bucket)); at++, buckets++) {
		most = strtod(at + strlen(bucket), NULL);
		assert_true(most > last);
		last = most;
		for (i = 0, n = 0; i < VALUES; i++)
			n += (double)values[i] * unit <= most * (1 + 1e-11);
		assert_true(strtod(strstr(at, "} ") + 2, NULL) == n);
	}
	assert_in_range(buckets, 10, 40);
	assert_true(isinf(last));
}

static void histograms(void **state)
{
	struct result_histogram h[] = {
		{ .name = "rtt_us", .key = "open" },
		{ .name = "rtt_us", .key = "arp" },
		{ .name = "batch" },
	};
	struct result_summary sum = summary;
	uint32_t values[3][VALUES];
	double sums[3] = { 0 };
	uint64_t random = 5;
	unsigned int i, j;
	char *text;

	(void)state;
	for (i = 0; i < 3; i++)
		for (j = 0; j < VALUES; j++) {
			values[i][j] = random_value(&random);
			hist_add(&h[i].hist, values[i][j]);
			sums[i] += values[i][j];
		}
	sum.histograms = h;
	sum.n_histograms = 3;
	text = text_of(&sum, false);
	check_buckets(text, "xscan_rtt_seconds_bucket{answer=\"open\",le=\"", 1e-6, values[0]);
	check_buckets(text, "xscan_rtt_seconds_bucket{answer=\"arp\",le=\"", 1e-6, values[1]);
	check_buckets(text, "xscan_batch_questions_bucket{le=\"", 1, values[2]);
	assert_true(number_behind(text, "xscan_rtt_seconds_count{answer=\"arp\"} ") == VALUES);
	assert_true(fabs(number_behind(text, "xscan_rtt_seconds_sum{answer=\"open\"} ") * 1e6 -
			 sums[0]) < 1);
	assert_true(number_behind(text, "\nxscan_batch_questions_sum ") == sums[2]);
	assert_line(text, "# TYPE xscan_rtt_seconds histogram");
	assert_int_equal(count(text, " histogram\n"), 2);
	free(text);
}

/* What is unknown is absent. */
static void what_is_unknown_is_absent(void **state)
{
	struct result_summary sum = summary;
	char *text;

	(void)state;
	sum.coverage = sum.coverage_low = NAN;
	sum.ports_scanned = false;
	text = text_of(&sum, true);
	assert_int_equal(count(text, "xscan_coverage"), 0);
	assert_int_equal(count(text, "xscan_ports"), 0);
	assert_int_equal(count(text, "histogram"), 0);
	assert_int_equal(count(text, "nan"), 0);
	free(text);
}

/* An error is told once, and ends nothing. */
static void errors_are_told_once(void **state)
{
	const struct result_start start = { .time_us = TIME_US };
	char gone[] = "/tmp/xscan-test-gone-XXXXXX", name[64];
	struct sink s = { .ops = &out_metrics, .name = name, .warn = count_warning };
	int i;

	(void)state;
	warnings = 0;
	assert_non_null(mkdtemp(gone));
	snprintf(name, sizeof(name), "%s/metrics", gone);
	assert_int_equal(out_metrics.begin(&s), 0);
	assert_int_equal(unlink(name), 0);
	assert_int_equal(rmdir(gone), 0);
	assert_int_equal(out_metrics.start(&s, &start), 0);
	for (i = 0; i < 3; i++)
		assert_int_equal(out_metrics.so_far(&s, &summary), 0);
	assert_int_equal(out_metrics.end(&s, &summary), 0);
	out_metrics.free(&s);
	assert_int_equal(warnings, 1);
}

/* Law: a reader that has opened the file keeps the old text, whole; the name has the new one. */
static void a_file_is_replaced_as_a_whole(void **state)
{
	int claim = claim_path(path);
	char old[4] = { 0 };
	char *text;
	FILE *f;

	(void)state;
	assert_int_equal(replace_file(path, "old", 3, &claim), 0);
	f = fopen(path, "re");
	assert_non_null(f);
	assert_int_equal(replace_file(path, "new!", 4, &claim), 0);
	assert_int_equal(fread(old, 1, 3, f), 3);
	assert_string_equal(old, "old");
	fclose(f);
	text = read_file();
	assert_string_equal(text, "new!");
	free(text);
	claim_end(claim, path);
}

/* Law: whatever file has the name, only one process has its lock. */
static void one_process_replaces_a_file(void **state)
{
	int claim = claim_path(path);

	(void)state;
	assert_true(claim >= 0);
	assert_int_equal(claim_path(path), -EBUSY);
	assert_int_equal(replace_file(path, "text", 4, &claim), 0);
	assert_int_equal(claim_path(path), -EBUSY);
	claim_end(claim, path);
	claim = claim_path(path);
	assert_true(claim >= 0);
	claim_end(claim, path);
	assert_int_equal(access(path, F_OK), 0);
}

/* A file that was claimed and not written goes. */
static void an_empty_file_goes(void **state)
{
	int claim;

	(void)state;
	unlink(path);
	claim = claim_path(path);
	assert_int_equal(access(path, F_OK), 0);
	claim_end(claim, path);
	assert_int_equal(access(path, F_OK), -1);
}

/* What a killed process has left aside is replaced; a link there is not followed. */
static void leftovers_go(void **state)
{
	char aside[sizeof(path) + 32];
	int claim = claim_path(path);
	struct stat stat;

	(void)state;
	snprintf(aside, sizeof(aside), "%s.%d.new", path, (int)getpid());
	assert_int_equal(symlink("/none/at/all", aside), 0);
	assert_int_equal(replace_file(path, "text", 4, &claim), 0);
	assert_int_equal(lstat(path, &stat), 0);
	assert_true(S_ISREG(stat.st_mode));
	assert_int_equal(lstat(aside, &stat), -1);
	assert_int_equal(replace_file("/none/file", "text", 4, &claim), -ENOENT);
	assert_int_equal(claim_path("/none/file"), -ENOENT);
	claim_end(claim, path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_figure_stands_once),
		cmocka_unit_test(values_and_states),
		cmocka_unit_test(histograms),
		cmocka_unit_test(what_is_unknown_is_absent),
		cmocka_unit_test(errors_are_told_once),
		cmocka_unit_test(a_file_is_replaced_as_a_whole),
		cmocka_unit_test(one_process_replaces_a_file),
		cmocka_unit_test(an_empty_file_goes),
		cmocka_unit_test(leftovers_go),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
