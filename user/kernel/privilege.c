// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * privilege.c - keep only the capabilities that are needed, and know whose they are.
 *
 * Capabilities come to this process in two ways. Root's capabilities (sudo) are rights of the user:
 * open files with them, as any program of root does. Capabilities of the file (setcap) belong to
 * the program, not to the user; AT_SECURE tells. They must not be in effect while opening files
 * that the user names: CAP_NET_ADMIN would open all of /proc/sys/net to everybody.
 */
#include "privilege.h"

#include "syscalls.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/capability.h>
#include <sys/prctl.h>
#include <unistd.h>

/*
 * Sets of capabilities, one bit each.
 *
 * CAP_PERFMON: without it the verifier lets no program step over IP options, whose length is in the
 * packet. CAP_DAC_OVERRIDE and CAP_FOWNER: root replaces files in folders of other users with
 * root's rights, as it opened them.
 */
#define BIT(cap)  (1ULL << (cap))
#define LOAD_CAPS (BIT(CAP_NET_ADMIN) | BIT(CAP_BPF) | BIT(CAP_PERFMON))
#define SCAN_CAPS (LOAD_CAPS | BIT(CAP_NET_RAW))
#define FILE_CAPS (BIT(CAP_DAC_OVERRIDE) | BIT(CAP_FOWNER))

struct rights {
	uint64_t permitted;
	uint64_t effective;
};

static int rights_get(struct rights *r)
{
	cap_flag_value_t permitted, effective;
	cap_t caps = cap_get_proc();
	cap_value_t cap;

	*r = (struct rights){ 0 };
	if (!caps)
		return -errno;
	for (cap = 0; cap <= CAP_LAST_CAP; cap++) {
		if (cap_get_flag(caps, cap, CAP_PERMITTED, &permitted) ||
		    cap_get_flag(caps, cap, CAP_EFFECTIVE, &effective))
			continue;
		r->permitted |= permitted == CAP_SET ? BIT(cap) : 0;
		r->effective |= effective == CAP_SET ? BIT(cap) : 0;
	}
	cap_free(caps);
	return 0;
}

/* The inheritable set becomes empty; then the kernel empties the ambient set too. */
static int rights_set(const struct rights *r)
{
	cap_t caps = cap_init();
	cap_value_t cap;
	int code = 0;

	if (!caps)
		return -errno;
	for (cap = 0; cap <= CAP_LAST_CAP; cap++) {
		if (r->permitted & BIT(cap))
			cap_set_flag(caps, CAP_PERMITTED, 1, &cap, CAP_SET);
		if (r->effective & BIT(cap))
			cap_set_flag(caps, CAP_EFFECTIVE, 1, &cap, CAP_SET);
	}
	if (cap_set_proc(caps))
		code = -errno;
	cap_free(caps);
	return code;
}

static int cannot_change(int code, struct err *err)
{
	return code ? err_set(err, code, "cannot change capabilities: %s", strerror(-code)) : 0;
}

/* Did exec give capabilities that the user lacks? Never to root, whatever AT_SECURE says. */
static bool gained_by_exec(void)
{
	return getauxval(AT_SECURE) && getuid();
}

int privilege_lower(struct err *err)
{
	struct rights r;
	int code;

	if (!gained_by_exec())
		return 0;
	code = rights_get(&r);
	r.permitted &= SCAN_CAPS;
	r.effective = 0;
	return cannot_change(code ? code : rights_set(&r), err);
}

int privilege_begin(struct err *err)
{
	bool uid = getuid() != geteuid(), gid = getgid() != getegid();

	if (uid || gid)
		return err_set(err, -EPERM,
			       "is installed set-%s: remove that (chmod %s-s) and give it "
			       "capabilities instead",
			       uid ? "uid" : "gid", uid ? "u" : "g");
	return privilege_lower(err);
}

int privilege_renounce(struct err *err)
{
	const struct rights none = { 0 };

	return gained_by_exec() ? cannot_change(rights_set(&none), err) : 0;
}

int privilege_raise(struct err *err)
{
	struct rights r;
	int code = rights_get(&r);

	if (!code && ~r.permitted & SCAN_CAPS)
		return err_set(err, -EPERM,
			       "needs CAP_NET_ADMIN, CAP_NET_RAW, CAP_BPF and CAP_PERFMON: run it "
			       "with sudo");
	r.effective |= SCAN_CAPS;
	return cannot_change(code ? code : rights_set(&r), err);
}

/*
 * Does bpf() need CAP_BPF for every call, even about our own program? Older kernels (5.10, 5.15) do
 * if kernel.unprivileged_bpf_disabled is set. Call with CAP_BPF not in effect.
 */
static bool bpf_takes_capability(void)
{
	struct bpf_link_info info;
	__u32 len = sizeof(info);

	return bpf_obj_get_info_by_fd(-1, &info, &len) && errno == EPERM;
}

int privilege_limit(unsigned int uses, struct err *err)
{
	uint64_t keep = (uses & PRIVILEGE_JOIN ? ~0ULL : 0) |
			(uses & PRIVILEGE_LOAD ? LOAD_CAPS : 0) |
			(uses & PRIVILEGE_DETACH ? BIT(CAP_NET_ADMIN) : 0) |
			(uses & PRIVILEGE_FILES ? FILE_CAPS : 0);
	struct rights r;
	int code = rights_get(&r);

	r.permitted &= keep | BIT(CAP_BPF);
	r.effective = r.permitted & keep;
	if (!code)
		code = rights_set(&r);
	if (!code && !(keep & BIT(CAP_BPF))) {
		if (bpf_takes_capability())
			keep |= BIT(CAP_BPF);
		r.permitted &= keep;
		r.effective = r.permitted;
		code = rights_set(&r);
	}
	return cannot_change(code, err);
}

/*
 * Let no program started from here gain rights by exec. If changing the bounding set is not
 * allowed, "no new privileges" alone suffices: it holds down file capabilities and root's too.
 */
static int close_ways_back(void)
{
	cap_value_t cap;

	for (cap = 0; cap_get_bound(cap) >= 0; cap++)
		if (cap_drop_bound(cap) && errno != EPERM)
			return -errno;
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ? -errno : 0;
}

int privilege_confine(unsigned int uses, struct err *err)
{
	int code = cannot_change(close_ways_back(), err);

	if (!code)
		code = privilege_limit(uses, err);
	return code ? code : syscalls_filter(uses & PRIVILEGE_FILES, err);
}
