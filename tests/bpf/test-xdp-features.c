// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * test-xdp-features.c - which interfaces say that they take native XDP and that they transmit XDP
 * frames: veths and a bridge in a network namespace of the test's own.
 */
#include "xdp_features.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <cmocka.h>
#include <errno.h>
#include <linux/if_link.h>
#include <net/if.h>
#include <sched.h>
#include <unistd.h>

static void run(const char *command)
{
	assert_int_equal(system(command), 0);
}

static int set_up(void **state)
{
	(void)state;
	return unshare(CLONE_NEWNET) || system("ip link add veth0 type veth peer name veth1 && "
					       "ip link set veth0 up && ip link set veth1 up");
}

static int ask(const char *name)
{
	int answer = xdp_features_can_send((int)if_nametoindex(name));

	if (answer == -ENOENT) /* Linux before 6.3 */
		skip();
	return answer;
}

static void a_veth_asks_its_peer_for_gro(void **state)
{
	(void)state;
	run("ethtool -K veth1 gro off");
	assert_int_equal(ask("veth0"), 0);
	run("ethtool -K veth1 gro on");
	assert_int_equal(ask("veth0"), 1);
	/* Its own does not matter. */
	run("ethtool -K veth0 gro off");
	assert_int_equal(ask("veth0"), 1);
	assert_int_equal(ask("veth1"), 0);
}

static void or_for_an_xdp_program(void **state)
{
	const struct bpf_insn insns[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = XDP_PASS },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	int fd = bpf_prog_load(BPF_PROG_TYPE_XDP, "test", "GPL", insns, 2, NULL);
	int peer = (int)if_nametoindex("veth1");

	(void)state;
	assert_true(fd >= 0);
	run("ethtool -K veth1 gro off");
	assert_int_equal(bpf_xdp_attach(peer, fd, XDP_FLAGS_DRV_MODE, NULL), 0);
	assert_int_equal(ask("veth0"), 1);
	assert_int_equal(bpf_xdp_detach(peer, XDP_FLAGS_DRV_MODE, NULL), 0);
	run("ethtool -K veth1 gro off");
	assert_int_equal(ask("veth0"), 0);
	assert_int_equal(bpf_xdp_attach(peer, fd, XDP_FLAGS_SKB_MODE, NULL), 0);
	assert_int_equal(ask("veth0"), 0);
	close(fd);
}

static void a_veth_takes_native_xdp(void **state)
{
	(void)state;
	ask("veth0");
	assert_int_equal(xdp_features_native((int)if_nametoindex("veth0")), 1);
}

static void others_cannot(void **state)
{
	(void)state;
	run("ip link add name br0 type bridge");
	ask("br0");
	assert_int_equal(xdp_features_native((int)if_nametoindex("br0")), 0);
	assert_int_equal(ask("br0"), 0);
	assert_int_equal(ask("lo"), 0);
}

static void no_interface(void **state)
{
	(void)state;
	ask("lo");
	assert_int_equal(xdp_features_can_send(123456), -ENODEV);
	assert_int_equal(xdp_features_native(123456), -ENODEV);
}

#define TEST(f) cmocka_unit_test_setup(f, set_up)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_veth_asks_its_peer_for_gro),
		TEST(or_for_an_xdp_program),
		TEST(a_veth_takes_native_xdp),
		TEST(others_cannot),
		TEST(no_interface),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
