// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* info_fields.c - answers whose fields have fixed places. */
#include "info_parts.h"

#include <ctype.h>
#include <string.h>

static bool is_word(const uint8_t *at, size_t n)
{
	/* NULs fill up short names. */
	while (n && !at[n - 1])
		n--;
	if (!n)
		return false;
	while (n && isgraph(at[n - 1]))
		n--;
	return !n;
}

/* RFC 5905, 7.3: an answer of a server. The reference is a word in strata 0 and 1 alone. */
bool info_ntp(struct info *out, struct info_bytes b)
{
	const uint8_t *head = info_pull(&b, 16), *reference;
	unsigned int stratum;

	if (!head || (head[0] & 7) != 4)
		return false;
	stratum = head[1];
	reference = head + 12;
	info_add(out, "version %u", head[0] >> 3 & 7);
	if (stratum)
		info_add(out, "stratum %u", stratum);
	if (stratum <= 1 && is_word(reference, 4))
		info_add_text(out, stratum ? "reference" : "kiss",
			      (struct info_bytes){ .at = reference, .left = 4 });
	if (head[0] >> 6 == 3)
		info_add(out, "not synchronised");
	return true;
}

/* RFC 5531, 9: the reply to a call of version 2 of the port mapper. */
bool info_rpcbind(struct info *out, struct info_bytes b)
{
	const uint8_t *head = info_pull(&b, 12), *verifier, *state, *versions;

	if (!head || info_be32(head + 4) != 1)
		return false;
	if (info_be32(head + 8)) {
		info_add(out, "denied");
		return true;
	}
	verifier = info_pull(&b, 8);
	state = verifier && info_pull(&b, info_be32(verifier + 4)) ? info_pull(&b, 4) : NULL;
	if (!state)
		return true;
	versions = info_be32(state) == 2 ? info_pull(&b, 8) : NULL;
	if (versions)
		info_add(out, "versions %u to %u", info_be32(versions), info_be32(versions + 4));
	else if (info_be32(state))
		info_add(out, "error %u", info_be32(state));
	else
		info_add(out, "version 2");
	return true;
}

/* DMTF DSP0136, 3.2.4.2: presence pong. */
bool info_rmcp(struct info *out, struct info_bytes b)
{
	const uint8_t *head = info_pull(&b, 12), *data;

	if (!head || head[0] != 6 || head[3] != 6 || info_be32(head + 4) != 0x11be ||
	    head[8] != 0x40)
		return false;
	data = info_pull(&b, 9);
	if (!data)
		return true;
	if (data[8] & 0x80)
		info_add(out, "IPMI");
	info_add(out, "enterprise %u", info_be32(data));
	return true;
}

/* RFC 2453, 3.9.2: a response; a route has 20 bytes. */
bool info_rip(struct info *out, struct info_bytes b)
{
	const uint8_t *head = info_pull(&b, 4);
	const size_t routes = (b.left + b.more) / 20;

	if (!head || head[0] != 2)
		return false;
	info_add(out, "version %u", head[1]);
	info_add(out, "%zu route%s", routes, routes == 1 ? "" : "s");
	return true;
}

/* RFC 6886, 3.2.1. */
bool info_nat_pmp(struct info *out, struct info_bytes b)
{
	const uint8_t *head = info_pull(&b, 4), *rest = info_pull(&b, 8);

	if (!head || head[1] != 128)
		return false;
	if (info_be16(head + 2))
		info_add(out, "error %u", info_be16(head + 2));
	else if (rest)
		info_add(out, "outside %u.%u.%u.%u", rest[4], rest[5], rest[6], rest[7]);
	return true;
}

/* ASHRAE 135, 20.1.5: the answer has the identifier, type 8 and a number of 22 bits. */
bool info_bacnet(struct info *out, struct info_bytes b)
{
	static const uint8_t property[] = { 0x19, 0x4b, 0x3e, 0xc4 };
	const uint8_t *head = info_pull(&b, 6), *ack, *value;

	if (!head || head[0] != 0x81 || head[4] != 1)
		return false;
	ack = info_pull(&b, 8);
	value = info_pull(&b, 8);
	if (ack && ack[0] >> 4 == 3 && value && !memcmp(value, property, sizeof(property)))
		info_add(out, "device %u", info_be32(value + 4) & 0x3fffff);
	return true;
}

/* RFC 2661, 3.1 and 4.4: the pairs of attribute and value have the names of host and vendor. */
bool info_l2tp(struct info *out, struct info_bytes b)
{
	const uint8_t *head = info_pull(&b, 12), *pair;
	struct info_bytes value;
	unsigned int size;

	if (!head || (info_be16(head) & 0x800f) != 0x8002)
		return false;
	while ((pair = info_pull(&b, 6))) {
		size = info_be16(pair) & 0x3ff;
		if (size < 6)
			return true;
		value = info_take(&b, size - 6);
		if (!info_be16(pair + 2) && info_be16(pair + 4) == 7)
			info_add_text(out, "host", value);
		if (!info_be16(pair + 2) && info_be16(pair + 4) == 8)
			info_add_text(out, "vendor", value);
	}
	return true;
}

/* The protocol's own answer: hard reset of a server, version 2. It tells nothing more. */
bool info_openvpn(struct info *out, struct info_bytes b)
{
	(void)out;
	return b.left && b.at[0] >> 3 == 8;
}

/* Versions of QUIC: RFC 9000, RFC 9369, drafts (RFC 9000, 15), or four letters, as Google's were. */
static void add_quic_version(struct info *out, const uint8_t *at)
{
	const uint32_t version = info_be32(at);

	if ((version & 0x0f0f0f0f) == 0x0a0a0a0a)
		return; /* reserved: nobody speaks it */
	if (version == 1 || version == 0x6b3343cf)
		info_add(out, "version %d", version == 1 ? 1 : 2);
	else if (version >> 8 == 0xff0000)
		info_add(out, "draft %u", version & 0xff);
	else if (is_word(at, 4))
		info_add_text(out, "version", (struct info_bytes){ .at = at, .left = 4 });
	else
		info_add(out, "version 0x%08x", version);
}

/* RFC 9000, 17.2.1: version negotiation lists what the server speaks. */
bool info_quic(struct info *out, struct info_bytes b)
{
	const uint8_t *head = info_pull(&b, 5), *len, *version;

	if (!head || !(head[0] & 0x80) || info_be32(head + 1))
		return false;
	len = info_pull(&b, 1);
	len = len && info_pull(&b, *len) ? info_pull(&b, 1) : NULL;
	if (!len || !info_pull(&b, *len))
		return true;
	while ((version = info_pull(&b, 4)))
		add_quic_version(out, version);
	return true;
}

/* MS-RDPEUDP, 3.1.5.1.3: SYN and ACK. It tells nothing more. */
bool info_rdp(struct info *out, struct info_bytes b)
{
	const uint8_t *head = info_pull(&b, 8);

	(void)out;
	return head && (info_be16(head + 6) & 5) == 5;
}
