// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* test-cookie.c - the cookie and the checksum: published test vectors, and laws. */
#include "cookie.h"
#include "csum.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

/* The key of the vectors published with SipHash: bytes 00 to 0f. */
static const struct cookie_key vector_key = { 0x0706050403020100, 0x0f0e0d0c0b0a0908 };

static __u32 prng(__u64 *state)
{
	*state = *state * 6364136223846793005ULL + 1442695040888963407ULL;
	return *state >> 32;
}

/* The published vector for the 12 bytes 00 to 0b. */
static void siphash_vector(void **unused)
{
	(void)unused;
	assert_true(cookie_siphash12(&vector_key, 0x0706050403020100, 0x0b0a0908) ==
		    0x751e8fbc860ee5fb);
}

/* The low half of that vector, so each field of the four-tuple has its place in the message. */
static void cookie_vector(void **unused)
{
	(void)unused;
	assert_int_equal(cookie_tcp(&vector_key, 0x03020100, 0x0908, 0x07060504, 0x0b0a),
			 0x860ee5fb);
}

/* No field, and neither half of the key, is left out; nor may target and source be swapped. */
static void each_bit_changes_the_cookie(void **unused)
{
	__u64 state = 1;
	int round, bit;

	(void)unused;
	for (round = 0; round < 100; round++) {
		struct cookie_key key = { (__u64)prng(&state) << 32 | prng(&state),
					  (__u64)prng(&state) << 32 | prng(&state) };
		__be32 target = prng(&state), source = prng(&state);
		__be16 target_port = prng(&state), source_port = prng(&state);
		__u32 cookie = cookie_tcp(&key, target, target_port, source, source_port);

		for (bit = 0; bit < 32; bit++) {
			__u32 flip = 1U << bit;

			assert_true(cookie_tcp(&key, target ^ flip, target_port, source,
					       source_port) != cookie);
			assert_true(cookie_tcp(&key, target, target_port, source ^ flip,
					       source_port) != cookie);
		}
		for (bit = 0; bit < 16; bit++) {
			__u16 flip = 1U << bit;

			assert_true(cookie_tcp(&key, target, target_port ^ flip, source,
					       source_port) != cookie);
			assert_true(cookie_tcp(&key, target, target_port, source,
					       source_port ^ flip) != cookie);
		}
		for (bit = 0; bit < 64; bit++) {
			struct cookie_key other = { key.k0 ^ 1ULL << bit, key.k1 };

			assert_true(cookie_tcp(&other, target, target_port, source, source_port) !=
				    cookie);
			other = (struct cookie_key){ key.k0, key.k1 ^ 1ULL << bit };
			assert_true(cookie_tcp(&other, target, target_port, source, source_port) !=
				    cookie);
		}
		assert_true(cookie_tcp(&key, source, source_port, target, target_port) != cookie);
	}
}

/* For the 36 bytes 00 to 23, as OpenSSL computes it. */
static void siphash36_vector(void **unused)
{
	struct net_addr6 target, source;
	__u8 bytes[36], i;
	__u32 tail;

	(void)unused;
	for (i = 0; i < sizeof(bytes); i++)
		bytes[i] = i;
	memcpy(&target, bytes, 16);
	memcpy(&source, bytes + 16, 16);
	memcpy(&tail, bytes + 32, 4);
	assert_true(cookie_siphash36(&vector_key, &target, &source, tail) == 0x314dffbe0815a3b4);
	assert_int_equal(cookie_tcp6(&vector_key, &target, (__u16)tail, &source, tail >> 16),
			 0x0815a3b4);
}

static __u16 csum(__u64 sum, const void *data, unsigned int bytes)
{
	return net_host16(csum_fold(csum_add_words(sum, data, bytes / 4)));
}

/* The example of RFC 1071, section 3: the sum is ddf2. */
static void csum_rfc1071(void **unused)
{
	static const __u8 data[] = { 0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7 };

	(void)unused;
	assert_int_equal(csum(0, data, sizeof(data)), (__u16)~0xddf2);
}

