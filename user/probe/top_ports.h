/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * top_ports.h - ports by how often they are open, and the other words for ports that users know.
 */
#ifndef XSCAN_TOP_PORTS_H
#define XSCAN_TOP_PORTS_H

#include "err.h"
#include "kinds.h"

/* Frequencies that nmap's authors have measured; read where nmap is installed. */
#define TOP_PORTS_FILE "/usr/share/nmap/nmap-services"

/*
 * Write the n ports of a protocol that are open most often into `list`, n up to 65535. The order is
 * that of `file` if it can be read; then that of a list in top_ports.c; then services that the system
 * knows; then all others. 0 or -ENOMEM.
 */
int top_ports(const char *file, const char *protocol, uint32_t n, uint16_t *list);

/* A list for ports_parse, for each kind that asks for ports; NULL: none. The caller frees each. */
struct port_lists {
	char *of[PROBE_KINDS_N];
};

/*
 * Turn the words of a list of ports into those that ports_parse reads: `topN`, `all`, and some names
 * that the system does not know, such as rdp. `T:` and `U:` name the protocol of what follows; before
 * them it is that of `kind`. `file` as above. 0 or a negative errno with the reason in err.
 */
int port_lists_read(const char *text, enum probe_kind kind, const char *file,
		    struct port_lists *out, struct err *err);
void port_lists_free(struct port_lists *lists);

#endif
