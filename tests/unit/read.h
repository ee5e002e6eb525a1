/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* read.h - for tests of readers: results from text. */
#ifndef XSCAN_TESTS_READ_H
#define XSCAN_TESTS_READ_H

#include "results.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define TIME "\"time\":\"2026-11-20T23:00:01.123456Z\""
#define START(targets, ports) \
	"{\"type\":\"start\"," TIME ",\"targets\":[" targets "],\"ports\":{" ports "}}\n"
#define RESUMED "{\"type\":\"start\"," TIME ",\"targets\":[],\"resumed\":true}\n"
#define HOST(ip, mac) \
	"{\"type\":\"host\"," TIME ",\"ip\":\"" ip "\",\"mac\":\"" mac "\",\"how\":\"arp\"}\n"
#define NAMED(ip, name)                                                  \
	"{\"type\":\"host\"," TIME ",\"ip\":\"" ip "\",\"name\":\"" name \
	"\",\"mac\":\"02:00:00:00:00:01\",\"vendor\":\"V\",\"how\":\"arp\"}\n"
#define NAMED_PORT(ip, port, name)                                       \
	"{\"type\":\"port\"," TIME ",\"ip\":\"" ip "\",\"name\":\"" name \
	"\",\"protocol\":\"tcp\",\"port\":" port ",\"state\":\"open\"}\n"
#define PORT(ip, port, state)                                                               \
	"{\"type\":\"port\"," TIME ",\"ip\":\"" ip "\",\"protocol\":\"tcp\",\"port\":" port \
	",\"state\":\"" state "\"}\n"
#define SUMMARY(more) "{\"type\":\"summary\"," TIME "," more "}\n"
#define COMPLETE      SUMMARY("\"open\":1,\"coverage\":1.0,\"coverage_low\":0.9,\"complete\":true")

/* Read text. Returns the code of results_read. */
static inline int read_text(const char *text, struct words *words, struct results *out,
			    struct err *err)
{
	FILE *file = fmemopen((void *)text, strlen(text), "r");
	int code;

	assert_non_null(file);
	code = results_read(file, "file", words, out, err);
	fclose(file);
	return code;
}

#endif
