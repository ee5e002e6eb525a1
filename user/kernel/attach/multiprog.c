// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * multiprog.c - join and leave by libxdp. Find out who is in a dispatcher by its folder of pins,
 * the protocol of all its users: libxdp's own function leaves a descriptor open each time.
 */
#include "multiprog.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <linux/if_link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>
#include <xdp/libxdp.h>

enum {
	TRIES = 10,
	TRY_MS = 20, /* wait between tries while others change the dispatcher */
	/* Wait until programs that others have pinned are attached too. */
	SETTLE_MS = 300,
};

static void sleep_ms(long ms)
{
	const struct timespec time = { .tv_nsec = ms * 1000000 };

	nanosleep(&time, NULL);
}

/* The folder of libxdp's folders. */
static const char *base(char path[PATH_MAX])
{
	const char *mount = secure_getenv(XDP_BPFFS_ENVVAR);

	snprintf(path, PATH_MAX, "%s/xdp", mount ? mount : "/sys/fs/bpf");
	return path;
}

static const char *in_base(char path[PATH_MAX], const char *name)
{
	size_t len = strlen(base(path));

	snprintf(path + len, PATH_MAX - len, "/%s", name);
	return path;
}

static const char *folder(char path[PATH_MAX], int ifindex, uint32_t dispatcher)
{
	char name[64];

	snprintf(name, sizeof(name), "dispatch-%d-%u", ifindex, dispatcher);
	return in_base(path, name);
}

/* The id of a pinned program, or of a pinned link's program; 0: unreadable. */
static uint32_t pinned(const char *in, const char *name, char program_name[BPF_OBJ_NAME_LEN])
{
	const bool link = strstr(name, "-link");
	struct bpf_prog_info program = { 0 };
	struct bpf_link_info info = { 0 };
	char path[PATH_MAX];
	__u32 len = link ? sizeof(info) : sizeof(program);
	int fd, code;

	if (snprintf(path, sizeof(path), "%s/%s", in, name) >= (int)sizeof(path))
		return 0;
	fd = bpf_obj_get(path);
	if (fd < 0)
		return 0;
	code = bpf_obj_get_info_by_fd(fd, link ? (void *)&info : (void *)&program, &len);
	close(fd);
	if (program_name)
		memcpy(program_name, program.name, BPF_OBJ_NAME_LEN);
	return code ? 0 : link ? info.prog_id : program.id;
}

static int attached(int ifindex, struct multiprog *out)
{
	LIBBPF_OPTS(bpf_xdp_query_opts, query);
	int code = bpf_xdp_query(ifindex, 0, &query);

	*out = (struct multiprog){ .generic = query.attach_mode == XDP_ATTACHED_SKB };
	if (query.attach_mode == XDP_ATTACHED_SKB || query.attach_mode == XDP_ATTACHED_DRV)
		out->id = query.prog_id;
	return code;
}

static int read_once(int ifindex, struct multiprog *out)
{
	char path[PATH_MAX], name[32];
	int code = attached(ifindex, out);
	uint32_t id;

	if (code || !out->id)
		return code ? code : -ENOENT;
	folder(path, ifindex, out->id);
	for (; out->n < MULTIPROG_MAX; out->n++) {
		snprintf(name, sizeof(name), "prog%u-prog", out->n);
		id = pinned(path, name, out->n ? NULL : out->first);
		if (!id)
			break;
		out->members[out->n] = id;
	}
	return out->n ? 0 : errno == ENOENT ? -ENOENT : -errno;
}

/* A dispatcher's folder exists while the dispatcher is attached: then the list is whole. */
int multiprog_get(int ifindex, struct multiprog *out)
{
	struct multiprog now;
	int code, tries;

	for (tries = 0; tries < TRIES; tries++) {
		code = read_once(ifindex, out);
		if (attached(ifindex, &now) || now.id == out->id)
			return code;
	}
	return -EBUSY;
}

bool multiprog_has(const struct multiprog *m, uint32_t program)
{
	unsigned int i;

	for (i = 0; i < m->n; i++)
		if (m->members[i] == program)
			return true;
	return false;
}

