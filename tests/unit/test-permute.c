// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* test-permute.c - the order of a scan visits every index once and looks random. */
#include "permute.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { SMALL_N = 4096, HOSTS = 256, PORTS = 1024 };

static const uint64_t big_sizes[] = {
	254 * 1024,	  1ULL << 20,	      (1ULL << 20) + 1, 65535ULL * 65536,
	(1ULL << 32) - 1, (1ULL << 32) + 1,   (1ULL << 47) - 1, (1ULL << 47) + 1,
	1000000007ULL,	  65535ULL * 1000003, (1ULL << 48) - 1, 1ULL << 48,
};

static uint64_t next_random(uint64_t *state)
{
	*state = *state * 6364136223846793005ULL + 1442695040888963407ULL;
	return (*state ^ (*state >> 29)) * 0x9e3779b97f4a7c15ULL >> 8;
}

static void every_small_size_is_a_bijection(void **state)
{
	static const uint64_t seeds[] = { 0, 1, 0xdeadbeefcafef00dULL };
	static uint8_t seen[SMALL_N];
	struct permute p;
	uint64_t n, i, x;
	size_t s;

	(void)state;
	for (s = 0; s < sizeof(seeds) / sizeof(*seeds); s++) {
		for (n = 1; n <= SMALL_N; n++) {
			permute_init(&p, n, seeds[s]);
			memset(seen, 0, n);
			for (i = 0; i < n; i++) {
				x = permute_at(&p, i);
				if (x >= n || seen[x] || permute_position(&p, x) != i)
					fail_msg("seed %zu, n %u, position %u", s, (unsigned int)n,
						 (unsigned int)i);
				seen[x] = 1;
			}
		}
	}
}

static void check_inverse(const struct permute *p, uint64_t i)
{
	uint64_t x = permute_at(p, i);

	assert_in_range(x, 0, p->n - 1);
	assert_int_equal(permute_position(p, x), i);
	x = permute_position(p, i);
	assert_in_range(x, 0, p->n - 1);
	assert_int_equal(permute_at(p, x), i);
}

static void big_sizes_are_inverted(void **state)
{
	uint64_t random = 1;
	struct permute p;
	unsigned int k;
	size_t s;

	(void)state;
	for (s = 0; s < sizeof(big_sizes) / sizeof(*big_sizes); s++) {
		permute_init(&p, big_sizes[s], s);
		for (k = 0; k < 1000; k++) {
			check_inverse(&p, k);
			check_inverse(&p, p.n - 1 - k);
			check_inverse(&p, next_random(&random) % p.n);
		}
	}
}

/* The halves hold every number below n, and no more bits than that takes. */
static void halves_fit(void **state)
{
	struct permute p;
	uint64_t n;

	(void)state;
	for (n = 1; n <= 1ULL << 48; n += n / 7 + 1) {
		permute_init(&p, n, 0);
		assert_true(1ULL << (p.left_bits + p.right_bits) >= n);
		assert_true(n == 1 || 1ULL << (p.left_bits + p.right_bits) < 2 * n);
	}
}

static unsigned int count_equal(uint64_t n, uint64_t seed_a, uint64_t seed_b)
{
	unsigned int i, equal = 0;
	struct permute a, b;

	permute_init(&a, n, seed_a);
	permute_init(&b, n, seed_b);
	for (i = 0; i < 1000; i++)
		equal += permute_at(&a, i) == permute_at(&b, i);
	return equal;
}

static void seeds_make_the_order(void **state)
{
	uint64_t seed;

	(void)state;
	for (seed = 0; seed < 64; seed++) {
		assert_int_equal(count_equal(HOSTS * PORTS, seed, seed), 1000);
		assert_in_range(count_equal(HOSTS * PORTS, seed, seed + 1), 0, 9);
		assert_in_range(count_equal(HOSTS * PORTS, seed, seed ^ 1ULL << 63), 0, 9);
	}
}

/* All six orders of three come up. */
static void tiny_sizes_have_every_order(void **state)
{
	unsigned int seen = 0;
	struct permute p;
	uint64_t seed;

	(void)state;
	for (seed = 0; seed < 200; seed++) {
		permute_init(&p, 3, seed);
		seen |= 1u << (permute_at(&p, 0) * 3 + permute_at(&p, 1));
	}
	/* bits first * 3 + second, with first != second */
	assert_int_equal(seen, 1 << 1 | 1 << 2 | 1 << 3 | 1 << 5 | 1 << 6 | 1 << 7);
}

/*
 * Of 256 hosts, 1000 probes drawn at random miss about 5 (256 * e^(-1000/256)); an order that
 * stays on a host, or strides, does something else. The same from any position on, and for probes
 * taken 16 apart, as a shard takes them.
 */
static void neighbours_are_spread_over_hosts(void **state)
{
	static const struct {
		uint64_t start, stride;
	} walks[] = { { 0, 1 }, { 100000, 1 }, { HOSTS * PORTS - 1000, 1 }, { 0, 16 }, { 3, 256 } };
	unsigned int count[HOSTS], i, host, last, touched, most, repeats;
	struct permute p;
	uint64_t seed;
	size_t w;

	(void)state;
	for (seed = 0; seed < 20; seed++) {
		permute_init(&p, HOSTS * PORTS, seed);
		for (w = 0; w < sizeof(walks) / sizeof(*walks); w++) {
			memset(count, 0, sizeof(count));
			touched = most = repeats = 0;
			last = HOSTS;
			for (i = 0; i < 1000; i++) {
				host = (unsigned int)(permute_at(&p, walks[w].start +
									     i * walks[w].stride) /
						      PORTS);
				touched += count[host]++ == 0;
				most = count[host] > most ? count[host] : most;
				repeats += host == last;
				last = host;
			}
			assert_in_range(touched, 240, HOSTS);
			assert_in_range(most, 7, 20);
			assert_in_range(repeats, 0, 20);
		}
	}
}

/* Machines that share a scan by --shard rely on one order: it must not change between versions. */
static void order_is_pinned(void **state)
{
	static const struct {
		uint64_t n, seed, i, x;
	} rows[] = {
		{ 1, 7, 0, 0 },
		{ 2, 1, 0, 1 },
		{ 3, 1, 2, 2 },
		{ 1000, 42, 0, 780 },
		{ 1000, 42, 999, 44 },
		{ 254 * 1024, 0, 1, 116938 },
		{ (1ULL << 32) - 1, 1, 12345678, 659549703 },
		{ 65535ULL * 65536, UINT64_MAX, 0, 2957479784 },
		{ 1ULL << 48, 42, (1ULL << 48) - 1, 162295164421399 },
	};
	struct permute p;
	size_t r;

	(void)state;
	for (r = 0; r < sizeof(rows) / sizeof(*rows); r++) {
		permute_init(&p, rows[r].n, rows[r].seed);
		assert_int_equal(permute_at(&p, rows[r].i), rows[r].x);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_small_size_is_a_bijection),
		cmocka_unit_test(big_sizes_are_inverted),
		cmocka_unit_test(halves_fit),
		cmocka_unit_test(seeds_make_the_order),
		cmocka_unit_test(tiny_sizes_have_every_order),
		cmocka_unit_test(neighbours_are_spread_over_hosts),
		cmocka_unit_test(order_is_pinned),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
