// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* payloads.c - read the table of probe_udp_payloads.h. */
#include "payloads.h"

#include "probe_udp.h"

const char *payload_proof(uint16_t port)
{
	const struct probe_udp_payload *what = probe_udp_payload(port, 0);

	if (what->form == UDP_FORM_TFTP)
		return "form";
	return what->width ? "number" : "port";
}

bool payload_varies(uint16_t port)
{
	return probe_udp_payload(port, 0) != probe_udp_payload(port, 1);
}

uint16_t payload_longest(const struct ports *ports)
{
	static const uint16_t known[] = {
#define PAYLOAD_PORT(NAME, port) port,
		PROBE_UDP_PORTS(PAYLOAD_PORT)
#undef PAYLOAD_PORT
	};
	unsigned int longest = PROBE_UDP_ROOM, i, len;
	uint16_t port = 0;

	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		len = probe_udp_payload(known[i], 0)->len;
		if (!ports->slot[known[i]] || len <= longest)
			continue;
		longest = len;
		port = known[i];
	}
	return port;
}

unsigned int payload_packet_len(uint16_t port)
{
	return sizeof(struct net_ip4) + sizeof(struct net_udp) + probe_udp_payload(port, 0)->len;
}
