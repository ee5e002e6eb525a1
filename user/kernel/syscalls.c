// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * syscalls.c - a seccomp filter.
 *
 * The kernel parses what comes from the network, and user space reads results of fixed size. So
 * nobody is expected to get in. An intruder finds a process that can start no program, make no
 * memory executable, write to no file that is not open, and open no socket but netlink.
 *
 * A call that is not on the list fails with ENOSYS, as on a kernel without it. A C library newer
 * than the list then falls back on the older call, as on an older kernel. A filter that kills would
 * end such a scan halfway.
 */
#include "syscalls.h"

#include "lack.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <seccomp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>

/*
 * Calls allowed with any arguments. libseccomp's unknown names are skipped, so the list holds the
 * calls of old and new C libraries, and those of 32-bit machines.
 */
static const char calls[] =
	/* memory */
	"brk madvise mremap munmap "
	/* open files */
	"_llseek close dup dup2 dup3 fcntl fcntl64 flock fstat fstat64 lseek pread64 read readv "
	"write writev "
	/* files and folders: what is there */
	"access faccessat faccessat2 fstatat64 getdents64 lstat lstat64 newfstatat readlink "
	"readlinkat stat stat64 statx "
	/* the packet socket and netlink */
	"bind getsockname getsockopt recv recvfrom recvmsg send sendmmsg sendmsg sendto setsockopt "
	/* BPF: libbpf reserves descriptors by memfd_create */
	"bpf memfd_create "
	/* time, and waiting */
	"clock_gettime clock_gettime64 clock_nanosleep clock_nanosleep_time64 epoll_create1 "
	"epoll_ctl epoll_pwait epoll_pwait2 epoll_wait futex futex_time64 gettimeofday nanosleep "
	"poll ppoll ppoll_time64 restart_syscall sched_yield time timerfd_settime "
	"timerfd_settime64 "
	/* signals, and processes of its own */
	"close_range exit exit_group pipe2 rt_sigaction rt_sigprocmask rt_sigreturn "
	"set_robust_list setsid wait4 waitid "
	/* this process and the machine; capset can only drop by now */
	"capget capset geteuid geteuid32 getpid getppid getrandom getrlimit gettid prlimit64 rseq "
	"sched_getaffinity setrlimit sysinfo ugetrlimit uname";

/* Calls that write a new file and rename it over an old one. */
static const char file_calls[] =
	"fchmod fdatasync fsync ftruncate open openat rename renameat renameat2 unlink "
	"unlinkat";

enum {
	WRITING = O_ACCMODE | O_CREAT | O_TRUNC,
	NAMESPACES = CLONE_NEWCGROUP | CLONE_NEWIPC | CLONE_NEWNET | CLONE_NEWNS | CLONE_NEWPID |
		     CLONE_NEWUSER | CLONE_NEWUTS,
};

/* Calls allowed with one argument of the right value. */
static const struct {
	const char *name;
	struct scmp_arg_cmp argument;
} calls_if[] = {
	{ "clone", { 0, SCMP_CMP_MASKED_EQ, NAMESPACES, 0 } },
	{ "ioctl", { 1, SCMP_CMP_EQ, TCGETS } },     /* stdio: is it a terminal? */
	{ "ioctl", { 1, SCMP_CMP_EQ, TIOCGWINSZ } }, /* how wide? */
	{ "mmap", { 2, SCMP_CMP_MASKED_EQ, PROT_EXEC, 0 } },
	{ "mmap2", { 2, SCMP_CMP_MASKED_EQ, PROT_EXEC, 0 } },
	{ "mprotect", { 2, SCMP_CMP_MASKED_EQ, PROT_EXEC, 0 } },
	{ "open", { 1, SCMP_CMP_MASKED_EQ, WRITING, O_RDONLY } },
	{ "openat", { 2, SCMP_CMP_MASKED_EQ, WRITING, O_RDONLY } },
	{ "prctl", { 0, SCMP_CMP_EQ, PR_SET_NAME } },
	{ "prctl", { 0, SCMP_CMP_EQ, PR_SET_PDEATHSIG } }, /* of a new guardian, to itself */
	{ "socket", { 0, SCMP_CMP_EQ, AF_NETLINK } },
};

static int allow(scmp_filter_ctx filter, const char *name, const struct scmp_arg_cmp *argument)
{
	int call = seccomp_syscall_resolve_name(name);

	if (call == __NR_SCMP_ERROR)
		return 0;
	return seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, call, argument ? 1 : 0, argument);
}

/* Allow all calls in `names`, which are separated by a blank. */
static int allow_all(scmp_filter_ctx filter, const char *names)
{
	char *copy = strdup(names), *rest = copy;
	int code = copy ? 0 : -ENOMEM;

	while (!code && rest)
		code = allow(filter, strsep(&rest, " "), NULL);
	free(copy);
	return code;
}

static int fill(scmp_filter_ctx filter, bool files)
{
	int code = allow_all(filter, calls);
	size_t i;

	for (i = 0; i < sizeof(calls_if) / sizeof(calls_if[0]) && !code; i++)
		code = allow(filter, calls_if[i].name, &calls_if[i].argument);
	/* pthread_create falls back on clone. The default of other builds is the same. */
	if (!code && SECCOMP == SECCOMP_kill)
		code = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
	return files && !code ? allow_all(filter, file_calls) : code;
}

/* Bytes that libseccomp needs to make the filter, with a margin. */
enum { MEMORY = 1 << 20 };

int syscalls_filter(bool files, struct err *err)
{
	scmp_filter_ctx filter;
	int code;

	if (SECCOMP == SECCOMP_off)
		return 0;
	/* Check first: libseccomp 2.5 crashes when memory runs out. */
	if (lack_of(0, MEMORY))
		return err_set(err, -ENOMEM, "out of memory");
	filter = seccomp_init(SECCOMP == SECCOMP_kill ? SCMP_ACT_KILL_PROCESS
						      : SCMP_ACT_ERRNO(ENOSYS));
	if (!filter)
		return err_set(err, -ENOMEM, "out of memory");
	/* Make a tree, so that a call's cost does not depend on its place in a long list. */
	code = seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	/* Some kernels slow down filtered processes, against reading memory by timing: do not. */
	if (!code)
		code = seccomp_attr_set(filter, SCMP_FLTATR_CTL_SSB, 1);
	if (!code) /* return the kernel's own errno */
		code = seccomp_attr_set(filter, SCMP_FLTATR_API_SYSRAWRC, 1);
	if (!code)
		code = fill(filter, files);
	if (!code)
		code = seccomp_load(filter);
	seccomp_release(filter);
	if (!code)
		return 0;
	return err_set(err, code,
		       "cannot filter system calls: %s (make SECCOMP=off builds without)",
		       strerror(-code));
}
