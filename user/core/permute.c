// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * permute.c - a Feistel network with cycle walking.
 *
 * Let 2^b be the smallest power of two >= n. A number x < 2^b is cut in a left half of
 * floor(b / 2) bits and a right half of ceil(b / 2) bits. Four rounds each add (XOR) a keyed
 * function of one half to the other:
 *
 *	left  ^= F(right, key[0])
 *	right ^= F(left,  key[1])
 *	left  ^= F(right, key[2])
 *	right ^= F(left,  key[3])
 *
 * A round leaves the half it reads as it was, so the same XOR undoes it, whatever F is: all four in
 * reverse order are the inverse, and E, the whole, is a bijection on [0, 2^b). Halves may differ in
 * size, and a half may have no bits at all, where it is always 0 (n <= 2). Four rounds, because
 * with fewer the order can be told from a random one by looking at few positions (Luby, Rackoff
 * 1988); that is about looking random, not about secrecy: the proof of an answer is the cookie.
 *
 * [0, n) is smaller than [0, 2^b), so E may lead out of it. Then E is applied again until the value
 * is back inside (Black, Rogaway 2002). This ends, for E's cycles are finite and the one we are on
 * holds the start, which is inside. It is a bijection on [0, n), for it is what is left of E when
 * the numbers >= n are cut out of its cycles; walking the same cycle backwards is its inverse.
 * Cutting them out costs 2^b / n applications of E an index on average over [0, n), which is less
 * than two.
 */
#include "permute.h"

/* SplitMix64 (Steele, Lea, Flood 2014): turns seeds that are close into keys that are not. */
static uint64_t next_key(uint64_t *state)
{
	uint64_t x = *state += 0x9e3779b97f4a7c15ULL;

	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
	return x ^ (x >> 31);
}

/*
 * The round function. A product's high bits depend on all bits of its factors, its low bits on few:
 * the shift brings the high ones down between two multiplications, and the result is taken from the
 * top. 32 bits are enough, as a half has at most 24.
 */
static inline uint64_t mix(uint64_t half, uint64_t key)
{
	uint64_t x = (half ^ key) * 0xbf58476d1ce4e5b9ULL;

	x = (x ^ (x >> 32)) * 0x94d049bb133111ebULL;
	return x >> 32;
}

static inline uint64_t encrypt(const struct permute *p, uint64_t x)
{
	uint64_t left_mask = (1ULL << p->left_bits) - 1;
	uint64_t right_mask = (1ULL << p->right_bits) - 1;
	uint64_t left = x >> p->right_bits;
	uint64_t right = x & right_mask;

	left ^= mix(right, p->key[0]) & left_mask;
	right ^= mix(left, p->key[1]) & right_mask;
	left ^= mix(right, p->key[2]) & left_mask;
	right ^= mix(left, p->key[3]) & right_mask;
	return left << p->right_bits | right;
}

static inline uint64_t decrypt(const struct permute *p, uint64_t x)
{
	uint64_t left_mask = (1ULL << p->left_bits) - 1;
	uint64_t right_mask = (1ULL << p->right_bits) - 1;
	uint64_t left = x >> p->right_bits;
	uint64_t right = x & right_mask;

	right ^= mix(left, p->key[3]) & right_mask;
	left ^= mix(right, p->key[2]) & left_mask;
	right ^= mix(left, p->key[1]) & right_mask;
	left ^= mix(right, p->key[0]) & left_mask;
	return left << p->right_bits | right;
}

void permute_init(struct permute *p, uint64_t n, uint64_t seed)
{
	unsigned int bits = n > 1 ? 64 - (unsigned int)__builtin_clzll(n - 1) : 0;
	unsigned int i;

	p->n = n;
	p->left_bits = bits / 2;
	p->right_bits = bits - p->left_bits;
	for (i = 0; i < 4; i++)
		p->key[i] = next_key(&seed);
}

uint64_t permute_at(const struct permute *p, uint64_t i)
{
	do {
		i = encrypt(p, i);
	} while (i >= p->n);
	return i;
}

uint64_t permute_position(const struct permute *p, uint64_t x)
{
	do {
		x = decrypt(p, x);
	} while (x >= p->n);
	return x;
}
