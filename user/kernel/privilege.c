// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * privilege.c - whose capabilities these are, and which of them are needed.
 *
 * Capabilities come to this process in two ways. Those of root, by sudo, are the rights of its user:
 * root's files are opened with them as by any other program. Those of the file (setcap) are this
 * program's and not its user's, which AT_SECURE tells. They are not in effect while files that the
 * user names are opened, or CAP_NET_ADMIN would open all of /proc/sys/net to everybody.
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
 * Sets of capabilities, a bit each.
 *
 * CAP_PERFMON is for the verifier: without it no program may step over IP options, whose length is
 * in the packet. Files are replaced in the folder they are in, whoever owns it: root goes on to do
 * that with root's rights, as it opened them.
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

/* The inheritable set becomes empty, and with it, by the kernel's rules, the ambient one. */
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

/* Did executing this program give more than its user had? Not to root, whatever else AT_SECURE means. */
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
 * Older kernels (5.10, 5.15) want CAP_BPF for each call of bpf(), even to ask about an own program,
 * if kernel.unprivileged_bpf_disabled is set. To be asked without that capability in effect.
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
 * No program started from here gets anything by being executed. Who may not change the bounding set
 * need not: "no new privileges" alone holds down file capabilities and root's as well.
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
