/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * meanwhile.h - do one thing while the kernel waits for another.
 *
 * Attaching, detaching and closing a packet socket each wait until all CPUs have passed a quiescent
 * state (RCU): 8 to 15 ms that no CPU works. Waits that overlap take no longer than one of them.
 */
#ifndef XSCAN_MEANWHILE_H
#define XSCAN_MEANWHILE_H

#include <pthread.h>
#include <stdbool.h>

struct meanwhile {
	void (*call)(void *ctx);
	void *ctx;
	pthread_t thread;
	bool runs; /* in a thread of its own */
};

/* Begin `call`. The caller must not use what `call` uses before meanwhile_end. */
void meanwhile_begin(struct meanwhile *m, void (*call)(void *ctx), void *ctx);

/* Wait until `call` has returned. If the machine had no thread for it, call it now. */
void meanwhile_end(struct meanwhile *m);

#endif
