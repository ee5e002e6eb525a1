// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* attach.c - choose how to attach; attach by a bpf_link of XDP or tcx. */
#include "attach.h"

#include "drivers.h"
#include "explain.h"
#include "matcher.h"
#include "xdp_features.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <limits.h>
#include <linux/if_link.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* From Linux 6.6 (linux/bpf.h), which may be missing where xscan is built. */
enum { TCX_INGRESS = 46, BEFORE_ALL_OTHERS = 1 << 3 /* BPF_F_BEFORE */ };

const char *attach_mode_name(enum attach_mode mode)
{
	static const char *const names[] = {
		[ATTACH_AUTO] = "auto",
		[ATTACH_NATIVE] = "native",
		[ATTACH_GENERIC] = "generic",
		[ATTACH_TC] = "tc",
	};

	return names[mode];
}

static int link_create(int program_fd, int ifindex, enum attach_mode mode)
{
	LIBBPF_OPTS(bpf_link_create_opts, opts);

	if (mode == ATTACH_TC) {
		/*
		 * Go first: other programs may end the matter, ours passes all but our answers on.
		 */
		opts.flags = BEFORE_ALL_OTHERS;
		return bpf_link_create(program_fd, ifindex, (enum bpf_attach_type)TCX_INGRESS,
				       &opts);
	}
	opts.flags = mode == ATTACH_NATIVE ? XDP_FLAGS_DRV_MODE : XDP_FLAGS_SKB_MODE;
	return bpf_link_create(program_fd, ifindex, BPF_XDP, &opts);
}

/* Load a program that passes everything, to see whether the driver takes any. */
static int load_pass(void)
{
	const struct bpf_insn insns[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = XDP_PASS },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	/* The attach type that libbpf sets for the other programs: a link takes no other. */
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .expected_attach_type = BPF_XDP);

	return bpf_prog_load(BPF_PROG_TYPE_XDP, "match_none", "Dual BSD/GPL", insns, 2, &opts);
}

/*
 * Try native XDP and, on success, stay attached. Drivers refuse for many reasons, such as too large
 * an MTU or too few queues. 0 or a negative errno.
 */
static int occupy(struct attach *a)
{
	int fd = load_pass();

	if (fd < 0)
		return fd;
	a->link_fd = link_create(fd, a->ifindex, ATTACH_NATIVE);
	close(fd);
	return a->link_fd < 0 ? a->link_fd : 0;
}

/*
 * Choose beside programs of others: a dispatcher takes one more, else use tc. Then it does not
 * matter how the driver reacts.
 */
static bool choose_beside_others(struct attach *a)
{
	char what[64];
	int code;

	if (!explain_taken(a, what, sizeof(what)))
		return false;
	a->mode = ATTACH_TC;
	code = dispatcher_open(&a->dispatcher, a->ifindex, what, sizeof(what));
	if (!code) {
		a->mode = a->dispatcher.generic ? ATTACH_GENERIC : ATTACH_NATIVE;
		snprintf(a->why, sizeof(a->why), "joins the dispatcher of %s", what);
	} else if (code == -ENOENT) {
		snprintf(a->why, sizeof(a->why), "%s is attached", what);
	} else {
		snprintf(a->why, sizeof(a->why), "%s is attached and takes no more: %s", what,
			 strerror(-code));
	}
	return true;
}

/*
 * Prefer native XDP to tc where nobody notices: XDP costs less for each packet. A driver that resets
 * its link or loses frames for a program gets none unasked. A driver that only slows others down gets
 * one while there are no others. See attach_step_aside for the time when they come.
 */
static void choose_by_harm(struct attach *a, const struct attach_wish *wish)
{
	const struct driver *known = drivers_find(wish->driver);
	const bool slows = drivers_slows_only(known);
	const char *who = "";
	char text[DRIVER_TEXT];

	if (choose_beside_others(a))
		return;
	if (slows)
		who = wish->quiet ? "; the interface is quiet" : "; others use the interface";
	snprintf(a->why, sizeof(a->why), "driver %s: %s%s",
		 *wish->driver ? wish->driver : "unknown", drivers_describe(known, text), who);
	a->mode = known && (slows ? wish->quiet : !known->harm) ? ATTACH_NATIVE : ATTACH_TC;
	a->falls_back = a->mode == ATTACH_NATIVE;
	a->yields = a->falls_back && slows;
}

static int choose_bare(struct attach *a, struct err *err)
{
	if (a->sends || (a->mode != ATTACH_AUTO && a->mode != ATTACH_TC))
		return err_set(err, -EOPNOTSUPP, "%s: has no Ethernet, which XDP needs: use %s",
			       a->iface, a->sends ? "--tx af_packet" : "--attach tc");
	if (a->mode == ATTACH_AUTO)
		snprintf(a->why, sizeof(a->why), "no Ethernet, which XDP needs");
	a->mode = ATTACH_TC;
	return 0;
}

static struct attach begin(const struct attach_wish *wish)
{
	libbpf_set_print(NULL);
	return (struct attach){
		.mode = wish->mode,
		.ifindex = wish->ifindex,
		.iface = wish->iface,
		.sends = wish->sends,
		.link_fd = -1,
		.tc_fd = -1,
	};
}

int attach_check(const struct attach_wish *wish, struct err *err)
{
	struct attach a = begin(wish);
	char what[64];

	if (!wish->ethernet)
		return choose_bare(&a, err);
	if (a.mode == ATTACH_AUTO)
		a.mode = a.sends ? ATTACH_NATIVE : ATTACH_TC; /* auto falls back to tc */
	if (a.mode == ATTACH_TC)
		return 0;
	if (explain_taken(&a, what, sizeof(what)))
		return explain(&a, -EBUSY, err);
	if (a.mode == ATTACH_NATIVE && !xdp_features_native(a.ifindex))
		return explain(&a, -EOPNOTSUPP, err);
	return 0;
}

