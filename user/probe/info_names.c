// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* info_names.c - answers with the header of DNS (RFC 1035, 4.1): DNS, mDNS and NetBIOS names. */
#include "info_parts.h"

#include <string.h>

enum { HEADER = 12, NAME_ROOM = 64, JUMPS_MAX = 8, RECORDS_MAX = 16 };

/* Step over the header, if it is that of an answer. */
static const uint8_t *pull_header(struct info_bytes *b)
{
	const uint8_t *head = info_pull(b, HEADER);

	return head && head[2] & 0x80 ? head : NULL;
}

static void add_rcode(struct info *out, unsigned int code)
{
	static const char *const words[] = {
		"", "format error", "server failure", "no such name", "not implemented", "refused",
	};

	if (code >= sizeof(words) / sizeof(words[0]))
		info_add(out, "error %u", code);
	else if (code)
		info_add(out, "%s", words[code]);
}

/* Does the server ask others for its clients? Does it know the answer itself? */
bool info_dns(struct info *out, struct info_bytes b)
{
	const uint8_t *head = pull_header(&b);

	if (!head)
		return false;
	add_rcode(out, head[3] & 15);
	if (head[2] & 4)
		info_add(out, "authoritative");
	info_add(out, head[3] & 0x80 ? "recursion" : "no recursion");
	return true;
}

/* Step over a name. False: it is cut off. */
static bool skip_name(struct info_bytes *b)
{
	const uint8_t *len;

	while ((len = info_pull(b, 1))) {
		if (!*len)
			return true;
		if (*len >= 0xc0)
			return info_pull(b, 1);
		if (!info_pull(b, *len))
			return false;
	}
	return false;
}

/*
 * Read the first two labels of the name at `at` of a message: a service and its protocol, as in
 * _ssh._tcp.local (RFC 6763, 7). Returns their length with a dot between them; 0: there are none.
 */
static size_t read_service(struct info_bytes message, size_t at, uint8_t name[NAME_ROOM])
{
	unsigned int jumps, labels = 0;
	size_t used = 0;

	for (jumps = 0; jumps < JUMPS_MAX && labels < 2;) {
		struct info_bytes b = message;
		const uint8_t *len, *label;

		len = info_pull(&b, at) ? info_pull(&b, 1) : NULL;
		label = len ? info_pull(&b, *len >= 0xc0 ? 1 : *len) : NULL;
		if (!label || !*len)
			return 0;
		if (*len >= 0xc0) {
			at = (size_t)(*len & 0x3f) << 8 | *label;
			jumps++;
			continue;
		}
		if (used + 1 + *len > NAME_ROOM)
			return 0;
		if (labels++)
			name[used++] = '.';
		memcpy(name + used, label, *len);
		used += *len;
		at += 1 + *len;
	}
	return labels == 2 ? used : 0;
}

/* The services that the host has told of (RFC 6763, 9): the targets of PTR records. */
bool info_mdns(struct info *out, struct info_bytes b)
{
	const struct info_bytes message = b;
	const uint8_t *head = pull_header(&b), *fields;
	unsigned int i, questions, records;
	uint8_t name[NAME_ROOM];
	size_t len;

	if (!head)
		return false;
	add_rcode(out, head[3] & 15);
	questions = info_be16(head + 4);
	records = info_be16(head + 6);
	for (i = 0; i < questions && i < RECORDS_MAX; i++)
		if (!skip_name(&b) || !info_pull(&b, 4))
			return true;
	for (i = 0; i < records && i < RECORDS_MAX; i++) {
		fields = skip_name(&b) ? info_pull(&b, 10) : NULL;
		if (!fields && b.more)
			info_add(out, "...");
		if (!fields)
			return true;
		len = read_service(message, (size_t)(b.at - message.at), name);
		if (info_be16(fields) == 12 && len)
			info_add_text(out, "", (struct info_bytes){ .at = name, .left = len });
		if (!info_pull(&b, info_be16(fields + 8)))
			return true;
	}
	return true;
}

/* The names that a host has: the first of its own, and the first of a group (RFC 1002, 4.2.18). */
bool info_nbns(struct info *out, struct info_bytes b)
{
	bool has_name = false, has_group = false, is_group;
	const uint8_t *count, *entry;
	unsigned int i;

	if (!pull_header(&b))
		return false;
	count = skip_name(&b) && info_pull(&b, 10) ? info_pull(&b, 1) : NULL;
	for (i = 0; count && i < *count; i++) {
		entry = info_pull(&b, 18);
		if (!entry)
			break;
		is_group = entry[16] & 0x80;
		if (entry[15] || (is_group ? has_group : has_name))
			continue;
		info_add_text(out, is_group ? "group" : "name",
			      (struct info_bytes){ .at = entry, .left = 15 });
		has_name |= !is_group;
		has_group |= is_group;
	}
	return true;
}
