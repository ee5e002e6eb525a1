/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * loop.h - wait for a moment in time, a signal to stop, or the loss of the interface: one epoll set
 * of timerfd, signalfd and a netlink socket. No signal handler runs.
 */
#ifndef XSCAN_LOOP_H
#define XSCAN_LOOP_H

#include "err.h"

#include <stdint.h>

struct loop {
	int epoll_fd;
	int timer_fd;
	int signal_fd;
	int link_fd;
	int ifindex;
	const char *iface;
	uint64_t no_carrier_ns; /* since when the interface has none; 0: it has */
};

/*
 * SIGINT, SIGTERM and SIGHUP are blocked from here on and arrive here instead; not those the parent
 * has set to be ignored, as nohup does.
 */
int loop_open(struct loop *l, int ifindex, const char *iface, struct err *err);
void loop_close(struct loop *l);

/*
 * Wait until `until_ns` (CLOCK_MONOTONIC; a past time only looks). 0: the time has come; -EINTR: a
 * signal says stop; -ENETDOWN with a line in err: the interface is gone, down, or has had no carrier
 * for longer than it takes some drivers to attach an XDP program.
 */
int loop_wait(struct loop *l, uint64_t until_ns, struct err *err);

/* At the end: 0, or -ENETDOWN if the interface has no carrier now. */
int loop_check_carrier(const struct loop *l, struct err *err);

uint64_t loop_now_ns(void);

#endif
