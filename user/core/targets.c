// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* targets.c - read words that stand for addresses, from a list or a file of lists. */
#include "targets.h"

#include "target_words.h"

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>

#define SEPARATORS	", \t\r\n\v\f"
#define ADDR_CHARS	"0123456789./-"
#define BYTE_ORDER_MARK "\xef\xbb\xbf" /* as UTF-8 has it */
#define LABEL_CHARS	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"

enum {
	LABEL_LEN_MAX = 63, /* RFC 1035, 2.3.4 */
	LINE_LEN_MAX = 1 << 24,
	NAME_LEN_MAX = 254, /* the 255 bytes of RFC 1035, as text with the final dot */
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/*
 * Readers step `*p` past what they read, or return false and leave `*p`. Refuse leading zeros: some
 * programs take such numbers for octal.
 */
static bool read_number(const char **p, uint32_t max, uint32_t *number)
{
	const char *s = *p;
	uint32_t value = 0;

	if (!is_digit(s[0]) || (s[0] == '0' && is_digit(s[1])))
		return false;
	for (; is_digit(*s); s++) {
		value = value * 10 + (uint32_t)(*s - '0');
		if (value > max)
			return false;
	}
	*p = s;
	*number = value;
	return true;
}

static bool read_addr(const char **p, uint32_t *addr)
{
	const char *s = *p;
	uint32_t value = 0, octet;
	int i;

	for (i = 0; i < 4; i++) {
		if (i && *s++ != '.')
			return false;
		if (!read_number(&s, 255, &octet))
			return false;
		value = value << 8 | octet;
	}
	*p = s;
	*addr = value;
	return true;
}

/* Read what follows `first-`: an address, or the last octet of one. */
static bool read_range_end(const char **p, uint32_t first, uint32_t *last)
{
	uint32_t octet;

	if (read_addr(p, last))
		return true;
	if (!read_number(p, 255, &octet))
		return false;
	*last = (first & ~255U) | octet;
	return true;
}

static int parse_addrs(const char *word, struct range *out, struct err *err)
{
	uint32_t first, last, prefix_len;
	const char *p = word;

	if (!read_addr(&p, &first))
		return err_refuse(err, word, strlen(word), target_words_ip4_fault(word));
	*out = (struct range){ .first = addr_ip4(first), .last = addr_ip4(first) };
	if (*p == '/') {
		p++;
		if (!read_number(&p, 32, &prefix_len) || *p)
			return err_refuse(err, word, strlen(word),
					  "the prefix length must be 0 to 32");
		prefix_len += ADDR_IP4_PREFIX;
		out->first = addr_prefix_first(out->first, prefix_len);
		out->last = addr_prefix_last(out->last, prefix_len);
	} else if (*p == '-') {
		p++;
		if (!read_range_end(&p, first, &last) || *p)
			return err_refuse(err, word, strlen(word), "not a range of IPv4 addresses");
		if (first > last)
			return err_refuse(err, word, strlen(word),
					  "the range ends before it begins");
		out->last = addr_ip4(last);
	} else if (*p) {
		return err_refuse(err, word, strlen(word), target_words_ip4_fault(word));
	}
	return 0;
}

/* The zone of an address in a word: what follows the %. */
struct zone {
	char name[IF_NAMESIZE];
	bool given;
};

/* An IPv6 address, perhaps in brackets, perhaps with a zone. */
static bool read_addr6(const char **p, struct addr *addr, struct zone *zone)
{
	const bool brackets = **p == '[';
	const char *s = *p + brackets;
	size_t len = strcspn(s, brackets ? "%]" : "%/-");
	char text[ADDR_TEXT];

	if (len >= sizeof(text))
		return false;
	memcpy(text, s, len);
	text[len] = '\0';
	if (!addr_parse(text, addr) || addr_is_ip4(*addr))
		return false;
	s += len;
	if (*s == '%') {
		len = strcspn(++s, brackets ? "]" : "/");
		if (!len || len >= sizeof(zone->name))
			return false;
		memcpy(zone->name, s, len);
		zone->name[len] = '\0';
		zone->given = true;
		s += len;
	}
	if (brackets && *s++ != ']')
		return false;
	*p = s;
	return true;
}

static int check_zone(const char *word, const struct zone *zone, const struct range *range,
		      const struct targets_resolver *resolver, struct err *err)
{
	if (!zone->given)
		return 0;
	if (!addr_is_link_local(range->first) || !addr_is_link_local(range->last))
		return err_refuse(err, word, strlen(word),
				  "only link-local addresses (fe80::/10) have a zone");
	if (!resolver)
		return err_refuse(err, word, strlen(word), "no zone here: leave it out");
	return resolver->zone(resolver->ctx, zone->name, err);
}

static int parse_addrs6(const char *word, const struct targets_resolver *resolver,
			struct range *out, struct err *err)
{
	struct zone zone = { 0 };
	uint32_t prefix_len;
	const char *p = word;

