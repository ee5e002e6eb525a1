// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * test-attach.c - how a program gets to an interface: a veth in a network namespace of the test's
 * own; the test pretends that it has this or that driver.
 */
#include "attach.h"
#include "drivers.h"
#include "xdp_features.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/bpf.h>
#include <sys/utsname.h>
#include <cmocka.h>
#include <errno.h>
#include <net/if.h>
#include <sched.h>
#include <unistd.h>

/* A program that lets everything pass, as what --attach wants it to be. */
static int load(const struct attach *a)
{
	const bool tc = a->mode == ATTACH_TC;
	const struct bpf_insn insns[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K,
		  .dst_reg = BPF_REG_0,
		  .imm = tc ? -1 : XDP_PASS },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .expected_attach_type = tc ? 0 : BPF_XDP);
	int fd = bpf_prog_load(tc ? BPF_PROG_TYPE_SCHED_CLS : BPF_PROG_TYPE_XDP, "test", "GPL",
			       insns, 2, &opts);

	assert_true(fd >= 0);
	return fd;
}

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

static int tear_down(void **state)
{
	(void)state;
	return system("! ip link show veth0 >/dev/null 2>&1 || ip link delete veth0");
}

static struct attach_wish wish_of(enum attach_mode mode, const char *driver, bool sends)
{
	return (struct attach_wish){
		.mode = mode,
		.ifindex = (int)if_nametoindex("veth0"),
		.iface = "veth0",
		.ethernet = true,
		.sends = sends,
		.driver = driver,
	};
}

static int choose(struct attach *a, enum attach_mode mode, const char *driver, bool sends)
{
	const struct attach_wish wish = wish_of(mode, driver, sends);
	struct err err;

	return attach_choose(a, &wish, &err);
}

/* The line of a check; `want` "": it refuses nothing. */
static void assert_check(enum attach_mode mode, bool sends, const char *want)
{
	const struct attach_wish wish = wish_of(mode, "veth", sends);
	struct err err = { "" };

	assert_int_equal(attach_check(&wish, &err) != 0, *want != 0);
	assert_string_equal(err.text, want);
}

static bool has_xdp(void)
{
	return !system("ip link show veth0 | grep -q xdp");
}

static void end(struct attach *a)
{
	struct err err;

	assert_int_equal(attach_close(a, &err), 0);
}

/* Attach, attach again, look, close. */
static void attach_twice(struct attach *a)
{
	int first = load(a), second = load(a);
	struct err err;

	assert_int_equal(attach_program(a, first, &err), 0);
	assert_int_equal(attach_program(a, second, &err), 0);
	assert_true(attach_alive(a));
	assert_int_equal(has_xdp(), a->mode != ATTACH_TC);
	close(first);
	close(second);
	end(a);
	assert_false(has_xdp());
}

static void each_mode_attaches_and_leaves(void **state)
{
	static const enum attach_mode modes[] = { ATTACH_NATIVE, ATTACH_GENERIC, ATTACH_TC };
	struct attach a;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		assert_int_equal(choose(&a, modes[i], "veth", false), 0);
		assert_int_equal(a.mode, modes[i]);
		attach_twice(&a);
	}
}

/* What harms nobody is native XDP, what harms those who are there is so on a quiet interface. */
static void automatic_choice_is_by_harm(void **state)
{
	static const struct {
		const char *driver;
		enum attach_mode quiet, busy;
	} rows[] = {
		{ "sfc", ATTACH_NATIVE, ATTACH_NATIVE },    { "veth", ATTACH_NATIVE, ATTACH_TC },
		{ "i40e", ATTACH_TC, ATTACH_TC },	    { "virtio_net", ATTACH_TC, ATTACH_TC },
		{ "never-heard-of", ATTACH_TC, ATTACH_TC }, { "", ATTACH_TC, ATTACH_TC },
	};
	struct attach_wish wish;
	struct attach a;
	struct err err;
	size_t i;
	int quiet;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		for (quiet = 0; quiet < 2; quiet++) {
			wish = wish_of(ATTACH_AUTO, rows[i].driver, false);
			wish.quiet = quiet;
			assert_int_equal(attach_choose(&a, &wish, &err), 0);
			assert_int_equal(a.mode, quiet ? rows[i].quiet : rows[i].busy);
			assert_int_equal(a.yields, rows[i].quiet != rows[i].busy && quiet);
			assert_true(*a.why);
			attach_twice(&a);
		}
	}
}

static int load_for_tc(void)
{
	return load(&(struct attach){ .mode = ATTACH_TC });
}

/* Both programs are attached for a moment, then the one at tc alone; it can be replaced. */
static void it_steps_aside(void **state)
{
	struct attach_wish wish = wish_of(ATTACH_AUTO, "veth", false);
	struct attach a;
	struct err err;
	int fd, tc_fd;

	(void)state;
	wish.quiet = true;
	assert_int_equal(attach_choose(&a, &wish, &err), 0);
	fd = load(&a);
	tc_fd = load_for_tc();
	assert_int_equal(attach_program(&a, fd, &err), 0);
	attach_hold_ready(&a, tc_fd);
	assert_int_equal(attach_beside(&a, tc_fd), 0);
	assert_true(has_xdp());
	attach_step_aside(&a);
	assert_false(has_xdp());
	assert_int_equal(a.mode, ATTACH_TC);
	assert_false(a.yields);
	assert_true(attach_alive(&a));
	attach_twice(&a);
	close(fd);
	close(tc_fd);
}

