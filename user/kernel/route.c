// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* route.c - interfaces, addresses and routes, read over rtnetlink with libmnl. */
#include "route.h"

#include "netlink.h"

#include <arpa/inet.h>
#include <endian.h>
#include <errno.h>
#include <linux/if_arp.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

static struct nlmsghdr *request_new(char *buf, uint16_t type, uint16_t flags, size_t body)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);

	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = NLM_F_REQUEST | flags;
	memset(mnl_nlmsg_put_extra_header(nlh, body), 0, body);
	return nlh;
}

static int on_attr(const struct nlattr *attr, void *ctx)
{
	const struct nlattr **attrs = ctx;

	if (mnl_attr_get_type(attr) <= RTA_MAX)
		attrs[mnl_attr_get_type(attr)] = attr;
	return MNL_CB_OK;
}

/* Read an address. False: there is no such attribute; `out` is then 0.0.0.0 or ::. */
static bool attr_addr(const struct nlattr *attr, int family, struct addr *out)
{
	const size_t size = family == AF_INET ? 4 : 16;
	const bool is_addr = attr && mnl_attr_get_payload_len(attr) == size;
	uint64_t half[2] = { 0 };

	if (family == AF_INET) {
		*out = addr_ip4(is_addr ? ntohl(mnl_attr_get_u32(attr)) : 0);
		return is_addr;
	}
	if (is_addr)
		memcpy(half, mnl_attr_get_payload(attr), size);
	*out = (struct addr){ be64toh(half[0]), be64toh(half[1]) };
	return is_addr;
}

/* Put an address into a request. */
static void put_addr(struct nlmsghdr *nlh, uint16_t type, struct addr addr)
{
	const uint64_t half[] = { htobe64(addr.hi), htobe64(addr.lo) };

	if (addr_is_ip4(addr))
		mnl_attr_put_u32(nlh, type, htonl(addr_to_ip4(addr)));
	else
		mnl_attr_put(nlh, type, sizeof(half), half);
}

/* Read RTM_GETROUTE for one address: its output interface. */

struct route_to {
	int oif;
	unsigned char type;
};

static int on_route_to(const struct nlmsghdr *nlh, void *ctx)
{
	const struct nlattr *attrs[RTA_MAX + 1] = { 0 };
	const struct rtmsg *rtm = mnl_nlmsg_get_payload(nlh);
	struct route_to *found = ctx;

	mnl_attr_parse(nlh, sizeof(*rtm), on_attr, attrs);
	found->type = rtm->rtm_type;
	if (attrs[RTA_OIF])
		found->oif = (int)mnl_attr_get_u32(attrs[RTA_OIF]);
	return MNL_CB_STOP;
}

int route_iface_to(struct addr addr, char name[IF_NAMESIZE], struct err *err)
{
	char buf[256], text[ADDR_TEXT];
	struct nlmsghdr *nlh = request_new(buf, RTM_GETROUTE, 0, sizeof(struct rtmsg));
	struct rtmsg *rtm = mnl_nlmsg_get_payload(nlh);
	struct route_to found = { 0 };
	int code;

	rtm->rtm_family = addr_is_ip4(addr) ? AF_INET : AF_INET6;
	rtm->rtm_dst_len = addr_is_ip4(addr) ? 32 : 128;
	put_addr(nlh, RTA_DST, addr);
	addr_text(addr, text);
	code = netlink_ask(NETLINK_ROUTE, nlh, on_route_to, &found);
	if (code)
		return err_set(err, code, "%s: no route: %s", text, strerror(-code));
	if (found.type == RTN_LOCAL)
		return err_set(err, -EINVAL,
			       "%s: is an address of this host; no packet to it "
			       "leaves an interface",
			       text);
	if (found.type != RTN_UNICAST || !found.oif || !if_indextoname(found.oif, name))
		return err_set(err, -ENETUNREACH, "%s: no route to it by an interface", text);
	return 0;
}

/* Read the link itself. */

struct link_info {
	unsigned int flags;
	unsigned short type;
	struct iface *iface;
};

