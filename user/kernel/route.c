// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* route.c - interfaces and their addresses, read over rtnetlink with libmnl. */
#include "route.h"

#include "netlink.h"
#include "rtnl.h"

#include <errno.h>
#include <linux/if_arp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Read the link itself. */

struct link_info {
	unsigned int flags;
	unsigned short type;
	struct iface *iface;
};

static bool is_word(const struct nlattr *attr, const char *word)
{
	const size_t size = strlen(word) + 1;

	return mnl_attr_get_payload_len(attr) >= strlen(word) &&
	       !strncmp(mnl_attr_get_payload(attr), word, size);
}

static int vrf_of(const struct iface *iface, const struct nlattr *const attrs[])
{
	const struct nlattr *attr;

	if (!attrs[IFLA_LINKINFO])
		return 0;
	mnl_attr_for_each_nested(attr, attrs[IFLA_LINKINFO])
	{
		if (mnl_attr_get_type(attr) == IFLA_INFO_KIND && is_word(attr, "vrf"))
			return iface->index;
		if (mnl_attr_get_type(attr) == IFLA_INFO_SLAVE_KIND && is_word(attr, "vrf") &&
		    attrs[IFLA_MASTER])
			return (int)mnl_attr_get_u32(attrs[IFLA_MASTER]);
	}
	return 0;
}

static int on_link(const struct nlmsghdr *nlh, void *ctx)
{
	const struct nlattr *attrs[RTA_MAX + 1] = { 0 };
	const struct ifinfomsg *ifi = mnl_nlmsg_get_payload(nlh);
	struct link_info *link = ctx;

	mnl_attr_parse(nlh, sizeof(*ifi), rtnl_on_attr, attrs);
	link->flags = ifi->ifi_flags;
	link->type = ifi->ifi_type;
	link->iface->index = ifi->ifi_index;
	if (attrs[IFLA_ADDRESS] && mnl_attr_get_payload_len(attrs[IFLA_ADDRESS]) == 6)
		memcpy(link->iface->mac, mnl_attr_get_payload(attrs[IFLA_ADDRESS]), 6);
	link->iface->vrf = vrf_of(link->iface, attrs);
	if (attrs[IFLA_MTU] && mnl_attr_get_payload_len(attrs[IFLA_MTU]) == sizeof(uint32_t))
		link->iface->mtu = mnl_attr_get_u32(attrs[IFLA_MTU]);
	return MNL_CB_STOP;
}

static int read_link(struct iface *iface, struct err *err)
{
	char buf[256];
	struct nlmsghdr *nlh = rtnl_request(buf, RTM_GETLINK, 0, sizeof(struct ifinfomsg));
	struct ifinfomsg *ifi = mnl_nlmsg_get_payload(nlh);
	struct link_info link = { .iface = iface };
	int code;

	ifi->ifi_index = (int)if_nametoindex(iface->name);
	if (!ifi->ifi_index)
		return err_set(err, -ENODEV, "%s: no such interface", iface->name);
	code = netlink_ask(NETLINK_ROUTE, nlh, on_link, &link);
	if (code)
		return err_set(err, code, "%s: cannot read the interface: %s", iface->name,
			       strerror(-code));
	if (link.flags & IFF_LOOPBACK)
		return err_set(err, -EINVAL, "%s: is the loopback interface: name another",
			       iface->name);
	iface->ethernet = link.type == ARPHRD_ETHER;
	iface->no_arp = link.flags & IFF_NOARP;
	if (!iface->ethernet && link.type != ARPHRD_NONE)
		return err_set(err, -EINVAL,
			       "%s: neither Ethernet nor bare IP: name another interface",
			       iface->name);
	if (!(link.flags & IFF_UP))
		return err_set(err, -ENETDOWN, "%s: interface is down: ip link set %s up",
			       iface->name, iface->name);
	if (!(link.flags & IFF_RUNNING))
		return err_set(err, -ENETDOWN, "%s: no carrier", iface->name);
	return 0;
}

/* Read its addresses. */

/* A list of one family: IPv4, then IPv6. */
struct reading {
	struct iface *iface;
	uint8_t family;
};

