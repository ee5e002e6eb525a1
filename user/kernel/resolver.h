/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * resolver.h - names of addresses, by the resolver of this host: /etc/hosts, DNS and whatever
 * nsswitch.conf says. A process of its own asks for many addresses at a time. The scan could not: its
 * filter of system calls opens no sockets. A resolver needs no rights.
 */
#ifndef XSCAN_RESOLVER_H
#define XSCAN_RESOLVER_H

#include "addr.h"
#include "err.h"

#include <sys/types.h>

enum { RESOLVER_TEXT = 256 };

struct resolver {
	int fd; /* -1: closed */
	pid_t pid;
};

/*
 * Start the process. Call before opening what it must not hold open, and before raising rights. 0 or a
 * negative errno, the reason in err.
 */
int resolver_open(struct resolver *r, struct err *err);
void resolver_close(struct resolver *r);

/*
 * Ask for a name. `ifindex`: where a link-local address is. 0; -EAGAIN: the process has enough to do; -EPIPE: it
 * is gone.
 */
int resolver_ask(const struct resolver *r, struct addr addr, int ifindex);

/* Take an answer. 1; 0: none is there; -EPIPE. An empty name: the address has none. */
int resolver_take(const struct resolver *r, struct addr *addr, int *ifindex,
		  char name[RESOLVER_TEXT]);

#endif
