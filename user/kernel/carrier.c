// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* carrier.c - RTM_GETLINK for one interface. */
#include "carrier.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <string.h>

int carrier_open(struct carrier_reader *r, int ifindex)
{
	r->ifindex = ifindex;
	r->socket = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);
	if (!r->socket)
		return -errno;
	return mnl_socket_bind(r->socket, 0, MNL_SOCKET_AUTOPID) < 0 ? -errno : 0;
}

static int on_link(const struct nlmsghdr *nlh, void *ctx)
{
	const struct ifinfomsg *ifi = mnl_nlmsg_get_payload(nlh);
	struct carrier *out = ctx;
	const struct nlattr *attr;

	/* While the queues are not set up again, the carrier is there and frames are lost. */
	out->there = ifi->ifi_flags & IFF_RUNNING;
	mnl_attr_for_each(attr, nlh, sizeof(*ifi))
	{
		if (mnl_attr_get_type(attr) == IFLA_CARRIER)
			out->there &= mnl_attr_get_u8(attr) != 0;
		if (mnl_attr_get_type(attr) == IFLA_CARRIER_DOWN_COUNT)
			out->losses = mnl_attr_get_u32(attr);
	}
	return MNL_CB_OK;
}

int carrier_read(const struct carrier_reader *r, struct carrier *out)
{
	char buf[16384];
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct ifinfomsg *ifi;
	ssize_t len;

	nlh->nlmsg_type = RTM_GETLINK;
	nlh->nlmsg_flags = NLM_F_REQUEST;
	ifi = mnl_nlmsg_put_extra_header(nlh, sizeof(*ifi));
	memset(ifi, 0, sizeof(*ifi));
	ifi->ifi_index = r->ifindex;
	mnl_attr_put_u32(nlh, IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
	*out = (struct carrier){ .there = false };
	if (mnl_socket_sendto(r->socket, nlh, nlh->nlmsg_len) < 0)
		return -errno;
	len = mnl_socket_recvfrom(r->socket, buf, sizeof(buf));
	if (len < 0 || mnl_cb_run(buf, (size_t)len, 0, 0, on_link, out) < 0)
		return -errno;
	return 0;
}

void carrier_close(struct carrier_reader *r)
{
	if (r->socket)
		mnl_socket_close(r->socket);
	r->socket = NULL;
}
