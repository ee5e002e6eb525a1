// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * test-info.c - what answers tell of their services: answers of real servers, and others made by their RFCs.
 * Whatever the bytes, the words are printable and bounded.
 */
#include "info_law.h"
#include "random.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { ROOM = 256, MUTATIONS = 100000 };

struct sample {
	uint16_t port;
	uint8_t attempt;
	const char *service, *text; /* text NULL: the answer is none of the service */
	const char *hex, *words;    /* the bytes: `hex`, then `words` */
};

static const struct sample samples[] = {
	/* chrony 4.3, `local stratum 8` */
	{ 123, 0, "ntp", "version 4, stratum 8",
	  "240800e700000000000000007f7f0101eeb278aab4583b0cd635cc4a162f5be5eeb278ac1d32fbc3"
	  "eeb278ac1d38d1d0" },
	/* RFC 5905, 7.3 and 7.4 */
	{ 123, 0, "ntp", "version 4, stratum 1, reference GPS",
	  "240106e8000000000000000047505300" },
	{ 123, 0, "ntp", "version 4, stratum 1", "240106e80000000000000000470a5300" },
	{ 123, 0, "ntp", "version 3, kiss RATE, not synchronised",
	  "dc0006e8000000000000000052415445" },
	{ 123, 0, NULL, "", "230006e8000000000000000052415445" },
	/* net-snmp 5.9 */
	{ 161, 0, "snmp", "version 3, enterprise 8072",
	  "306e020103301102044c866348020300ffe30401000201030421301f041180001f8880cee5544b29"
	  "fa076b000000000201010201030400040004003033041180001f8880cee5544b29fa076b00000000"
	  "0400a81c0201010201000201003011300f060a2b060106030f01010400410101" },
	{ 161, 1, "snmp", "version 1, Linux v 6.18.44-fc-v7 #1 SMP PREEMPT_DYNAMIC @0 x86_64",
	  "306202010004067075626c6963a2550204414243440201000201003047304506082b060102010101"
	  "0004394c696e757820",
	  "v 6.18.44-fc-v7 #1 SMP PREEMPT_DYNAMIC @0 x86_64" },
	/* RFC 3411, 5: by a MAC address, an address, text, and as SNMPv2 made them */
	{ 161, 0, "snmp", "version 3, enterprise 9, MAC 00:1b:54:0a:0b:0c",
	  "3040020103301102044c866348020300ffe3040100020103041d301b040b8000000903001b540a0b0c"
	  "0201010201030400" },
	{ 161, 0, "snmp", "version 3, enterprise 9, address 198.18.0.1",
	  "3040020103301102044c866348020300ffe3040100020103041d301b0409800000090"
	  "1c6120001" },
	{ 161, 0, "snmp", "version 3, enterprise 9, engine x 1",
	  "3040020103301102044c866348020300ffe3040100020103041d301b04098000000904781b3120" },
	{ 161, 0, "snmp", "version 3, enterprise 9",
	  "3040020103301102044c866348020300ffe3040100020103041d301b040c000000090101010101010101" },
	{ 161, 1, "snmp", "version 1, error 2",
	  "303002010004067075626c6963a2550204414243440201020201013000" },
	{ 161, 0, NULL, "", "306202010004067075626c6963" },
	/* dnsmasq 2.89 */
	{ 53, 0, "domain", "refused, recursion", "f820808500010000000000000000020001" },
	{ 53, 0, "domain", "authoritative, no recursion", "f820840000010000000000000000020001" },
	{ 53, 0, "domain", "error 9, recursion", "f820808900010000000000000000020001" },
	{ 53, 0, NULL, "", "f820000000010000000000000000020001" },
	/* avahi 0.8 */
	{ 5353, 0, "mdns", "_workstation._tcp",
	  "527384000001000100000000095f7365727669636573075f646e732d7364045f756470056c6f6361"
	  "6c00000c0001c00c000c00010000000a00140c5f776f726b73746174696f6e045f746370c023" },
	/* nmbd of samba 4.17; the second has a name with an escape sequence */
	{ 137, 0, "netbios-ns", "name XSCAN, group WORKGROUP",
	  "a2718400000000010000000020434b41414141414141414141414141414141414141414141414141"
	  "4141414141000021000100000000008905585343414e202020202020202020200004005853434"
	  "14e20202020202020202020030400585343414e20202020202020202020200400574f524b4752"
	  "4f5550202020202020008400574f524b47524f55502020202020201e84000000" },
	{ 137, 0, "netbios-ns", "name A [2JB",
	  "a2718400000000010000000000002100010000000000b301411b5b324a42202020202020202020000400" },
	/* strongSwan 5.9 */
	{ 500, 0, "isakmp", "version 1, no proposal chosen",
	  "251e9446999da15b4f65880b70f826e70b1005005ff5d8af000000280000000c000000010100000e" },
	{ 4500, 0, "ipsec-nat-t", "version 1, no proposal chosen",
	  "00000000d814cb871cbae27db776be36bec5499f0b1005008e159eba000000280000000c00000001"
	  "0100000e" },
	{ 500, 0, "isakmp", "version 1, proposal accepted",
	  "251e9446999da15b4f65880b70f826e70110020000000000000000500d000034000000010000000100"
	  "00002801010001000000200101000080010007" },
	/* RFC 7296, 2.5: a server without version 1 */
	{ 500, 0, "isakmp", "version 2, notify 5",
	  "251e9446999da15b000000000000000029202220000000000000002400000008000000"
	  "05" },
	/* A printer, as WS-Discovery has it; text of another kind */
	{ 3702, 0, "ws-discovery", "", "3c3f786d6c20",
	  "version=\"1.0\"?><SOAP-ENV:Envelope "
	  "xmlns:SOAP-ENV=\"http://www.w3.org/2003/05/soap-envelope\">" },
	{ 3702, 0, NULL, "", "3c68746d6c3e" },
	{ 3702, 0, NULL, "", "", "Envelope" },
	/* coturn 4.6, over IPv4; RFC 8489, 14.2, over IPv6; an error */
	{ 3478, 0, "stun", "mapped 198.18.0.1, Coturn-4.6.1 'Gorst'",
	  "0101003c2112a44200000000848327f10724ce0a002000080001d7cbe700a443000100080001f6d9"
	  "c6120001802b000800010d96c612001e80220014",
	  "Coturn-4.6.1 'Gorst'" },
	{ 3478, 0, "stun", "mapped 2001:db8::1",
	  "010100182112a442000000000000000000000000002000140002d7cb0113a9fa000000000000000000"
	  "000001" },
	{ 3478, 0, "stun", "error 401, Unauthorized",
	  "011100142112a44200000000000000000000000000090010000004"
	  "01",
	  "Unauthorized" },
	/* tftpd-hpa 5.2, rpcbind 1.2, memcached 1.6 */
	{ 69, 0, "tftp", "error 1, File not found", "00050001", "File not found" },
	{ 111, 0, "sunrpc", "version 2", "408f4db00000000100000000000000000000000000000000" },
	{ 111, 0, "sunrpc", "versions 3 to 4",
	  "408f4db000000001000000000000000000000000000000020000000300000004" },
	{ 111, 0, "sunrpc", "denied", "408f4db00000000100000001" },
	{ 11211, 0, "memcache", "version 1.6.18", "196e000000010000", "VERSION 1.6.18\r\n" },
	/* miniupnpd writes such answers; the second one ends too early */
	{ 1900, 0, "ssdp", "Debian/12 UPnP/1.1 MiniUPnPd/2.3.1", "",
	  "HTTP/1.1 200 OK\r\nCACHE-CONTROL: max-age=120\r\nST: upnp:rootdevice\r\nEXT:\r\n"
	  "Server: Debian/12 UPnP/1.1 MiniUPnPd/2.3.1\r\nLOCATION: http://x/\r\n\r\n" },
	{ 1900, 0, "ssdp", "Debian/12", "", "HTTP/1.1 200 OK\r\nSERVER: Debian/12" },
	/* RFC 3261, RFC 6886, RFC 7252, RFC 2661, RFC 2453 */
	{ 5060, 0, "sip", "200 OK, Asterisk PBX 20", "",
	  "SIP/2.0 200 OK\r\nCSeq: 1 OPTIONS\r\nServer: Asterisk PBX 20\r\n\r\n" },
	{ 5351, 0, "nat-pmp", "outside 203.0.113.7", "0080000000000001cb007107" },
	{ 5351, 0, "nat-pmp", "error 3", "0080000300000001" },
	{ 5683, 0, "coap", "2.05, </a>;rt=b", "684500010102030405060708c128ff", "</a>;rt=b" },
	{ 5683, 0, "coap", "4.04", "688400010102030405060708" },
	{ 1701, 0, "l2tp", "host gw, vendor me",
	  "c8020028000100000000000180080000000000028008000000076777"
	  "8008000000086d65" },
	{ 520, 0, "route", "version 2, 1 route",
	  "020200000002000000000000000000000000000000000001" },
	/* RFC 9000, 17.2.1, with versions of RFC 9369, of a draft, and of others */
	{ 443, 0, "quic", "version 1, version 2",
	  "80000000000807060504030201000878736361"
	  "6e2d6964000000011a2a3a4a6b3343cf" },
	{ 443, 0, "quic", "draft 29, version Q043, version 0xfaceb001",
	  "c9000000000000ff00001d51303433faceb001" },
	{ 443, 0, NULL, "", "c000000001000000000001" },
	/* MS-RDPEUDP, 3.1.5.1.3; an ACK alone */
	{ 3389, 0, "ms-wbt-server", "", "12345678004000050a0b0c0d04d004d0" },
	{ 3389, 0, NULL, "", "12345678004000040a0b0c0d04d004d0" },
	/* DSP0136; MS-SQLR; BACnet; XDMCP; OpenVPN; CLDAP */
	{ 623, 0, "asf-rmcp", "IPMI, enterprise 4542",
	  "0600ff06000011be40000010000011be0000000081000000" },
	{ 1434, 0, "ms-sql-m", "server DB, instance X, version 15.0.2000.5", "055000",
	  "ServerName;DB;InstanceName;X;IsClustered;No;Version;15.0.2000.5;tcp;1433;;" },
	{ 47808, 0, "bacnet", "device 1234",
	  "810a001601003001"
	  "0c0c023fffff"
	  "194b3ec4020004d23f" },
	{ 177, 0, "xdmcp", "willing, host box, up",
	  "0001000500090000"
	  "0003626f78"
	  "00027570" },
	{ 1194, 0, "openvpn", "", "400102030405060708" },
	{ 1194, 0, NULL, "", "380102030405060708" },
	{ 389, 0, "ldap", "", "300c02040102030464" },
	{ 389, 0, "ldap", "error 53",
	  "3010020401020304650a0a01350400040"
	  "0" },
	/* Other ports: text and nothing else. */
	{ 13, 0, NULL, "26 NOV 2026 09:00:00 UTC", "", "26 NOV 2026 09:00:00 UTC\r\n" },
	{ 13, 0, NULL, "", "00", "26 NOV 2026" },
};

