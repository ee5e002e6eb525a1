/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * route.h - ask the kernel over rtnetlink (rtnetlink(7)) about interfaces and their addresses.
 * Changes nothing. routing.h asks it for ways.
 */
#ifndef XSCAN_ROUTE_H
#define XSCAN_ROUTE_H

#include "addr.h"
#include "err.h"

#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>

struct iface_addr {
	struct addr addr;   /* our own */
	struct addr subnet; /* the peer's on a point-to-point link, else ours */
	uint8_t prefix_len; /* of 128 bits, as in addr.h */
	bool no_source;	    /* not to send from: not yet ours, or another's */
	bool deprecated;    /* to send from if there is no other */
};

enum { IFACES_MAX = 16 }; /* of a scan */

/* The first and the last address of the subnet. */
static inline struct addr iface_addr_first(const struct iface_addr *a)
{
	return addr_prefix_first(a->subnet, a->prefix_len);
}

static inline struct addr iface_addr_last(const struct iface_addr *a)
{
	return addr_prefix_last(a->subnet, a->prefix_len);
}

struct iface {
	char name[IF_NAMESIZE];
	int index;
	bool ethernet; /* false: frames are bare IP packets (tun, wireguard) */
	bool no_arp;   /* nobody answers ARP or neighbour discovery there (ipvlan L3) */
	int vrf;       /* the number of the VRF that it belongs to, or is; 0: none */
	uint8_t mac[6];
	unsigned int mtu; /* the longest IP packet; 0: unknown */
	struct iface_addr *addrs;
	size_t n_addrs;
};

/* Can hosts be asked for their MAC addresses there? */
static inline bool iface_has_neighbours(const struct iface *iface)
{
	return iface->ethernet && !iface->no_arp;
}

/* A VRF itself carries no frames: the interfaces that belong to it do. */
static inline bool iface_is_vrf(const struct iface *iface)
{
	return iface->vrf && iface->vrf == iface->index;
}

/*
 * Read everything about an interface. A negative errno, with the reason in err, if it cannot carry
 * a scan: unknown, down, loopback, or of a kind that xscan does not know.
 */
int route_iface_read(const char *name, struct iface *out, struct err *err);

void route_iface_free(struct iface *iface);

/* The VRF in which this process was started (`ip vrf exec`), by its sockets; 0: none. */
int route_vrf_of_process(void);

/*
 * A socket that becomes readable when links change, for an event loop; -errno on failure.
 * route_watch_read drains it and returns what became of these interfaces. LINK_DOWN: *down is the
 * place of the first that went down.
 */
enum link_state { LINK_UNCHANGED, LINK_UP, LINK_NO_CARRIER, LINK_DOWN };
int route_watch_open(void);
enum link_state route_watch_read(int fd, const int *ifindex, unsigned int n, unsigned int *down);

#endif