bool attach_keeps_features(const struct attach_wish *wish)
{
	const struct driver *driver = drivers_find(wish->driver);

	/* A driver learns nothing of generic XDP. Of native XDP, some set up queues for sending. */
	return wish->mode == ATTACH_GENERIC || (driver && driver->steady);
}

int attach_choose(struct attach *a, const struct attach_wish *wish, struct err *err)
{
	const struct rlimit none = { RLIM_INFINITY, RLIM_INFINITY };
	int code;

	*a = begin(wish);
	/*
	 * Lift the limit on memory of BPF (before Linux 5.11). libbpf lifts it with the first
	 * program, which may come after the right to lift it is dropped.
	 */
	setrlimit(RLIMIT_MEMLOCK, &none);
	clsact_remove_dead(wish->ifindex);
	if (!wish->ethernet)
		return choose_bare(a, err);
	if (wish->mode != ATTACH_AUTO)
		return 0;
	if (wish->several) {
		a->mode = ATTACH_TC;
		snprintf(a->why, sizeof(a->why), "several interfaces, and each takes tc");
		return 0;
	}
	if (!wish->sends) {
		choose_by_harm(a, wish);
		return 0;
	}
	a->mode = ATTACH_NATIVE;
	snprintf(a->why, sizeof(a->why), "the program that sends must be XDP");
	code = occupy(a);
	return code ? explain(a, code, err) : 0;
}

void attach_print(const struct attach *a, FILE *file)
{
	fprintf(file, "attach     %s%s%s\n", attach_mode_name(a->mode), *a->why ? ": " : "",
		a->why);
}

const char *attach_program_name(const struct attach *a)
{
	return a->mode == ATTACH_TC ? MATCHER_TC : "xscan_xdp";
}

const struct extension_target *attach_target(const struct attach *a)
{
	return a->dispatcher.agent ? &a->dispatcher.target : NULL;
}

/* Attach in this mode; a link's descriptor goes to *link_fd. 0 or a negative errno. */
static int attach_new(struct attach *a, enum attach_mode mode, int program_fd, int *link_fd)
{
	int fd = link_create(program_fd, a->ifindex, mode);

	if (fd >= 0)
		*link_fd = fd;
	/* A kernel without this attach type says EINVAL. */
	else if (fd == -EINVAL && mode == ATTACH_TC)
		return clsact_attach(&a->clsact, a->ifindex, program_fd);
	return fd < 0 ? fd : 0;
}

int attach_program(struct attach *a, int program_fd, struct err *err)
{
	int code;

	if (a->link_fd >= 0)
		code = bpf_link_update(a->link_fd, program_fd, NULL);
	else if (a->clsact.handle)
		code = clsact_replace(&a->clsact, program_fd);
	else if (a->dispatcher.agent)
		code = dispatcher_replace(&a->dispatcher, program_fd);
	else if ((code = attach_new(a, a->mode, program_fd, &a->link_fd)))
		return explain(a, code, err);
	a->falls_back = false;
	return code ? err_set(err, code, "%s: cannot change the attached program: %s", a->iface,
			      strerror(-code))
		    : 0;
}

void attach_fall_back(struct attach *a, const char *why)
{
	snprintf(a->why, sizeof(a->why), "%s", why);
	a->mode = ATTACH_TC;
	a->falls_back = a->yields = false;
}

/* There is no such interface: a kernel that knows tcx looks for it, another one says EINVAL. */
static bool has_tcx(int tc_program_fd)
{
	return link_create(tc_program_fd, INT_MAX, ATTACH_TC) != -EINVAL;
}

void attach_hold_ready(struct attach *a, int tc_program_fd)
{
	a->yields_by_clsact = !has_tcx(tc_program_fd);
}

bool attach_needs_netlink(const struct attach *a)
{
	return a->clsact.handle || (a->yields && a->yields_by_clsact);
}

int attach_beside(struct attach *a, int tc_program_fd)
{
	return attach_new(a, ATTACH_TC, tc_program_fd, &a->tc_fd);
}

void attach_step_aside(struct attach *a)
{
	close(a->link_fd);
	a->link_fd = a->tc_fd;
	a->tc_fd = -1;
	a->mode = ATTACH_TC;
	a->falls_back = a->yields = false;
}

bool attach_alive(struct attach *a)
{
	struct bpf_link_info info = { 0 };
	__u32 len = sizeof(info);

	if (a->clsact.handle)
		return clsact_alive(&a->clsact);
	if (a->dispatcher.agent)
		return dispatcher_alive(&a->dispatcher);
	/* tcx has the index in the same place. */
	return bpf_obj_get_info_by_fd(a->link_fd, &info, &len) || info.xdp.ifindex;
}

int attach_close(struct attach *a, struct err *err)
{
	const struct clsact was = a->clsact;
	int code = clsact_detach(&a->clsact);

	dispatcher_close(&a->dispatcher);
	if (a->link_fd >= 0)
		close(a->link_fd);
	if (a->tc_fd >= 0)
		close(a->tc_fd);
	a->link_fd = a->tc_fd = -1;
	return code ? err_set(err, code,
			      "%s: cannot remove xscan's filter: %s: remove it with `tc filter del "
			      "dev %s ingress protocol all pref %u handle 0x%x bpf`",
			      a->iface, strerror(-code), a->iface, was.priority, was.handle)
		    : 0;
}
