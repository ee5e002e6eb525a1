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
 * A round leaves the half that it reads unchanged, so the same XOR undoes the round, whatever F is.
 * All four in reverse order are the inverse, so E, the whole, is a bijection on [0, 2^b). Halves
 * may differ in size. A half may have no bits at all, and is then always 0 (n <= 2). Four rounds:
 * with fewer, a few positions tell the order from a random one (Luby, Rackoff 1988). The order need
 * only look random; the cookie, not secrecy of the order, proves an answer.
 *
 * [0, n) is smaller than [0, 2^b), so E may lead out of it. Then E is applied again until the value
 * is back inside (Black, Rogaway 2002). This ends: E's cycles are finite, and the current cycle
 * holds the start, which is inside. The result is a bijection on [0, n): E with the numbers >= n
 * cut out of its cycles. Walking the same cycle backwards is the inverse. On average over [0, n) an
 * index costs 2^b / n applications of E, less than two.
 */
#include "permute.h"

/* SplitMix64 (Steele, Lea, Flood 2014): close seeds give keys that are not close. */
static uint64_t next_key(uint64_t *state)
{
	uint64_t x = *state += 0x9e3779b97f4a7c15ULL;

	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
	return x ^ (x >> 31);
}

/*
 * The round function. A product's high bits depend on all bits of its factors, its low bits on few.
 * So shift the high bits down between two multiplications, and take the result from the top. 32
 * bits are enough: a half has at most 24.
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