/* A frame of 9,000 bytes does not fit into a page, and veth wants that for XDP. */
static void refused_by_the_driver_it_is_tc(void **state)
{
	struct attach a;
	struct err err;
	int fd, code;

	(void)state;
	run("ip link set veth0 mtu 9000 && ip link set veth1 mtu 9000");
	assert_int_equal(choose(&a, ATTACH_AUTO, "sfc", false), 0);
	assert_true(a.falls_back);
	fd = load(&a);
	code = attach_program(&a, fd, &err);
	assert_int_not_equal(code, 0);
	close(fd);
	attach_fall_back(&a, "the driver refuses it");
	assert_int_equal(a.mode, ATTACH_TC);
	assert_string_equal(a.why, "the driver refuses it");
	attach_twice(&a);
	/* The sender has no such choice, and says so. */
	assert_int_not_equal(choose(&a, ATTACH_AUTO, "sfc", true), 0);
	end(&a);
}

static void the_sender_gets_native_whatever_the_driver(void **state)
{
	struct attach a;

	(void)state;
	assert_int_equal(choose(&a, ATTACH_AUTO, "veth", true), 0);
	assert_int_equal(a.mode, ATTACH_NATIVE);
	attach_twice(&a);
}

/* The second finds the first and goes to tc, where any number has room. */
static void others_are_left_alone(void **state)
{
	struct attach a[3], sender;
	struct err err;
	size_t i;
	int fd;

	(void)state;
	for (i = 0; i < 3; i++) {
		assert_int_equal(choose(&a[i], ATTACH_AUTO, "sfc", false), 0);
		assert_int_equal(a[i].mode, i ? ATTACH_TC : ATTACH_NATIVE);
		fd = load(&a[i]);
		assert_int_equal(attach_program(&a[i], fd, &err), 0);
		close(fd);
	}
	assert_non_null(strstr(a[1].why, "is attached"));
	assert_int_equal(choose(&sender, ATTACH_AUTO, "sfc", true), -EBUSY);
#define TAKEN "veth0: the XDP program `test` is attached; xscan leaves it alone: use "
	assert_check(ATTACH_AUTO, true, TAKEN "--tx af_packet");
	assert_check(ATTACH_NATIVE, false, TAKEN "--attach tc");
	assert_check(ATTACH_GENERIC, false, TAKEN "--attach tc");
	assert_check(ATTACH_AUTO, false, "");
	assert_check(ATTACH_TC, false, "");
	for (i = 0; i < 3; i++) {
		assert_true(attach_alive(&a[i]));
		end(&a[i]);
	}
	end(&sender);
}

/* The line of an attempt that fails. */
static void assert_refused(enum attach_mode mode, bool sends, const char *want)
{
	struct attach a;
	struct err err;
	int fd;

	assert_int_equal(choose(&a, mode, "veth", sends), 0);
	fd = load(&a);
	assert_int_not_equal(attach_program(&a, fd, &err), 0);
	assert_string_equal(err.text, want);
	close(fd);
	end(&a);
}

/* The interface has no XDP program, and is refused because of one all the same. */
/* Kernels before 5.15 let programs of both run. */
static bool looks_above(void)
{
	unsigned int major = 0, minor = 0;
	struct utsname name;

	assert_int_equal(uname(&name), 0);
	assert_int_equal(sscanf(name.release, "%u.%u", &major, &minor), 2);
	return major > 5 || (major == 5 && minor >= 15);
}

static void a_program_above_is_in_the_way(void **state)
{
	struct attach above, beside;
	struct err err;
	int fd;

	(void)state;
	run("ip link add name veth2 type bridge && ip link set veth0 master veth2");
	assert_int_equal(choose(&above, ATTACH_GENERIC, "bridge", false), 0);
	above.ifindex = (int)if_nametoindex("veth2");
	fd = load(&above);
	assert_int_equal(attach_program(&above, fd, &err), 0);
	close(fd);
	if (looks_above()) {
		assert_refused(ATTACH_NATIVE, false,
			       "veth0: an XDP program is attached to a bridge or bond above it: "
			       "use --attach tc");
		assert_refused(ATTACH_NATIVE, true,
			       "veth0: an XDP program is attached to a bridge or bond above it: "
			       "use --tx af_packet");
	} else {
		assert_int_equal(choose(&beside, ATTACH_NATIVE, "veth", false), 0);
		attach_twice(&beside);
	}
	assert_int_equal(choose(&beside, ATTACH_TC, "veth", false), 0);
	attach_twice(&beside);
	end(&above);
	run("ip link delete veth2");
}

