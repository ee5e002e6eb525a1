// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * drivers.c - the table of drivers: what each does for a program of native XDP, on an interface that is
 * up and has no program. The last column is where that is known from: the function of Linux that was
 * read, or a measurement.
 */
#include "drivers.h"

#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	LINK = DRIVER_RESETS_LINK,
	QUEUES = DRIVER_REBUILDS_QUEUES,
	OFFLOADS = DRIVER_LOSES_OFFLOADS
};

static const struct driver drivers[] = {
	{ "bnxt_en", LINK | QUEUES | OFFLOADS, "bnxt_xdp_set" },
	{ "cpsw", 0, "cpsw_xdp_prog_setup" },
	{ "ena", LINK | QUEUES, "ena_xdp_set" },
	{ "gve", QUEUES, "gve_set_xdp" },
	{ "hv_netvsc", QUEUES | OFFLOADS, "netvsc_xdp_set: it copies packets, its VF rebuilds" },
	{ "i40e", LINK | QUEUES, "i40e_xdp_setup" },
	{ "ice", QUEUES, "ice_xdp_setup_prog" },
	{ "igb", LINK | QUEUES, "igb_xdp_setup" },
	{ "igc", QUEUES, "igc_xdp_set_prog" },
	{ "ixgbe", LINK | QUEUES, "ixgbe_xdp_setup" },
	{ "ixgbevf", LINK | QUEUES, "ixgbevf_xdp_setup" },
	{ "mana", QUEUES, "mana_xdp_set" },
	{ "mlx4_en", LINK | QUEUES, "mlx4_xdp_set" },
	{ "mlx5_core", QUEUES, "mlx5e_xdp_set" },
	{ "nfp", QUEUES, "nfp_net_xdp_setup_drv" },
	{ "qede", LINK | QUEUES, "qede_xdp_set" },
	{ "sfc", 0, "efx_xdp_setup_prog" },
	/*
	 * Measured with iperf3 towards the veth: TCP loses 60 to 80 % of its throughput to native
	 * XDP, since its other end segments by itself. Generic XDP costs 15 to 20 %, tc nothing.
	 */
	{ "veth", OFFLOADS, "veth_xdp_set, measured", .steady = true },
	{ "vif", QUEUES, "xennet_xdp_set" },
	{ "virtio_net", QUEUES | OFFLOADS, "virtnet_xdp_set" },
	{ "vmxnet3", LINK | QUEUES | OFFLOADS, "vmxnet3_xdp_set" },
};

const struct driver *drivers_find(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(drivers) / sizeof(drivers[0]); i++)
		if (!strcmp(drivers[i].name, name))
			return &drivers[i];
	return NULL;
}

bool drivers_slows_only(const struct driver *driver)
{
	return driver && driver->harm == DRIVER_LOSES_OFFLOADS;
}

const char *drivers_describe(const struct driver *driver, char text[DRIVER_TEXT])
{
	const char *const words[] = { "resets the link", "rebuilds queues", "gives up offloads" };
	size_t at = 0;
	unsigned int i;

	if (!driver)
		return "it is not known whether XDP disturbs it";
	if (!driver->harm)
		at = (size_t)snprintf(text, DRIVER_TEXT, "it takes a program as it runs");
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (driver->harm & 1U << i)
			at += (size_t)snprintf(text + at, DRIVER_TEXT - at, "%s%s",
					       at ? ", " : "for a program it ", words[i]);
	snprintf(text + at, DRIVER_TEXT - at, " (%s)", driver->source);
	return text;
}

void drivers_name(const char *iface, char name[DRIVER_NAME_LEN])
{
	struct ethtool_drvinfo info = { .cmd = ETHTOOL_GDRVINFO };
	struct ifreq request = { .ifr_data = (void *)&info };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	_Static_assert(sizeof(info.driver) == DRIVER_NAME_LEN, "it fits");
	strncpy(request.ifr_name, iface, sizeof(request.ifr_name) - 1);
	if (fd < 0 || ioctl(fd, SIOCETHTOOL, &request))
		info.driver[0] = '\0';
	info.driver[sizeof(info.driver) - 1] = '\0';
	strcpy(name, info.driver);
	if (fd >= 0)
		close(fd);
}
