// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* resolver.c - a process with threads that take addresses from a socket and put names there. */
#include "resolver.h"

#include "privilege.h"

#include <endian.h>
#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { THREADS = 32, STACK_BYTES = 256 << 10, END_MS = 200 };

struct question {
	struct addr addr;
	int ifindex;
};

struct answer {
	struct question to;
	char name[RESOLVER_TEXT];
};

static int ask_host(const struct question *q, char name[RESOLVER_TEXT])
{
	const uint64_t half[] = { htobe64(q->addr.hi), htobe64(q->addr.lo) };
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6 };
	struct sockaddr_in in = { .sin_family = AF_INET };

	if (addr_is_ip4(q->addr)) {
		in.sin_addr.s_addr = htobe32(addr_to_ip4(q->addr));
		return getnameinfo((void *)&in, sizeof(in), name, RESOLVER_TEXT, NULL, 0,
				   NI_NAMEREQD);
	}
	memcpy(&in6.sin6_addr, half, sizeof(half));
	if (addr_is_link_local(q->addr))
		in6.sin6_scope_id = (uint32_t)q->ifindex;
	return getnameinfo((void *)&in6, sizeof(in6), name, RESOLVER_TEXT, NULL, 0, NI_NAMEREQD);
}

/* A thread: one message is one address. */
static void *work(void *socket)
{
	const int fd = *(const int *)socket;
	struct question q;

	while (recv(fd, &q, sizeof(q), 0) == sizeof(q)) {
		struct answer a = { .to = q };

		if (ask_host(&q, a.name))
			a.name[0] = '\0';
		if (send(fd, &a, sizeof(a), MSG_NOSIGNAL) != sizeof(a))
			break;
	}
	return NULL;
}

/* Nothing but the end of the scan ends the process: neither Ctrl-C nor a name that nobody knows. */
static void serve(int fd)
{
	struct pollfd end = { .fd = fd };
	pthread_attr_t small;
	pthread_t thread;
	struct err ignored;
	sigset_t all;
	int i, n = 0;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	prctl(PR_SET_NAME, "xscan-names");
	dup2(fd, 0);
	close_range(1, ~0U, 0);
	fd = end.fd = 0;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || privilege_limit(0, &ignored))
		_exit(1);
	pthread_attr_init(&small);
	pthread_attr_setstacksize(&small, STACK_BYTES);
	for (i = 0; i < THREADS; i++)
		n += !pthread_create(&thread, &small, work, &fd);
	while (n && poll(&end, 1, -1) < 0 && errno == EINTR)
		;
	_exit(0);
}

int resolver_open(struct resolver *r, struct err *err)
{
	int fds[2], code = 0;

	*r = (struct resolver){ .fd = -1 };
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds))
		code = -errno;
	if (!code) {
		r->pid = fork();
		if (!r->pid)
			serve(fds[1]);
		code = r->pid < 0 ? -errno : 0;
		close(fds[1]);
		r->fd = fds[0];
	}
	if (!code)
		return 0;
	resolver_close(r);
	return err_set(err, code, "--names: cannot start a process: %s", strerror(-code));
}

/* It ends when its socket is closed. Do not wait for one that somebody has stopped. */
void resolver_close(struct resolver *r)
{
	int waits = END_MS;

	if (r->fd >= 0)
		close(r->fd);
	r->fd = -1;
	while (r->pid > 0 && !waitpid(r->pid, NULL, WNOHANG) && waits--)
		poll(NULL, 0, 1);
	r->pid = 0;
}

static int failed(void)
{
	return errno == EAGAIN || errno == EINTR ? -EAGAIN : -EPIPE;
}

int resolver_ask(const struct resolver *r, struct addr addr, int ifindex)
{
	const struct question q = { addr, ifindex };

	return send(r->fd, &q, sizeof(q), MSG_DONTWAIT | MSG_NOSIGNAL) < 0 ? failed() : 0;
}

int resolver_take(const struct resolver *r, struct addr *addr, int *ifindex,
		  char name[RESOLVER_TEXT])
{
	struct answer a;
	const ssize_t n = recv(r->fd, &a, sizeof(a), MSG_DONTWAIT);

	if (n < 0)
		return failed() == -EAGAIN ? 0 : -EPIPE;
	if (n != sizeof(a))
		return -EPIPE;
	*addr = a.to.addr;
	*ifindex = a.to.ifindex;
	memcpy(name, a.name, sizeof(a.name));
	name[RESOLVER_TEXT - 1] = '\0';
	return 1;
}
