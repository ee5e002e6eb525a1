/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * answer.h - what a matcher reads off an answer, before anybody decides what to do with it.
 */
#ifndef XSCAN_ANSWER_H
#define XSCAN_ANSWER_H

#include "net.h"

/*
 * The state of one probe, one byte in the answer map. ANSWER_FILTERED + code keeps the code of the
 * ICMP unreachable (0-15, RFC 1812 5.2.7.1) in the same byte.
 */
enum answer_state {
	ANSWER_NONE = 0,
	ANSWER_OPEN = 1,
	ANSWER_CLOSED = 2,
	ANSWER_UP = 3, /* a host answered */
	ANSWER_FILTERED = 16,
	ANSWER_FILTERED_LAST = ANSWER_FILTERED + 15,
};

/* How a frame relates to our probes. */
enum match {
	MATCH_FOREIGN = 0, /* nothing of ours */
	MATCH_REJECTED,	   /* addressed to what we asked from, but it proves nothing */
	MATCH_ANSWER,
};

struct answer {
	__be32 addr;  /* the target that was asked, not the router that may have answered */
	__be16 port;  /* 0: the question was about the host */
	__u8 state;   /* enum answer_state */
	__u8 attempt; /* which try was answered, from 0; 0 for ARP, which cannot tell */
	__u8 ttl;     /* of the answer */
	__u8 pad;
	__u16 window; /* host order; SYN-ACK only */
	__u16 mss;    /* host order; 0: the SYN-ACK does not begin its options with it */
	__u8 mac[6];  /* of a neighbour */
};

#endif
