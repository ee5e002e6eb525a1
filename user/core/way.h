/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * way.h - a way out of an interface: onto the link, or to a gateway. Each ask learns a rate and
 * round trips of its ways, and the next ask begins with them. Pure.
 */
#ifndef XSCAN_WAY_H
#define XSCAN_WAY_H

#include "control.h"
#include "probe.h"
#include "rtt.h"

/* Zero-initialised: nothing is known. */
struct way {
	uint8_t mac[6];	      /* of the gateway; on the link each host has its own */
	bool reached;	      /* the gateway has answered, or the way needs none */
	enum probe_kind kind; /* the kind of question that control has learnt from */
	struct control control;
	struct rtt rtt;
};

#endif
