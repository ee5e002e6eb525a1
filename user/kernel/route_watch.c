// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* route_watch.c - hear from the kernel when links change. */
#include "route.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>
#include <unistd.h>

int route_watch_open(void)
{
	struct sockaddr_nl local = { .nl_family = AF_NETLINK, .nl_groups = RTMGRP_LINK };
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE);
	int code;

	if (fd < 0)
		return -errno;
	if (bind(fd, (struct sockaddr *)&local, sizeof(local))) {
		code = -errno;
		close(fd);
		return code;
	}
	return fd;
}

static enum link_state link_state(const struct nlmsghdr *nlh)
{
	const struct ifinfomsg *ifi = mnl_nlmsg_get_payload(nlh);

	if (nlh->nlmsg_type == RTM_DELLINK || !(ifi->ifi_flags & IFF_UP))
		return LINK_DOWN;
	return ifi->ifi_flags & IFF_RUNNING ? LINK_UP : LINK_NO_CARRIER;
}

/* The place of an interface; n: it is none of them. */
static unsigned int find(const int *ifindex, unsigned int n, int wanted)
{
	unsigned int i;

	for (i = 0; i < n && ifindex[i] != wanted; i++)
		;
	return i;
}

enum link_state route_watch_read(int fd, const int *ifindex, unsigned int n, unsigned int *down)
{
	enum link_state state = LINK_UNCHANGED;
	char buf[32768];
	ssize_t len;

	while ((len = recv(fd, buf, sizeof(buf), 0)) > 0) {
		const struct nlmsghdr *nlh = (const void *)buf;
		int left = (int)len;

		for (; mnl_nlmsg_ok(nlh, left); nlh = mnl_nlmsg_next(nlh, &left)) {
			const struct ifinfomsg *ifi = mnl_nlmsg_get_payload(nlh);

			if (nlh->nlmsg_type != RTM_NEWLINK && nlh->nlmsg_type != RTM_DELLINK)
				continue;
			*down = find(ifindex, n, ifi->ifi_index);
			if (*down == n || ifi->ifi_family != AF_UNSPEC)
				continue;
			state = link_state(nlh);
			if (state == LINK_DOWN)
				return state;
		}
	}
	return state;
}
