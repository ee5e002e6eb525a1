/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * named.h - hold the results of a host until its name is known, or a few seconds are over (--names).
 * Pure: somebody else asks for names.
 *
 * Results of one host stay in their order. Their strings must live on, as for all sinks.
 */
#ifndef XSCAN_NAMED_H
#define XSCAN_NAMED_H

#include "result.h"

enum { NAMED_TEXT = 256 }; /* RFC 1035, 2.3.4 */

/* Who asks for names. */
struct name_source {
	void *ctx;
	/*
	 * Ask for the name of an address, with its zone as in results. 0; -EAGAIN: try later; or there will be
	 * no more answers.
	 */
	int (*ask)(void *ctx, struct addr addr, const char *zone);
	/* Take an answer. 1; 0: none is there; or a negative errno: none will come. "": no name. */
	int (*take)(void *ctx, struct addr *addr, const char **zone, char name[NAMED_TEXT]);
	/* Wait for an answer, at most so long. 0, or -EINTR: a signal says stop. */
	int (*wait)(void *ctx, unsigned int ms);
	uint64_t (*now_ns)(void *ctx);
};

/* Where held results go. Returns 0 or a negative errno. One of host and port is NULL. */
struct named_out {
	int (*result)(void *ctx, const struct result_host *host, const struct result_port *port);
	void *ctx;
};

struct named;

/* NULL: out of memory. The source must outlive it. */
struct named *named_new(const struct name_source *source);
/* Frees the names too: call when no sink needs them any more. Drops what is held. */
void named_free(struct named *n);

/* 1: the result is held; 0: hand it on, its name is set if there is one; -ENOMEM. */
int named_host(struct named *n, struct result_host *r);
int named_port(struct named *n, struct result_port *r);

/* Ask, take in answers, and let go what is due. 0 or the first error of `out`. */
int named_turn(struct named *n, const struct named_out *out);

/* Wait until nothing of this host is held. Returns as named_turn. */
int named_wait_for(struct named *n, struct addr addr, const char *zone,
		   const struct named_out *out);

/* Let go all: when the names are there or overdue; or at once. */
int named_end(struct named *n, const struct named_out *out);
int named_let_go(struct named *n, const struct named_out *out);

#endif
