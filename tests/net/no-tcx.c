// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * no-tcx.c - by LD_PRELOAD: a kernel without tcx, as before Linux 6.6. Then tc means clsact. With
 * $NO_DETACH set, no filter can be removed.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>

enum { TCX_INGRESS = 46 };

int bpf_link_create(int fd, int target, enum bpf_attach_type type,
		    const struct bpf_link_create_opts *opts)
{
	int (*call)(int, int, enum bpf_attach_type, const struct bpf_link_create_opts *) =
		dlsym(RTLD_NEXT, "bpf_link_create");

	if ((int)type == TCX_INGRESS) {
		errno = EINVAL;
		return -EINVAL;
	}
	return call(fd, target, type, opts);
}

int bpf_tc_detach(const struct bpf_tc_hook *hook, const struct bpf_tc_opts *opts)
{
	int (*call)(const struct bpf_tc_hook *, const struct bpf_tc_opts *) =
		dlsym(RTLD_NEXT, "bpf_tc_detach");

	return getenv("NO_DETACH") ? -EPERM : call(hook, opts);
}
