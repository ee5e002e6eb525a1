/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * veth0.h - for tests of clsact.c: a veth in a network namespace of the test's own, and what tc
 * prints of it.
 */
#ifndef XSCAN_TESTS_BPF_VETH0_H
#define XSCAN_TESTS_BPF_VETH0_H

#include "clsact.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <cmocka.h>
#include <net/if.h>
#include <sched.h>
#include <sys/prctl.h>
#include <unistd.h>

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

static inline int load(void)
{
	const struct bpf_insn insns[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = -1 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	int fd = bpf_prog_load(BPF_PROG_TYPE_SCHED_CLS, "xscan_tc", "GPL", insns, 2, NULL);

	assert_true(fd >= 0);
	return fd;
}

static inline void run(const char *command)
{
	assert_int_equal(system(command), 0);
}

static inline int set_up(void **state)
{
	(void)state;
	libbpf_set_print(NULL);
	/* A guardian whose parent was killed becomes a child of the test. */
	return prctl(PR_SET_CHILD_SUBREAPER, 1) || unshare(CLONE_NEWNET) ||
	       system("ip link add veth0 type veth peer name veth1 && ip link set veth0 up && "
		      "ip link set veth1 up");
}

static inline int tear_down(void **state)
{
	(void)state;
	return system("! ip link show veth0 >/dev/null 2>&1 || ip link delete veth0");
}

/* What tc prints of veth0. */
struct listing {
	char text[4096];
};

static inline struct listing list(void)
{
	struct listing l = { "" };
	FILE *pipe = popen("tc qdisc show dev veth0; tc filter show dev veth0 ingress; "
			   "tc filter show dev veth0 egress",
			   "r");

	assert_non_null(pipe);
	assert_true(fread(l.text, 1, sizeof(l.text) - 1, pipe) > 0);
	assert_int_equal(pclose(pipe), 0);
	return l;
}

static inline void check_listing(const struct listing *want)
{
	const struct listing got = list();

	assert_string_equal(got.text, want->text);
}

static inline bool lists(const char *word)
{
	const struct listing l = list();

	return strstr(l.text, word);
}

static inline int veth0(void)
{
	return (int)if_nametoindex("veth0");
}

static inline void attach(struct clsact *c)
{
	int fd = load();

	assert_int_equal(clsact_attach(c, veth0(), fd), 0);
	assert_true(clsact_alive(c));
	close(fd);
}

#endif
