// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * load.c - does the kernel take the programs at their worst? The verifier walks every step of the
 * search for a host, so use the longest list of hosts possible.
 */
#include "matcher.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static const uint16_t slots[65536];

/* A program, and what its lanes do. PROBE_NONE: the lane is not used. */
struct program {
	const char *name;
	enum probe_kind neighbours, questions;
	enum fate fate_yes;
	bool bare;
	enum capture_mode capture;
};

static int on_event(void *ctx, void *data, size_t size)
{
	(void)ctx;
	(void)data;
	(void)size;
	return 0;
}

/* Every other address, as many as a list may have. */
static void make_group(struct hosts_group *group)
{
	struct ranges *ranges = &group->addrs;
	uint32_t i;

	*group = (struct hosts_group){ 0 };
	ranges->v = calloc(HOST_ENTRIES_MAX, sizeof(*ranges->v));
	assert_non_null(ranges->v);
	ranges->n = HOST_ENTRIES_MAX;
	for (i = 0; i < HOST_ENTRIES_MAX; i++)
		ranges->v[i] = (struct range){ addr_ip4(2 * i), addr_ip4(2 * i), i };
}

static struct matcher_lane lane(enum probe_kind kind, const struct hosts *hosts)
{
	if (kind == PROBE_NONE)
		return (struct matcher_lane){ 0 };
	return (struct matcher_lane){
		.kind = kind,
		.hosts = hosts,
		.each = 1,
		.slots = slots,
		.fate_no = FATE_DROP,
	};
}

/* With no source port, the verifier would see that no frame is an answer, and stop there. */
static void load(const struct program *program)
{
	struct matcher_spec spec = {
		.probe = { .source_port = 61000, .tries = 8, .ttl = 64 },
		.bare = program->bare,
		.capture = { .mode = (__u8)program->capture, .port = 1 },
		.on_frame = on_event,
		.on_event = on_event,
		.verbose = true,
	};
	struct hosts_group group;
	const struct hosts hosts = { .groups = &group, .n_groups = 1, .n = HOST_ENTRIES_MAX };
	struct matcher matcher;
	struct err err;

	make_group(&group);
	spec.lanes[LANE_NEIGHBOURS] = lane(program->neighbours, &hosts);
	spec.lanes[LANE_QUESTIONS] = lane(program->questions, &hosts);
	spec.lanes[LANE_QUESTIONS].fate_yes = program->fate_yes;
	if (matcher_open(&matcher, &spec, program->name, NULL, &err))
		fail_msg("%s", err.text);
	assert_true(matcher_program_fd(&matcher) >= 0);
	matcher_close(&matcher);
	free(group.addrs.v);
}

static void sweep_loads(void **state)
{
	(void)state;
	load(&(struct program){ "xscan_xdp", PROBE_ARP, PROBE_NONE });
	load(&(struct program){ "xscan_tc", PROBE_ARP, PROBE_NONE });
}

static void port_scan_loads(void **state)
{
	(void)state;
	load(&(struct program){ "xscan_xdp", PROBE_NONE, PROBE_TCP, FATE_RESET });
	load(&(struct program){ "xscan_tc", PROBE_NONE, PROBE_TCP, FATE_RESET });
	load(&(struct program){ "xscan_tc", PROBE_NONE, PROBE_TCP, FATE_RESET, .bare = true });
}

static void udp_scan_loads(void **state)
{
	(void)state;
	load(&(struct program){ "xscan_xdp", PROBE_ARP, PROBE_UDP, FATE_DROP });
	load(&(struct program){ "xscan_tc", PROBE_ARP, PROBE_UDP, FATE_DROP });
	load(&(struct program){ "xscan_send", PROBE_ARP, PROBE_UDP, FATE_DROP });
}

static void both_lanes_in_xdp_load(void **state)
{
	(void)state;
	load(&(struct program){ "xscan_xdp", PROBE_ARP, PROBE_TCP, FATE_PASS });
	load(&(struct program){ "xscan_xdp", PROBE_ARP, PROBE_TCP, FATE_RESET });
}