	if (!read_addr6(&p, &out->first, &zone))
		return err_refuse(err, word, strlen(word), "not an IPv6 address");
	out->last = out->first;
	if (*p == '/') {
		p++;
		if (!read_number(&p, 128, &prefix_len) || *p)
			return err_refuse(err, word, strlen(word),
					  "the prefix length must be 0 to 128");
		out->last = addr_prefix_last(out->first, prefix_len);
		out->first = addr_prefix_first(out->first, prefix_len);
	} else if (*p == '-') {
		p++;
		if (!read_addr6(&p, &out->last, &zone) || *p)
			return err_refuse(err, word, strlen(word), "not a range of IPv6 addresses");
		if (addr_less(out->last, out->first))
			return err_refuse(err, word, strlen(word),
					  "the range ends before it begins");
	} else if (*p) {
		return err_refuse(err, word, strlen(word), "not an IPv6 address");
	}
	if (resolver && addr_distance(out->first, out->last) >= TARGETS_PREFIX_MAX)
		return err_refuse(err, word, strlen(word),
				  "more than 2^24 addresses: name the hosts (--targets FILE), or a "
				  "smaller prefix");
	return check_zone(word, &zone, out, resolver, err);
}

static bool is_host_name(const char *word)
{
	for (;;) {
		size_t len = strspn(word, LABEL_CHARS);

		if (!len || len > LABEL_LEN_MAX)
			return false;
		word += len;
		if (*word == '.')
			word++;
		else
			return !*word;
		if (!*word)
			return true;
	}
}

static int parse_name(const char *word, const struct targets_resolver *resolver, struct range *out,
		      struct err *err)
{
	struct in_addr other_spelling;
	int ret;

	/* Files that were joined have such marks within. Nobody sees them in the quoted word. */
	if (strstr(word, BYTE_ORDER_MARK))
		return err_refuse(err, word, strlen(word),
				  "has a byte order mark, which only a file may begin with");
	/* Refuse 0x7f.1 and the like: resolvers take them for addresses, users may not. */
	if (!is_host_name(word) || inet_aton(word, &other_spelling))
		return err_refuse(err, word, strlen(word), "not an address or host name");
	if (!resolver)
		return err_refuse(err, word, strlen(word), "only addresses here, no host names");
	ret = resolver->resolve(resolver->ctx, word, &out->first, err);
	out->last = out->first;
	return ret;
}

/* Add a range. One over IPv6 holds no IPv4 address, though these lie within its numbers. */
static int add_range(struct ranges *out, const struct range *range)
{
	const struct addr ip4_first = addr_ip4(0), ip4_last = addr_ip4(UINT32_MAX);
	int code = 0;

	if (addr_is_ip4(range->first) || addr_less(range->last, ip4_first) ||
	    addr_less(ip4_last, range->first))
		return ranges_add(out, range->first, range->last);
	if (addr_less(range->first, ip4_first))
		code = ranges_add(out, range->first, addr_prev(ip4_first));
	if (!code && addr_less(ip4_last, range->last))
		code = ranges_add(out, addr_next(ip4_last), range->last);
	return code;
}

static int add_word(const char *word, const struct targets_resolver *resolver, struct ranges *out,
		    struct err *err)
{
	struct range range = { 0 };
	int ret = target_words_refuse(word, err);

	if (ret)
		return ret;
	if (target_words_is_octets(word))
		return target_words_add_octets(word, out, err);
	if (word[strspn(word, ADDR_CHARS)] == '\0')
		ret = parse_addrs(word, &range, err);
	else if (*word == '[' || strchr(word, ':'))
		ret = parse_addrs6(word, resolver, &range, err);
	else
		ret = parse_name(word, resolver, &range, err);
	if (ret)
		return ret;
	if (add_range(out, &range))
		return err_set(err, -ENOMEM, "out of memory");
	return 0;
}

/* Add all words of a list; add their number to `words`. */
static int add_words(const char *list, const struct targets_resolver *resolver, struct ranges *out,
		     size_t *words, struct err *err)
{
	const char *p = list + strspn(list, SEPARATORS);
	char word[NAME_LEN_MAX + 1];
	size_t len;
	int ret;

	for (; *p; p += len, p += strspn(p, SEPARATORS)) {
		len = strcspn(p, SEPARATORS);
		if (len > NAME_LEN_MAX)
			return err_refuse(err, p, len, "too long for an address or host name");
		memcpy(word, p, len);
		word[len] = '\0';
		ret = add_word(word, resolver, out, err);
		if (ret)
			return ret;
		(*words)++;
	}
	return 0;
}

int targets_parse(const char *list, const struct targets_resolver *resolver, struct ranges *out,
		  struct err *err)
{
	size_t words = 0;
	int ret = add_words(list, resolver, out, &words, err);

