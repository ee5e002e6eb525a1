// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* dispatcher.c - the agent, its guardian, and the talk between this process and the agent. */
#include "dispatcher.h"

#include "abi.h"
#include "guardian.h"
#include "multiprog.h"
#include "object.h"
#include "privilege.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

enum {
	GUARDIAN_CHECK_MS = 500,
	/* Another process may hold libxdp's lock. */
	ANSWER_SECONDS = 20,
	LEAVE_SECONDS = 20,
};

/* Shared by the agent and its guardian: the programs that leave in the end; 0: none. */
struct stay {
	int ifindex;
	uint32_t program;
	uint32_t next; /* set before the program goes in */
};

/*
 * A request is one byte. With a program's descriptor: put it in the place of the one before.
 * Without: is the program still there? The answer is an int: 0 or a negative errno.
 */
union control {
	struct cmsghdr header;
	char bytes[CMSG_SPACE(sizeof(int))];
};

static int send_request(int socket, int fd)
{
	union control control = { .bytes = { 0 } };
	char byte = 0;
	struct iovec iov = { &byte, 1 };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };

	if (fd >= 0) {
		msg.msg_control = &control;
		msg.msg_controllen = sizeof(control);
		control.header = (struct cmsghdr){
			.cmsg_len = CMSG_LEN(sizeof(fd)),
			.cmsg_level = SOL_SOCKET,
			.cmsg_type = SCM_RIGHTS,
		};
		memcpy(CMSG_DATA(&control.header), &fd, sizeof(fd));
	}
	return sendmsg(socket, &msg, MSG_NOSIGNAL) == 1 ? 0 : -errno;
}

/* Receive a request. False: the other side is gone. */
static bool receive_request(int socket, int *fd)
{
	union control control;
	char byte;
	struct iovec iov = { &byte, 1 };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	const struct cmsghdr *header;

	*fd = -1;
	if (recvmsg(socket, &msg, MSG_CMSG_CLOEXEC) != 1)
		return false;
	header = CMSG_FIRSTHDR(&msg);
	if (header && header->cmsg_type == SCM_RIGHTS)
		memcpy(fd, CMSG_DATA(header), sizeof(*fd));
	return true;
}

static int request(const struct dispatcher *d, int fd)
{
	int code = send_request(d->socket, fd), answer;

	if (code)
		return code;
	if (recv(d->socket, &answer, sizeof(answer), 0) != sizeof(answer))
		return -ENOLINK;
	return answer;
}

/* The agent */

/* Leave the dispatcher; also the job of the agent's guardian. */
static int leave(const void *ctx)
{
	const struct stay *stay = ctx;
	const uint32_t programs[] = { stay->program, stay->next };
	int code = multiprog_leave(stay->ifindex, programs[0]);
	int next = multiprog_leave(stay->ifindex, programs[1]);

	multiprog_tidy(stay->ifindex, programs, 2);
	return code ? code : next;
}

static int replace(struct stay *stay, int program_fd)
{
	struct bpf_prog_info info = { 0 };
	__u32 len = sizeof(info);
	int code;

	if (bpf_obj_get_info_by_fd(program_fd, &info, &len))
		return -errno;
	stay->next = info.id;
	code = multiprog_join(stay->ifindex, program_fd);
	if (code)
		return code;
	code = multiprog_leave(stay->ifindex, stay->program);
	if (!code) {
		stay->program = stay->next;
		stay->next = 0;
	}
	return code;
}

static int look(const struct stay *stay)
{
	struct multiprog now;
	int code = multiprog_get(stay->ifindex, &now);

	return code ? code : multiprog_has(&now, stay->program) ? 0 : -ENOLINK;
}

static void serve(struct stay *stay, int socket)
{
	struct pollfd wait = { .fd = socket, .events = POLLIN };
	struct guardian guardian = { 0 };
	int fd, code;

	for (;;) {
		if (!guardian_watches(&guardian))
			guardian_start(&guardian, PRIVILEGE_JOIN, leave, stay);
		if (poll(&wait, 1, GUARDIAN_CHECK_MS) <= 0)
			continue;
		if (!receive_request(socket, &fd))
			break;
		code = fd < 0 ? look(stay) : replace(stay, fd);
		if (fd >= 0)
			close(fd);
		if (send(socket, &code, sizeof(code), MSG_NOSIGNAL) < 0)
			break;
	}
	guardian_release(&guardian);
	leave(stay);
}

