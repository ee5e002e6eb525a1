/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * loop.h - wait for a time, a signal to stop, or the loss of an interface: one epoll set of
 * timerfd, signalfd and a netlink socket. No signal handler runs.
 */
#ifndef XSCAN_LOOP_H
#define XSCAN_LOOP_H

#include "carrier.h"
#include "err.h"
#include "route.h"

#include <stdbool.h>
#include <stdint.h>

/* An interface that is watched. */
struct loop_iface {
	int index;
	const char *name;
	struct carrier_reader carrier;
	uint32_t losses;	/* of the carrier, at the last look */
	uint64_t certain_ns;	/* when a look last found the carrier, without a loss before */
	uint64_t no_carrier_ns; /* when a look first missed the carrier; 0: it is there */
	bool lost;		/* for the rest of the scan: see loop_wait */
};

struct loop {
	int epoll_fd;
	int timer_fd;
	int signal_fd;
	int status_fd;
	int link_fd;
	struct loop_iface ifaces[IFACES_MAX];
	unsigned int n_ifaces;
	bool goes_on; /* with the interfaces that are left, when one is lost; the caller sets it */
	unsigned int n_lost;
	struct err lost;	     /* how the first of them was lost */
	bool status_wanted;	     /* SIGUSR1 has come: the reader sets it back */
	uint64_t look_ns;	     /* when the next look is due */
	uint64_t without_carrier_ns; /* how long the carrier of an interface was missing, in all */
	const char *without_carrier; /* the last interface that missed it */
};

/*
 * Block SIGINT, SIGTERM, SIGHUP, SIGQUIT and SIGUSR1, and receive them by the loop. Leave out signals that the
 * parent set to be ignored, as nohup does.
 */
int loop_open(struct loop *l, const struct iface *ifaces, unsigned int n, struct err *err);
void loop_close(struct loop *l);

/*
 * Wait until `until_ns` (CLOCK_MONOTONIC; a past time only looks). 0: the time has come; -EINTR: a
 * signal says stop. -ENETDOWN with a line in err: an interface is lost. It is gone or down, or has had no
 * carrier for longer than some drivers need to attach an XDP program. With `goes_on`, this is an error
 * only if no interface is left.
 */
int loop_wait(struct loop *l, uint64_t until_ns, struct err *err);

/*
 * Look at the carriers, if that is due: call often while sending, but not in the middle of a batch.
 * Returns 0, or since when frames may have been lost: a carrier is back, or was away for a moment.
 */
uint64_t loop_look(struct loop *l, uint64_t now_ns);

/* Did the last look find all carriers, but of lost interfaces? If not, send nothing: it would be lost. */
bool loop_has_carrier(const struct loop *l);

/* An interface refuses to send since it is down: as loop_wait, it is lost. 0: the others go on. */
int loop_lose(struct loop *l, unsigned int iface, struct err *err);

/* Is this interface lost? Nothing leaves by it any more. */
static inline bool loop_is_lost(const struct loop *l, unsigned int iface)
{
	return l->n_lost && l->ifaces[iface].lost;
}

/*
 * Call at the end of a part of the scan. 0, or -ENETDOWN with a line in err if an interface that is not lost
 * has no carrier now.
 */
int loop_check_carrier(const struct loop *l, struct err *err);

/* Call at the very end. 0, or -ENETDOWN with a line in err if an interface was lost. */
int loop_check_lost(const struct loop *l, struct err *err);

uint64_t loop_now_ns(void);

#endif