enum { SAMPLES = sizeof(samples) / sizeof(samples[0]) };

static size_t bytes_of(const struct sample *s, uint8_t bytes[ROOM])
{
	size_t n = 0;
	unsigned int byte;

	while (sscanf(s->hex + 2 * n, "%2x", &byte) == 1)
		bytes[n++] = (uint8_t)byte;
	if (s->words) {
		memcpy(bytes + n, s->words, strlen(s->words));
		n += strlen(s->words);
	}
	return n;
}

/* Read bytes from memory that ends with them: sanitizers see what is read behind it. */
static void read_exactly(const struct sample *s, const uint8_t *bytes, size_t kept, size_t len,
			 struct info *out)
{
	uint8_t *copy = malloc(kept ? kept : 1);
	const struct info_payload payload = { copy, kept, len };

	assert_non_null(copy);
	memcpy(copy, bytes, kept);
	info_read(out, s->port, s->attempt, &payload);
	free(copy);
}

static void answers_are_read(void **unused)
{
	uint8_t bytes[ROOM];
	struct info info;
	unsigned int i;
	size_t n;

	(void)unused;
	for (i = 0; i < SAMPLES; i++) {
		n = bytes_of(&samples[i], bytes);
		read_exactly(&samples[i], bytes, n, n, &info);
		if (strcmp(info.text, samples[i].text) != 0)
			fail_msg("sample %u: \"%s\" instead of \"%s\"", i, info.text,
				 samples[i].text);
		if (samples[i].service)
			assert_string_equal(info.service, samples[i].service);
		else
			assert_null(info.service);
	}
}

