/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * cookie.h - the proof that an answer belongs to a probe of ours, without remembering the probe.
 *
 * A probe's TCP sequence number is SipHash-2-4 (Aumasson, Bernstein 2012) of its four-tuple: 12 bytes
 * over IPv4, 36 over IPv6. The key has 128 random bits made for this run. Only a host that saw the
 * probe can acknowledge the number.
 */
#ifndef XSCAN_COOKIE_H
#define XSCAN_COOKIE_H

#include "net.h"

struct cookie_key {
	__u64 k0;
	__u64 k1;
};

static __always_inline __u64 cookie_rotl(__u64 x, int bits)
{
	return (x << bits) | (x >> (64 - bits));
}

#define COOKIE_SIPROUND(v0, v1, v2, v3)        \
	do {                                   \
		v0 += v1;                      \
		v1 = cookie_rotl(v1, 13) ^ v0; \
		v0 = cookie_rotl(v0, 32);      \
		v2 += v3;                      \
		v3 = cookie_rotl(v3, 16) ^ v2; \
		v0 += v3;                      \
		v3 = cookie_rotl(v3, 21) ^ v0; \
		v2 += v1;                      \
		v1 = cookie_rotl(v1, 17) ^ v2; \
		v2 = cookie_rotl(v2, 32);      \
	} while (0)

/* SipHash-2-4 of 12 bytes, given as the little-endian words of bytes 0-7 and 8-11. */
static __always_inline __u64 cookie_siphash12(const struct cookie_key *key, __u64 head, __u32 tail)
{
	__u64 v0 = key->k0 ^ 0x736f6d6570736575ULL;
	__u64 v1 = key->k1 ^ 0x646f72616e646f6dULL;
	__u64 v2 = key->k0 ^ 0x6c7967656e657261ULL;
	__u64 v3 = key->k1 ^ 0x7465646279746573ULL;
	__u64 last = (12ULL << 56) | tail;

	v3 ^= head;
	COOKIE_SIPROUND(v0, v1, v2, v3);
	COOKIE_SIPROUND(v0, v1, v2, v3);
	v0 ^= head;
	v3 ^= last;
	COOKIE_SIPROUND(v0, v1, v2, v3);
	COOKIE_SIPROUND(v0, v1, v2, v3);
	v0 ^= last;
	v2 ^= 0xff;
	COOKIE_SIPROUND(v0, v1, v2, v3);
	COOKIE_SIPROUND(v0, v1, v2, v3);
	COOKIE_SIPROUND(v0, v1, v2, v3);
	COOKIE_SIPROUND(v0, v1, v2, v3);
	return v0 ^ v1 ^ v2 ^ v3;
}

/* The hash of a probe from source:source_port to target:target_port. */
static __always_inline __u64 cookie_tcp_hash(const struct cookie_key *key, __be32 target,
					     __be16 target_port, __be32 source, __be16 source_port)
{
	return cookie_siphash12(key, (__u64)target | ((__u64)source << 32),
				(__u32)target_port | ((__u32)source_port << 16));
}

/* The sequence number, host order, of the probe from source:source_port to target:target_port. */
static __always_inline __u32 cookie_tcp(const struct cookie_key *key, __be32 target,
					__be16 target_port, __be32 source, __be16 source_port)
{
	return (__u32)cookie_tcp_hash(key, target, target_port, source, source_port);
}

/* Half an address: 0 is the first. */
static __always_inline __u64 cookie_word(const struct net_addr6 *addr, unsigned int half)
{
	return (__u64)net_get(&addr->word[2 * half]) | (__u64)net_get(&addr->word[2 * half + 1])
							       << 32;
}

/* SipHash-2-4 of 36 bytes: two addresses, and the little-endian word of bytes 32-35. */
static __always_inline __u64 cookie_siphash36(const struct cookie_key *key,
					      const struct net_addr6 *target,
					      const struct net_addr6 *source, __u32 tail)
{
	const __u64 words[] = {
		cookie_word(target, 0), cookie_word(target, 1), cookie_word(source, 0),
		cookie_word(source, 1), (36ULL << 56) | tail,
	};
	__u64 v0 = key->k0 ^ 0x736f6d6570736575ULL;
	__u64 v1 = key->k1 ^ 0x646f72616e646f6dULL;
	__u64 v2 = key->k0 ^ 0x6c7967656e657261ULL;
	__u64 v3 = key->k1 ^ 0x7465646279746573ULL;
	unsigned int i;

#pragma GCC unroll 5
	for (i = 0; i < 5; i++) {
		v3 ^= words[i];
		COOKIE_SIPROUND(v0, v1, v2, v3);
		COOKIE_SIPROUND(v0, v1, v2, v3);
		v0 ^= words[i];
	}
	v2 ^= 0xff;
	COOKIE_SIPROUND(v0, v1, v2, v3);
	COOKIE_SIPROUND(v0, v1, v2, v3);
	COOKIE_SIPROUND(v0, v1, v2, v3);
	COOKIE_SIPROUND(v0, v1, v2, v3);
	return v0 ^ v1 ^ v2 ^ v3;
}

/* The same as cookie_tcp_hash and cookie_tcp, over IPv6. */
static __always_inline __u64 cookie_tcp6_hash(const struct cookie_key *key,
					      const struct net_addr6 *target, __be16 target_port,
					      const struct net_addr6 *source, __be16 source_port)
{
	return cookie_siphash36(key, target, source,
				(__u32)target_port | ((__u32)source_port << 16));
}

static __always_inline __u32 cookie_tcp6(const struct cookie_key *key,
					 const struct net_addr6 *target, __be16 target_port,
					 const struct net_addr6 *source, __be16 source_port)
{
	return (__u32)cookie_tcp6_hash(key, target, target_port, source, source_port);
}

#endif
