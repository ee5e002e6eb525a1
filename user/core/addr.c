// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* addr.c - addresses as text. */
#include "addr.h"

#include <arpa/inet.h>
#include <endian.h>

_Static_assert(ADDR_TEXT == INET6_ADDRSTRLEN, "room for each address");

const char *addr_text(struct addr a, char buf[ADDR_TEXT])
{
	const uint64_t ip6[] = { htobe64(a.hi), htobe64(a.lo) };
	const uint32_t ip4 = htonl(addr_to_ip4(a));

	if (addr_is_ip4(a))
		return inet_ntop(AF_INET, &ip4, buf, ADDR_TEXT);
	return inet_ntop(AF_INET6, ip6, buf, ADDR_TEXT);
}

bool addr_parse(const char *text, struct addr *out)
{
	uint64_t ip6[2];
	uint32_t ip4;

	if (inet_pton(AF_INET, text, &ip4) == 1)
		*out = addr_ip4(ntohl(ip4));
	else if (inet_pton(AF_INET6, text, ip6) == 1)
		*out = (struct addr){ be64toh(ip6[0]), be64toh(ip6[1]) };
	else
		return false;
	return true;
}
