// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* early-signal.c - by LD_PRELOAD: a SIGUSR1 that comes while the libraries of a program set themselves up. */
#include <signal.h>

__attribute__((constructor)) static void send(void)
{
	raise(SIGUSR1);
}
