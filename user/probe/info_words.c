// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* info_words.c - answers that are mostly text. */
#include "info_parts.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

/* Do the bytes begin with this text? If so, step over it. */
static bool begins(struct info_bytes *b, const char *text)
{
	const size_t n = strlen(text);

	if (b->left < n || memcmp(b->at, text, n) != 0)
		return false;
	info_pull(b, n);
	return true;
}

/* Text that came for an empty datagram: all that is here is text. */
bool info_words(struct info *out, struct info_bytes b)
{
	size_t i;

	for (i = 0; i < b.left; i++)
		if (!isprint(b.at[i]) && !isspace(b.at[i]))
			return false;
	info_add_text(out, "", b);
	return true;
}

/* RFC 1350, 5: opcode 5, a code and text. */
bool info_tftp(struct info *out, struct info_bytes b)
{
	const uint8_t *head = info_pull(&b, 4);

	if (!head || info_be16(head) != 5)
		return false;
	info_add(out, "error %u", info_be16(head + 2));
	info_add_until(out, "", b, '\0');
	return true;
}

/* SOAP 1.2, 5.1: the root is an Envelope. What the device is comes behind the bytes that are kept. */
bool info_wsd(struct info *out, struct info_bytes b)
{
	static const char root[] = "Envelope";

	(void)out;
	return b.left && b.at[0] == '<' && memmem(b.at, b.left, root, sizeof(root) - 1);
}

/* Is this the header "name:"? If so, step over it. */
static bool is_header(struct info_bytes *line, const char *name)
{
	const size_t n = strlen(name);

	if (line->left <= n || strncasecmp((const char *)line->at, name, n) != 0 ||
	    line->at[n] != ':')
		return false;
	info_pull(line, n + 1);
	return true;
}

/* Add the value of the first of these headers, as HTTP and SIP have them (RFC 9112, 5). */
static void add_header(struct info *out, struct info_bytes b, const char *const names[2])
{
	const uint8_t *end;
	struct info_bytes line;

	while (b.left) {
		end = memchr(b.at, '\n', b.left);
		line = info_take(&b, end ? (size_t)(end - b.at) : b.left + b.more);
		info_pull(&b, 1);
		if (is_header(&line, names[0]) || is_header(&line, names[1])) {
			info_add_text(out, "", line);
			return;
		}
	}
}

/* UPnP Device Architecture 1.1, 1.3.3. */
bool info_ssdp(struct info *out, struct info_bytes b)
{
	static const char *const names[] = { "SERVER", "SERVER" };

	if (!begins(&b, "HTTP/1.") && !begins(&b, "NOTIFY "))
		return false;
	add_header(out, b, names);
	return true;
}

/* RFC 3261, 7.2: the status, and the program. */
bool info_sip(struct info *out, struct info_bytes b)
{
	static const char *const names[] = { "Server", "User-Agent" };

	if (!begins(&b, "SIP/2.0 "))
		return false;
	add_header(out, info_add_until(out, "", b, '\r'), names);
	return true;
}

/* The frame of 8 bytes is behind the number that has been checked; then a line. */
bool info_memcached(struct info *out, struct info_bytes b)
{
	if (!info_pull(&b, 8) || !b.left)
		return false;
	info_add_until(out, begins(&b, "VERSION ") ? "version" : "", b, '\r');
	return true;
}

/* Add the value that follows a key: "key;value;key;value;;". */
static void add_value(struct info *out, struct info_bytes b, const char *key, const char *before)
{
	struct info_bytes word;
	const uint8_t *end;
	bool is_value = false, found = false;

	while ((end = b.left ? memchr(b.at, ';', b.left) : NULL) && !found) {
		word = info_take(&b, (size_t)(end - b.at));
		info_pull(&b, 1);
		found = !is_value && word.left == strlen(key) && !memcmp(word.at, key, word.left);
		is_value = !is_value;
	}
	if (found)
		info_add_until(out, before, b, ';');
}

/* MS-SQLR, 2.2.5. */
bool info_mssql(struct info *out, struct info_bytes b)
{
	const uint8_t *head = info_pull(&b, 3);

	if (!head || head[0] != 5)
		return false;
	add_value(out, b, "ServerName", "server");
	add_value(out, b, "InstanceName", "instance");
	add_value(out, b, "Version", "version");
	return true;
}

/* Step over the options of CoAP, to the payload (RFC 7252, 3). False: there is none. */
static bool skip_options(struct info_bytes *b)
{
	const uint8_t *head;
	unsigned int i, more, size;

	while ((head = info_pull(b, 1))) {
		const unsigned int nibbles[] = { *head >> 4, *head & 15 };

		if (*head == 0xff)
			return true;
		size = nibbles[1];
		for (i = 0; i < 2; i++) {
			more = nibbles[i] == 13 ? 1 : nibbles[i] == 14 ? 2 : 0;
			head = info_pull(b, more);
			if (nibbles[i] == 15 || !head)
				return false;
			if (i && more)
				size = more == 1 ? 13U + *head : 269 + info_be16(head);
		}
		if (!info_pull(b, size))
			return false;
	}
	return false;
}

/* RFC 7252, 3: a code, and a payload. */
bool info_coap(struct info *out, struct info_bytes b)
{
	const uint8_t *head = info_pull(&b, 4);

	if (!head || head[0] >> 6 != 1 || !info_pull(&b, head[0] & 15))
		return false;
	info_add(out, "%u.%02u", head[1] >> 5, head[1] & 31);
	if (skip_options(&b))
		info_add_text(out, "", b);
	return true;
}

/* A text behind its length of two bytes. */
static struct info_bytes array8(struct info_bytes *b)
{
	const uint8_t *len = info_pull(b, 2);

	return info_take(b, len ? info_be16(len) : 0);
}

/* X Display Manager Control Protocol 1.1, 2: willing, or unwilling. */
bool info_xdmcp(struct info *out, struct info_bytes b)
{
	const uint8_t *head = info_pull(&b, 6);

	if (!head || info_be16(head) != 1 || (head[3] != 5 && head[3] != 6))
		return false;
	if (head[3] == 5)
		array8(&b); /* the kind of authentication */
	info_add(out, head[3] == 5 ? "willing" : "unwilling");
	info_add_text(out, "host", array8(&b));
	info_add_text(out, "", array8(&b));
	return true;
}
