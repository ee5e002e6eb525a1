// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * clsact.c - attach the filter by libbpf; look for other filters by rtnetlink.
 *
 * A filter has an owner, the process that attached it. The owner holds a netlink socket whose port
 * number is the filter's handle. Each network namespace has its own port numbers, and a socket ends
 * with its process, however that ends. So a filter whose number is free is dead. This takes no
 * rights, while to read a map of another process takes CAP_SYS_ADMIN.
 */
#include "clsact.h"

#include "netlink.h"
#include "privilege.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/pkt_cls.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

/*
 * The name and the mark in the handle are those of all filters of xscan. Another bit of the handle
 * marks those that brought the discipline. The rest is random. The kernel itself never gives a
 * socket such a number: it gives the number of the process, which is below 2^22, or a negative one.
 */
#define FILTER_NAME "xscan_tc:["
enum {
	HANDLE_BROUGHT = 1 << 30,
	HANDLE_MARK = 0x2d5 << 20,
	HANDLE_MARK_BITS = 0x3ff << 20,
	HANDLE_RANDOM = 1 << 20, /* so many random numbers */
	HANDLE_TRIES = 16,
};

/* Priorities to try: take the first without filters of other kinds. */
enum { PRIORITY_FIRST = 1, PRIORITY_LAST = 16 };

enum { LOCK_TRIES = 1000, LOCK_WAIT_NS = 1000000 };

/* Dead filters to remove at one time. */
enum { DEAD_MAX = 64 };

/*
 * Lock, so that one xscan at a time reads and changes the discipline. The lock is on the network
 * namespace and ends with the process. If locking fails, go on without.
 */
static int lock(void)
{
	const struct timespec moment = { .tv_nsec = LOCK_WAIT_NS };
	int fd = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC), tries;

	for (tries = 0; fd >= 0 && tries < LOCK_TRIES && flock(fd, LOCK_EX | LOCK_NB); tries++)
		nanosleep(&moment, NULL);
	return fd;
}

static void unlock(int fd)
{
	if (fd >= 0)
		close(fd);
}

/* What is attached at the interface. */
struct survey {
	int ifindex;
	uint32_t handle; /* the filter to look for */
	bool discipline;
	bool filters;	   /* any filter at all */
	bool brought;	   /* a filter of an xscan that brought the discipline */
	uint32_t priority; /* of the filter with that handle; 0: not found */
	uint32_t dead;	   /* the handle of another filter, whose owner is gone; 0: none */
	uint32_t dead_priority;
};

/* Own this handle. NULL, and errno is EADDRINUSE if somebody else owns it. */
static struct mnl_socket *own(uint32_t handle)
{
	struct mnl_socket *owner = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);
	int code;

	if (!owner || !mnl_socket_bind(owner, 0, (pid_t)handle))
		return owner;
	code = errno;
	mnl_socket_close(owner);
	errno = code;
	return NULL;
}

static bool is_dead(uint32_t handle)
{
	struct mnl_socket *owner = own(handle);

	if (owner)
		mnl_socket_close(owner);
	return owner;
}

static int on_discipline(const struct nlmsghdr *nlh, void *ctx)
{
	const struct tcmsg *tcm = mnl_nlmsg_get_payload(nlh);
	struct survey *s = ctx;

	/* The parent of clsact; also of the older ingress discipline, which does as well. */
	if (tcm->tcm_ifindex == s->ifindex && tcm->tcm_parent == TC_H_INGRESS)
		s->discipline = true;
	return MNL_CB_OK;
}

static bool has_our_name(const struct nlmsghdr *nlh)
{
	const struct nlattr *attr, *option;

	mnl_attr_for_each(attr, nlh, sizeof(struct tcmsg))
	{
		if (mnl_attr_get_type(attr) != TCA_OPTIONS)
			continue;
		mnl_attr_for_each_nested(option, attr)
		{
			if (mnl_attr_get_type(option) == TCA_BPF_NAME &&
			    !strncmp(mnl_attr_get_str(option), FILTER_NAME, strlen(FILTER_NAME)))
				return true;
		}
	}
	return false;
}

static int on_filter(const struct nlmsghdr *nlh, void *ctx)
{
	const struct tcmsg *tcm = mnl_nlmsg_get_payload(nlh);
	const uint32_t priority = TC_H_MAJ(tcm->tcm_info) >> 16;
	struct survey *s = ctx;

	s->filters = true;
	if ((tcm->tcm_handle & HANDLE_MARK_BITS) != HANDLE_MARK || !has_our_name(nlh))
		return MNL_CB_OK;
	if (tcm->tcm_handle & HANDLE_BROUGHT)
		s->brought = true;
	if (tcm->tcm_handle == s->handle) {
		s->priority = priority;
	} else if (!s->dead && is_dead(tcm->tcm_handle)) {
		s->dead = tcm->tcm_handle;
		s->dead_priority = priority;
	}
	return MNL_CB_OK;
}

static int dump(struct survey *s, uint16_t type, uint32_t parent, mnl_cb_t on_answer)
{
	char buf[256];
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct tcmsg *tcm;

	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	tcm = mnl_nlmsg_put_extra_header(nlh, sizeof(*tcm));
	memset(tcm, 0, sizeof(*tcm));
	tcm->tcm_ifindex = s->ifindex;
	tcm->tcm_parent = parent;
	return netlink_ask(NETLINK_ROUTE, nlh, on_answer, s);
}

