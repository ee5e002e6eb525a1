// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* test-trace.c - the timeline of --trace is whole JSON at each moment, and does not grow without bounds. */
#include "capture.h"

#include <errno.h>
#include <json-c/json.h>
#include <math.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/xscan-test-trace-XXXXXX";
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
	return rmdir(folder);
}

static int warnings;

static void count_warning(void *ctx, const struct err *err)
{
	(void)ctx;
	assert_non_null(strstr(err->text, "the scan goes on"));
	warnings++;
}

static void begin(struct sink *s, bool goes_on)
{
	const struct result_start start = { .time_us = TIME_US, .monotonic_us = 1000 };

	*s = (struct sink){
		.ops = &out_trace,
		.name = path,
		.warn = count_warning,
		.goes_on = goes_on,
	};
	warnings = 0;
	assert_int_equal(out_trace.begin(s), 0);
	assert_int_equal(out_trace.start(s, &start), 0);
}

static void tick(struct sink *s, uint64_t n)
{
	const struct snapshot now = {
		.title = "SYN scan",
		.time_us = TIME_US + n * 200000,
		.ledger = { .asked = 10 * n, .answers = 9 * n, .missing = 1500 },
		.sent = 10 * n,
	};

	assert_int_equal(out_trace.tick(s, &now), 0);
}

static void rate(struct sink *s, uint32_t gateway)
{
	const struct result_rate r = {
		.time_us = TIME_US + 5,
		.kind = PROBE_TCP,
		.has_gateway = gateway,
		.gateway = ADDR_IP4(gateway),
		.rate_pps = 1000,
		.limit_pps = 2000,
		.asked = 4,
		.answered = 3,
		.why = "answers",
	};

	assert_int_equal(out_trace.rate(s, &r), 0);
}

static void end(struct sink *s)
{
	assert_int_equal(out_trace.end(s, &summary), 0);
	out_trace.free(s);
}

static off_t size_of_file(void)
{
	struct stat stat_now;

	assert_int_equal(stat(path, &stat_now), 0);
	return stat_now.st_size;
}

/* The file as JSON: an array. To be freed by json_object_put. */
static struct json_object *read_array(void)
{
	struct json_object *array = json_object_from_file(path);

	assert_non_null(array);
	assert_true(json_object_is_type(array, json_type_array));
	return array;
}

/* How many events have this text under this key. The last of them is left in *last. */
static unsigned int count(struct json_object *array, const char *key, const char *text,
			  struct json_object **last)
{
	struct json_object *event, *value;
	unsigned int i, n = 0;

	for (i = 0; i < json_object_array_length(array); i++) {
		event = json_object_array_get_idx(array, i);
		if (!json_object_object_get_ex(event, key, &value) ||
		    strcmp(json_object_get_string(value), text))
			continue;
		n++;
		*last = event;
	}
	return n;
}

static int64_t number(struct json_object *event, const char *key)
{
	struct json_object *value;

	assert_true(json_object_object_get_ex(event, key, &value));
	return json_object_get_int64(value);
}

static void an_array_after_each_tick(void **state)
{
	struct json_object *array, *event = NULL, *args;
	struct sink s;
	uint64_t n;

	(void)state;
	begin(&s, false);
	json_object_put(read_array());
	for (n = 1; n < 50; n++) {
		rate(&s, n % 3);
		tick(&s, n);
		array = read_array();
		assert_int_equal(count(array, "name", "a second", &event), n);
		json_object_put(array);
	}
	end(&s);
	array = read_array();
	assert_int_equal(count(array, "name", "rate link, SYN scan", &event), 16);
	assert_int_equal(count(array, "name", "rate 0.0.0.1, SYN scan", &event), 17);
	assert_int_equal(count(array, "name", "a second", &event), 49);
	/* Times are those of CLOCK_MONOTONIC. */
	assert_int_equal(number(event, "ts"), 1000 + 49 * 200000);
	assert_true(json_object_object_get_ex(event, "args", &args));
	assert_int_equal(number(args, "probes"), 50);
	assert_int_equal(number(args, "answers"), 45);
	assert_int_equal(count(array, "name", "scan", &event), 1);
	assert_int_equal(number(event, "ts"), 1000);
	json_object_put(array);
	assert_int_equal(warnings, 0);
}

