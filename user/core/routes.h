/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * routes.h - which way each address of a set goes. The caller can ask for one address. Ask once for all
 * addresses between two places where ways may change. Pure.
 */
#ifndef XSCAN_ROUTES_H
#define XSCAN_ROUTES_H

#include "err.h"
#include "ranges.h"

enum route_kind {
	ROUTE_OUT,     /* by an interface */
	ROUTE_SELF,    /* to this host itself */
	ROUTE_NO_HOST, /* to no single host: broadcast, multicast, anycast */
	ROUTE_NONE,    /* nowhere: no route, blackhole, unreachable, prohibit */
};

enum next_hop { ON_LINK, BY_GATEWAY };

/* Further gateways to the same addresses, by the same interface (multipath). */
enum { HOPS_MAX = 7 };
struct hops {
	unsigned int n;
	struct addr v[HOPS_MAX];
};

/* The way to the addresses first..last. */
struct route {
	struct addr first, last;
	enum route_kind kind;
	/* Of ROUTE_OUT: */
	int ifindex;
	enum next_hop hop;
	struct addr gateway; /* if BY_GATEWAY; IPv4 may go by a gateway of IPv6 */
	struct addr source;  /* 0.0.0.0 or ::, if there is none */
	struct hops others;  /* if BY_GATEWAY */
};

/* Zero-initialised: no routes. */
struct routes {
	struct route *v; /* by address, disjoint */
	size_t n, room;
};

bool hops_equal(const struct hops *a, const struct hops *b);

/* Places where ways may change. Zero-initialised: none. */
struct cuts {
	struct addr *v; /* the first addresses behind */
	size_t n, room;
};

/* Ways may change before `first` and behind `last`. 0 or -ENOMEM. */
int cuts_add(struct cuts *c, struct addr first, struct addr last);

/* Sort. Call after cuts_add, before routes_walk. */
void cuts_settle(struct cuts *c);

void cuts_free(struct cuts *c);

/* Say the way to `addr`, all but `first` and `last`. 0 or a negative errno, reason in err. */
typedef int (*routes_ask)(void *ctx, struct addr addr, struct route *out, struct err *err);

/*
 * Add the routes of all targets (settled). One answer holds for all targets between two cuts. So
 * there are at most as many questions as cuts, and one more; nor more than targets. The targets must
 * be behind those of earlier calls. 0 or a negative errno, reason in err.
 */
int routes_walk(struct routes *r, const struct ranges *targets, const struct cuts *cuts,
		routes_ask ask, void *ctx, struct err *err);

void routes_free(struct routes *r);

#endif
