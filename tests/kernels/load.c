// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * load.c - does the kernel take the programs at their worst? The verifier walks through every step
 * of the search for a host, so that is the longest list of hosts there can be.
 */
#include "matcher.h"
#include "portscan.skel.h"
#include "sweep.skel.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { PORTS = 65536 };

struct program {
	const char *name;
	bool is_sweep; /* else it is the port scan */
	struct match_config config;
};

static int on_event(void *ctx, void *data, size_t size)
{
	(void)ctx;
	(void)data;
	(void)size;
	return 0;
}

/* Every other address, as many as a list may have. */
static void make_hosts(struct hosts *hosts)
{
	struct ranges *ranges = &hosts->flows[0];
	uint32_t i;

	*hosts = (struct hosts){ .n_flows = 1, .n = HOST_ENTRIES_MAX };
	ranges->v = calloc(HOST_ENTRIES_MAX, sizeof(*ranges->v));
	assert_non_null(ranges->v);
	ranges->n = HOST_ENTRIES_MAX;
	for (i = 0; i < HOST_ENTRIES_MAX; i++)
		ranges->v[i] = (struct range){ addr_ip4(2 * i), addr_ip4(2 * i), i };
}

static void load(const struct program *program)
{
	struct matcher_spec spec = { .config = program->config,
				     .answers_size = HOST_ENTRIES_MAX,
				     .sends = !strcmp(program->name, "match_send"),
				     .on_event = on_event,
				     .verbose = true };
	struct matcher matcher;
	struct hosts hosts;
	struct err err;

	if (program->is_sweep) {
		spec.elf = sweep_bpf__elf_bytes(&spec.elf_size);
	} else {
		spec.elf = portscan_bpf__elf_bytes(&spec.elf_size);
		spec.ports_size = PORTS * sizeof(__u16);
	}
	make_hosts(&hosts);
	spec.hosts = &hosts;
	if (matcher_open(&matcher, &spec, program->name, &err))
		fail_msg("%s", err.text);
	matcher_close(&matcher);
	free(hosts.flows[0].v);
}

static void sweep_loads(void **state)
{
	(void)state;
	load(&(struct program){ "match_xdp", .is_sweep = true });
	load(&(struct program){ "match_tc", .is_sweep = true });
}

static void port_scan_in_xdp_loads(void **state)
{
	(void)state;
	load(&(struct program){ "match_xdp", .config.synack = SYNACK_PASS });
	load(&(struct program){ "match_xdp", .config.synack = SYNACK_RESET });
}

static void port_scan_in_tc_loads(void **state)
{
	(void)state;
	load(&(struct program){ "match_tc", .config.synack = SYNACK_RESET });
	load(&(struct program){ "match_tc", .config.bare = true });
}

static void sender_loads(void **state)
{
	(void)state;
	load(&(struct program){ "match_send", .config.synack = SYNACK_RESET });
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sweep_loads),
		cmocka_unit_test(port_scan_in_xdp_loads),
		cmocka_unit_test(port_scan_in_tc_loads),
		cmocka_unit_test(sender_loads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
