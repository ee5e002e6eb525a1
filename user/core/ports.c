// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* ports.c - read a list of ports into a set, and write a set as a list. */
#include "ports.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

enum {
	PORT_MAX = 65535,
	NAME_LEN_MAX = 63, /* RFC 6335, 5.1: 15; a site's own list may have longer names */
};

void ports_set_none(struct ports *out)
{
	memset(out, 0, sizeof(*out));
	out->n = 1;
	out->slot[0] = 1;
}

/* Read 1-65535 from exactly `len` characters. No range: a name may have dashes. */
static bool read_port(const char *s, size_t len, uint32_t *port)
{
	uint32_t value = 0;
	size_t i;

	for (i = 0; i < len; i++) {
		if (s[i] < '0' || s[i] > '9')
			return false;
		value = value * 10 + (uint32_t)(s[i] - '0');
		if (value > PORT_MAX)
			return false;
	}
	*port = value;
	return value > 0;
}

static int parse_name(const char *word, size_t len, ports_by_name by_name, uint32_t *port,
		      struct err *err)
{
	char name[NAME_LEN_MAX + 1];

	if (len > NAME_LEN_MAX)
		return err_refuse(err, word, len, "too long for a port or service");
	memcpy(name, word, len);
	name[len] = '\0';
	*port = by_name(name);
	return *port ? 0 : err_refuse(err, word, len, "no such service");
}

static int parse_range(const char *word, size_t len, uint32_t *first, uint32_t *last,
		       struct err *err)
{
	size_t first_len = strcspn(word, "-");
	size_t last_len = len - first_len - 1;

	*first = 1;
	*last = PORT_MAX;
	if ((first_len && !read_port(word, first_len, first)) ||
	    (last_len && !read_port(word + first_len + 1, last_len, last)))
		return err_refuse(err, word, len, "not a range of ports (1-65535)");
	if (*first > *last)
		return err_refuse(err, word, len, "the range ends before it begins");
	return 0;
}

static int parse_element(const char *word, size_t len, ports_by_name by_name, uint32_t *first,
			 uint32_t *last, struct err *err)
{
	bool is_name = strcspn(word, "," LETTERS) < len;
	int ret = 0;

	if (memchr(word, '/', len))
		return err_refuse(err, word, len, "say T:80 for TCP, U:80 for UDP");
	/* A name may have dashes: then it is no range. */
	if (!is_name && memchr(word, '-', len))
		return parse_range(word, len, first, last, err);
	if (is_name)
		ret = parse_name(word, len, by_name, first, err);
	else if (!read_port(word, len, first))
		ret = err_refuse(err, word, len, "not a port (1-65535)");
	if (!ret)
		*last = *first;
	return ret;
}

/* Make the list from the ports whose slot is not 0, and set each slot to 1 + index. */
static void number_slots(struct ports *p)
{
	uint32_t port;

	for (port = 1; port <= PORT_MAX; port++) {
		if (!p->slot[port])
			continue;
		p->list[p->n++] = port;
		p->slot[port] = p->n;
	}
}

int ports_parse(const char *text, ports_by_name by_name, struct ports *out, struct err *err)
{
	const char *word = text;
	uint32_t first = 0, last = 0;
	size_t len;
	int ret;

	memset(out, 0, sizeof(*out));
	if (!*text)
		return err_set(err, -EINVAL, "empty list of ports");
	for (;; word += len + 1) {
		len = strcspn(word, ",");
		if (!len)
			return err_refuse(err, text, strlen(text), "empty element");
		ret = parse_element(word, len, by_name, &first, &last, err);
		if (ret)
			return ret;
		for (; first <= last; first++)
			out->slot[first] = 1;
		if (!word[len])
			break;
	}
	number_slots(out);
	return 0;
}

void ports_add_canaries(struct ports *p, unsigned int n)
{
	/* Walk through the dynamic ports (RFC 6335, 6); their number and the step are coprime. */
	enum { FIRST = 49152, N = PORT_MAX - FIRST + 1, STEP = 6151, LOOKS = 4096 };
	uint32_t i, port;

	for (i = 1; i <= LOOKS && p->canaries < n && p->n < PORT_MAX; i++) {
		port = FIRST + i * STEP % N;
		if (p->slot[port])
			continue;
		p->list[p->n++] = (uint16_t)port;
		p->slot[port] = (uint16_t)p->n;
		p->canaries++;
	}
}

char *ports_print(const struct ports *p, char *buf, unsigned long size)
{
	const uint32_t n = ports_named(p);
	unsigned long used = 0, cut = 0, len;
	char element[sizeof(",65535-65535")];
	const char *comma = "", *more;
	uint32_t i, next;

	if (!size)
		return buf;
	for (i = 0; i < n; i = next) {
		next = i + 1;
		while (next < n && p->list[next] == p->list[next - 1] + 1)
			next++;
		if (next - i == 1)
			len = sprintf(element, "%s%u", comma, p->list[i]);
		else
			len = sprintf(element, "%s%u-%u", comma, p->list[i], p->list[next - 1]);
		if (used + len >= size)
			break;
		memcpy(buf + used, element, len);
		used += len;
		if (used + strlen(",…") < size)
			cut = used;
		comma = ",";
	}
	buf[used] = '\0';
	if (i == n)
		return buf;

	/* Cut between elements only: half a number would be another number. */
	buf[cut] = '\0';
	more = cut ? ",…" : "…";
	if (cut + strlen(more) < size)
		strcpy(buf + cut, more);
	return buf;
}
