// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* info_ber.c - answers in BER (ITU-T X.690): SNMP and CLDAP. */
#include "info_parts.h"

#include "addr.h"

enum { SEQUENCE = 0x30, INTEGER = 2, OCTETS = 4, OID = 6 };

/* Step over a value, and return its contents, as far as they are there. False: it has another tag. */
static bool pull_value(struct info_bytes *b, uint8_t tag, struct info_bytes *inside)
{
	const uint8_t *head = info_pull(b, 2), *more;
	unsigned int i, n;
	size_t len;

	if (!head || head[0] != tag)
		return false;
	len = head[1];
	if (len & 0x80) {
		n = len & 0x7f;
		more = n <= 4 ? info_pull(b, n) : NULL;
		if (!more)
			return false;
		for (len = i = 0; i < n; i++)
			len = len << 8 | more[i];
	}
	*inside = info_take(b, len);
	return true;
}

static bool skip_value(struct info_bytes *b, uint8_t tag)
{
	struct info_bytes inside;

	return pull_value(b, tag, &inside);
}

/* Step over an integer. It is a small number in all that is read here. */
static bool pull_number(struct info_bytes *b, unsigned int *number)
{
	struct info_bytes inside;

	if (!pull_value(b, INTEGER, &inside) || !inside.left || inside.left > 4)
		return false;
	for (*number = 0; inside.left; info_pull(&inside, 1))
		*number = *number << 8 | *inside.at;
	return true;
}

static void add_ip6(struct info *out, const uint8_t *at)
{
	const struct addr addr = {
		(uint64_t)info_be32(at) << 32 | info_be32(at + 4),
		(uint64_t)info_be32(at + 8) << 32 | info_be32(at + 12),
	};
	char text[ADDR_TEXT];

	info_add(out, "address %s", addr_text(addr, text));
}

/* Who has made the engine, and by what it is known (RFC 3411, 5: SnmpEngineID). */
static void add_engine(struct info *out, struct info_bytes id)
{
	const uint8_t *maker = info_pull(&id, 4), *form, *at = id.at;

	if (!maker)
		return;
	info_add(out, "enterprise %u", info_be32(maker) & 0x7fffffff);
	form = maker[0] & 0x80 ? info_pull(&id, 1) : NULL;
	if (!form)
		return;
	at = id.at;
	if (*form == 1 && id.left >= 4)
		info_add(out, "address %u.%u.%u.%u", at[0], at[1], at[2], at[3]);
	else if (*form == 2 && id.left >= 16)
		add_ip6(out, at);
	else if (*form == 3 && id.left >= 6)
		info_add(out, "MAC %02x:%02x:%02x:%02x:%02x:%02x", at[0], at[1], at[2], at[3],
			 at[4], at[5]);
	else if (*form == 4)
		info_add_text(out, "engine", id);
}

/* RFC 3412, 6, and RFC 3414, 2.4: the security parameters have the engine. */
bool info_snmp3(struct info *out, struct info_bytes b)
{
	struct info_bytes message, security, fields, engine;
	unsigned int version;

	if (!pull_value(&b, SEQUENCE, &message) || !pull_number(&message, &version) || version != 3)
		return false;
	info_add(out, "version 3");
	if (skip_value(&message, SEQUENCE) && pull_value(&message, OCTETS, &security) &&
	    pull_value(&security, SEQUENCE, &fields) && pull_value(&fields, OCTETS, &engine))
		add_engine(out, engine);
	return true;
}

/* RFC 1157, 4.1: what the system says of itself (sysDescr). */
bool info_snmp1(struct info *out, struct info_bytes b)
{
	struct info_bytes message, pdu, list, binding, text;
	unsigned int version, id, error, index;

	if (!pull_value(&b, SEQUENCE, &message) || !pull_number(&message, &version) || version)
		return false;
	info_add(out, "version 1");
	if (!skip_value(&message, OCTETS) || !pull_value(&message, 0xa2, &pdu) ||
	    !pull_number(&pdu, &id) || !pull_number(&pdu, &error) || !pull_number(&pdu, &index))
		return true;
	if (error)
		info_add(out, "error %u", error);
	if (pull_value(&pdu, SEQUENCE, &list) && pull_value(&list, SEQUENCE, &binding) &&
	    skip_value(&binding, OID) && pull_value(&binding, OCTETS, &text))
		info_add_text(out, "", text);
	return true;
}

/* RFC 4511, 4.5.2: an entry, or that the search is done. */
bool info_cldap(struct info *out, struct info_bytes b)
{
	struct info_bytes message, result, code;
	unsigned int id;

	if (!pull_value(&b, SEQUENCE, &message) || !pull_number(&message, &id) || !message.left)
		return false;
	if (*message.at == 0x64)
		return true;
	if (!pull_value(&message, 0x65, &result))
		return false;
	if (pull_value(&result, 10, &code) && code.left && *code.at)
		info_add(out, "error %u", *code.at);
	return true;
}
