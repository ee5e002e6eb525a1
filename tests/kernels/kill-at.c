// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * kill-at.c - SIGKILL at a chosen moment, by LD_PRELOAD. A process called $KILL_NAME is killed
 * before its $KILL_AT-th call of those by which libxdp changes the system.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <dlfcn.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

static void *next(const char *function)
{
	static int calls;
	const char *name = getenv("KILL_NAME"), *at = getenv("KILL_AT");
	char me[16] = "";

	prctl(PR_GET_NAME, me);
	if (name && at && !strcmp(me, name) && ++calls == atoi(at))
		raise(SIGKILL);
	return dlsym(RTLD_NEXT, function);
}

int mkdir(const char *path, mode_t mode)
{
	int (*call)(const char *, mode_t) = next("mkdir");

	return call(path, mode);
}

int rmdir(const char *path)
{
	int (*call)(const char *) = next("rmdir");

	return call(path);
}

int unlink(const char *path)
{
	int (*call)(const char *) = next("unlink");

	return call(path);
}

int bpf_obj_pin(int fd, const char *path)
{
	int (*call)(int, const char *) = next("bpf_obj_pin");

	return call(fd, path);
}

int bpf_link_create(int fd, int target, enum bpf_attach_type type,
		    const struct bpf_link_create_opts *opts)
{
	int (*call)(int, int, enum bpf_attach_type, const struct bpf_link_create_opts *) =
		next("bpf_link_create");

	return call(fd, target, type, opts);
}

int bpf_xdp_attach(int ifindex, int fd, __u32 flags, const struct bpf_xdp_attach_opts *opts)
{
	int (*call)(int, int, __u32, const struct bpf_xdp_attach_opts *) = next("bpf_xdp_attach");

	return call(ifindex, fd, flags, opts);
}