static int on_link(const struct nlmsghdr *nlh, void *ctx)
{
	const struct nlattr *attrs[RTA_MAX + 1] = { 0 };
	const struct ifinfomsg *ifi = mnl_nlmsg_get_payload(nlh);
	struct link_info *link = ctx;

	mnl_attr_parse(nlh, sizeof(*ifi), on_attr, attrs);
	link->flags = ifi->ifi_flags;
	link->type = ifi->ifi_type;
	link->iface->index = ifi->ifi_index;
	if (attrs[IFLA_ADDRESS] && mnl_attr_get_payload_len(attrs[IFLA_ADDRESS]) == 6)
		memcpy(link->iface->mac, mnl_attr_get_payload(attrs[IFLA_ADDRESS]), 6);
	return MNL_CB_STOP;
}

static int read_link(struct iface *iface, struct err *err)
{
	char buf[256];
	struct nlmsghdr *nlh = request_new(buf, RTM_GETLINK, 0, sizeof(struct ifinfomsg));
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
	mnl_attr_parse(nlh, sizeof(*ifa), on_attr, attrs);
	grown = reallocarray(iface->addrs, iface->n_addrs + 1, sizeof(*grown));
	if (!grown)
		return MNL_CB_ERROR;
	iface->addrs = grown;
	addr = &grown[iface->n_addrs++];
	attr_addr(attrs[IFA_ADDRESS], r->family, &addr->subnet);
	if (!attr_addr(attrs[IFA_LOCAL], r->family, &addr->addr))
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
	struct nlmsghdr *nlh = request_new(buf, RTM_GETADDR, NLM_F_DUMP, sizeof(struct ifaddrmsg));
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

/* Read its routes. */

static bool is_near(const struct iface_addr *ours, struct addr addr)
{
	return addr_equal(addr_prefix_first(ours->subnet, ours->prefix_len),
			  addr_prefix_first(addr, ours->prefix_len));
}

/* How many leading bits two addresses share. */
static unsigned int shared_bits(struct addr a, struct addr b)
{
	if (a.hi != b.hi)
		return (unsigned int)__builtin_clzll(a.hi ^ b.hi);
	return a.lo == b.lo ? 128 : 64 + (unsigned int)__builtin_clzll(a.lo ^ b.lo);
}

/*
 * The interface's own address for speaking to `addr`: in the same subnet; else, over IPv4, the
 * first; over IPv6 the most similar one, but a deprecated one only if there is no better one, and a
 * link-local one if there is no other (RFC 6724, 5, rules 2, 3 and 8). No address at all: 0.0.0.0
 * or ::.
 */
static struct addr source_for(const struct iface *iface, struct addr addr)
{
	const bool ip4 = addr_is_ip4(addr);
	struct addr best = ip4 ? addr_ip4(0) : (struct addr){ 0, 0 };
	unsigned int value = 0, is;
	size_t i;

	for (i = 0; i < iface->n_addrs; i++) {
		const struct iface_addr *ours = &iface->addrs[i];

		if (addr_is_ip4(ours->addr) != ip4 || ours->no_source)
			continue;
		if (is_near(ours, addr) && !ours->deprecated)
			return ours->addr;
		if (ip4 || addr_is_link_local(ours->addr))
			is = 1;
		else
			is = ours->deprecated ? 2 : 3 + shared_bits(ours->addr, addr);
		if (is <= value)
			continue;
		value = is;
		best = ours->addr;
	}
	return best;
}

/*
 * What the source address of a route must be similar to: the gateway, which is near; the first address
 * that has a route by the default route of IPv6, whose gateway is link-local.
 */
static struct addr like(const struct route *route)
{
	const struct addr global = { 0x2000ULL << 48, 0 };

	if (route->hop == BY_GATEWAY && !addr_is_link_local(route->gateway))
		return route->gateway;
	return route->dst.hi || route->dst.lo ? route->dst : global;
}

static void read_gateway(const struct nlattr *attr, int family, struct route *route)
{
	route->hop = attr_addr(attr, family, &route->gateway) ? BY_GATEWAY : ON_LINK;
}

/* Choose the next hop that leaves by our interface. False: none does. */
static bool read_multipath(const struct nlattr *attr, int family, int ifindex, struct route *route)
{
	const struct rtnexthop *hop = mnl_attr_get_payload(attr);
	int left = mnl_attr_get_payload_len(attr);

	for (; RTNH_OK(hop, left); left -= RTNH_ALIGN(hop->rtnh_len), hop = RTNH_NEXT(hop)) {
		const struct nlattr *attrs[RTA_MAX + 1] = { 0 };

		if (hop->rtnh_ifindex != ifindex)
			continue;
		mnl_attr_parse_payload(RTNH_DATA(hop), hop->rtnh_len - sizeof(*hop), on_attr,
				       attrs);
		read_gateway(attrs[RTA_GATEWAY], family, route);
		return true;
	}
	return false;
}

/* Read the next hop of a route. False: packets leave by another interface. */
static bool read_next_hop(const struct nlattr **attrs, int family, int ifindex, struct route *route)
{
	if (attrs[RTA_MULTIPATH])
		return read_multipath(attrs[RTA_MULTIPATH], family, ifindex, route);
	read_gateway(attrs[RTA_GATEWAY], family, route);
	return attrs[RTA_OIF] && (int)mnl_attr_get_u32(attrs[RTA_OIF]) == ifindex;
}

static int on_route(const struct nlmsghdr *nlh, void *ctx)
{
	const struct nlattr *attrs[RTA_MAX + 1] = { 0 };
	const struct rtmsg *rtm = mnl_nlmsg_get_payload(nlh);
	const struct reading *r = ctx;
	struct iface *iface = r->iface;
	struct route route = { .kind = ROUTE_OURS }, *grown;

	mnl_attr_parse(nlh, sizeof(*rtm), on_attr, attrs);
	if (rtm->rtm_family != r->family || rtm->rtm_flags & RTM_F_CLONED)
		return MNL_CB_OK;
	if (rtm->rtm_table != RT_TABLE_MAIN || rtm->rtm_tos || rtm->rtm_type == RTN_THROW)
		return MNL_CB_OK;
	/* Refuse blackhole and the like, and gateways without IPv4. */
	if (rtm->rtm_type != RTN_UNICAST || attrs[RTA_VIA])
		route.kind = ROUTE_REFUSED;
	else if (!read_next_hop(attrs, r->family, iface->index, &route))
		route.kind = ROUTE_ELSEWHERE;
	grown = reallocarray(iface->routes, iface->n_routes + 1, sizeof(*grown));
	if (!grown)
		return MNL_CB_ERROR;
	iface->routes = grown;
	attr_addr(attrs[RTA_DST], r->family, &route.dst);
	route.prefix_len = prefix_of(r, rtm->rtm_dst_len);
	route.metric = attrs[RTA_PRIORITY] ? mnl_attr_get_u32(attrs[RTA_PRIORITY]) : 0;
	if (!attr_addr(attrs[RTA_PREFSRC], r->family, &route.source))
		route.source = source_for(iface, like(&route));
	grown[iface->n_routes++] = route;
	return MNL_CB_OK;
}

static int ask_routes(void *ctx)
{
	char buf[256];
	struct nlmsghdr *nlh = request_new(buf, RTM_GETROUTE, NLM_F_DUMP, sizeof(struct rtmsg));
	struct rtmsg *rtm = mnl_nlmsg_get_payload(nlh);
	struct reading *r = ctx;

	while (r->iface->n_routes &&
	       addr_is_ip4(r->iface->routes[r->iface->n_routes - 1].dst) == (r->family == AF_INET))
		r->iface->n_routes--; /* of a list that was interrupted */
	rtm->rtm_family = r->family;
	return netlink_ask(NETLINK_ROUTE, nlh, on_route, r);
}

static int read_routes(struct iface *iface, struct err *err)
{
	struct reading ip4 = { iface, AF_INET }, ip6 = { iface, AF_INET6 };
	int code = netlink_retry(ask_routes, &ip4);

	if (!code)
		code = netlink_retry(ask_routes, &ip6);
	return code ? err_set(err, code, "%s: cannot read its routes: %s", iface->name, why(code))
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
	if (!code)
		code = read_routes(out, err);
	if (code)
		route_iface_free(out);
	return code;
}

void route_iface_free(struct iface *iface)
{
	free(iface->addrs);
	free(iface->routes);
	*iface = (struct iface){ 0 };
}
