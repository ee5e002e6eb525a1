// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* test-utf8.c - which bytes are UTF-8: all characters are, and nothing else. */
#include "utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

/* The plain form of a character, surrogates too. Returns its length. */
static size_t encode(uint32_t c, char out[4])
{
	const size_t len = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
	size_t i;

	for (i = len - 1; i; i--, c >>= 6)
		out[i] = (char)(0x80 | (c & 0x3f));
	out[0] = (char)(len == 1 ? c : (0xf00 >> len & 0xff) | c);
	return len;
}

/* Law: each character is read whole; cut short, it is not read. Surrogates are no characters. */
static void all_characters_are_read(void **unused)
{
	char text[4];
	uint32_t c;

	(void)unused;
	for (c = 0; c <= 0x10ffff; c++) {
		const size_t len = encode(c, text);
		const bool valid = c < 0xd800 || c > 0xdfff;

		assert_int_equal(utf8_len(text, sizeof(text)), valid ? len : 0);
		if (len > 1)
			assert_int_equal(utf8_len(text, len - 1), 0);
		if (valid)
			assert_int_equal(utf8_is_control(text),
					 c < 0x20 || (c >= 0x7f && c < 0xa0));
	}
}

/* Law: of all sequences of two and of three bytes, as many are read as there are characters. */
static void nothing_else_is_read(void **unused)
{
	uint32_t two = 0, three = 0, four = 0, a, b;

	(void)unused;
	for (a = 0; a < 1 << 16; a++) {
		char text[4] = { (char)(a >> 8), (char)a };

		two += utf8_len(text, 2) == 2;
		for (b = 0; b < 1 << 8; b++) {
			text[2] = (char)b;
			three += utf8_len(text, 3) == 3;
			text[3] = (char)0x80;
			four += utf8_len(text, 4) == 4;
		}
	}
	assert_int_equal(two, 0x800 - 0x80);
	assert_int_equal(three, 0x10000 - 0x800 - 0x800);
	assert_int_equal(four, (0x110000 - 0x10000) / 0x40);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_characters_are_read),
		cmocka_unit_test(nothing_else_is_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
