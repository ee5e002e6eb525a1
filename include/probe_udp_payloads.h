/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * probe_udp_payloads.h - what UDP probes say, by port, and where answers repeat the number in it. The
 * sender and the matcher share the table. test-udp.c reads it as its RFCs say.
 *
 * A service is one line in PROBE_UDP_PORTS and one row. All other ports get an empty datagram.
 */
#ifndef XSCAN_PROBE_UDP_PAYLOADS_H
#define XSCAN_PROBE_UDP_PAYLOADS_H

#include "net.h"

/* X(NAME, port) */
#define PROBE_UDP_PORTS(X)  \
	X(ECHO, 7)          \
	X(DNS, 53)          \
	X(TFTP, 69)         \
	X(RPCBIND, 111)     \
	X(NTP, 123)         \
	X(NBNS, 137)        \
	X(SNMP3, 161)       \
	X(XDMCP, 177)       \
	X(CLDAP, 389)       \
	X(QUIC, 443)        \
	X(IKE, 500)         \
	X(RIP, 520)         \
	X(RMCP, 623)        \
	X(OPENVPN, 1194)    \
	X(MSSQL, 1434)      \
	X(L2TP, 1701)       \
	X(SSDP, 1900)       \
	X(RDP, 3389)        \
	X(STUN, 3478)       \
	X(WSD, 3702)        \
	X(IKE_NAT, 4500)    \
	X(SIP, 5060)        \
	X(NAT_PMP, 5351)    \
	X(MDNS, 5353)       \
	X(COAP, 5683)       \
	X(MEMCACHED, 11211) \
	X(BACNET, 47808)

enum probe_udp_number {
	PROBE_UDP_EMPTY,
#define PROBE_UDP_ENUM(NAME, port) PROBE_UDP_##NAME,
	PROBE_UDP_PORTS(PROBE_UDP_ENUM)
#undef PROBE_UDP_ENUM
		PROBE_UDP_SNMP1, /* of every other try */
	PROBE_UDP_PAYLOADS_N,
};

/* Where an answer repeats the number of the question. */
enum probe_udp_form {
	UDP_FORM_PORT, /* nowhere: that it comes from the port is the proof */
	UDP_FORM_AT,   /* at a fixed place */
	UDP_FORM_BER,  /* an integer of 4 bytes, the first in a BER sequence (ITU-T X.690), */
	UDP_FORM_BER_SEQUENCE, /* or in the sequence behind the version, */
	UDP_FORM_BER_PDU,      /* or in the answer of SNMP version 1 to the community "public" */
	UDP_FORM_TFTP,	       /* nowhere, and it comes from another port: see probe_udp.h */
	UDP_FORM_TEXT,	       /* in text, at no fixed place: the port is the proof */
};

/*
 * The payloads of most services fit into PROBE_UDP_ROOM bytes. Behind these a longer one has zeros, which no
 * table holds. That of UDP_FORM_TEXT has probe_udp_text there, with a number of eight hexadecimal digits.
 *
 * Another number begins at PROBE_UDP_NUMBER_LAST at most, so that its bytes fit into PROBE_UDP_ROOM.
 */
enum {
	PROBE_UDP_ROOM = 136,
	PROBE_UDP_ROOM_LONG = 1232, /* IPv6 takes 1,280 bytes everywhere (RFC 8200, 5) */
	PROBE_UDP_NUMBER_LAST = 127,
	PROBE_UDP_TEXT_LEN = 345,
	PROBE_UDP_TEXT_ROOM = 348,
	PROBE_UDP_TEXT_NUMBER = 113, /* where the digits are in the text */
};

struct probe_udp_payload {
	__u16 sum; /* of all bytes, as the Internet checksum adds them, host order */
	__u16 len;
	__u8 form;
	__u8 width;    /* of the number, in bytes: 0, 2, 4 or 8 */
	__u8 number;   /* where it is in the question: zeros in `bytes` */
	__u8 repeated; /* UDP_FORM_AT: where it is in the answer */
	__u8 pad[4];
	__u8 bytes[PROBE_UDP_ROOM];
} __attribute__((aligned(4)));