static void spans(void **state)
{
	const struct ledger ledger = { .asked = 7, .sent = 8 };
	struct result_span span = {
		.what = SPAN_QUESTIONS,
		.name = "SYN scan",
		.begin_us = TIME_US + 10,
		.end_us = TIME_US + 30,
		.ledger = &ledger,
	};
	struct json_object *array, *event = NULL, *args;
	struct sink s;
	int64_t questions;

	(void)state;
	begin(&s, false);
	out_trace.span(&s, &span);
	span = (struct result_span){ .what = SPAN_PAUSE, .name = "pause", .begin_us = TIME_US };
	out_trace.span(&s, &span);
	end(&s);
	array = read_array();
	assert_int_equal(count(array, "name", "SYN scan", &event), 1);
	assert_int_equal(number(event, "ts"), 1010);
	assert_int_equal(number(event, "dur"), 20);
	questions = number(event, "tid");
	assert_true(json_object_object_get_ex(event, "args", &args));
	assert_int_equal(number(args, "sent"), 8);
	/* One that ends before it begins has no negative length, and a line of its own. */
	assert_int_equal(count(array, "name", "pause", &event), 1);
	assert_int_equal(number(event, "dur"), 0);
	assert_true(number(event, "tid") != questions);
	json_object_put(array);
}

/* Law: the longer a scan, the rarer the samples: a week of ticks takes little. */
static void samples_become_rare(void **state)
{
	struct sink s;
	uint64_t n;

	(void)state;
	begin(&s, false);
	for (n = 1; n <= 3000000; n++)
		tick(&s, n);
	end(&s);
	assert_true(size_of_file() < 16 << 20);
	json_object_put(read_array());
}

/* Law: whatever comes, the file has an end; the last event says how many were left out. */
static void the_file_has_an_end(void **state)
{
	struct json_object *array, *event = NULL, *args;
	struct sink s;
	unsigned int i;

	(void)state;
	begin(&s, false);
	for (i = 0; i < 120000; i++)
		rate(&s, i % 100);
	tick(&s, 1);
	end(&s);
	assert_true(size_of_file() < (16 << 20) + 65536);
	array = read_array();
	assert_int_equal(count(array, "name", "scan", &event), 1);
	assert_true(json_object_object_get_ex(event, "args", &args));
	assert_true(number(args, "events left out") > 1000);
	json_object_put(array);
	assert_int_equal(warnings, 0);
}

/* Law: wherever the disk is full, the file is an array of what came before, and one warning is told. */
static void a_full_disk_leaves_an_array(void **state)
{
	struct rlimit before, limit;
	struct sink s;
	unsigned int most;
	uint64_t n;

	(void)state;
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	for (most = 700; most < 4000; most += 7) {
		limit = (struct rlimit){ most, before.rlim_max };
		unlink(path);
		begin(&s, false);
		assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
		for (n = 1; n < 50; n++)
			tick(&s, n);
		end(&s);
		assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
		assert_int_equal(warnings, 1);
		assert_true(size_of_file() <= most);
		json_object_put(read_array());
	}
}

/* --resume: a later run goes on in the same file; another file gives way. */
static void a_later_run_goes_on(void **state)
{
	struct json_object *array, *event = NULL;
	struct sink s;
	FILE *f;

	(void)state;
	begin(&s, false);
	end(&s);
	begin(&s, true);
	end(&s);
	array = read_array();
	assert_int_equal(count(array, "name", "scan", &event), 2);
	json_object_put(array);

	f = fopen(path, "we");
	assert_non_null(f);
	fputs("something else\n", f);
	fclose(f);
	begin(&s, true);
	end(&s);
	array = read_array();
	assert_int_equal(count(array, "name", "scan", &event), 1);
	json_object_put(array);
}

static void links_are_refused(void **state)
{
	struct sink s = { .ops = &out_trace, .name = path };

	(void)state;
	unlink(path);
	assert_int_equal(symlink("/none/at/all", path), 0);
	assert_int_equal(out_trace.begin(&s), -ELOOP);
	unlink(path);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(out_trace.begin(&s), -EMEDIUMTYPE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_array_after_each_tick),
		cmocka_unit_test(spans),
		cmocka_unit_test(samples_become_rare),
		cmocka_unit_test(the_file_has_an_end),
		cmocka_unit_test(a_full_disk_leaves_an_array),
		cmocka_unit_test(a_later_run_goes_on),
		cmocka_unit_test(links_are_refused),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
