/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * syscalls.h - no other system calls than those that a scan makes, once it is set up.
 */
#ifndef XSCAN_SYSCALLS_H
#define XSCAN_SYSCALLS_H

#include "err.h"

#include <stdbool.h>

/* What `make SECCOMP=...` chooses. With `kill`, tests show which calls are missing in the filter. */
enum { SECCOMP_off, SECCOMP_on, SECCOMP_kill };

/*
 * From here on, in this process and those it forks. `files`: new files are written and put in the
 * place of old ones.
 */
int syscalls_filter(bool files, struct err *err);

#endif
