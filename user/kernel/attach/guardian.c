// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* guardian.c - fork, and wait for the end of a pipe. */
#include "guardian.h"

#include "privilege.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* The guardian. Only SIGKILL reaches it: not Ctrl-C, not the end of the session. */
static void watch(int pipe_fd, unsigned int uses, guardian_job job, const void *ctx)
{
	struct err ignored;
	sigset_t all;
	ssize_t n;
	char c;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	setsid();
	prctl(PR_SET_NAME, "xscan-guardian");
	/* Also close the other end of the pipe, and what somebody may wait for to be closed. */
	dup2(pipe_fd, 0);
	close_range(1, ~0U, 0);
	privilege_limit(uses, &ignored);
	do
		n = read(0, &c, 1);
	while (n > 0 || (n < 0 && errno == EINTR));
	job(ctx);
	_exit(0);
}

int guardian_start(struct guardian *g, unsigned int uses, guardian_job job, const void *ctx)
{
	int fds[2], code;

	if (pipe2(fds, O_CLOEXEC))
		return -errno;
	g->pid = fork();
	if (g->pid == 0)
		watch(fds[0], uses, job, ctx);
	code = g->pid < 0 ? -errno : 0;
	close(fds[0]);
	if (code) {
		close(fds[1]);
		g->pid = 0;
	} else {
		g->pipe_fd = fds[1];
	}
	return code;
}

bool guardian_watches(struct guardian *g)
{
	if (g->pid && waitpid(g->pid, NULL, WNOHANG)) {
		close(g->pipe_fd);
		g->pid = 0;
	}
	return g->pid;
}

bool guardian_release(struct guardian *g)
{
	int status = -1;

	if (!g->pid)
		return false;
	close(g->pipe_fd);
	while (waitpid(g->pid, &status, 0) < 0 && errno == EINTR)
		;
	g->pid = 0;
	return status == 0;
}
