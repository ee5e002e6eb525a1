/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* payload_bytes.h - what the tables of probe_udp_payloads.h say of each byte of a question. */
#ifndef XSCAN_TESTS_PAYLOAD_BYTES_H
#define XSCAN_TESTS_PAYLOAD_BYTES_H

#include "probe_udp_payloads.h"

/* Byte k of a payload without its number. */
static inline __u8 byte_of(const struct probe_udp_payload *what, unsigned int k)
{
	if (k < PROBE_UDP_ROOM)
		return what->bytes[k];
	k -= PROBE_UDP_ROOM;
	return what->form == UDP_FORM_TEXT && k < PROBE_UDP_TEXT_ROOM ? probe_udp_text[k] : 0;
}

/* How many bytes the number of a question has, whether answers repeat it or not. */
static inline unsigned int number_width(const struct probe_udp_payload *what)
{
	return what->form == UDP_FORM_TEXT ? 8 : what->width;
}

#endif
