/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* xdp_features.h - what an interface can do with XDP frames, as Linux 6.3 and newer tell. */
#ifndef XSCAN_XDP_FEATURES_H
#define XSCAN_XDP_FEATURES_H

/* Does the driver take native XDP? Answers as below. */
int xdp_features_native(int ifindex);

/*
 * Does the interface transmit frames that XDP redirects to it? 1: yes; 0: no; a negative errno:
 * unknown (-ENOENT: a kernel before 6.3). A veth says yes while its other end has GRO on or an XDP
 * program. Some drivers say no until an XDP program is attached to the interface.
 */
int xdp_features_can_send(int ifindex);

#endif
