// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * fuzz-ports.c - any text as a list of ports. Laws: parse(print(set)) == set; a cut list is the
 * beginning of the whole one.
 *
 * The first byte is the room for the cut list; the rest is the text. Long texts teach nothing new,
 * and each `-` in them costs 65,535 steps.
 */
#include "fuzz.h"
#include "ports.h"

/* Every second port, which makes the longest list. */
enum { LONGEST = 32768 * sizeof("65535,"), TEXT_MAX = 256 };

/* Some names are those of a port, others of none. */
static uint16_t port_of(const char *name)
{
	uint16_t hash = 7;

	while (*name)
		hash = (uint16_t)(hash * 31 + (uint8_t)*name++);
	return hash % 3 ? hash : 0;
}

static void check_set(const struct ports *p)
{
	uint32_t i;

	LAW(p->n >= 1 && p->n <= 65535);
	LAW(!p->slot[0]);
	for (i = 0; i < p->n; i++) {
		LAW(!i || p->list[i - 1] < p->list[i]);
		LAW(p->slot[p->list[i]] == i + 1);
	}
}

static void check_cut(const struct ports *p, const char *whole, size_t room)
{
	static const char mark[] = "…";
	char *cut = malloc(room + !room);
	size_t len;

	LAW(cut);
	LAW(ports_print(p, cut, room) == cut);
	len = room ? strnlen(cut, room) : 0;
	LAW(!room || len < room);
	if (room && strcmp(cut, whole) != 0) {
		LAW(strlen(whole) >= room);
		if (len >= strlen(mark) && !strcmp(cut + len - strlen(mark), mark))
			len -= strlen(mark);
		LAW(!strncmp(cut, whole, len));
		LAW(!len || cut[len - 1] == ',');
	}
	free(cut);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct ports parsed, again;
	static char whole[LONGEST];
	struct err err = { "" };
	char *text;

	if (!size || size > TEXT_MAX)
		return 0;
	text = text_of(data + 1, size - 1);
	if (ports_parse(text, port_of, &parsed, &err)) {
		LAW(is_one_line(&err));
	} else {
		check_set(&parsed);
		ports_print(&parsed, whole, sizeof(whole));
		LAW(!ports_parse(whole, port_of, &again, &err));
		LAW(!memcmp(&parsed, &again, sizeof(parsed)));
		check_cut(&parsed, whole, data[0]);
	}
	free(text);
	return 0;
}
