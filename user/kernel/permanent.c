// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* permanent.c - RTM_GETNEIGH. */
#include "permanent.h"

#include "netlink.h"
#include "rtnl.h"

#include <errno.h>
#include <linux/neighbour.h>
#include <string.h>
#include <sys/socket.h>

struct reading {
	struct known_list *out;
	size_t before; /* entries of the other family */
	uint8_t family;
};

static int on_neighbour(const struct nlmsghdr *nlh, void *ctx)
{
	const struct nlattr *attrs[RTA_MAX + 1] = { 0 };
	const struct ndmsg *ndm = mnl_nlmsg_get_payload(nlh);
	const struct reading *r = ctx;
	struct known known = { .ifindex = ndm->ndm_ifindex };

	/* A kernel without IPv6 answers with the lists of other families. */
	if (ndm->ndm_family != r->family || !(ndm->ndm_state & NUD_PERMANENT) ||
	    ndm->ndm_flags & NTF_PROXY)
		return MNL_CB_OK;
	mnl_attr_parse(nlh, sizeof(*ndm), rtnl_on_attr, attrs);
	if (!rtnl_addr(attrs[NDA_DST], r->family, &known.addr) || !attrs[NDA_LLADDR] ||
	    mnl_attr_get_payload_len(attrs[NDA_LLADDR]) != sizeof(known.mac))
		return MNL_CB_OK;
	memcpy(known.mac, mnl_attr_get_payload(attrs[NDA_LLADDR]), sizeof(known.mac));
	return known_add(r->out, &known) ? MNL_CB_ERROR : MNL_CB_OK;
}

static int ask(void *ctx)
{
	char buf[256];
	struct nlmsghdr *nlh = rtnl_request(buf, RTM_GETNEIGH, NLM_F_DUMP, sizeof(struct ndmsg));
	struct ndmsg *ndm = mnl_nlmsg_get_payload(nlh);
	struct reading *r = ctx;

	r->out->n = r->before; /* of a list that was interrupted */
	ndm->ndm_family = r->family;
	return netlink_ask(NETLINK_ROUTE, nlh, on_neighbour, r);
}

int permanent_read(struct known_list *out, struct err *err)
{
	static const uint8_t families[] = { AF_INET, AF_INET6 };
	struct reading r = { .out = out };
	unsigned int i;
	int code = 0;

	for (i = 0; i < 2 && !code; i++) {
		r.family = families[i];
		r.before = out->n;
		code = netlink_retry(ask, &r);
		if (code == -EOPNOTSUPP)
			code = 0; /* a kernel without this family */
	}
	return code ? err_set(err, code, "cannot read the neighbours: %s",
			      code == -EINTR ? "they change all the time: try again"
					     : strerror(-code))
		    : 0;
}
