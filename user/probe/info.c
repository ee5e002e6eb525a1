// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* info.c - which reader reads the answers of a service, and how words are written. */
#include "info_parts.h"

#include "probe_udp.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* The row of a payload: the service that answers to it, and the reader of its answers. */
static const struct {
	const char *service;
	info_reader *read;
} services[PROBE_UDP_PAYLOADS_N] = {
	[PROBE_UDP_EMPTY] = { NULL, info_words },
	[PROBE_UDP_DNS] = { "domain", info_dns },
	[PROBE_UDP_TFTP] = { "tftp", info_tftp },
	[PROBE_UDP_RPCBIND] = { "sunrpc", info_rpcbind },
	[PROBE_UDP_NTP] = { "ntp", info_ntp },
	[PROBE_UDP_NBNS] = { "netbios-ns", info_nbns },
	[PROBE_UDP_SNMP3] = { "snmp", info_snmp3 },
	[PROBE_UDP_SNMP1] = { "snmp", info_snmp1 },
	[PROBE_UDP_XDMCP] = { "xdmcp", info_xdmcp },
	[PROBE_UDP_CLDAP] = { "ldap", info_cldap },
	[PROBE_UDP_QUIC] = { "quic", info_quic },
	[PROBE_UDP_IKE] = { "isakmp", info_ike },
	[PROBE_UDP_IKE_NAT] = { "ipsec-nat-t", info_ike_nat },
	[PROBE_UDP_RIP] = { "route", info_rip },
	[PROBE_UDP_RMCP] = { "asf-rmcp", info_rmcp },
	[PROBE_UDP_OPENVPN] = { "openvpn", info_openvpn },
	[PROBE_UDP_MSSQL] = { "ms-sql-m", info_mssql },
	[PROBE_UDP_L2TP] = { "l2tp", info_l2tp },
	[PROBE_UDP_SSDP] = { "ssdp", info_ssdp },
	[PROBE_UDP_RDP] = { "ms-wbt-server", info_rdp },
	[PROBE_UDP_STUN] = { "stun", info_stun },
	[PROBE_UDP_WSD] = { "ws-discovery", info_wsd },
	[PROBE_UDP_SIP] = { "sip", info_sip },
	[PROBE_UDP_NAT_PMP] = { "nat-pmp", info_nat_pmp },
	[PROBE_UDP_MDNS] = { "mdns", info_mdns },
	[PROBE_UDP_COAP] = { "coap", info_coap },
	[PROBE_UDP_MEMCACHED] = { "memcache", info_memcached },
	[PROBE_UDP_BACNET] = { "bacnet", info_bacnet },
};

const uint8_t *info_pull(struct info_bytes *b, size_t n)
{
	const uint8_t *at = b->at;
	const bool there = n <= b->left;

	if (!there)
		n = b->left;
	b->at += n;
	b->left -= n;
	return there ? at : NULL;
}

struct info_bytes info_take(struct info_bytes *b, size_t n)
{
	struct info_bytes taken = { .at = b->at, .left = n < b->left ? n : b->left };

	taken.more = n - taken.left < b->more ? n - taken.left : b->more;
	b->at += taken.left;
	b->left -= taken.left;
	return taken;
}

static void mark_cut(struct info *out)
{
	const size_t n = strlen(out->text), most = INFO_TEXT - sizeof("...");

	strcpy(out->text + (n < most ? n : most), "...");
}

void info_add(struct info *out, const char *format, ...)
{
	const size_t used = strlen(out->text), room = INFO_TEXT - used;
	const char *between = used ? ", " : "";
	char part[2 * INFO_TEXT];
	va_list args;

	va_start(args, format);
	vsnprintf(part, sizeof(part), format, args);
	va_end(args);
	if ((size_t)snprintf(out->text + used, room, "%s%s", between, part) >= room)
		mark_cut(out);
}

static bool is_shown(uint8_t byte)
{
	return byte > ' ' && byte < 0x7f;
}

void info_add_text(struct info *out, const char *before, struct info_bytes text)
{
	char shown[INFO_TEXT + 1]; /* one more than fits: info_add shows that it is cut */
	size_t i, n = 0;

	for (i = 0; i < text.left && n < INFO_TEXT; i++) {
		if (is_shown(text.at[i]))
			shown[n++] = (char)text.at[i];
		else if (n && shown[n - 1] != ' ')
			shown[n++] = ' ';
	}
	while (n && shown[n - 1] == ' ')
		n--;
	shown[n] = '\0';
	if (n)
		info_add(out, "%s%s%s%s", before, *before ? " " : "", shown,
			 text.more ? "..." : "");
}

struct info_bytes info_add_until(struct info *out, const char *before, struct info_bytes text,
				 uint8_t end)
{
	const uint8_t *found = text.left ? memchr(text.at, end, text.left) : NULL;
	struct info_bytes head;

	if (!found) {
		info_add_text(out, before, text);
		return info_take(&text, 0);
	}
	head = info_take(&text, (size_t)(found - text.at));
	info_add_text(out, before, head);
	info_pull(&text, 1);
	return text;
}

void info_read(struct info *out, uint16_t port, uint8_t attempt, const struct info_payload *payload)
{
	const struct probe_udp_payload *what = probe_udp_payload(port, attempt);
	const size_t i = (size_t)(what - probe_udp_payloads);
	struct info_bytes b = { .at = payload->bytes, .left = payload->kept };

	*out = (struct info){ .service = services[i].service };
	if (b.left > payload->len)
		b.left = payload->len;
	b.more = payload->len - b.left;
	if (!services[i].read || !services[i].read(out, b))
		*out = (struct info){ 0 };
}
