// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* target_words.c - words for targets that come from other programs. */
#include "target_words.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define DIGITS "0123456789"

/* Ranges of one word at most: 10.*.*.* are so many. */
enum { OCTETS = 4, RANGES_MAX = 65536 };

struct octet {
	uint32_t first, last;
};

static int refuse_url(const char *word, const char *host, struct err *err)
{
	const size_t len = strcspn(host, "/:?#");

	if (!len || host[0] == '[')
		return err_refuse(err, word, strlen(word), "is a URL: name its host alone");
	return err_set(err, -EINVAL, "%.64s: is a URL: say %.*s", word, len < 64 ? (int)len : 64,
		       host);
}

/* The colon before a port, or NULL: `10.0.0.1:80`, `host:80`, `[2001:db8::1]:80`. */
static const char *port_of(const char *word)
{
	const char *colon = strrchr(word, ':');

	if (!colon || !colon[1] || colon[1 + strspn(colon + 1, DIGITS)])
		return NULL;
	if (word[0] == '[' && colon[-1] == ']')
		return colon;
	return colon > word && colon == strchr(word, ':') ? colon : NULL;
}

/* The length of a netmask's prefix, as in 255.255.255.0; -1: no netmask. */
static int mask_len(const char *text)
{
	uint32_t mask = 0, len;
	char *end;
	int i;

	for (i = 0; i < OCTETS; i++) {
		unsigned long octet = strtoul(text, &end, 10);

		if (*text < '0' || *text > '9' || octet > 255 || *end != (i < OCTETS - 1 ? '.' : 0))
			return -1;
		mask = mask << 8 | (uint32_t)octet;
		text = end + 1;
	}
	len = mask ? 32 - (uint32_t)__builtin_ctz(mask) : 0;
	return mask == (len ? UINT32_MAX << (32 - len) : 0) ? (int)len : -1;
}

/* The text of an IPv6 address that stands for one of IPv4: `::ffff:10.0.0.1`. False: it is none. */
static bool is_mapped(const char *word, char text[ADDR_TEXT])
{
	const char *begin = word + (*word == '[');
	const size_t len = strcspn(begin, "]%/-");
	struct addr addr;

	if (len >= ADDR_TEXT || !memchr(begin, ':', len))
		return false;
	memcpy(text, begin, len);
	text[len] = '\0';
	if (!addr_parse(text, &addr) || !addr_is_ip4(addr))
		return false;
	addr_text(addr, text);
	return true;
}

static int refuse_ip6(const char *word, struct err *err)
{
	const char *slash = strchr(word, '/'), *zone = slash ? strchr(slash, '%') : NULL;
	char text[ADDR_TEXT];

	if (is_mapped(word, text))
		return err_set(err, -EINVAL, "%.64s: is an IPv4 address: say %s", word, text);
	if (zone && zone > slash + 1 && slash + 1 + strspn(slash + 1, DIGITS) == zone)
		return err_set(err, -EINVAL,
			       "%.64s: the zone comes before the /: say %.*s%.32s%.*s", word,
			       slash - word < 64 ? (int)(slash - word) : 64, word, zone,
			       zone - slash < 8 ? (int)(zone - slash) : 8, slash);
	if (strchr(word, '*'))
		return err_refuse(err, word, strlen(word),
				  "IPv6 takes no *: say a prefix, as 2001:db8::/120");
	return 0;
}

static bool is_path(const char *word)
{
	return *word == '/' || !strncmp(word, "./", 2) || !strncmp(word, "../", 3) ||
	       !strncmp(word, "~/", 2);
}

const char *target_words_ip4_fault(const char *word)
{
	unsigned int numbers = 0;
	const char *p = word;
	size_t len;

	for (; (len = strspn(p, DIGITS)); p += len + 1) {
		numbers += p == word || p[-1] == '.';
		if (len > 1 && *p == '0')
			return "not an IPv4 address: no number may begin with 0";
		if (len > 3 || strtoul(p, NULL, 10) > 255)
			return "not an IPv4 address: a number above 255";
		if (p[len] != '.' && p[len] != '-')
			break;
	}
	if (len && numbers != OCTETS)
		return "not an IPv4 address: it has four numbers, as 10.0.0.0/24 or 10.0.0-3.1";
	return "not an IPv4 address";
}

