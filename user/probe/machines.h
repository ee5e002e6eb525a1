/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* machines.h - MAC addresses that virtual machines and containers get by default. Pure. */
#ifndef XSCAN_MACHINES_H
#define XSCAN_MACHINES_H

#include <stdbool.h>
#include <stdint.h>

/* The program that gives such addresses, as "QEMU virtual machine"; NULL: none known. */
const char *machines_name(const uint8_t mac[6]);

/* Is the address of nobody's registered prefix, but made up on the spot? */
static inline bool machines_is_local(const uint8_t mac[6])
{
	return mac[0] & 2;
}

#endif
