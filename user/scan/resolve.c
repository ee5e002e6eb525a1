// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* resolve.c - ask the C library for the addresses of a name. */
#include "resolve.h"

#include "config.h"
#include "lack.h"
#include "resolved.h"

#include <arpa/inet.h>
#include <endian.h>
#include <errno.h>
#include <net/if.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static size_t count(const struct addrinfo *list)
{
	size_t n = 0;

	for (; list; list = list->ai_next)
		n++;
	return n;
}

static struct addr addr_of(const struct sockaddr *from)
{
	const struct sockaddr_in6 *in6 = (const void *)from;
	const struct sockaddr_in *in = (const void *)from;
	uint64_t half[2];

	if (from->sa_family == AF_INET)
		return addr_ip4(ntohl(in->sin_addr.s_addr));
	memcpy(half, &in6->sin6_addr, sizeof(half));
	return (struct addr){ be64toh(half[0]), be64toh(half[1]) };
}

/* Take the first address; note the others. */
static int take_first(struct config *c, const char *name, const struct addrinfo *list,
		      struct addr *addr)
{
	struct addr *addrs = calloc(count(list), sizeof(*addrs));
	char *note = NULL;
	size_t n = 0;
	int code;

	if (!addrs)
		return -ENOMEM;
	for (; list; list = list->ai_next)
		addrs[n++] = addr_of(list->ai_addr);
	*addr = addrs[0];
	code = resolved_line(name, addrs, n, &note);
	free(addrs);
	return code || !note ? code : config_note(c, note);
}

int resolve_name(void *ctx, const char *name, struct addr *addr, struct err *err)
{
	const struct config *c = ctx;
	struct addrinfo hints = { .ai_family = c->family, .ai_socktype = SOCK_STREAM };
	struct addrinfo *list;
	int code, lack;

	/* With a dot at its end a name is a host's in any case. */
	if (if_nametoindex(name))
		return err_set(err, -EINVAL, "%.32s: is an interface: say --iface %.32s", name,
			       name);
	code = getaddrinfo(name, NULL, &hints, &list);
	if (code && !access(name, F_OK))
		return err_set(err, -EINVAL, "%.64s: is a file: say --targets %.64s", name, name);
	if (code) {
		lack = lack_of(RESOLVE_DESCRIPTORS, RESOLVE_BYTES);
		return err_set(err, lack ? lack : -EINVAL, "%.128s: %s", name,
			       lack ? strerror(-lack) : gai_strerror(code));
	}
	code = take_first(ctx, name, list, addr);
	freeaddrinfo(list);
	return code ? err_set(err, code, "out of memory") : 0;
}
