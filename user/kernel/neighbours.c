// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* neighbours.c - RTM_GETNEIGH for one interface. */
#include "neighbours.h"

#include "netlink.h"

#include <endian.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>

struct reading {
	int ifindex;
	void (*take)(void *ctx, struct addr addr, const uint8_t mac[6]);
	void *ctx;
};

static int on_neighbour(const struct nlmsghdr *nlh, void *ctx)
{
	const struct ndmsg *nd = mnl_nlmsg_get_payload(nlh);
	const struct reading *r = ctx;
	const struct nlattr *attr;
	const uint8_t *mac = NULL;
	uint64_t half[2];
	bool has_addr = false;

	if (nd->ndm_family != AF_INET6 || nd->ndm_ifindex != r->ifindex ||
	    nd->ndm_state & (NUD_NOARP | NUD_FAILED | NUD_INCOMPLETE))
		return MNL_CB_OK;
	mnl_attr_for_each(attr, nlh, sizeof(*nd))
	{
		const size_t len = mnl_attr_get_payload_len(attr);

		if (mnl_attr_get_type(attr) == NDA_LLADDR && len == 6)
			mac = mnl_attr_get_payload(attr);
		if (mnl_attr_get_type(attr) != NDA_DST || len != sizeof(half))
			continue;
		memcpy(half, mnl_attr_get_payload(attr), sizeof(half));
		has_addr = true;
	}
	if (mac && has_addr)
		r->take(r->ctx, (struct addr){ be64toh(half[0]), be64toh(half[1]) }, mac);
	return MNL_CB_OK;
}

static int ask(void *ctx)
{
	char buf[256];
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct ndmsg *nd;

	nlh->nlmsg_type = RTM_GETNEIGH;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	nd = mnl_nlmsg_put_extra_header(nlh, sizeof(*nd));
	memset(nd, 0, sizeof(*nd));
	nd->ndm_family = AF_INET6;
	return netlink_ask(NETLINK_ROUTE, nlh, on_neighbour, ctx);
}

int neighbours_read(int ifindex, void (*take)(void *ctx, struct addr addr, const uint8_t mac[6]),
		    void *ctx)
{
	struct reading r = { ifindex, take, ctx };

	return netlink_retry(ask, &r);
}
