/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * link_formats.h - wire formats of questions to all IPv6 hosts and of their answers: extension
 * headers (RFC 8200), ICMPv6 (RFC 4443), MLD (RFC 2710, RFC 3810).
 */
#ifndef XSCAN_LINK_FORMATS_H
#define XSCAN_LINK_FORMATS_H

#include "net.h"

enum {
	LINK_HOP_OPTIONS = 0, /* extension headers */
	LINK_DEST_OPTIONS = 60,
	LINK_PARAMETER_PROBLEM = 4, /* types of ICMPv6 */
	LINK_MLD_QUERY = 130,
	LINK_MLD_REPORT = 131,
	LINK_SOLICIT_ROUTER = 133,
	LINK_ADVERTISE_ROUTER = 134,
	LINK_MLD2_REPORT = 143,
	LINK_UNKNOWN_OPTION = 2, /* code of a parameter problem */
};

enum {
	LINK_UDP = 17,
	LINK_DHCP_SERVER = 67, /* ports */
	LINK_DHCP_CLIENT = 68,
	LINK_DHCP6_SERVER = 547,
	LINK_MDNS = 5353,
};

struct link_udp {
	__be16 src;
	__be16 dst;
	__be16 len;
	__be16 csum;
} NET_WIRE;

struct link_heads {
	struct net_eth eth;
	struct net_ip6 ip;
} NET_WIRE;

/* An extension header of 8 bytes with options. */
struct link_option {
	__u8 next;
	__u8 len; /* in units of 8 bytes, without the first */
	__u8 options[6];
} NET_WIRE;

struct link_echo {
	__u8 type;
	__u8 code;
	__be16 csum;
	__be16 id;
	__be16 sequence;
	__u64 token; /* as it lies in memory */
} NET_WIRE;

/* What a refused option is told by: the error, and the packet that it quotes. */
struct link_refusal {
	struct net_icmp icmp;
	struct net_ip6 inner;
	struct link_option option;
	struct link_echo echo;
} NET_WIRE;

struct link_query {
	__u8 type;
	__u8 code;
	__be16 csum;
	__be16 max_delay_ms;
	__be16 reserved;
	struct net_addr6 group;
	__u8 robustness;
	__u8 interval_s;
	__be16 n_sources;
} NET_WIRE;

/* A report of version 1: of one group. */
struct link_report {
	__u8 type;
	__u8 code;
	__be16 csum;
	__be16 max_delay_ms;
	__be16 reserved;
	struct net_addr6 group;
} NET_WIRE;

/* A report of version 2; n_records follow. */
struct link_report2 {
	__u8 type;
	__u8 reserved;
	__be16 csum;
	__be16 reserved2;
	__be16 n_records;
} NET_WIRE;

/* Sources of 16 bytes follow, then words of 4 bytes. */
struct link_record {
	__u8 type;
	__u8 n_words;
	__be16 n_sources;
	struct net_addr6 group;
} NET_WIRE;

#endif
