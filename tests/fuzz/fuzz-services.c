// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * fuzz-services.c - any bytes as the system's list of services, as libc returns it. Law: the name
 * of a service is printable.
 *
 * Each line is two bytes of a port, the protocol ('t' is tcp) and the name.
 */
#include "fuzz.h"
#include "names.h"

#include <netdb.h>

enum { NAME_MAX_LEN = 200 };

/* What getservent reads; it has no argument. */
static struct {
	const uint8_t *at, *end;
	struct servent entry;
	char name[NAME_MAX_LEN + 1];
} services;

void setservent(int stay_open)
{
	(void)stay_open;
}

void endservent(void)
{
}

struct servent *getservent(void)
{
	const uint8_t *eol;
	size_t len;

	if (services.end - services.at < 4)
		return NULL;
	eol = memchr(services.at + 3, '\n', (size_t)(services.end - services.at) - 3);
	eol = eol ? eol : services.end;
	len = (size_t)(eol - services.at) - 3;
	len = len > NAME_MAX_LEN ? NAME_MAX_LEN : len;
	memcpy(services.name, services.at + 3, len);
	services.name[len] = '\0';
	services.entry = (struct servent){
		.s_name = services.name,
		.s_port = services.at[0] << 8 | services.at[1],
		.s_proto = services.at[2] == 't' ? "tcp" : "udp",
	};
	services.at = eol + (eol < services.end);
	return &services.entry;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *line, *eol, *end = data + size;
	struct names *n = names_new();

	LAW(n);
	services.at = data;
	services.end = end;
	for (line = data; end - line >= 2; line = eol + (eol < end)) {
		check_name(names_service(n, (uint16_t)(line[0] << 8 | line[1])));
		eol = memchr(line + 2, '\n', (size_t)(end - line) - 2);
		eol = eol ? eol : end;
	}
	names_free(n);
	return 0;
}