static int look_once(void *ctx)
{
	const uint32_t block = TC_H_MAKE(TC_H_CLSACT, 0);
	struct survey *s = ctx;
	int code;

	*s = (struct survey){ .ifindex = s->ifindex, .handle = s->handle };
	code = dump(s, RTM_GETQDISC, 0, on_discipline);
	if (!code)
		code = dump(s, RTM_GETTFILTER, block | TC_H_MIN_EGRESS, on_filter);
	if (!code)
		code = dump(s, RTM_GETTFILTER, block | TC_H_MIN_INGRESS, on_filter);
	return code;
}

static int look(struct survey *s)
{
	return netlink_retry(look_once, s);
}

static struct bpf_tc_hook hook(int ifindex, enum bpf_tc_attach_point point)
{
	return (struct bpf_tc_hook){
		.sz = sizeof(struct bpf_tc_hook),
		.ifindex = ifindex,
		.attach_point = point,
	};
}

static int filter(const struct clsact *c, int program_fd, uint32_t flags)
{
	const struct bpf_tc_hook at = hook(c->ifindex, BPF_TC_INGRESS);
	LIBBPF_OPTS(bpf_tc_opts, opts, .handle = c->handle, .priority = c->priority,
		    .prog_fd = program_fd, .flags = flags);

	return bpf_tc_attach(&at, &opts);
}

static int detach_filter(int ifindex, uint32_t handle, uint32_t priority)
{
	const struct bpf_tc_hook at = hook(ifindex, BPF_TC_INGRESS);
	LIBBPF_OPTS(bpf_tc_opts, opts, .handle = handle, .priority = priority);

	return bpf_tc_detach(&at, &opts);
}

static void remove_unused_discipline(int ifindex)
{
	struct bpf_tc_hook both = hook(ifindex, BPF_TC_INGRESS | BPF_TC_EGRESS);
	struct survey there = { .ifindex = ifindex };

	if (!look(&there) && there.discipline && !there.filters)
		bpf_tc_hook_destroy(&both);
}

/* The guardian's job. The filter may not exist yet, or not any more. */
static int clean_up(const void *ctx)
{
	const struct clsact *c = ctx;
	struct survey there = { .ifindex = c->ifindex, .handle = c->handle };
	int locked = lock(), code;

	libbpf_set_print(NULL);
	code = look(&there);
	if (!code && there.priority)
		code = detach_filter(c->ifindex, c->handle, there.priority);
	/* Somebody else may have removed the filter first, or the interface. */
	if (code && !look(&there) && !there.priority)
		code = 0;
	if (c->ours)
		remove_unused_discipline(c->ifindex);
	unlock(locked);
	return code;
}

void clsact_remove_dead(int ifindex)
{
	struct survey there = { .ifindex = ifindex };
	bool brought = false;
	int locked, n;

	if (look(&there) || !there.dead)
		return;
	locked = lock();
	for (n = 0; n < DEAD_MAX && !look(&there) && there.dead; n++) {
		brought |= there.dead & HANDLE_BROUGHT;
		if (detach_filter(ifindex, there.dead, there.dead_priority))
			break;
	}
	if (brought)
		remove_unused_discipline(ifindex);
	unlock(locked);
}

/* Choose a handle that nobody owns, and own it. 0 or a negative errno. */
static int choose_handle(struct clsact *c)
{
	uint32_t random;
	int tries;

	for (tries = 0; tries < HANDLE_TRIES; tries++) {
		if (getrandom(&random, sizeof(random), 0) != sizeof(random))
			return -EIO;
		c->handle = random % HANDLE_RANDOM | HANDLE_MARK | (c->ours ? HANDLE_BROUGHT : 0);
		c->owner = own(c->handle);
		if (c->owner)
			return 0;
		if (errno != EADDRINUSE)
			break;
	}
	return -errno;
}

static int add_filter(struct clsact *c, int program_fd)
{
	struct survey there = { .ifindex = c->ifindex };
	struct bpf_tc_hook at = hook(c->ifindex, BPF_TC_INGRESS);
	int code = look(&there);

	if (code)
		return code;
	c->ours = !there.discipline || there.brought;
	code = choose_handle(c);
	if (code)
		return code;
	code = guardian_start(&c->guardian, PRIVILEGE_DETACH, clean_up, c);
	if (code)
		return code;
	if (!there.discipline)
		code = bpf_tc_hook_create(&at);
	/* Go first: other filters may give a final verdict, ours passes all but our answers on. */
	if (code)
		return code;
	for (c->priority = PRIORITY_FIRST; c->priority <= PRIORITY_LAST; c->priority++) {
		code = filter(c, program_fd, 0);
		if (code != -EINVAL && code != -EEXIST)
			break;
	}
	return code;
}

int clsact_attach(struct clsact *c, int ifindex, int program_fd)
{
	int locked = lock(), code;

	*c = (struct clsact){ .ifindex = ifindex };
	code = add_filter(c, program_fd);
	unlock(locked);
	if (code)
		clsact_detach(c);
	return code;
}

int clsact_replace(struct clsact *c, int program_fd)
{
	return filter(c, program_fd, BPF_TC_F_REPLACE);
}

bool clsact_alive(struct clsact *c)
{
	const struct bpf_tc_hook at = hook(c->ifindex, BPF_TC_INGRESS);
	LIBBPF_OPTS(bpf_tc_opts, opts, .handle = c->handle, .priority = c->priority);

	if (!guardian_watches(&c->guardian))
		guardian_start(&c->guardian, PRIVILEGE_DETACH, clean_up, c);
	return !bpf_tc_query(&at, &opts);
}

int clsact_detach(struct clsact *c)
{
	int code = 0;

	if (c->owner && !guardian_release(&c->guardian))
		code = clean_up(c);
	if (c->owner)
		mnl_socket_close(c->owner);
	c->owner = NULL;
	c->handle = 0;
	return code;
}
