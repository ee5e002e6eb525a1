/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * faults.h - which faults the hosts of build/faulty have, and what happens at a moment. Knows no
 * socket and no clock: callers hand in the time.
 */
#ifndef XSCAN_FAULTS_H
#define XSCAN_FAULTS_H

#include "fleet.h"
#include "ports.h"
#include "ranges.h"

#include <stdint.h>

/* Options that are a number, a time in seconds, or on (1) or off. The default is 0. */
enum setting {
	HOSTS,
	SILENT,
	SEED,
	DELAY, /* us, as are the next */
	ARP_DELAY,
	LATE_DUPLICATE,
	ICMP_FIRST,
	MAC_CHANGE, /* seconds on the command line, us here, as are the next */
	GO_AWAY,
	BAN,
	BAN_AFTER,
	SYN_LIMIT, /* a second and host, as are the next; in the order of enum limit */
	RST_LIMIT,
	ICMP_LIMIT,
	ARP_FIRST_IGNORED,
	ARP_NOISE,
	TWO_MACS,
	STATEFUL,
	FALSE_ECHO,
	WRONG_COOKIE,
	SETTINGS,
};

enum limit { LIMIT_SYN, LIMIT_RST, LIMIT_ICMP, LIMITS };
enum { LIMIT_BURST = 5 }; /* as nftables has it */

/* Options that are a share. */
enum share { UP, OPEN_SHARE, LOSS_IN, LOSS_OUT, ARP_SLOW, DEAD_FLOWS, SHARES };

/* Values for the bits of fleet_mix's input that hosts and losses of fleet.h do not use. */
#define FAULTS_SLOW (1ULL << 50)
#define FAULTS_FLOW (1ULL << 51)

enum { FAULTS_FLOWS = 1 << 24 };

struct fault_host {
	uint32_t arp_asked;
	uint32_t syns;
	uint64_t next_ns[LIMITS]; /* when the bucket is full again */
};

struct faults {
	struct ranges net;
	struct ranges gateway; /* one address or none */
	struct ports *open;
	struct ports *reject;
	uint64_t set[SETTINGS];
	uint32_t share[SHARES]; /* of FLEET_WHOLE */
	uint64_t outage_us[2];	/* start, and length or 0 */
	uint64_t first_ns;	/* when the first frame to a host came; 0: not yet */
	uint64_t drawn[2];	/* frames that came in and that were to leave */
	struct fault_host *hosts;
	uint8_t *flows; /* FAULTS_FLOWS bits, one a hash of a flow: a SYN was let through */
};

static inline uint64_t faults_age_us(const struct faults *f, uint64_t now_ns)
{
	return f->first_ns ? (now_ns - f->first_ns) / 1000 : 0;
}

static inline bool faults_is_over(const struct faults *f, enum setting when, uint64_t now_ns)
{
	return f->set[when] && faults_age_us(f, now_ns) >= f->set[when];
}

/* Are all hosts silent, to ARP too? */
static inline bool faults_is_dead(const struct faults *f, uint64_t now_ns)
{
	uint64_t age_us = faults_age_us(f, now_ns);

	return faults_is_over(f, GO_AWAY, now_ns) ||
	       (age_us >= f->outage_us[0] && age_us - f->outage_us[0] < f->outage_us[1]);
}

/* A SYN has come to the host: has somebody who bans the scanner had enough? */
static inline bool faults_is_banned(const struct faults *f, struct fault_host *host,
				    uint64_t now_ns)
{
	host->syns++;
	return faults_is_over(f, BAN, now_ns) ||
	       (f->set[BAN_AFTER] && host->syns > f->set[BAN_AFTER]);
}

/* Take one from the host's bucket of this limit; false: it is empty. */
static inline bool faults_take(const struct faults *f, struct fault_host *host, enum limit limit,
			       uint64_t now_ns)
{
	const uint64_t per_second = f->set[SYN_LIMIT + limit];
	uint64_t *next_ns = &host->next_ns[limit];
	uint64_t each_ns;

	if (!per_second)
		return true;
	each_ns = 1000000000 / per_second;
	if (*next_ns > now_ns + (LIMIT_BURST - 1) * each_ns)
		return false;
	*next_ns = (*next_ns > now_ns ? *next_ns : now_ns) + each_ns;
	return true;
}

/* A hash of a SYN's addresses and ports: the scanner's address is always the same. */
static inline uint64_t faults_flow(const struct faults *f, uint32_t addr, uint16_t port,
				   uint16_t source_port)
{
	const uint64_t ports = (uint64_t)port << 16 | source_port;

	return fleet_mix(fleet_mix(f->set[SEED] ^ addr) ^ (FAULTS_FLOW | ports));
}

/* A path that has several ways loses whole flows, where one of them is dead. */
static inline bool faults_is_flow_dead(const struct faults *f, uint64_t flow)
{
	return (flow & 0xffff) < f->share[DEAD_FLOWS];
}

/* Does the host take a SYN? A stateful firewall limits only SYNs of flows that it does not know. */
static inline bool faults_take_syn(struct faults *f, struct fault_host *host, uint64_t flow,
				   uint64_t now_ns)
{
	uint8_t *known = &f->flows[(flow >> 16) % FAULTS_FLOWS / 8];
	const uint8_t bit = (uint8_t)(1 << (flow >> 16) % 8);

	if (f->set[STATEFUL] && *known & bit)
		return true;
	if (!faults_take(f, host, LIMIT_SYN, now_ns))
		return false;
	*known |= bit;
	return true;
}

/* Is the next frame that comes in or leaves lost? */
static inline bool faults_loses(struct faults *f, enum share way)
{
	const unsigned int draw = way - LOSS_IN;

	return (fleet_loss_hash(f->set[SEED], draw, f->drawn[draw]++) & 0xffff) < f->share[way];
}

/* The same hosts are up, and the same ports open, as build/fleet --list says. */
static inline bool faults_is_up(const struct faults *f, uint32_t addr, uint64_t index)
{
	const struct fleet_rule rule = { .seed = f->set[SEED], .up = f->share[UP] };

	return index < f->set[HOSTS] && fleet_up(&rule, addr);
}

static inline bool faults_is_open(const struct faults *f, uint32_t addr, uint16_t port)
{
	return (f->open && f->open->slot[port]) ||
	       (fleet_port_hash(f->set[SEED], addr, port) & 0xffff) < f->share[OPEN_SHARE];
}

/* Does the host answer ARP after the delay, and not at once? */
static inline bool faults_is_slow(const struct faults *f, uint32_t addr)
{
	return (fleet_mix(fleet_mix(f->set[SEED]) ^ (FAULTS_SLOW | addr)) & 0xffff) <
	       f->share[ARP_SLOW];
}

#endif