int target_words_refuse(const char *word, struct err *err)
{
	const char *url = strstr(word, "://"), *slash = strchr(word, '/'), *port = port_of(word);

	if (url)
		return refuse_url(word, url + strlen("://"), err);
	if (port)
		return err_set(err, -EINVAL, "%.128s: names a port: say %.*s --tcp %.8s", word,
			       port - word < 64 ? (int)(port - word) : 64, word, port + 1);
	if (slash && mask_len(slash + 1) >= 0 && strchr(slash, '.'))
		return err_set(err, -EINVAL, "%.64s: has a netmask: say %.*s/%d", word,
			       slash - word < 64 ? (int)(slash - word) : 64, word,
			       mask_len(slash + 1));
	if (is_path(word) && word[1])
		return err_set(err, -EINVAL, "%.64s: is a file: say --targets %.64s", word, word);
	if (strchr(word, ':') && refuse_ip6(word, err))
		return -EINVAL;
	if (!strcmp(word, "-"))
		return err_set(err, -EINVAL,
			       "-: to read targets from standard input, say --targets -");
	if (*word && !word[strspn(word, DIGITS)])
		return err_set(
			err, -EINVAL,
			"%.32s: not an address: ports go behind --tcp, and addresses are whole",
			word);
	return 0;
}

/* At most three digits, and no leading zero: some programs take such numbers for octal. */
static bool read_number(const char **p, uint32_t *number)
{
	const size_t len = strspn(*p, DIGITS);

	if (!len || len > 3 || (len > 1 && **p == '0'))
		return false;
	*number = (uint32_t)strtoul(*p, NULL, 10);
	*p += len;
	return true;
}

/* Read `7`, `7-9` or `*`, and step past it. */
static bool read_octet(const char **p, struct octet *o)
{
	if (**p == '*') {
		*o = (struct octet){ 0, 255 };
		++*p;
		return true;
	}
	if (!read_number(p, &o->first))
		return false;
	o->last = o->first;
	if (**p != '-')
		return true;
	++*p;
	return read_number(p, &o->last);
}

static bool read_octets(const char *word, struct octet o[OCTETS])
{
	int i;

	for (i = 0; i < OCTETS; i++) {
		if (!read_octet(&word, &o[i]) || *word != (i < OCTETS - 1 ? '.' : 0))
			return false;
		word++;
	}
	return true;
}

bool target_words_is_octets(const char *word)
{
	const char *last = strrchr(word, '.');
	struct octet o[OCTETS];

	return strlen(word) < 32 && read_octets(word, o) &&
	       (strchr(word, '*') || memchr(word, '-', (size_t)(last - word)));
}

int target_words_add_octets(const char *word, struct ranges *out, struct err *err)
{
	struct octet o[OCTETS];
	uint64_t n = 1, i;
	int k;

	read_octets(word, o);
	for (k = 0; k < OCTETS; k++)
		if (o[k].first > 255 || o[k].last > 255)
			return err_refuse(err, word, strlen(word), "a number above 255");
		else if (o[k].first > o[k].last)
			return err_refuse(err, word, strlen(word),
					  "the range ends before it begins");
	for (k = 0; k < OCTETS - 1; k++)
		n *= o[k].last - o[k].first + 1;
	if (n > RANGES_MAX)
		return err_refuse(err, word, strlen(word),
				  "more than 65536 ranges: say it by prefixes, as 10.0.0.0/8");
	for (i = 0; i < n; i++) {
		const uint32_t c = o[2].last - o[2].first + 1, b = o[1].last - o[1].first + 1;
		const uint32_t net = (o[0].first + (uint32_t)(i / c / b)) << 24 |
				     (o[1].first + (uint32_t)(i / c % b)) << 16 |
				     (o[2].first + (uint32_t)(i % c)) << 8;

		if (ranges_add(out, addr_ip4(net | o[3].first), addr_ip4(net | o[3].last)))
			return err_set(err, -ENOMEM, "out of memory");
	}
	return 0;
}