/* The agent. Only SIGKILL and SIGSTOP reach it: not Ctrl-C, not the end of the session. */
static void agent(struct stay *stay, int socket)
{
	sigset_t all;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	setsid();
	prctl(PR_SET_NAME, "xscan-agent");
	guardian_go_on_at_end_of_parent();
	/* Also close the other end of the socket, and what somebody may wait for to be closed. */
	dup2(socket, 0);
	close_range(1, ~0U, 0);
	serve(stay, 0);
	_exit(0);
}

static int start_agent(struct dispatcher *d, int ifindex)
{
	const struct timeval patience = { .tv_sec = ANSWER_SECONDS };
	struct stay *stay = mmap(NULL, sizeof(*stay), PROT_READ | PROT_WRITE,
				 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int ends[2], code;

	if (stay == MAP_FAILED)
		return -errno;
	code = socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) ? -errno : 0;
	if (code)
		goto out;
	stay->ifindex = ifindex;
	d->agent = fork();
	if (d->agent == 0)
		agent(stay, ends[1]);
	code = d->agent < 0 ? -errno : 0;
	close(ends[1]);
	if (code) {
		close(ends[0]);
		d->agent = 0;
	} else {
		d->socket = ends[0];
		setsockopt(d->socket, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	}
out:
	munmap(stay, sizeof(*stay));
	return code;
}

/* Find a function to replace: all are alike, and the first is always there. */
static int find_target(struct extension_target *target, uint32_t dispatcher)
{
	struct bpf_prog_info info = { 0 };
	__u32 len = sizeof(info);
	struct btf *btf = NULL;
	int id;

	target->program_fd = bpf_prog_get_fd_by_id(dispatcher);
	if (target->program_fd < 0)
		return -errno;
	if (!bpf_obj_get_info_by_fd(target->program_fd, &info, &len))
		btf = btf__load_from_kernel_by_id(info.btf_id);
	id = btf ? btf__find_by_name_kind(btf, "prog0", BTF_KIND_FUNC) : -errno;
	btf__free(btf);
	target->function = (uint32_t)id;
	return id < 0 ? id : 0;
}

/* Hold a place with the sweep's matcher: without a lease it passes everything. */
static int occupy(const struct dispatcher *d)
{
	const struct match_config sweep = { .lanes[LANE_NEIGHBOURS].kind = PROBE_ARP };
	struct bpf_object *object = object_open(&sweep);
	struct bpf_program *program;
	int code, fd;

	if (!object)
		return -errno;
	bpf_object__for_each_program(program, object) bpf_program__set_autoload(
		program, !strcmp(bpf_program__name(program), "xscan_xdp"));
	program = bpf_object__find_program_by_name(object, "xscan_xdp");
	code = bpf_object__load(object);
	if (!code) {
		fd = extension_load(&d->target, object, program);
		code = fd < 0 ? fd : dispatcher_replace(d, fd);
		if (fd >= 0)
			close(fd);
	}
	bpf_object__close(object);
	return code;
}

int dispatcher_open(struct dispatcher *d, int ifindex, char *who, size_t size)
{
	struct multiprog there;
	int code = multiprog_get(ifindex, &there);

	*d = (struct dispatcher){ .socket = -1, .target.program_fd = -1 };
	if (code)
		return code;
	if (there.n == MULTIPROG_MAX)
		return -ENOSPC;
	d->generic = there.generic;
	code = find_target(&d->target, there.id);
	if (!code)
		code = start_agent(d, ifindex);
	if (!code)
		code = occupy(d);
	if (code)
		dispatcher_close(d);
	else
		snprintf(who, size, there.n > 1 ? "`%s` and %u more" : "`%s`", there.first,
			 there.n - 1);
	return code;
}

int dispatcher_replace(const struct dispatcher *d, int program_fd)
{
	return request(d, program_fd);
}

bool dispatcher_alive(const struct dispatcher *d)
{
	return request(d, -1) == 0;
}

void dispatcher_close(struct dispatcher *d)
{
	if (d->agent) {
		close(d->socket);
		guardian_wait(d->agent, LEAVE_SECONDS);
	}
	if (d->target.program_fd > 0)
		close(d->target.program_fd);
	*d = (struct dispatcher){ .socket = -1, .target.program_fd = -1 };
}
