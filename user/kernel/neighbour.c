// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* neighbour.c - RTM_NEWNEIGH with NTF_USE, then RTM_GETNEIGH. */
#include "neighbour.h"

#include "netlink.h"
#include "rtnl.h"

#include <errno.h>
#include <linux/neighbour.h>
#include <string.h>
#include <sys/socket.h>

enum { KNOWN = NUD_PERMANENT | NUD_REACHABLE | NUD_STALE | NUD_DELAY | NUD_PROBE };

struct entry {
	uint8_t *mac;
	int code; /* what neighbour_look returns */
};

static struct nlmsghdr *request(char *buf, uint16_t type, uint16_t flags, int ifindex,
				struct addr addr)
{
	struct nlmsghdr *nlh = rtnl_request(buf, type, flags, sizeof(struct ndmsg));
	struct ndmsg *ndm = mnl_nlmsg_get_payload(nlh);

	ndm->ndm_family = addr_is_ip4(addr) ? AF_INET : AF_INET6;
	ndm->ndm_ifindex = ifindex;
	rtnl_put_addr(nlh, NDA_DST, addr);
	return nlh;
}

int neighbour_solicit(int ifindex, struct addr addr)
{
	char buf[256];
	struct nlmsghdr *nlh = request(buf, RTM_NEWNEIGH, NLM_F_CREATE | NLM_F_ACK, ifindex, addr);
	struct ndmsg *ndm = mnl_nlmsg_get_payload(nlh);

	ndm->ndm_flags = NTF_USE;
	return netlink_ask(NETLINK_ROUTE, nlh, NULL, NULL);
}

static int on_neighbour(const struct nlmsghdr *nlh, void *ctx)
{
	const struct nlattr *attrs[RTA_MAX + 1] = { 0 };
	const struct ndmsg *ndm = mnl_nlmsg_get_payload(nlh);
	struct entry *entry = ctx;

	mnl_attr_parse(nlh, sizeof(*ndm), rtnl_on_attr, attrs);
	if (ndm->ndm_state & NUD_FAILED)
		entry->code = -EHOSTUNREACH;
	if (!(ndm->ndm_state & KNOWN) || !attrs[NDA_LLADDR] ||
	    mnl_attr_get_payload_len(attrs[NDA_LLADDR]) != 6)
		return MNL_CB_STOP;
	memcpy(entry->mac, mnl_attr_get_payload(attrs[NDA_LLADDR]), 6);
	entry->code = 0;
	return MNL_CB_STOP;
}

int neighbour_look(int ifindex, struct addr addr, uint8_t mac[6])
{
	struct entry entry = { mac, -EAGAIN };
	char buf[256];
	int code = netlink_ask(NETLINK_ROUTE, request(buf, RTM_GETNEIGH, 0, ifindex, addr),
			       on_neighbour, &entry);

	/* The kernel removes entries when its table is full. */
	if (code == -ENOENT)
		return -EHOSTUNREACH;
	return code ? code : entry.code;
}
