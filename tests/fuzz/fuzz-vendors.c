// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * fuzz-vendors.c - any bytes as a file of vendors; every line is looked up. Law: the name of a
 * vendor is printable.
 */
#include "fuzz.h"
#include "names.h"

#include <ctype.h>
#include <sys/mman.h>
#include <unistd.h>

/* Ask for the MAC address that a line's first digits begin. */
static void ask_for_line(struct names *n, const uint8_t *line, const uint8_t *end)
{
	uint8_t mac[6] = { 0 };
	int i, digit;

	for (i = 0; i < 12 && line < end && isxdigit(*line); i++, line++) {
		digit = isdigit(*line) ? *line - '0' : (*line | 0x20) - 'a' + 10;
		mac[i / 2] |= (uint8_t)(i % 2 ? digit : digit << 4);
	}
	check_name(names_vendor(n, mac));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct names *n = names_new();
	const uint8_t *line, *eol, *end = data + size;
	int fd = memfd_create("vendors", MFD_CLOEXEC);
	char path[32];

	LAW(n && fd >= 0);
	LAW(write(fd, data, size) == (ssize_t)size);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	LAW(!names_load_vendors(n, path));
	close(fd);
	for (line = data; line < end; line = eol + 1) {
		eol = memchr(line, '\n', (size_t)(end - line));
		eol = eol ? eol : end;
		ask_for_line(n, line, eol);
	}
	names_free(n);
	return 0;
}