static enum xdp_attach_mode mode(const struct multiprog *m)
{
	return m->generic ? XDP_MODE_SKB : XDP_MODE_NATIVE;
}

int multiprog_join(int ifindex, int program_fd)
{
	struct xdp_program *program = xdp_program__from_fd(program_fd);
	struct multiprog m;
	int code, tries;

	if (libxdp_get_error(program))
		return (int)libxdp_get_error(program);
	for (tries = 0; tries < TRIES; tries++) {
		code = multiprog_get(ifindex, &m);
		if (code == -ENOENT)
			break;
		/* Ours never stands alone: then there would be no dispatcher. */
		if (!code)
			code = xdp_program__attach(program, ifindex, mode(&m), 0);
		if (code != -EBUSY && code != -EEXIST && code != -ENOENT)
			break;
		sleep_ms(TRY_MS);
	}
	xdp_program__close(program);
	return code;
}

int multiprog_leave(int ifindex, uint32_t id)
{
	struct xdp_program *program;
	struct multiprog m;
	int code = 0, tries;

	for (tries = 0; tries < TRIES; tries++) {
		code = multiprog_get(ifindex, &m);
		if (code == -ENOENT || (!code && !multiprog_has(&m, id)))
			return 0;
		program = xdp_program__from_id(id);
		if (!code)
			code = (int)libxdp_get_error(program);
		if (!code)
			code = xdp_program__detach(program, ifindex, mode(&m), 0);
		if (!libxdp_get_error(program))
			xdp_program__close(program);
		if (!code)
			return 0;
		sleep_ms(TRY_MS);
	}
	return code;
}

static bool is_ours(uint32_t id, const struct multiprog *m, const uint32_t *programs,
		    unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		if (programs[i] == id)
			return true;
	return multiprog_has(m, id);
}

/* Does a folder hold only pins of these programs, or of programs in that dispatcher? */
static bool holds_only(const char *path, const struct multiprog *m, const uint32_t *programs,
		       unsigned int n)
{
	DIR *dir = opendir(path);
	struct dirent *entry;
	bool only = dir != NULL;
	uint32_t id;

	while (only && (entry = readdir(dir)) != NULL) {
		if (*entry->d_name == '.')
			continue;
		id = pinned(path, entry->d_name, NULL);
		only = id && is_ours(id, m, programs, n);
	}
	if (dir)
		closedir(dir);
	return only;
}

/* Remove a folder, or a file if it cannot be opened as a folder. */
static void discard(const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *entry;

	while (dir && (entry = readdir(dir)) != NULL)
		if (*entry->d_name != '.')
			unlinkat(dirfd(dir), entry->d_name, 0);
	if (dir)
		closedir(dir);
	if (rmdir(path))
		unlink(path);
}

/*
 * Count leftovers: folders, and the pin by which libxdp tries out the kernel at first. Hold
 * libxdp's lock, so that no operation is half done; libxdp makes and removes that pin under the
 * lock.
 */
static unsigned int look_for_rest(int ifindex, const uint32_t *programs, unsigned int n,
				  bool remove)
{
	char path[PATH_MAX];
	DIR *dir = opendir(base(path));
	unsigned int found = 0;
	struct dirent *entry;
	struct multiprog m;
	uint32_t id;
	int of, code;

	if (dir)
		flock(dirfd(dir), LOCK_EX);
	code = multiprog_get(ifindex, &m);
	while (dir && (!code || code == -ENOENT) && (entry = readdir(dir)) != NULL) {
		if (sscanf(entry->d_name, "prog-test-link-%d-%u", &of, &id) == 2)
			in_base(path, entry->d_name);
		else if (sscanf(entry->d_name, "dispatch-%d-%u", &of, &id) != 2 || of != ifindex ||
			 id == m.id || !holds_only(folder(path, ifindex, id), &m, programs, n))
			continue;
		found++;
		if (remove)
			discard(path);
	}
	if (dir)
		closedir(dir);
	return found;
}

void multiprog_tidy(int ifindex, const uint32_t *programs, unsigned int n)
{
	if (!look_for_rest(ifindex, programs, n, false))
		return;
	sleep_ms(SETTLE_MS);
	look_for_rest(ifindex, programs, n, true);
}
