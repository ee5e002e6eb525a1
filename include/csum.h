/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * csum.h - the Internet checksum (RFC 1071) over whole 32-bit words.
 *
 * Sums are kept in 64 bits and folded once at the end, so that carries need no care in between.
 * Words are added as they lie in memory: the one's complement sum is independent of byte order.
 */
#ifndef XSCAN_CSUM_H
#define XSCAN_CSUM_H

#include "net.h"

/* The sum of `words` 32-bit words. `words` is a constant, so that the loop unrolls in BPF. */
static __always_inline __u64 csum_add_words(__u64 sum, const void *data, unsigned int words)
{
	const __u32 *p = data;
	unsigned int i;

#pragma GCC unroll 16
	for (i = 0; i < words; i++) {
		__u32 word;

		__builtin_memcpy(&word, p + i, sizeof(word));
		sum += word;
	}
	return sum;
}

static __always_inline __be16 csum_fold(__u64 sum)
{
	sum = (sum & 0xffffffff) + (sum >> 32);
	sum = (sum & 0xffffffff) + (sum >> 32);
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return (__be16)~sum;
}

/* The pseudo header of TCP over IPv4 (RFC 9293, 3.1); tcp_len in bytes, host order. */
static __always_inline __u64 csum_pseudo_tcp(__be32 src, __be32 dst, __u16 tcp_len)
{
	return (__u64)src + dst + net_be32(((__u32)NET_PROTO_TCP << 16) | tcp_len);
}

/* The sum of an IPv6 address. */
static __always_inline __u64 csum_addr6(const struct net_addr6 *addr)
{
	return (__u64)net_get(&addr->word[0]) + net_get(&addr->word[1]) + net_get(&addr->word[2]) +
	       net_get(&addr->word[3]);
}

/* The pseudo header of a protocol over IPv6 (RFC 8200, 8.1); `len` in bytes, host order. */
static __always_inline __u64 csum_pseudo6(const struct net_addr6 *src, const struct net_addr6 *dst,
					  __u8 proto, __u16 len)
{
	return csum_addr6(src) + csum_addr6(dst) + net_be32(len) + net_be32(proto);
}

#endif