/* Bytes that are not there tell nothing: less text, or the same. */
static void cut_answers_tell_no_more(void **unused)
{
	struct info whole, cut;
	uint8_t bytes[ROOM];
	unsigned int i;
	size_t n, kept;

	(void)unused;
	for (i = 0; i < SAMPLES; i++) {
		n = bytes_of(&samples[i], bytes);
		read_exactly(&samples[i], bytes, n, n, &whole);
		for (kept = 0; kept <= n; kept++) {
			read_exactly(&samples[i], bytes, kept, n, &cut);
			assert_true(info_is_sound(&cut));
			assert_in_range(strlen(cut.text), 0, strlen(whole.text) + strlen("..."));
		}
	}
}

static void any_bytes_make_sound_words(void **unused)
{
	uint64_t random = 61;
	uint8_t bytes[ROOM];
	struct info info;
	unsigned int i, k;
	size_t n, kept;

	(void)unused;
	for (i = 0; i < MUTATIONS; i++) {
		const struct sample *s = &samples[i % SAMPLES];

		memset(bytes, 0, sizeof(bytes));
		n = bytes_of(s, bytes);
		for (k = 0; k <= i % 4; k++)
			bytes[next_random(&random) % n] = (uint8_t)next_random(&random);
		n = i % 8 ? n : ROOM;
		kept = i % 3 ? n : next_random(&random) % (n + 1);
		read_exactly(s, bytes, kept, n, &info);
		if (!info_is_sound(&info))
			fail_msg("port %u: \"%s\"", s->port, info.text);
	}
}