static void both_lanes_in_tc_load(void **state)
{
	(void)state;
	load(&(struct program){ "xscan_tc", PROBE_ARP, PROBE_TCP, FATE_PASS });
	load(&(struct program){ "xscan_tc", PROBE_ARP, PROBE_TCP, FATE_RESET });
}

static void sender_loads(void **state)
{
	(void)state;
	load(&(struct program){ "xscan_send", PROBE_ARP, PROBE_TCP, FATE_RESET });
}

static void programs_over_ip6_load(void **state)
{
	(void)state;
	load(&(struct program){ "xscan_xdp", PROBE_ND, PROBE_NONE });
	load(&(struct program){ "xscan_tc", PROBE_ND, PROBE_NONE });
	load(&(struct program){ "xscan_tc", PROBE_NONE, PROBE_TCP6, FATE_RESET, .bare = true });
	load(&(struct program){ "xscan_xdp", PROBE_ND, PROBE_TCP6, FATE_RESET });
	load(&(struct program){ "xscan_tc", PROBE_ND, PROBE_TCP6, FATE_RESET });
	load(&(struct program){ "xscan_xdp", PROBE_ND, PROBE_ECHO6, FATE_DROP });
	load(&(struct program){ "xscan_tc", PROBE_ND, PROBE_ECHO6, FATE_DROP });
	load(&(struct program){ "xscan_xdp", PROBE_ND, PROBE_UDP6, FATE_DROP });
	load(&(struct program){ "xscan_tc", PROBE_ND, PROBE_UDP6, FATE_DROP });
	load(&(struct program){ "xscan_tc", PROBE_NONE, PROBE_UDP6, FATE_DROP, .bare = true });
}

static void sender_over_ip6_loads(void **state)
{
	(void)state;
	load(&(struct program){ "xscan_send", PROBE_ND, PROBE_TCP6, FATE_RESET });
	load(&(struct program){ "xscan_send", PROBE_ND, PROBE_ECHO6, FATE_DROP });
	load(&(struct program){ "xscan_send", PROBE_ND, PROBE_UDP6, FATE_DROP });
}

/* With a capture nothing of its code is cut out. */
static void captures_load(void **state)
{
	static const struct program programs[] = {
		{ "xscan_xdp", PROBE_ARP, PROBE_TCP, FATE_RESET },
		{ "xscan_xdp", PROBE_ARP, PROBE_UDP, FATE_DROP },
		{ "xscan_xdp", PROBE_ND, PROBE_TCP6, FATE_RESET },
		{ "xscan_tc", PROBE_ARP, PROBE_TCP, FATE_RESET },
		{ "xscan_tc", PROBE_ARP, PROBE_UDP, FATE_DROP },
		{ "xscan_tc", PROBE_ND, PROBE_TCP6, FATE_RESET },
		{ "xscan_tc", PROBE_NONE, PROBE_TCP, FATE_RESET, .bare = true },
		{ "xscan_send", PROBE_ARP, PROBE_TCP, FATE_RESET },
		{ "xscan_send", PROBE_ARP, PROBE_UDP, FATE_DROP },
		{ "xscan_send", PROBE_ND, PROBE_TCP6, FATE_RESET },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(programs) / sizeof(programs[0]); i++) {
		struct program program = programs[i];

		program.capture = CAPTURE_FLOW; /* the longer one */
		load(&program);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sweep_loads),
		cmocka_unit_test(port_scan_loads),
		cmocka_unit_test(udp_scan_loads),
		cmocka_unit_test(both_lanes_in_xdp_load),
		cmocka_unit_test(both_lanes_in_tc_load),
		cmocka_unit_test(sender_loads),
		cmocka_unit_test(programs_over_ip6_load),
		cmocka_unit_test(sender_over_ip6_loads),
		cmocka_unit_test(captures_load),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
