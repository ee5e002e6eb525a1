/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * search.h - find the IPv6 hosts of links when nobody names them. Ask all hosts at once and hear
 * who shows itself, while the plan of IPv4 is under way. Then make plans of the candidates of all links
 * (candidates.h), round after round: each host that a round finds may hint at more addresses. The last
 * round asks once again whoever has spoken and did not answer: who tries an address (DAD) answers for it a
 * second later, and a sleeper that spoke is awake.
 */
#ifndef XSCAN_SEARCH_H
#define XSCAN_SEARCH_H

#include "engine.h"
#include "result.h"
#include "sightings.h"

enum { SEARCH_ROUNDS = 4 };

/* What is known of one link. An address has no scope (addr.h) here. */
struct search_link {
	const struct iface *iface;
	int fd;	   /* hearing.h; -1: the link is not heard */
	bool asks; /* all hosts of the link; else it only hears */
	struct sightings sightings;
	struct ranges asked;	/* in earlier rounds */
	struct ranges answered; /* a question to themselves; not settled */
};

struct search {
	struct engine *engine;
	struct search_link links[IFACES_MAX]; /* by interface of the network */
	unsigned int n;
	bool asks;	  /* some link; else it only hears */
	uint64_t n_again; /* addresses that the last round asked once again */
	uint64_t token;
	uint64_t began_ns;	/* of the first question to all hosts; 0: not asked yet */
	unsigned int asked_all; /* how often all hosts have been asked */
	uint64_t lost;		/* frames that the socket had no room for */
	unsigned int rounds;	/* begun */
	bool told;		/* of what was left out */
	void (*warn)(void *ctx, const struct err *err);
	void *ctx;
};

/* Set everything to zero. Call search_close in any case from now on. */
void search_init(struct search *s, struct engine *e, void (*warn)(void *, const struct err *),
		 void *ctx);
void search_close(struct search *s);

/* Open what needs rights. 0 or a negative errno, reason in err. */
int search_open(struct search *s, struct err *err);

/*
 * Listen for the time of --listen, and send nothing. A plan that is silent reports each address as it
 * is heard; else its question reports it. 0; -EINTR: interrupted; or a negative errno, reason in err.
 */
int search_listen(struct search *s, uint64_t *n_hosts, struct err *err);

/* Call every few milliseconds: ask all hosts when that is due, and hear who answers. */
void search_look(struct search *s, uint64_t now_ns);

/*
 * Wait until all hosts had time to answer, and make the plan of the next round, in place of the empty
 * one. It may have no hosts: then there is nobody to ask. 0; -EINTR: interrupted; or a negative errno,
 * reason in err.
 */
int search_plan(struct search *s, struct plan *plan, struct err *err);

/*
 * A host has answered on the link of interface i: note it, and say how it was found. NULL: by the kind of its
 * question.
 */
const char *search_found(struct search *s, unsigned int i, const struct result_host *host);

#endif