/* Whoever asked for tc is not told to use tc. A clsact filter (before Linux 6.6) has no such limit. */
static void tc_that_is_full(void **state)
{
	struct attach a[70];
	bool unlimited;
	struct err err;
	size_t n, i;
	int fd, code = 0;

	(void)state;
	for (n = 0; n < sizeof(a) / sizeof(a[0]) && !code; n++) {
		assert_int_equal(choose(&a[n], ATTACH_TC, "veth", false), 0);
		fd = load(&a[n]);
		code = attach_program(&a[n], fd, &err);
		close(fd);
	}
	unlimited = a[0].clsact.handle;
	for (i = 0; i < n; i++)
		end(&a[i]);
	assert_int_equal(code == 0, unlimited);
	if (!unlimited)
		assert_string_equal(err.text,
				    "veth0: has too many programs at tc already: use --attach "
				    "native or generic");
}

/* Kernels before 6.3 do not tell what a driver can do. */
static bool features_are_told(void)
{
	return xdp_features_native((int)if_nametoindex("veth0")) >= 0;
}

/* A driver without native XDP cannot transmit XDP frames either: generic would not help. */
static void a_driver_without_xdp(void **state)
{
	(void)state;
	run("ip link delete veth0 && ip link add name veth0 type bridge && ip link set veth0 up");
	assert_refused(ATTACH_NATIVE, false,
		       "veth0: its driver has no native XDP: use --attach tc");
	assert_refused(ATTACH_NATIVE, true,
		       "veth0: its driver has no native XDP: use --tx af_packet");
	if (!features_are_told())
		return;
	assert_check(ATTACH_NATIVE, false, "veth0: its driver has no native XDP: use --attach tc");
	assert_check(ATTACH_AUTO, true, "veth0: its driver has no native XDP: use --tx af_packet");
	assert_check(ATTACH_GENERIC, false, "");
	assert_check(ATTACH_AUTO, false, "");
}

/* A check attaches nothing, whatever it says. */
static void a_check_attaches_nothing(void **state)
{
	static const enum attach_mode modes[] = { ATTACH_AUTO, ATTACH_NATIVE, ATTACH_GENERIC,
						  ATTACH_TC };
	struct attach_wish wish = wish_of(ATTACH_AUTO, "sfc", true);
	struct err err;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		assert_check(modes[i], false, "");
		assert_false(has_xdp());
	}
	assert_int_equal(attach_check(&wish, &err), 0);
	assert_false(has_xdp());

	wish.ethernet = false;
	assert_int_equal(attach_check(&wish, &err), -EOPNOTSUPP);
	assert_string_equal(err.text,
			    "veth0: has no Ethernet, which XDP needs: use --tx af_packet");
	wish.sends = false;
	assert_int_equal(attach_check(&wish, &err), 0);
}

/* Who can send before attaching can send after it: known of generic XDP, and of some drivers. */
static void features_that_stay(void **state)
{
	static const struct {
		enum attach_mode mode;
		const char *driver;
		bool stay;
	} rows[] = {
		{ ATTACH_GENERIC, "i40e", true }, { ATTACH_GENERIC, "", true },
		{ ATTACH_NATIVE, "veth", true },  { ATTACH_AUTO, "veth", true },
		{ ATTACH_NATIVE, "i40e", false }, { ATTACH_AUTO, "never-heard-of", false },
		{ ATTACH_NATIVE, "sfc", false },  { ATTACH_AUTO, "", false },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct attach_wish wish = wish_of(rows[i].mode, rows[i].driver, true);

		assert_int_equal(attach_keeps_features(&wish), rows[i].stay);
	}
}

static void it_notices_that_it_was_taken_away(void **state)
{
	static const enum attach_mode modes[] = { ATTACH_NATIVE, ATTACH_TC };
	struct attach a[2];
	struct err err;
	size_t i;
	int fd;

	(void)state;
	for (i = 0; i < 2; i++) {
		assert_int_equal(choose(&a[i], modes[i], "veth", false), 0);
		fd = load(&a[i]);
		assert_int_equal(attach_program(&a[i], fd, &err), 0);
		close(fd);
		assert_true(attach_alive(&a[i]));
	}
	run("ip link delete veth0");
	for (i = 0; i < 2; i++) {
		assert_false(attach_alive(&a[i]));
		end(&a[i]);
	}
}

static void a_veth_says_that_it_is_one(void **state)
{
	char name[DRIVER_NAME_LEN];

	(void)state;
	drivers_name("veth0", name);
	assert_string_equal(name, "veth");
	assert_non_null(drivers_find(name));
	drivers_name("lo", name);
	assert_string_equal(name, "");
	assert_null(drivers_find(name));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(each_mode_attaches_and_leaves),
		TEST(automatic_choice_is_by_harm),
		TEST(it_steps_aside),
		TEST(refused_by_the_driver_it_is_tc),
		TEST(the_sender_gets_native_whatever_the_driver),
		TEST(others_are_left_alone),
		TEST(a_program_above_is_in_the_way),
		TEST(tc_that_is_full),
		TEST(a_driver_without_xdp),
		TEST(a_check_attaches_nothing),
		TEST(features_that_stay),
		TEST(it_notices_that_it_was_taken_away),
		TEST(a_veth_says_that_it_is_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
