// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* guardian.c - fork, and wait for the end of a pipe. */
#include "guardian.h"

#include "privilege.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { WAIT_NS = 1000000, WAITS_A_SECOND = 1000000000 / WAIT_NS, RELEASE_SECONDS = 2 };

void guardian_go_on_at_end_of_parent(void)
{
	prctl(PR_SET_PDEATHSIG, SIGCONT);
}

int guardian_wait(pid_t child, unsigned int seconds)
{
	const struct timespec moment = { .tv_nsec = WAIT_NS };
	unsigned int left = seconds * WAITS_A_SECOND;
	int status = 0;
	pid_t found;

	while (!(found = waitpid(child, &status, WNOHANG | WUNTRACED)) && left--)
		nanosleep(&moment, NULL);
	return found > 0 ? status : -1;
}

/*
 * The guardian. Only SIGKILL and SIGSTOP reach it: not Ctrl-C, not the end of the session. It sets
 * the signal of its parent's end after the change of rights, which may clear that signal.
 */
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
	guardian_go_on_at_end_of_parent();
	do
		n = read(0, &c, 1);
	while (n > 0 || (n < 0 && errno == EINTR));
	_exit(job(ctx) ? 1 : 0);
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
	pid_t pid = g->pid;

	if (!pid)
		return false;
	close(g->pipe_fd);
	g->pid = 0;
	return guardian_wait(pid, RELEASE_SECONDS) == 0;
}
