/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * probe.h - the kinds of question: each is one header, probe_NAME.h, and one line here.
 */
#ifndef XSCAN_PROBE_H
#define XSCAN_PROBE_H

/* X(NAME, name): the kinds, in the order in which a scan asks them. */
#define PROBE_KINDS(X) \
	X(ARP, arp)    \
	X(TCP, tcp)

enum probe_kind {
#define PROBE_ENUM(NAME, name) PROBE_##NAME,
	PROBE_KINDS(PROBE_ENUM)
#undef PROBE_ENUM
		PROBE_KINDS_N,
};

#endif
