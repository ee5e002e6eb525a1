/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* name_asker.h - the source of names (named.h): the resolver of this host, in a process of its own. */
#ifndef XSCAN_NAME_ASKER_H
#define XSCAN_NAME_ASKER_H

#include "named.h"
#include "network.h"
#include "resolver.h"

struct name_asker {
	struct resolver resolver;
	const struct network *net;
	const int *signal_fd; /* readable when a signal says stop */
	struct name_source source;
};

/* Zero-initialised: closed. Zones are interfaces of `net`. Returns as resolver_open. */
int name_asker_open(struct name_asker *a, const struct network *net, const int *signal_fd,
		    struct err *err);
void name_asker_close(struct name_asker *a);

/* NULL: nobody asks for names. */
const struct name_source *name_asker_source(const struct name_asker *a);

#endif