/* The length of a prefix in a message, of 128 bits. */
static uint8_t prefix_of(const struct reading *r, uint8_t len)
{
	return r->family == AF_INET ? ADDR_IP4_PREFIX + len : len;
}

static int on_addr(const struct nlmsghdr *nlh, void *ctx)
{
	const struct nlattr *attrs[RTA_MAX + 1] = { 0 };
	const struct ifaddrmsg *ifa = mnl_nlmsg_get_payload(nlh);
	const struct reading *r = ctx;
	struct iface *iface = r->iface;
	struct iface_addr *grown, *addr;
	uint32_t flags;

	/* A kernel without IPv6 answers with the lists of other families. */
	if (ifa->ifa_family != r->family || (int)ifa->ifa_index != iface->index)
		return MNL_CB_OK;
	mnl_attr_parse(nlh, sizeof(*ifa), rtnl_on_attr, attrs);
	grown = reallocarray(iface->addrs, iface->n_addrs + 1, sizeof(*grown));
	if (!grown)
		return MNL_CB_ERROR;
	iface->addrs = grown;
	addr = &grown[iface->n_addrs++];
	rtnl_addr(attrs[IFA_ADDRESS], r->family, &addr->subnet);
	if (!rtnl_addr(attrs[IFA_LOCAL], r->family, &addr->addr))
		addr->addr = addr->subnet;
	addr->prefix_len = prefix_of(r, ifa->ifa_prefixlen);
	flags = attrs[IFA_FLAGS] ? mnl_attr_get_u32(attrs[IFA_FLAGS]) : ifa->ifa_flags;
	addr->no_source = r->family == AF_INET6 && flags & (IFA_F_TENTATIVE | IFA_F_DADFAILED);
	addr->deprecated = r->family == AF_INET6 && flags & IFA_F_DEPRECATED;
	return MNL_CB_OK;
}

/* The reason why a list could not be read. */
static const char *why(int code)
{
	return code == -EINTR ? "they change all the time: try again" : strerror(-code);
}

static int ask_addrs(void *ctx)
{
	char buf[256];
	struct nlmsghdr *nlh = rtnl_request(buf, RTM_GETADDR, NLM_F_DUMP, sizeof(struct ifaddrmsg));
	struct ifaddrmsg *ifa = mnl_nlmsg_get_payload(nlh);
	struct reading *r = ctx;

	while (r->iface->n_addrs &&
	       addr_is_ip4(r->iface->addrs[r->iface->n_addrs - 1].addr) == (r->family == AF_INET))
		r->iface->n_addrs--; /* of a list that was interrupted */
	ifa->ifa_family = r->family;
	return netlink_ask(NETLINK_ROUTE, nlh, on_addr, r);
}

static int read_addrs(struct iface *iface, struct err *err)
{
	struct reading ip4 = { iface, AF_INET }, ip6 = { iface, AF_INET6 };
	int code = netlink_retry(ask_addrs, &ip4);

	if (!code)
		code = netlink_retry(ask_addrs, &ip6);
	return code ? err_set(err, code, "%s: cannot read its addresses: %s", iface->name,
			      why(code))
		    : 0;
}

int route_iface_read(const char *name, struct iface *out, struct err *err)
{
	int code;

	*out = (struct iface){ 0 };
	if (strlen(name) >= sizeof(out->name))
		return err_set(err, -ENODEV, "%.32s…: no such interface", name);
	strcpy(out->name, name);
	code = read_link(out, err);
	if (!code)
		code = read_addrs(out, err);
	if (code)
		route_iface_free(out);
	return code;
}

int route_vrf_of_process(void)
{
	const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct iface bound = { .name = "" };
	socklen_t len = sizeof(bound.name);
	struct err unused;

	if (fd < 0)
		return 0;
	if (getsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, bound.name, &len))
		len = 0;
	close(fd);
	if (!len || !*bound.name || read_link(&bound, &unused))
		return 0;
	return iface_is_vrf(&bound) ? bound.index : 0;
}

void route_iface_free(struct iface *iface)
{
	free(iface->addrs);
	*iface = (struct iface){ 0 };
}
