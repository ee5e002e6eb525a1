/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * capture.h - for tests of sinks: results, and a sink that writes into memory, to be compared byte
 * for byte.
 */
#ifndef XSCAN_CAPTURE_H
#define XSCAN_CAPTURE_H

#include "sinks.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

#define TIME_US 1795215601123456ULL
#define TIME	"2026-11-20T23:00:01.123456Z"
#define HOST_2	ADDR_IP4(0xc6120002) /* 198.18.0.2 */

__attribute__((unused)) static const struct result_host host = {
	.time_us = TIME_US,
	.addr = HOST_2,
	.kind = PROBE_ARP,
	.has_mac = true,
	.mac = { 2, 0, 0, 0, 0, 0xfe },
	.vendor = "Maker \"A/B\"",
	.rtt_us = 112,
};

__attribute__((unused)) static const struct result_host host_unknown = {
	.addr = ADDR_IP4(0xffffffff),
	.kind = PROBE_ARP,
	.has_mac = true,
	.rtt_us = -1,
};

__attribute__((unused)) static const struct result_port open_port = {
	.time_us = TIME_US,
	.addr = HOST_2,
	.kind = PROBE_TCP,
	.port = 22,
	.service = "ssh",
	.state = ANSWER_OPEN,
	.detailed = true,
	.ttl = 64,
	.window = 64240,
	.mss = 1460,
	.rtt_us = 131,
};

__attribute__((unused)) static const struct result_summary summary = {
	.time_us = TIME_US,
	.ports_scanned = true,
	.hosts = 254,
	.hosts_up = 1,
	.open = 1,
	.closed = 1023,
	.ledger = {
		.questions = 1024,
		.asked = 1024,
		.sent = 1024,
		.seen = 1030,
		.answers = 1024,
		.late = 2,
		.duplicates = 4,
		.rejected = 2,
		.events_lost = 3,
		.recovered = 3,
		.elapsed_ns = 41000000,
	},
	.coverage = 1.0,
	.coverage_low = 0.5,
	.elapsed_s = 0.041,
	.attach = "native",
	.tx = "af_packet",
	.complete = true,
};

/* A sink into memory. */
struct capture {
	struct sink sink;
	char *text;
	size_t size;
};

static inline void capture_open(struct capture *c, const struct sink_ops *ops, bool terminal)
{
	*c = (struct capture){ .sink = { .ops = ops, .name = "memory", .terminal = terminal } };
	c->sink.file = open_memstream(&c->text, &c->size);
	assert_non_null(c->sink.file);
}

static inline void capture_close(struct capture *c, const char *want)
{
	fclose(c->sink.file);
	assert_string_equal(c->text, want);
	free(c->text);
}

#endif
