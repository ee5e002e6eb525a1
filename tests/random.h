/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * random.h - for tests: random numbers that are the same in each run. The state is the seed. Pure.
 */
#ifndef XSCAN_TESTS_RANDOM_H
#define XSCAN_TESTS_RANDOM_H

#include <stddef.h>
#include <stdint.h>

static inline uint64_t next_random(uint64_t *state)
{
	*state = *state * 6364136223846793005ULL + 1442695040888963407ULL;
	return (*state ^ (*state >> 29)) * 0x9e3779b97f4a7c15ULL >> 8;
}

static inline void random_bytes(uint64_t *state, void *out, size_t len)
{
	uint8_t *p = out;

	while (len--)
		*p++ = (uint8_t)next_random(state);
}

#endif
