// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* name_asker.c - join named.h and resolver.h. */
#include "name_asker.h"

#include "loop.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

_Static_assert((int)NAMED_TEXT == (int)RESOLVER_TEXT, "both mean the longest name");

/* The number of the interface of a zone; 0: no zone. */
static int ifindex_of(const struct network *net, const char *zone)
{
	unsigned int i;

	for (i = 0; zone && i < net->n; i++)
		if (!strcmp(net->ifaces[i].name, zone))
			return net->ifaces[i].index;
	return 0;
}

static int ask(void *ctx, struct addr addr, const char *zone)
{
	const struct name_asker *a = ctx;

	return resolver_ask(&a->resolver, addr, ifindex_of(a->net, zone));
}

static int take(void *ctx, struct addr *addr, const char **zone, char name[NAMED_TEXT])
{
	const struct name_asker *a = ctx;
	const struct iface *iface;
	int ifindex, code;

	code = resolver_take(&a->resolver, addr, &ifindex, name);
	if (code <= 0)
		return code;
	iface = network_iface(a->net, ifindex);
	*zone = iface ? iface->name : NULL;
	return code;
}

static int wait(void *ctx, unsigned int ms)
{
	const struct name_asker *a = ctx;
	struct pollfd fds[] = {
		{ .fd = *a->signal_fd, .events = POLLIN },
		{ .fd = a->resolver.fd, .events = POLLIN },
	};

	poll(fds, 2, (int)ms);
	return fds[0].revents ? -EINTR : 0;
}

static uint64_t now_ns(void *ctx)
{
	(void)ctx;
	return loop_now_ns();
}

int name_asker_open(struct name_asker *a, const struct network *net, const int *signal_fd,
		    struct err *err)
{
	*a = (struct name_asker){
		.net = net,
		.signal_fd = signal_fd,
		.source = { a, ask, take, wait, now_ns },
	};
	return resolver_open(&a->resolver, err);
}

void name_asker_close(struct name_asker *a)
{
	if (a->source.ctx)
		resolver_close(&a->resolver);
	*a = (struct name_asker){ 0 };
}

const struct name_source *name_asker_source(const struct name_asker *a)
{
	return a->source.ctx ? &a->source : NULL;
}
