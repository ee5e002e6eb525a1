/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * netlink.h - ask the kernel a question over netlink.
 */
#ifndef XSCAN_NETLINK_H
#define XSCAN_NETLINK_H

#include <libmnl/libmnl.h>

/*
 * Send `request` to `protocol` (NETLINK_ROUTE…) and hand each answer to `on_answer`. 0 or a
 * negative errno. -EINTR: the list changed during a dump and may have gaps.
 */
int netlink_ask(int protocol, struct nlmsghdr *request, mnl_cb_t on_answer, void *ctx);

/* The same on a socket that serves many questions. NULL: it cannot be opened, errno is set. */
struct mnl_socket *netlink_open(int protocol);
int netlink_ask_on(struct mnl_socket *nl, struct nlmsghdr *request, mnl_cb_t on_answer, void *ctx);

/*
 * Call `read` until it returns anything but -EINTR, at most three times. `read` must empty its
 * lists before it asks.
 */
int netlink_retry(int (*read)(void *ctx), void *ctx);

#endif
