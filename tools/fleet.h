/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * fleet.h - the rule of the fleet: which hosts are up, what each port does, which MAC address each
 * host has.
 *
 * All follows from the seed and the shares, so a test can compute what a scan must find. Compiles
 * for the host and for BPF. Addresses and ports are in host order. Pointers are volatile because
 * the BPF program reads .rodata through them.
 */
#ifndef XSCAN_FLEET_H
#define XSCAN_FLEET_H

#include "net.h"

/* 198.18.0.0/15 (RFC 2544), the only addresses the fleet answers for. */
enum { FLEET_ADDRESSES = 1 << 17 };
#define FLEET_FIRST 0xc6120000u
#define FLEET_LAST  (FLEET_FIRST + FLEET_ADDRESSES - 1)

/* A share of 65,536 is everything. */
enum { FLEET_WHOLE = 1 << 16 };

/*
 * The state of a port: it answers a SYN with SYN-ACK, RST, nothing, or ICMP port unreachable. A datagram: with the
 * same bytes, port unreachable, nothing, or port unreachable.
 */
enum fleet_state {
	FLEET_OPEN,
	FLEET_CLOSED,
	FLEET_SILENT,
	FLEET_UNREACHABLE,
	FLEET_STATES,
};

/* Keys of the counters; the first count SYNs and datagrams by enum fleet_state. */
enum fleet_counter {
	FLEET_COUNT_ARP = FLEET_STATES, /* requests answered */
	FLEET_COUNT_IGNORED,		/* frames to a host that it cannot answer */
	FLEET_COUNT_LOST_REQUESTS,	/* counted only here */
	FLEET_COUNT_LOST_ANSWERS,	/* also counted as the answers they are */
	FLEET_COUNT_ND,			/* neighbour solicitations answered */
	FLEET_COUNT_ECHO,		/* echo requests answered */
	FLEET_COUNTERS,
};

struct fleet_rule {
	__u64 seed;
	__u32 up;		   /* share of hosts that exist */
	__u32 share[FLEET_STATES]; /* of ports; together FLEET_WHOLE */
	__u32 loss;		   /* share of frames that are lost, each way */
};

/* The finaliser of splitmix64 (Steele, Lea, Flood 2014): every input bit moves every output bit. */
static __always_inline __u64 fleet_mix(__u64 x)
{
	x += 0x9e3779b97f4a7c15ULL;
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
	return x ^ (x >> 31);
}

/*
 * The hash of a port: the low 16 bits decide its state, the high 32 are its initial sequence
 * number.
 */
static __always_inline __u64 fleet_port_hash(__u64 seed, __u32 addr, __u16 port)
{
	return fleet_mix(fleet_mix(seed) ^ ((__u64)addr << 16 | port));
}

/* The hash of a host. Ports use 48 bits of the input; bit 48 sets hosts apart. */
static __always_inline bool fleet_up(const volatile struct fleet_rule *rule, __u32 addr)
{
	__u64 hash = fleet_mix(fleet_mix(rule->seed) ^ (1ULL << 48 | addr));

	return (hash & 0xffff) < rule->up;
}

/*
 * Of the n-th frame that comes in at a CPU, whatever it is, so that a question that is asked again
 * has another chance. The low 16 bits decide whether the frame is lost, the next 16 its answer.
 */
static __always_inline __u64 fleet_loss_hash(__u64 seed, __u32 cpu, __u64 n)
{
	return fleet_mix(fleet_mix(fleet_mix(seed) ^ (1ULL << 49 | cpu)) ^ n);
}

static __always_inline bool fleet_loses(const volatile struct fleet_rule *rule, __u64 loss_hash)
{
	return (loss_hash & 0xffff) < rule->loss;
}

/* Open comes first: other shares do not change which ports are open. */
static __always_inline enum fleet_state fleet_state_of(const volatile struct fleet_rule *rule,
						       __u64 port_hash)
{
	__u32 draw = port_hash & 0xffff;
	__u32 end = rule->share[FLEET_OPEN];

	if (draw < end)
		return FLEET_OPEN;
	end += rule->share[FLEET_CLOSED];
	if (draw < end)
		return FLEET_CLOSED;
	end += rule->share[FLEET_SILENT];
	return draw < end ? FLEET_SILENT : FLEET_UNREACHABLE;
}

/* The state of a port of a shielded host, which drops what is not for its two services. */
static __always_inline enum fleet_state fleet_shielded_state(__u16 port)
{
	return port == 22 || port == 80 ? FLEET_OPEN : FLEET_SILENT;
}

/* 02:00:a:b:c:d for a.b.c.d: locally administered, and readable in a capture. */
static __always_inline void fleet_mac(__u32 addr, __u8 mac[6])
{
	mac[0] = 2;
	mac[1] = 0;
	mac[2] = addr >> 24;
	mac[3] = addr >> 16;
	mac[4] = addr >> 8;
	mac[5] = addr;
}

/* Over IPv6 the host a.b.c.d has the address 2001:db8::a.b.c.d too, and the same ports. */
#define FLEET_NET6 0x20010db8u

static __always_inline bool fleet_is_ip6(const struct net_addr6 *addr)
{
	return net_get(&addr->word[0]) == net_be32(FLEET_NET6) && !net_get(&addr->word[1]) &&
	       !net_get(&addr->word[2]);
}

/* A set of addresses, one bit each. */
struct fleet_set {
	__u64 bits[FLEET_ADDRESSES / 64];
};

static __always_inline void fleet_set_add(struct fleet_set *set, __u32 addr)
{
	__u32 i = addr % FLEET_ADDRESSES;

	set->bits[i / 64] |= 1ULL << (i % 64);
}

/* Index by the remainder, not by a difference: the verifier sees that it is in bounds. */
static __always_inline bool fleet_set_has(const volatile struct fleet_set *set, __u32 addr)
{
	__u32 i = addr % FLEET_ADDRESSES;

	return addr - i == FLEET_FIRST && set->bits[i / 64] >> (i % 64) & 1;
}

#endif
