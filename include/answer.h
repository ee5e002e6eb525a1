/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * answer.h - what a matcher reads off an answer. What to do with the answer is decided elsewhere.
 */
#ifndef XSCAN_ANSWER_H
#define XSCAN_ANSWER_H

#include "net.h"

/*
 * The state of one question, one byte in the table of answers. ANSWER_FILTERED + code keeps the
 * code of the ICMP unreachable (0-15, RFC 1812 5.2.7.1; RFC 4443 3.1) in the same byte. Behind these:
 * the probe died on its way, by ICMP time exceeded.
 */
enum answer_state {
	ANSWER_NONE = 0,
	ANSWER_OPEN = 1,
	ANSWER_CLOSED = 2,
	ANSWER_UP = 3, /* a host answered */
	ANSWER_FILTERED = 16,
	ANSWER_TIME_EXCEEDED = ANSWER_FILTERED + 16,
	ANSWER_FILTERED_LAST = ANSWER_TIME_EXCEEDED,
};

/*
 * Of two answers to one question the better one counts. A target that answers by itself knows more
 * than a router. A service knows more than a firewall that resets in its name.
 */
static __always_inline __u32 answer_rank(__u8 state)
{
	if (state == ANSWER_OPEN || state == ANSWER_UP)
		return 3;
	if (state == ANSWER_CLOSED)
		return 2;
	return state != ANSWER_NONE;
}

/* How a frame relates to our questions. */
enum match {
	MATCH_FOREIGN = 0, /* nothing of ours */
	MATCH_REJECTED,	   /* addressed to where we asked from, but without proof */
	MATCH_ANSWER,
};

/* Why a frame is MATCH_REJECTED. */
enum reject {
	REJECT_NONE = 0,
	REJECT_HEADER, /* a header says that it is longer than its packet */
	REJECT_COOKIE, /* the cookie, UDP: the number, is not the probe's */
	REJECT_FLAGS,  /* TCP, and neither SYN-ACK nor RST */
};

struct answer {
	union { /* the target asked, not the router that may have answered; by the family of the kind */
		__be32 addr;
		struct net_addr6 addr6;
	};
	__be16 port; /* 0: the question was about the host */
	__u8 state;  /* enum answer_state */
	__u8 attempt; /* the try that was answered, from 0; always 0 for neighbours, who cannot tell */
	__u8 ttl;     /* of the answer */
	__u8 reject;  /* enum reject; not of an answer */
	__u16 window; /* host order; SYN-ACK only */
	__u16 mss;    /* host order; 0: the MSS is not the SYN-ACK's first option */
	__u8 mac[6];  /* of a neighbour */
	__u32 sent;   /* when its probe left, as the answer says: probe_tcp_tick; 0: unknown */
};

static __always_inline enum match answer_reject(struct answer *out, enum reject reason)
{
	out->reject = (__u8)reason;
	return MATCH_REJECTED;
}

#endif
