/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* syscalls.h - allow no system calls but those that a scan makes after its setup. */
#ifndef XSCAN_SYSCALLS_H
#define XSCAN_SYSCALLS_H

#include "err.h"

#include <stdbool.h>

/* The values of `make SECCOMP=...`. With `kill`, tests show which calls the filter lacks. */
enum { SECCOMP_off, SECCOMP_on, SECCOMP_kill };

/*
 * Filter from now on, in this process and its children. `files`: they write new files and rename
 * them over old ones. 0 or a negative errno with the reason in err.
 */
int syscalls_filter(bool files, struct err *err);

#endif
