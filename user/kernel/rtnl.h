/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * rtnl.h - what all messages of rtnetlink(7) have in common.
 */
#ifndef XSCAN_RTNL_H
#define XSCAN_RTNL_H

#include "addr.h"

#include <libmnl/libmnl.h>
#include <linux/rtnetlink.h>
#include <stddef.h>

/* A request in `buf`, with a body of zeros. */
struct nlmsghdr *rtnl_request(char *buf, uint16_t type, uint16_t flags, size_t body);

/* For mnl_attr_parse: ctx is an array of RTA_MAX + 1 attributes, all NULL before. */
int rtnl_on_attr(const struct nlattr *attr, void *ctx);

/* Read an address. False: there is no such attribute; `out` is then 0.0.0.0 or ::. */
bool rtnl_addr(const struct nlattr *attr, int family, struct addr *out);

/* Read a gateway of the other family: an IPv6 address. False: there is none. */
bool rtnl_via(const struct nlattr *attr, struct addr *out);

/* Put an address into a request. */
void rtnl_put_addr(struct nlmsghdr *nlh, uint16_t type, struct addr addr);

#endif
