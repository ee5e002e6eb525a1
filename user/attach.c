// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* attach.c - XDP and tcx attachment by bpf_link. */
#include "attach.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <linux/if_link.h>
#include <string.h>
#include <unistd.h>
#include <xdp/libxdp.h>

/* Of Linux 6.6, which the headers of a build may not know (linux/bpf.h). */
enum { TCX_INGRESS = 46, BEFORE_ALL_OTHERS = 1 << 3 /* BPF_F_BEFORE */ };

static int link_create(int program_fd, int ifindex, enum attach_mode mode)
{
	LIBBPF_OPTS(bpf_link_create_opts, opts);

	if (mode == ATTACH_TC) {
		/* Others' programs may end the matter; ours leaves all but our answers to them. */
		opts.flags = BEFORE_ALL_OTHERS;
		return bpf_link_create(program_fd, ifindex, (enum bpf_attach_type)TCX_INGRESS,
				       &opts);
	}
	opts.flags = mode == ATTACH_NATIVE ? XDP_FLAGS_DRV_MODE : XDP_FLAGS_SKB_MODE;
	return bpf_link_create(program_fd, ifindex, BPF_XDP, &opts);
}

/* Say what is attached already, as far as libxdp can tell. */
static int explain_taken(int code, int ifindex, const char *iface, struct err *err)
{
	struct xdp_multiprog *found;
	struct xdp_program *program;
	bool dispatcher;

	libxdp_set_print(NULL);
	found = xdp_multiprog__get_from_ifindex(ifindex);
	if (libxdp_get_error(found))
		return err_set(err, code,
			       "%s: another XDP program is attached; xscan leaves it alone", iface);
	program = xdp_multiprog__main_prog(found);
	dispatcher = !xdp_multiprog__is_legacy(found);
	err_set(err, code, "%s: the XDP %s `%s` is attached; xscan leaves it alone", iface,
		dispatcher ? "dispatcher" : "program", program ? xdp_program__name(program) : "?");
	xdp_multiprog__close(found);
	return code;
}

void attach_choose(struct attach *a, const struct attach_wish *wish)
{
	*a = (struct attach){
		.mode = wish->mode == ATTACH_AUTO ? ATTACH_NATIVE : wish->mode,
		.automatic = wish->mode == ATTACH_AUTO,
		.ifindex = wish->ifindex,
		.iface = wish->iface,
		.link_fd = -1,
	};
}

const char *attach_program_name(const struct attach *a)
{
	return a->mode == ATTACH_TC ? "match_tc" : "match_xdp";
}

static int attach_new(struct attach *a, int program_fd, struct err *err)
{
	int fd = link_create(program_fd, a->ifindex, a->mode);

	/* Drivers refuse in many ways: no native XDP, too large an MTU for it, too few queues. */
	if (fd < 0 && fd != -EBUSY && fd != -EEXIST && fd != -EPERM && a->automatic) {
		a->mode = ATTACH_GENERIC;
		fd = link_create(program_fd, a->ifindex, a->mode);
	}
	if (fd >= 0) {
		a->link_fd = fd;
		return 0;
	}
	switch (fd) {
	case -EBUSY:
	case -EEXIST:
		return explain_taken(fd, a->ifindex, a->iface, err);
	case -EOPNOTSUPP:
		return err_set(err, fd, "%s: its driver has no native XDP: use --attach tc",
			       a->iface);
	default:
		return err_set(err, fd, "%s: cannot attach in %s mode: %s", a->iface,
			       attach_mode_name(a->mode), strerror(-fd));
	}
}

int attach_program(struct attach *a, int program_fd, struct err *err)
{
	int code;

	if (a->link_fd < 0)
		return attach_new(a, program_fd, err);
	code = bpf_link_update(a->link_fd, program_fd, NULL);
	return code ? err_set(err, code, "%s: cannot change the attached program: %s", a->iface,
			      strerror(-code))
		    : 0;
}

bool attach_alive(const struct attach *a)
{
	struct bpf_link_info info = { 0 };
	__u32 len = sizeof(info);

	/* The index is in the same place for tcx. */
	return bpf_obj_get_info_by_fd(a->link_fd, &info, &len) || info.xdp.ifindex;
}

void attach_close(struct attach *a)
{
	if (a->link_fd >= 0)
		close(a->link_fd);
	a->link_fd = -1;
}

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