	if (!ret && !words)
		return err_set(err, -EINVAL, "empty list of addresses");
	return ret;
}

/* getline that stops a little behind LINE_LEN_MAX: some files have no line ends at all. */
static ssize_t read_line(char **line, size_t *room, FILE *file)
{
	ssize_t len = 0;
	int c;

	do {
		if ((size_t)len + 2 > *room) {
			char *grown = realloc(*line, *room ? *room * 2 : 256);

			if (!grown)
				return -1;
			*line = grown;
			*room = *room ? *room * 2 : 256;
		}
		c = getc_unlocked(file);
		if (c == EOF)
			break;
		(*line)[len++] = (char)c;
	} while (c != '\n' && len <= LINE_LEN_MAX);
	if (!len)
		return -1;
	(*line)[len] = '\0';
	return len;
}

/* Step past the byte order mark with which some editors begin a text; refuse UTF-16. */
static int skip_mark(char **text, const char *name, struct err *err)
{
	if (!strncmp(*text, "\xff\xfe", 2) || !strncmp(*text, "\xfe\xff", 2))
		return err_set(err, -EINVAL, "%s: is UTF-16 text: save it as UTF-8", name);
	if (!strncmp(*text, BYTE_ORDER_MARK, strlen(BYTE_ORDER_MARK)))
		*text += strlen(BYTE_ORDER_MARK);
	return 0;
}

/* Refuse what cannot be read as a line of words; else cut off its comment. */
static int check_line(char *line, size_t len, struct err *reason)
{
	if (len > LINE_LEN_MAX)
		return err_set(reason, -EINVAL, "line too long (more than %d bytes)", LINE_LEN_MAX);
	/* Refuse NUL bytes: the text behind would be lost, and may be an exclusion. */
	if (memchr(line, '\0', len))
		return err_set(reason, -EINVAL, "a NUL byte: not a text file");
	line[strcspn(line, "#")] = '\0';
	return 0;
}

int targets_read(FILE *file, const char *name, bool need_one,
		 const struct targets_resolver *resolver, struct ranges *out, struct err *err)
{
	size_t room = 0, words = 0, line_no;
	char *line = NULL, *text;
	struct err reason;
	ssize_t len;
	int ret = 0;

	for (line_no = 1; (len = read_line(&line, &room, file)) >= 0; line_no++) {
		text = line;
		ret = line_no == 1 ? skip_mark(&text, name, err) : 0;
		if (ret)
			goto out;
		ret = check_line(line, (size_t)len, &reason);
		if (!ret)
			ret = add_words(text, resolver, out, &words, &reason);
		if (ret) {
			err_set(err, ret, "%s:%zu: %s", name, line_no, reason.text);
			goto out;
		}
	}
	if (!feof(file)) {
		ret = -errno;
		err_set(err, ret, "%s: %s", name, strerror(-ret));
	} else if (need_one && !words) {
		ret = err_set(err, -EINVAL, "%s: no address in this file", name);
	}
out:
	free(line);
	return ret;
}

int targets_add_reserved(struct ranges *out)
{
	static const struct {
		uint32_t first, last;
	} reserved[] = {
		{ 0x00000000, 0x00ffffff }, /* this network */
		{ 0x7f000000, 0x7fffffff }, /* loopback */
		{ 0xe0000000, 0xefffffff }, /* multicast */
		{ 0xffffffff, 0xffffffff }, /* limited broadcast */
	};
	size_t i;
	int ret = 0;

	for (i = 0; i < sizeof(reserved) / sizeof(reserved[0]) && !ret; i++)
		ret = ranges_add(out, addr_ip4(reserved[i].first), addr_ip4(reserved[i].last));
	if (!ret) /* none, and loopback */
		ret = ranges_add(out, (struct addr){ 0, 0 }, (struct addr){ 0, 1 });
	if (!ret) /* multicast */
		ret = ranges_add(out, (struct addr){ 0xffULL << 56, 0 }, ADDR_LAST);
	return ret;
}
