/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * arp-noise.h - ARP of others on a link that speaks of an address, but answers no request for it.
 */
#ifndef XSCAN_ARP_NOISE_H
#define XSCAN_ARP_NOISE_H

#include "fleet.h"
#include "reply.h"

#include <arpa/inet.h>
#include <string.h>

enum arp_noise {
	ARP_ANNOUNCED,	/* gratuitous ARP, a reply to all */
	ARP_ASKED,	/* gratuitous ARP, a request */
	ARP_TO_OTHERS,	/* a reply to a third party */
	ARP_OF_NOBODY,	/* a reply with the MAC address 0 */
	ARP_OF_SCANNER, /* a reply with the MAC address that asked */
	ARP_NOISES,
};

enum { ARP_NOISE_MACHINE = 3 }; /* byte of the MAC addresses; plus enum arp_noise */

static inline void arp_noise(union reply_frame out[ARP_NOISES],
			     const struct probe_arp_frame *request)
{
	static const __u8 other[6] = { 2, 0, 0, 0, 0, 9 };
	const struct net_arp *asked = &request->arp;
	int i;

	for (i = 0; i < ARP_NOISES; i++) {
		__u8 mac[6];

		fleet_mac(ntohl(asked->target_ip), mac);
		mac[1] = (__u8)(ARP_NOISE_MACHINE + i);
		reply_arp(&out[i].arp, request, mac);
	}

	memset(out[ARP_ANNOUNCED].eth.dst, 0xff, 6);
	memset(out[ARP_ANNOUNCED].arp.arp.target_mac, 0xff, 6);
	out[ARP_ANNOUNCED].arp.arp.target_ip = asked->target_ip;

	memset(out[ARP_ASKED].eth.dst, 0xff, 6);
	memset(out[ARP_ASKED].arp.arp.target_mac, 0, 6);
	out[ARP_ASKED].arp.arp.target_ip = asked->target_ip;
	out[ARP_ASKED].arp.arp.op = net_be16(NET_ARP_REQUEST);

	memcpy(out[ARP_TO_OTHERS].eth.dst, other, 6);
	memcpy(out[ARP_TO_OTHERS].arp.arp.target_mac, other, 6);
	out[ARP_TO_OTHERS].arp.arp.target_ip = htonl(ntohl(asked->sender_ip) ^ 1);

	memset(out[ARP_OF_NOBODY].arp.arp.sender_mac, 0, 6);
	memcpy(out[ARP_OF_SCANNER].arp.arp.sender_mac, asked->sender_mac, 6);
}

#endif
