/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* tcp-faults.h - what is wrong in answers to SYNs: timestamps and cookies. */
#ifndef XSCAN_TCP_FAULTS_H
#define XSCAN_TCP_FAULTS_H

#include "fleet.h"
#include "reply.h"

/*
 * A SYN-ACK. A SYN with a timestamp gets one back, as from Linux; `false_echo`: not the one that it
 * has. Returns the length.
 */
static inline size_t tcp_faults_synack(union reply_frame *out, const union reply_frame *asked,
				       bool false_echo)
{
	const struct probe_tcp_stamped_frame *syn = &asked->tcp_stamped;
	__be32 echo = syn->stamps.value;

	if (net_host16(syn->syn.ip.total_len) < sizeof(*syn) - sizeof(syn->syn.eth) ||
	    syn->stamps.head != net_be32(NET_TCP_STAMPS_HEAD)) {
		reply_synack(&out->synack, &asked->tcp);
		return sizeof(out->synack);
	}
	if (false_echo)
		echo = (__be32)fleet_mix(echo) | 1;
	reply_stamped(&out->stamped, syn, echo);
	return sizeof(out->stamped);
}

/* Acknowledge another number, with the right checksum (RFC 1624). */
static inline void tcp_faults_wrong_cookie(struct net_tcp *tcp)
{
	const __u32 right = tcp->ack;

	tcp->ack = ~right;
	tcp->csum = csum_fold((__u64)(__u16)~tcp->csum + (__u32)~right + (__u32)~right);
}

#endif
