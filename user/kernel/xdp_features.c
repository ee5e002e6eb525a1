// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * xdp_features.c - ask the generic netlink family "netdev"
 * (Documentation/netlink/specs/netdev.yaml).
 */
#include "xdp_features.h"

#include "netlink.h"

#include <errno.h>
#include <linux/genetlink.h>
#include <stdbool.h>
#include <stdint.h>

/* From linux/netdev.h, which may be missing where xscan is built. */
#define NETDEV_FAMILY "netdev"
enum { NETDEV_GET = 1, NETDEV_IFINDEX = 1, NETDEV_XDP_FEATURES = 3, NETDEV_VERSION = 1 };
enum { BASIC = 1 << 0, NDO_XMIT = 1 << 2 };

static struct nlmsghdr *request_new(char *buf, uint16_t family, uint8_t command, uint8_t version)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct genlmsghdr *genl;

	nlh->nlmsg_type = family;
	nlh->nlmsg_flags = NLM_F_REQUEST;
	genl = mnl_nlmsg_put_extra_header(nlh, sizeof(*genl));
	*genl = (struct genlmsghdr){ .cmd = command, .version = version };
	return nlh;
}

static int on_family(const struct nlmsghdr *nlh, void *ctx)
{
	const struct nlattr *attr;
	uint16_t *id = ctx;

	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr))
	{
		if (mnl_attr_get_type(attr) == CTRL_ATTR_FAMILY_ID)
			*id = mnl_attr_get_u16(attr);
	}
	return MNL_CB_STOP;
}

struct answer {
	bool known;
	uint64_t features;
};

static int on_features(const struct nlmsghdr *nlh, void *ctx)
{
	const struct nlattr *attr;
	struct answer *answer = ctx;

	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr))
	{
		if (mnl_attr_get_type(attr) != NETDEV_XDP_FEATURES)
			continue;
		answer->known = true;
		answer->features = mnl_attr_get_u64(attr);
	}
	return MNL_CB_STOP;
}

/* Does the interface have this feature? 1, 0 or a negative errno. */
static int has(int ifindex, uint64_t feature)
{
	struct answer answer = { 0 };
	struct nlmsghdr *nlh;
	uint16_t family = 0;
	char buf[256] = { 0 }; /* attributes are padded with what is there */
	int code;

	nlh = request_new(buf, GENL_ID_CTRL, CTRL_CMD_GETFAMILY, 1);
	mnl_attr_put_strz(nlh, CTRL_ATTR_FAMILY_NAME, NETDEV_FAMILY);
	code = netlink_ask(NETLINK_GENERIC, nlh, on_family, &family);
	if (code || !family)
		return code ? code : -ENOENT;
	nlh = request_new(buf, family, NETDEV_GET, NETDEV_VERSION);
	mnl_attr_put_u32(nlh, NETDEV_IFINDEX, (uint32_t)ifindex);
	code = netlink_ask(NETLINK_GENERIC, nlh, on_features, &answer);
	if (code)
		return code;
	return answer.known ? (answer.features & feature) != 0 : -ENODATA;
}

int xdp_features_native(int ifindex)
{
	return has(ifindex, BASIC);
}

int xdp_features_can_send(int ifindex)
{
	return has(ifindex, NDO_XMIT);
}
