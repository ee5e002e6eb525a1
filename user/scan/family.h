/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* family.h - what -4, -6 and zones (fe80::1%eth0) on the command line mean. Pure. */
#ifndef XSCAN_FAMILY_H
#define XSCAN_FAMILY_H

struct config;
struct err;

/* All functions return 0, or a negative errno with the reason in err. */

/* The option -4 (AF_INET) or -6 (AF_INET6). */
int family_choose(int family, struct config *c, struct err *err);

/*
 * A target has this zone (struct targets_resolver; ctx is the struct config). All zones name the one
 * interface that is scanned from.
 */
int family_zone(void *ctx, const char *zone, struct err *err);

/*
 * Call when all targets are known. Refuse those of a family that is not asked for, and link-local ones
 * without their link. Without targets, refuse --resume and --shard over IPv6. A zone becomes the
 * interface.
 */
int family_check(struct config *c, struct err *err);

#endif
