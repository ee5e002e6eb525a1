// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * fuzz-ports.c - any text as a list of ports, with the words for ports and without. Laws:
 * parse(print(set)) == set; a cut list is the beginning of the whole one; numbers and ranges mean the same
 * to the reader of words.
 *
 * The first byte is the room for the cut list; the rest is the text. Long texts teach nothing new,
 * and each `-` in them costs 65,535 steps.
 */
#include "fuzz.h"
#include "ports.h"
#include "top_ports.h"

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

/* A set that was read: print it, and read it again. */
static void check_parsed(const struct ports *parsed, size_t room)
{
	static struct ports again;
	static char whole[LONGEST];
	struct err err = { "" };

	check_set(parsed);
	ports_print(parsed, whole, sizeof(whole));
	LAW(!ports_parse(whole, port_of, &again, &err));
	LAW(!memcmp(parsed, &again, sizeof(*parsed)));
	check_cut(parsed, whole, room);
}

/* Each topN sorts all ports: two in a list teach as much as ten. */
static bool has_many_tops(const char *text)
{
	unsigned int n = 0;

	for (text = strstr(text, "top"); text; text = strstr(text + 1, "top"))
		n++;
	return n > 2;
}

/* `plain`: what a right list of numbers and ranges means; NULL: it is wrong, or has words. */
static void check_words(const char *text, const struct ports *plain, size_t room)
{
	static struct ports parsed;
	struct port_lists lists;
	struct err err = { "" };
	enum probe_kind kind;

	if (has_many_tops(text))
		return;
	if (port_lists_read(text, PROBE_TCP, "/", &lists, &err))
		LAW(is_one_line(&err) && !plain);
	for (kind = 0; kind < PROBE_KINDS_N && !err.text[0]; kind++) {
		if (!lists.of[kind])
			continue;
		LAW(kind == PROBE_TCP || kind == PROBE_UDP);
		if (ports_parse(lists.of[kind], port_of, &parsed, &err))
			LAW(is_one_line(&err) && !plain);
		else
			check_parsed(&parsed, room);
		LAW(!plain || kind == PROBE_TCP);
	}
	LAW(!plain || lists.of[PROBE_TCP]);
	LAW(!plain || !memcmp(&parsed, plain, sizeof(parsed)));
	port_lists_free(&lists);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct ports parsed;
	struct err err = { "" };
	char *text;
	bool wrong;

	if (!size || size > TEXT_MAX)
		return 0;
	text = text_of(data + 1, size - 1);
	wrong = ports_parse(text, port_of, &parsed, &err);
	if (wrong)
		LAW(is_one_line(&err));
	else
		check_parsed(&parsed, data[0]);
	wrong |= text[strspn(text, "0123456789-,")] != '\0';
	check_words(text, wrong ? NULL : &parsed, data[0]);
	free(text);
	return 0;
}