/* A SYN that Windows 2000 sent to a web server, from the sample capture http.cap of Wireshark. */
static void csum_captured_syn(void **unused)
{
	static const __u8 ip[] = { 0x45, 0x00, 0x00, 0x30, 0x0f, 0x41, 0x40, 0x00, 0x80, 0x06,
				   0x91, 0xeb, 0x91, 0xfe, 0xa0, 0xed, 0x41, 0xd0, 0xe4, 0xdf };
	static const __u8 tcp[] = { 0x0d, 0x2c, 0x00, 0x50, 0x38, 0xaf, 0xfe, 0x13, 0x00, 0x00,
				    0x00, 0x00, 0x70, 0x02, 0x22, 0x38, 0xc3, 0x0c, 0x00, 0x00,
				    0x02, 0x04, 0x05, 0xb4, 0x01, 0x01, 0x04, 0x02 };
	__u8 blank[sizeof(tcp)];
	__be32 src, dst;
	__u64 pseudo;

	(void)unused;
	memcpy(&src, ip + 12, 4);
	memcpy(&dst, ip + 16, 4);
	pseudo = csum_pseudo_tcp(src, dst, sizeof(tcp));

	/* Over a packet with its checksum in place the result is 0. */
	assert_int_equal(csum(0, ip, sizeof(ip)), 0);
	assert_int_equal(csum(pseudo, tcp, sizeof(tcp)), 0);

	memcpy(blank, ip, sizeof(ip));
	memset(blank + 10, 0, 2);
	assert_int_equal(csum(0, blank, sizeof(ip)), 0x91eb);
	memcpy(blank, tcp, sizeof(tcp));
	memset(blank + 16, 0, 2);
	assert_int_equal(csum(pseudo, blank, sizeof(tcp)), 0xc30c);
}

/* RFC 1071 taken literally: 16-bit words in network order, each carry added at once. */
static __u16 csum_literal(const __u8 *data, unsigned int bytes)
{
	__u32 sum = 0;
	unsigned int i;

	for (i = 0; i < bytes; i += 2) {
		sum += (__u32)data[i] << 8 | data[i + 1];
		sum = (sum & 0xffff) + (sum >> 16);
	}
	return (__u16)~sum;
}

static void csum_is_the_literal_one(void **unused)
{
	__u8 data[64];
	__u64 state = 1;
	int round;

	(void)unused;
	for (round = 0; round < 20000; round++) {
		unsigned int bytes = 4 * (prng(&state) % 17), half = bytes / 8 * 4, i;
		__u32 ones = prng(&state) % 4; /* in some rounds, bytes that make many carries */

		for (i = 0; i < bytes; i++)
			data[i] = prng(&state) % 4 < ones ? 0xff : prng(&state);
		assert_int_equal(csum(0, data, bytes), csum_literal(data, bytes));
		assert_int_equal(csum(csum_add_words(0, data, half / 4), data + half, bytes - half),
				 csum_literal(data, bytes));
	}
}

static void csum_fold_carries(void **unused)
{
	(void)unused;
	assert_int_equal(csum_fold(0), 0xffff);
	assert_int_equal(csum_fold(1), 0xfffe);
	assert_int_equal(csum_fold(0xffff), 0);
	assert_int_equal(csum_fold(0x10000), 0xfffe);
	assert_int_equal(csum_fold(0xffffffff), 0);
	assert_int_equal(csum_fold(0x1ffff0001), 0xfffd);
	assert_int_equal(csum_fold(0xfffffffeffffffff), 1);
	assert_int_equal(csum_fold(0xffffffffffffffff), 0);
	assert_int_equal(csum_fold(0xffffffffffff0001), 0xfffe); /* needs all four steps */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(siphash_vector),
		cmocka_unit_test(cookie_vector),
		cmocka_unit_test(siphash36_vector),
		cmocka_unit_test(each_bit_changes_the_cookie),
		cmocka_unit_test(csum_rfc1071),
		cmocka_unit_test(csum_captured_syn),
		cmocka_unit_test(csum_is_the_literal_one),
		cmocka_unit_test(csum_fold_carries),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
