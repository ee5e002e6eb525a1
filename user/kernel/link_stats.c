// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* link_stats.c - RTM_GETSTATS for one interface. */
#include "link_stats.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <string.h>

int link_stats_open(struct link_stats_reader *r, int ifindex)
{
	r->ifindex = ifindex;
	r->socket = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);
	if (!r->socket)
		return -errno;
	return mnl_socket_bind(r->socket, 0, MNL_SOCKET_AUTOPID) < 0 ? -errno : 0;
}

static int on_stats(const struct nlmsghdr *nlh, void *ctx)
{
	struct rtnl_link_stats64 stats = { 0 };
	struct link_stats *out = ctx;
	const struct nlattr *attr;

	mnl_attr_for_each(attr, nlh, sizeof(struct if_stats_msg))
	{
		size_t len = mnl_attr_get_payload_len(attr);

		if (mnl_attr_get_type(attr) == IFLA_STATS_LINK_64)
			memcpy(&stats, mnl_attr_get_payload(attr),
			       len < sizeof(stats) ? len : sizeof(stats));
	}
	out->bytes = stats.rx_bytes + stats.tx_bytes;
	out->tx_bytes = stats.tx_bytes;
	out->tx_packets = stats.tx_packets;
	out->tx_dropped = stats.tx_dropped;
	out->tx_errors = stats.tx_errors;
	out->rx_errors = stats.rx_errors;
	out->rx_dropped = stats.rx_dropped + stats.rx_missed_errors;
	return MNL_CB_OK;
}

int link_stats_read(const struct link_stats_reader *r, struct link_stats *out)
{
	char buf[4096];
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct if_stats_msg *ifsm;
	ssize_t len;

	nlh->nlmsg_type = RTM_GETSTATS;
	nlh->nlmsg_flags = NLM_F_REQUEST;
	ifsm = mnl_nlmsg_put_extra_header(nlh, sizeof(*ifsm));
	memset(ifsm, 0, sizeof(*ifsm));
	ifsm->ifindex = (__u32)r->ifindex;
	ifsm->filter_mask = IFLA_STATS_FILTER_BIT(IFLA_STATS_LINK_64);
	if (mnl_socket_sendto(r->socket, nlh, nlh->nlmsg_len) < 0)
		return -errno;
	len = mnl_socket_recvfrom(r->socket, buf, sizeof(buf));
	if (len < 0 || mnl_cb_run(buf, (size_t)len, 0, 0, on_stats, out) < 0)
		return -errno;
	return 0;
}

void link_stats_close(struct link_stats_reader *r)
{
	if (r->socket)
		mnl_socket_close(r->socket);
	r->socket = NULL;
}
