// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * fuzz-info.c - any bytes as the answer of a UDP service: its row among services[], the try, then the
 * payload. Laws: the words are printable and bounded, and no byte behind those that are there is read.
 */
#include "info_law.h"

#include "fuzz.h"
#include "probe_udp_payloads.h"

static const uint16_t services[] = {
#define PORT(NAME, port) port,
	PROBE_UDP_PORTS(PORT)
#undef PORT
		9
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const size_t n = sizeof(services) / sizeof(services[0]);
	struct info_payload payload;
	struct info info;
	uint8_t *bytes;

	if (size < 3)
		return 0;
	payload.kept = size - 3;
	payload.len = payload.kept + (data[2] & 1);
	bytes = malloc(payload.kept ?: 1);
	LAW(bytes);
	memcpy(bytes, data + 3, payload.kept);
	payload.bytes = bytes;
	info_read(&info, services[data[0] % n], data[1] & 1, &payload);
	LAW(info_is_sound(&info));
	free(bytes);
	return 0;
}
