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
