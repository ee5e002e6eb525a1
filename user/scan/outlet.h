/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * outlet.h - an interface of the scan: the packet socket that sends there, and the program that is
 * attached there. The outlets of a scan have the order of its interfaces (network.h).
 */
#ifndef XSCAN_OUTLET_H
#define XSCAN_OUTLET_H

#include "attach.h"
#include "config.h"
#include "loop.h"
#include "matcher.h"
#include "network.h"
#include "probe.h"
#include "tx.h"

struct outlet {
	const struct iface *iface;
	struct probe_config probe; /* with the interface's MAC address */
	struct tx *tx;		   /* AF_PACKET; NULL: not open */
	struct attach attach;
};

struct outlets {
	struct outlet v[IFACES_MAX];
	unsigned int n;
	char names[NETWORK_NAMES]; /* of the interfaces */
};

/* Nothing is open. Call outlets_close_senders and outlets_detach in any case from now on. */
void outlets_init(struct outlets *o, const struct network *net);

/*
 * Refuse what attaching or sending would refuse, as far as that shows without rights. `sends`: the
 * program that is attached also sends. 0 or a negative errno, reason in err.
 */
int outlets_check(const struct outlets *o, const struct config *c, bool sends, struct err *err);

/* Open the packet sockets, for probes of this config. Errors as above. */
int outlets_open_senders(struct outlets *o, const struct probe_config *probe, struct err *err);

/* Choose how to attach. `quiet`: nobody else uses the interfaces now. Errors as above. */
int outlets_choose(struct outlets *o, const struct config *c, bool sends, bool quiet,
		   struct err *err);

/*
 * Attach the programs of a matcher, in the place of those before, at all outlets but the first: aside.h
 * attaches that one. Leave out those that the loop has lost, here and below. Errors as above.
 */
int outlets_attach_further(struct outlets *o, const struct matcher *m, const struct loop *loop,
			   struct err *err);

/* Is --tx xdp possible? Call when the program is attached. Errors as above. */
int outlets_check_xdp(const struct outlets *o, struct err *err);

/* The first interface from which xscan was detached by somebody; NULL: there is none. */
const struct iface *outlets_find_dead(struct outlets *o, const struct loop *loop);

/* Does detaching or stepping aside take CAP_NET_ADMIN? */
bool outlets_need_netlink(const struct outlets *o);

/* How often the queue of a packet socket was full. */
uint64_t outlets_full(const struct outlets *o);

void outlets_close_senders(struct outlets *o);

/* Detach. 0 or a negative errno: err says what remains attached first. */
int outlets_detach(struct outlets *o, struct err *err);

#endif
