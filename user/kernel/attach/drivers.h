/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* drivers.h - which network drivers take native XDP without disturbing the host's other traffic. */
#ifndef XSCAN_DRIVERS_H
#define XSCAN_DRIVERS_H

#include <stdbool.h>

enum { DRIVER_NAME_LEN = 32 };

struct driver {
	const char *name; /* as `ethtool -i` prints it */
	bool gentle;	  /* other traffic does not notice */
	const char *why;  /* what the driver does when a program is attached, and while it is */
	bool steady; /* a program changes nothing of what its interface can do (xdp_features.h) */
};

/* NULL: not in the table. Such a driver is not known to be gentle. */
const struct driver *drivers_find(const char *name);

/* The name of an interface's driver; empty if unknown. */
void drivers_name(const char *iface, char name[DRIVER_NAME_LEN]);

#endif