/* What is too long says that it is cut; what just fits does not. */
static void long_words_are_cut(void **unused)
{
	const struct sample s = { .port = 13 };
	uint8_t bytes[2 * INFO_TEXT];
	struct info info;
	size_t n;

	(void)unused;
	memset(bytes, 'x', sizeof(bytes));
	for (n = 1; n <= sizeof(bytes); n++) {
		read_exactly(&s, bytes, n, n, &info);
		assert_true(info_is_sound(&info));
		assert_int_equal(strlen(info.text), n < INFO_TEXT ? n : INFO_TEXT - 1);
		assert_int_equal(!!strstr(info.text, "..."), n >= INFO_TEXT);
	}
	read_exactly(&s, bytes, 10, 11, &info);
	assert_string_equal(info.text, "xxxxxxxxxx...");
}

/* The terminal, and parsers of rows, see nothing but printable characters. */
static void escape_sequences_are_no_words(void **unused)
{
	static const uint8_t bytes[] = "\0\5\0\0\033]0;x\a\tf\xc3\xa9 \x9b"
				       "1m\n\r\x7f";
	const struct info_payload payload = { bytes, sizeof(bytes), sizeof(bytes) };
	struct info info;

	(void)unused;
	info_read(&info, 69, 0, &payload);
	assert_string_equal(info.text, "error 0, ]0;x f 1m");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_are_read),
		cmocka_unit_test(cut_answers_tell_no_more),
		cmocka_unit_test(any_bytes_make_sound_words),
		cmocka_unit_test(long_words_are_cut),
		cmocka_unit_test(escape_sequences_are_no_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
