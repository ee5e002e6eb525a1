// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* rtnl.c - build and read messages with libmnl. */
#include "rtnl.h"

#include <arpa/inet.h>
#include <endian.h>
#include <string.h>
#include <sys/socket.h>

struct nlmsghdr *rtnl_request(char *buf, uint16_t type, uint16_t flags, size_t body)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);

	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = NLM_F_REQUEST | flags;
	memset(mnl_nlmsg_put_extra_header(nlh, body), 0, body);
	return nlh;
}

int rtnl_on_attr(const struct nlattr *attr, void *ctx)
{
	const struct nlattr **attrs = ctx;

	if (mnl_attr_get_type(attr) <= RTA_MAX)
		attrs[mnl_attr_get_type(attr)] = attr;
	return MNL_CB_OK;
}

bool rtnl_addr(const struct nlattr *attr, int family, struct addr *out)
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

bool rtnl_via(const struct nlattr *attr, struct addr *out)
{
	struct {
		uint16_t family;
		uint8_t addr[16];
	} via;
	uint64_t half[2];

	if (!attr || mnl_attr_get_payload_len(attr) != sizeof(via))
		return false;
	memcpy(&via, mnl_attr_get_payload(attr), sizeof(via));
	if (via.family != AF_INET6)
		return false;
	memcpy(half, via.addr, sizeof(half));
	*out = (struct addr){ be64toh(half[0]), be64toh(half[1]) };
	return true;
}

void rtnl_put_addr(struct nlmsghdr *nlh, uint16_t type, struct addr addr)
{
	const uint64_t half[] = { htobe64(addr.hi), htobe64(addr.lo) };

	if (addr_is_ip4(addr))
		mnl_attr_put_u32(nlh, type, htonl(addr_to_ip4(addr)));
	else
		mnl_attr_put(nlh, type, sizeof(half), half);
}
