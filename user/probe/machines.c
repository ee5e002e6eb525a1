// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * machines.c - prefixes of virtual machines. Registries have some of them under other names, and the
 * locally administered ones not at all.
 */
#include "machines.h"

#include <stddef.h>
#include <string.h>

static const struct {
	uint8_t prefix[3];
	uint8_t len;
	const char *name;
} machines[] = {
	{ { 0x52, 0x54, 0x00 }, 3, "QEMU virtual machine" },
	{ { 0x00, 0x16, 0x3e }, 3, "Xen virtual machine" },
	{ { 0x00, 0x0c, 0x29 }, 3, "VMware virtual machine" },
	{ { 0x00, 0x50, 0x56 }, 3, "VMware virtual machine" },
	{ { 0x00, 0x05, 0x69 }, 3, "VMware virtual machine" },
	{ { 0x00, 0x1c, 0x14 }, 3, "VMware virtual machine" },
	{ { 0x08, 0x00, 0x27 }, 3, "VirtualBox virtual machine" },
	{ { 0x0a, 0x00, 0x27 }, 3, "VirtualBox host" },
	{ { 0x00, 0x15, 0x5d }, 3, "Hyper-V virtual machine" },
	{ { 0x00, 0x1c, 0x42 }, 3, "Parallels virtual machine" },
	{ { 0xbc, 0x24, 0x11 }, 3, "Proxmox virtual machine" },
	{ { 0x58, 0x9c, 0xfc }, 3, "bhyve virtual machine" },
	{ { 0x00, 0x1a, 0x4a }, 3, "oVirt virtual machine" },
	{ { 0x02, 0x42 }, 2, "Docker container" },
};

const char *machines_name(const uint8_t mac[6])
{
	size_t i;

	for (i = 0; i < sizeof(machines) / sizeof(machines[0]); i++)
		if (!memcmp(mac, machines[i].prefix, machines[i].len))
			return machines[i].name;
	return NULL;
}
