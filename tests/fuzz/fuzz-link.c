// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * fuzz-link.c - any bytes as a frame that tells who is on the link. Law: only addresses that a host can
 * have are found, or groups of such addresses.
 */
#include "candidates.h"
#include "fuzz.h"
#include "link_questions.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t ours[6] = { 2, 0, 0, 0, 0, 1 };
	struct sighting out[LINK_ANSWERS_MAX];
	unsigned int i, n = link_answers_read(data, size, 0, ours, out);

	LAW(n <= LINK_ANSWERS_MAX);
	for (i = 0; i < n; i++) {
		LAW(candidates_may_be(out[i].addr) || candidates_is_group(out[i].addr) ||
		    addr_is_ip4(out[i].addr));
		LAW(!(out[i].mac[0] & 1));
	}
	return 0;
}
