/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* drivers.h - how much native XDP disturbs the host's other traffic, by network driver. */
#ifndef XSCAN_DRIVERS_H
#define XSCAN_DRIVERS_H

#include <stdbool.h>

enum { DRIVER_NAME_LEN = 32, DRIVER_TEXT = 112 };

/* What others notice of a program. */
enum driver_harm {
	DRIVER_RESETS_LINK = 1,	    /* the carrier goes away for a moment */
	DRIVER_REBUILDS_QUEUES = 2, /* frames are lost meanwhile */
	DRIVER_LOSES_OFFLOADS = 4,  /* others are slower while the program is attached */
};

struct driver {
	const char *name;   /* as `ethtool -i` prints it */
	unsigned int harm;  /* of enum driver_harm */
	const char *source; /* how this is known */
	bool steady; /* a program changes nothing of what its interface can do (xdp_features.h) */
};

/* NULL: not in the table. Nothing is known of such a driver. */
const struct driver *drivers_find(const char *name);

/* Does a program slow others down while it is attached, and do nothing worse? */
bool drivers_slows_only(const struct driver *driver);

/* What the driver does for a program, and how that is known; driver may be NULL. */
const char *drivers_describe(const struct driver *driver, char text[DRIVER_TEXT]);

/* The name of an interface's driver; empty if unknown. */
void drivers_name(const char *iface, char name[DRIVER_NAME_LEN]);

#endif