/* The rest of the payload of WS-Discovery. */
#ifdef __bpf__
SEC(".rodata.xscan")
#endif
static const __u8 probe_udp_text[PROBE_UDP_TEXT_ROOM] __attribute__((aligned(4))) =
	"ws/2004/08/addressing\" xmlns:d=\"http://schemas.xmlsoap.org/ws/2005/04/disc"
	"overy\"><s:Header><a:MessageID>urn:uuid:"
	"\0\0\0\0\0\0\0\0"
	"-7873-4361-ae00-000000000000</a:MessageID><a:To>urn:schemas-xmlsoap-org:ws"
	":2005:04:discovery</a:To><a:Action>http://schemas.xmlsoap.org/ws/2005/04/d"
	"iscovery/Probe</a:Action></s:Header><s:Body><d:Probe/></s:Body></s:Envelop"
	"e>";

#ifdef __bpf__
SEC(".rodata.xscan")
#endif
static const struct probe_udp_payload probe_udp_payloads[PROBE_UDP_PAYLOADS_N] = {
	/* RFC 862: any bytes come back. */
	[PROBE_UDP_ECHO] = {
		.form = UDP_FORM_AT,
		.len = 8,
		.sum = 0x0000,
		.width = 8,
	},
	/* RFC 1035, 4.1: who serves the root?. */
	[PROBE_UDP_DNS] = {
		.form = UDP_FORM_AT,
		.len = 17,
		.sum = 0x0301,
		.width = 2,
		.bytes = "\x00\x00\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00"
			 "\x01",
	},
	/* RFC 1350, 5: read a file that is not there. */
	[PROBE_UDP_TFTP] = {
		.form = UDP_FORM_TFTP,
		.len = 20,
		.sum = 0x5df1,
		.bytes = "\x00\x01.xscan.none\x00octet",
	},
	/* RFC 5531, 9: call nothing of program 100000, version 2. */
	[PROBE_UDP_RPCBIND] = {
		.form = UDP_FORM_AT,
		.len = 40,
		.sum = 0x86a5,
		.width = 4,
		.bytes = "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\x01\x86\xa0"
			 "\x00\x00\x00\x02",
	},
	/* RFC 5905, 7.3: client, version 4; the transmit time comes back. */
	[PROBE_UDP_NTP] = {
		.form = UDP_FORM_AT,
		.len = 48,
		.sum = 0x2300,
		.width = 8,
		.number = 40,
		.repeated = 24,
		.bytes = "#",
	},
	/* RFC 1002, 4.2.17: node status of *. */
	[PROBE_UDP_NBNS] = {
		.form = UDP_FORM_AT,
		.len = 50,
		.sum = 0x3e39,
		.width = 2,
		.bytes = "\x00\x00\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00 CKAAAAAAAAAAAAA"
			 "AAAAAAAAAAAAAAAAA\x00\x00!\x00\x01",
	},
	/* RFC 3414, 4: discover the engine. */
	[PROBE_UDP_SNMP3] = {
		.form = UDP_FORM_BER_SEQUENCE,
		.len = 60,
		.sum = 0xc31d,
		.width = 4,
		.number = 9,
		.bytes = "0:\x02\x01\x03""0\x10\x02\x04\x00\x00\x00\x00\x02\x02\x7f\xff"
			 "\x04\x01\x04\x02\x01\x03\x04\x10""0\x0e\x04\x00\x02\x01\x00\x02"
			 "\x01\x00\x04\x00\x04\x00\x04\x00""0\x11\x04\x00\x04\x00\xa0\x0b"
			 "\x02\x01\x01\x02\x01\x00\x02\x01\x00""0",
	},
	/* X Display Manager Control Protocol 1.1: query. */
	[PROBE_UDP_XDMCP] = {
		.form = UDP_FORM_PORT,
		.len = 7,
		.sum = 0x0004,
		.bytes = "\x00\x01\x00\x02\x00\x01",
	},
	/* RFC 4511, 4.5.1: search the root DSE. */
	[PROBE_UDP_CLDAP] = {
		.form = UDP_FORM_BER,
		.len = 47,
		.sum = 0x6779,
		.width = 4,
		.number = 4,
		.bytes = "0-\x02\x04\x00\x00\x00\x00""c%\x04\x00\n\x01\x00\n\x01\x00\x02"
			 "\x01\x01\x02\x01\x01\x01\x01\x00\x87\x0bobjectClass0\x05\x04\x03"
			 "1.1",
	},
	/* RFC 9000, 6.1 and 14.1: a first packet of a version that is reserved for this */
	[PROBE_UDP_QUIC] = {
		.form = UDP_FORM_AT,
		.len = 1200,
		.sum = 0xefc3,
		.width = 8,
		.number = 15,
		.repeated = 6,
		.bytes = "\xc0\x1a*:J\x08xscan-id\x08",
	},
	/* RFC 2408 and 2409: main mode, one proposal. */
	[PROBE_UDP_IKE] = {
		.form = UDP_FORM_AT,
		.len = 84,
		.sum = 0xf73c,
		.width = 8,
		.bytes = "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
			 "\x01\x10\x02\x00\x00\x00\x00\x00\x00\x00\x00T\x00\x00\x00""8\x00"
			 "\x00\x00\x01\x00\x00\x00\x01\x00\x00\x00,\x01\x01\x00\x01\x00"
			 "\x00\x00$\x01\x01\x00\x00\x80\x01\x00\x07\x80\x0e\x00\x80\x80"
			 "\x02\x00\x02\x80\x03\x00\x01\x80\x04\x00\x0e\x80\x0b\x00\x01\x80"
			 "\x0cp\x80",
	},
	/* RFC 2453, 3.9.1: the whole table. */
	[PROBE_UDP_RIP] = {
		.form = UDP_FORM_PORT,
		.len = 24,
		.sum = 0x0112,
		.bytes = "\x01\x02\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
			 "\x00\x00\x00\x00\x00\x00\x00\x10",
	},
	/* DMTF DSP0136, 3.2.4.3: presence ping. */
	[PROBE_UDP_RMCP] = {
		.form = UDP_FORM_PORT,
		.len = 12,
		.sum = 0x96c5,
		.bytes = "\x06\x00\xff\x06\x00\x00\x11\xbe\x80",
	},
	/* OpenVPN protocol: hard reset of a client, version 2. */
	[PROBE_UDP_OPENVPN] = {
		.form = UDP_FORM_AT,
		.len = 14,
		.sum = 0x3800,
		.width = 8,
		.number = 1,
		.repeated = 14,
		.bytes = "8",
	},
	/* MS-SQLR, 2.2.2: which instances?. */
	[PROBE_UDP_MSSQL] = {
		.form = UDP_FORM_PORT,
		.len = 1,
		.sum = 0x0300,
		.bytes = "\x03",
	},
	/* RFC 2661, 6.1: start a connection; the assigned tunnel comes back. */
	[PROBE_UDP_L2TP] = {
		.form = UDP_FORM_AT,
		.len = 53,
		.sum = 0x52eb,
		.width = 2,
		.number = 51,
		.repeated = 4,
		.bytes = "\xc8\x02\x00""5\x00\x00\x00\x00\x00\x00\x00\x00\x80\x08\x00\x00"
			 "\x00\x00\x00\x01\x80\x08\x00\x00\x00\x02\x01\x00\x80\n\x00\x00"
			 "\x00\x03\x00\x00\x00\x03\x80\x07\x00\x00\x00\x07x\x80\x08\x00"
			 "\x00\x00\x09",
	},
	/* UPnP Device Architecture 1.1, 1.3.2: unicast search. */
	[PROBE_UDP_SSDP] = {
		.form = UDP_FORM_PORT,
		.len = 97,
		.sum = 0xd1ac,
		.bytes = "M-SEARCH * HTTP/1.1\r\nHOST:239.255.255.250:1900\r\nMAN:\"ssdp:d"
			 "iscover\"\r\nMX:1\r\nST:upnp:rootdevice\r\n\r\n",
	},
	/* MS-RDPEUDP, 3.1.5.1.1: SYN; the initial sequence number comes back */
	[PROBE_UDP_RDP] = {
		.form = UDP_FORM_AT,
		.len = 1232,
		.sum = 0x09e1,
		.width = 4,
		.number = 8,
		.bytes = "\xff\xff\xff\xff\x00@\x00\x01\x00\x00\x00\x00\x04\xd0\x04\xd0",
	},
	/*
	 * WS-Discovery (schemas.xmlsoap.org/ws/2005/04/discovery), 5.2: which devices are there? The number is
	 * the beginning of the identifier of the message.
	 */
	[PROBE_UDP_WSD] = {
		.form = UDP_FORM_TEXT,
		.len = PROBE_UDP_ROOM + PROBE_UDP_TEXT_LEN,
		.sum = 0xb87c,
		.number = PROBE_UDP_ROOM + PROBE_UDP_TEXT_NUMBER,
		.bytes = "<?xml version=\"1.0\" encoding=\"utf-8\"?><s:Envelope xmlns:s=\"h"
			 "ttp://www.w3.org/2003/05/soap-envelope\" xmlns:a=\"http://sche"
			 "mas.xmlsoap.org/",
	},
	/* RFC 8489, 5: binding request. */
	[PROBE_UDP_STUN] = {
		.form = UDP_FORM_AT,
		.len = 20,
		.sum = 0xc555,
		.width = 8,
		.number = 12,
		.repeated = 12,
		.bytes = "\x00\x01\x00\x00!\x12\xa4""B",
	},
	/* RFC 3948, 2.2: the same behind the marker. */
	[PROBE_UDP_IKE_NAT] = {
		.form = UDP_FORM_AT,
		.len = 88,
		.sum = 0xf73c,
		.width = 8,
		.number = 4,
		.repeated = 4,
		.bytes = "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
			 "\x00\x00\x00\x00\x01\x10\x02\x00\x00\x00\x00\x00\x00\x00\x00T"
			 "\x00\x00\x00""8\x00\x00\x00\x01\x00\x00\x00\x01\x00\x00\x00,\x01"
			 "\x01\x00\x01\x00\x00\x00$\x01\x01\x00\x00\x80\x01\x00\x07\x80"
			 "\x0e\x00\x80\x80\x02\x00\x02\x80\x03\x00\x01\x80\x04\x00\x0e\x80"
			 "\x0b\x00\x01\x80\x0cp\x80",
	},
	/* RFC 3261, 11 and 18.2.2 and RFC 3581: options. */
	[PROBE_UDP_SIP] = {
		.form = UDP_FORM_PORT,
		.len = 129,
		.sum = 0x902d,
		.bytes = "OPTIONS sip:x SIP/2.0\r\nv:SIP/2.0/UDP x;rport;branch=z9hG4bKx\r"
			 "\nf:<sip:x>;tag=x\r\nt:<sip:x>\r\ni:x\r\nCSeq:1 OPTIONS\r\nMax-F"
			 "orwards:0\r\n\r\n",
	},
	/* RFC 6886, 3.2: which address is outside?. */
	[PROBE_UDP_NAT_PMP] = {
		.form = UDP_FORM_PORT,
		.len = 2,
		.sum = 0x0000,
	},
	/* RFC 6762, 6.7 and RFC 6763, 9: a legacy query for all services. */
	[PROBE_UDP_MDNS] = {
		.form = UDP_FORM_AT,
		.len = 46,
		.sum = 0x3619,
		.width = 2,
		.bytes = "\x00\x00\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x09_services"
			 "\x07_dns-sd\x04_udp\x05local\x00\x00\x0c\x00\x01",
	},
	/* RFC 7252, 3 and RFC 6690, 4: get /.well-known/core. */
	[PROBE_UDP_COAP] = {
		.form = UDP_FORM_AT,
		.len = 29,
		.sum = 0xd321,
		.width = 8,
		.number = 4,
		.repeated = 4,
		.bytes = "H\x01\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00\xbb.well-known\x04"
			 "core",
	},
	/* memcached protocol, UDP: version. */
	[PROBE_UDP_MEMCACHED] = {
		.form = UDP_FORM_AT,
		.len = 17,
		.sum = 0xca56,
		.width = 2,
		.bytes = "\x00\x00\x00\x00\x00\x01\x00\x00version\r\n",
	},
	/* ASHRAE 135, 15.5: identifier of the device. */
	[PROBE_UDP_BACNET] = {
		.form = UDP_FORM_PORT,
		.len = 17,
		.sum = 0x194c,
		.bytes = "\x81\n\x00\x11\x01\x04\x00\x05\x01\x0c\x0c\x02\x3f\xff\xff\x19K",
	},
	/* RFC 1157, 4.1.2: sysDescr.0, community public. */
	[PROBE_UDP_SNMP1] = {
		.form = UDP_FORM_BER_PDU,
		.len = 43,
		.sum = 0xcca8,
		.width = 4,
		.number = 17,
		.bytes = "0)\x02\x01\x00\x04\x06public\xa0\x1c\x02\x04\x00\x00\x00\x00\x02"
			 "\x01\x00\x02\x01\x00""0\x0e""0\x0c\x06\x08+\x06\x01\x02\x01\x01"
			 "\x01\x00\x05",
	},
};

#endif
