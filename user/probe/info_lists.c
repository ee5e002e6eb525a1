// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* info_lists.c - answers that are lists of parts, each with a type and a length: IKE and STUN. */
#include "info_parts.h"

#include "addr.h"

enum { IKE1_SA = 1, IKE1_NOTIFY = 11, IKE2_SA = 33, IKE2_NOTIFY = 41, PARTS_MAX = 16 };

static void add_notify(struct info *out, unsigned int type)
{
	if (type == 14)
		info_add(out, "no proposal chosen");
	else
		info_add(out, "notify %u", type);
}

/* RFC 2408, 3.1 to 3.14, and RFC 7296, 3.1 to 3.10: the first payload that says what became of ours. */
static bool read_ike(struct info *out, struct info_bytes b)
{
	const uint8_t *head = info_pull(&b, 28), *part, *fields;
	unsigned int i, size, next, major, skipped;
	struct info_bytes body;

	if (!head || head[17] >> 4 < 1 || head[17] >> 4 > 2)
		return false;
	major = head[17] >> 4;
	info_add(out, "version %u", major);
	next = head[16];
	for (i = 0; next && i < PARTS_MAX; i++) {
		part = info_pull(&b, 4);
		size = part ? info_be16(part + 2) : 0;
		if (size < 4)
			return true;
		body = info_take(&b, size - 4);
		if (next == (major == 1 ? IKE1_SA : IKE2_SA))
			info_add(out, "proposal accepted");
		skipped = major == 1 ? 6 : 2; /* version 1 has a domain of interpretation first */
		if (next == (major == 1 ? IKE1_NOTIFY : IKE2_NOTIFY)) {
			fields = info_pull(&body, skipped) ? info_pull(&body, 2) : NULL;
			if (fields)
				add_notify(out, info_be16(fields));
		}
		next = part[0];
	}
	return true;
}

bool info_ike(struct info *out, struct info_bytes b)
{
	return read_ike(out, b);
}

/* Behind the marker of RFC 3948, 2.2. */
bool info_ike_nat(struct info *out, struct info_bytes b)
{
	return info_pull(&b, 4) && read_ike(out, b);
}

/*
 * Our address as the server sees it. The mask makes it plain (RFC 8489, 14.1 and 14.2). The port is another
 * one in each run.
 */
static void add_mapped(struct info *out, struct info_bytes value, const uint8_t *mask)
{
	const uint8_t *head = info_pull(&value, 4), *at;
	uint32_t word[4] = { 0 };
	char text[ADDR_TEXT];
	unsigned int i, n;
	struct addr addr;

	if (!head || head[1] < 1 || head[1] > 2)
		return;
	n = head[1] == 1 ? 1 : 4;
	at = info_pull(&value, 4 * n);
	if (!at)
		return;
	for (i = 0; i < n; i++)
		word[i] = info_be32(at + 4 * i) ^ (mask ? info_be32(mask + 4 * i) : 0);
	addr = (struct addr){ (uint64_t)word[0] << 32 | word[1],
			      (uint64_t)word[2] << 32 | word[3] };
	info_add(out, "mapped %s", addr_text(n == 1 ? addr_ip4(word[0]) : addr, text));
}

static void add_error(struct info *out, struct info_bytes value)
{
	const uint8_t *head = info_pull(&value, 4);

	if (!head)
		return;
	info_add(out, "error %u", (head[2] & 7U) * 100 + head[3]);
	info_add_text(out, "", value);
}

/* RFC 8489, 5 and 14. */
bool info_stun(struct info *out, struct info_bytes b)
{
	const uint8_t *head = info_pull(&b, 20), *part;
	struct info_bytes value;
	bool mapped = false;
	unsigned int type, size;

	if (!head || (info_be16(head) != 0x101 && info_be16(head) != 0x111))
		return false;
	while ((part = info_pull(&b, 4))) {
		type = info_be16(part);
		size = info_be16(part + 2);
		value = info_take(&b, size);
		info_pull(&b, -size & 3);
		if ((type == 1 || type == 0x20) && !mapped) {
			add_mapped(out, value, type == 0x20 ? head + 4 : NULL);
			mapped = true;
		}
		if (type == 9)
			add_error(out, value);
		if (type == 0x8022)
			info_add_text(out, "", value);
	}
	return true;
}
