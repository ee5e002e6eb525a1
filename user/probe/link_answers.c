// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* link_answers.c - what a packet tells of who is on the link. Every length in it may lie. */
#include "candidates.h"
#include "link_formats.h"
#include "link_questions.h"

#include <endian.h>
#include <string.h>

/* Where reading stands, and what it has found. */
struct reading {
	const uint8_t *at;
	size_t left;
	uint64_t token;
	const struct net_eth *eth;
	bool to_us; /* and to nobody else */
	struct addr src;
	struct sighting *out;
	unsigned int n;
};

/* NULL: the packet ends before. */
static const void *pull(struct reading *r, size_t len)
{
	const uint8_t *at = r->at;

	if (len > r->left)
		return NULL;
	r->at += len;
	r->left -= len;
	return at;
}

static struct addr get_addr(const struct net_addr6 *from)
{
	uint64_t half[2];

	memcpy(half, from, sizeof(half));
	return (struct addr){ be64toh(half[0]), be64toh(half[1]) };
}

/* Not 0.0.0.0/8, 127.0.0.0/8, or a group. */
static bool may_be_ip4(struct addr addr)
{
	const uint32_t first = addr_to_ip4(addr) >> 24;

	return addr_is_ip4(addr) && first && first != 127 && first < 224;
}

static void found(struct reading *r, struct addr addr, enum sighted how)
{
	struct sighting *s = &r->out[r->n];

	if (r->n == LINK_ANSWERS_MAX || (!candidates_may_be(addr) && !may_be_ip4(addr) &&
					 !(how == SIGHTED_MLD && candidates_is_group(addr))))
		return;
	*s = (struct sighting){ .addr = addr, .how = (uint8_t)how };
	memcpy(s->mac, r->eth->src, sizeof(s->mac));
	r->n++;
}

static void read_echo(struct reading *r)
{
	const struct link_echo *echo = pull(r, sizeof(*echo));

	if (echo && echo->token == r->token)
		found(r, r->src, SIGHTED_ECHO);
}

static void read_refusal(struct reading *r)
{
	const struct link_refusal *refusal = pull(r, sizeof(*refusal));

	if (refusal && refusal->icmp.code == LINK_UNKNOWN_OPTION &&
	    refusal->inner.next == LINK_DEST_OPTIONS && refusal->echo.token == r->token)
		found(r, r->src, SIGHTED_OPTION);
}

/* Reports come from link-local addresses; one from :: tells of no host, but its groups do. */
static void read_report(struct reading *r)
{
	const struct link_report *report = pull(r, sizeof(*report));

	if (!report)
		return;
	found(r, r->src, SIGHTED_MLD);
	found(r, get_addr(&report->group), SIGHTED_MLD);
}

static void read_report2(struct reading *r)
{
	const struct link_report2 *report = pull(r, sizeof(*report));
	const struct link_record *record;
	unsigned int n;

	if (!report)
		return;
	found(r, r->src, SIGHTED_MLD);
	for (n = net_host16(report->n_records); n; n--) {
		record = pull(r, sizeof(*record));
		if (!record)
			return;
		found(r, get_addr(&record->group), SIGHTED_MLD);
		if (!pull(r, net_host16(record->n_sources) * 16UL + record->n_words * 4UL))
			return;
	}
}

/* A solicitation from :: is of a host that is about to take the target for its own (RFC 4862, 5.4). */
static void read_solicitation(struct reading *r)
{
	const struct net_nd *nd = pull(r, sizeof(*nd));

	if (!nd || r->to_us)
		return;
	if (r->src.hi || r->src.lo)
		found(r, r->src, SIGHTED_HEARD);
	else
		found(r, get_addr(&nd->target), SIGHTED_HEARD);
}

static void read_advertisement(struct reading *r)
{
	const struct net_nd *nd = pull(r, sizeof(*nd));

	if (nd && !r->to_us)
		found(r, get_addr(&nd->target), SIGHTED_HEARD);
}

static void read_icmp(struct reading *r, uint8_t hop_limit)
{
	const uint8_t type = r->left ? *r->at : 0;

	switch (type) {
	case NET_ICMP6_ECHO_REPLY:
		read_echo(r);
		break;
	case LINK_PARAMETER_PROBLEM:
		read_refusal(r);
		break;
	case LINK_MLD_REPORT:
		read_report(r);
		break;
	case LINK_MLD2_REPORT:
		read_report2(r);
		break;
	case NET_ICMP6_SOLICIT:
		if (hop_limit == 255)
			read_solicitation(r);
		break;
	case NET_ICMP6_ADVERTISE:
		if (hop_limit == 255)
			read_advertisement(r);
		break;
	case LINK_SOLICIT_ROUTER:
	case LINK_ADVERTISE_ROUTER:
		if (hop_limit == 255)
			found(r, r->src, SIGHTED_HEARD);
		break;
	}
}

/* Who speaks mDNS or DHCP to all, from an address of its own. */
static void read_udp(struct reading *r)
{
	const struct link_udp *udp = pull(r, sizeof(*udp));
	const uint16_t port = udp ? net_host16(udp->dst) : 0;

	if (!r->to_us && (port == LINK_MDNS || port == LINK_DHCP_SERVER ||
			  port == LINK_DHCP_CLIENT || port == LINK_DHCP6_SERVER))
		found(r, r->src, SIGHTED_HEARD);
}

static void read_ip4(struct reading *r)
{
	const struct net_ip4 *ip = pull(r, sizeof(*ip));
	const size_t words = ip ? ip->version_ihl & 15 : 0;

	if (words < 5 || ip->proto != LINK_UDP || net_host16(ip->frag) & NET_IP4_FRAGMENT ||
	    !pull(r, words * 4 - sizeof(*ip)))
		return;
	r->src = addr_ip4(net_host32(net_get(&ip->src)));
	read_udp(r);
}

/* The sender of a question or an answer; one that tries an address has none yet (RFC 5227). */
static void read_arp(struct reading *r)
{
	const struct net_arp *arp = pull(r, sizeof(*arp));

	if (arp && !r->to_us && net_host16(arp->proto) == NET_ETH_IP4 && arp->proto_len == 4 &&
	    arp->hw_len == 6)
		found(r, addr_ip4(net_host32(net_get(&arp->sender_ip))), SIGHTED_HEARD);
}

static void read_ip6(struct reading *r)
{
	const struct net_ip6 *ip = pull(r, sizeof(*ip));
	const struct link_option *option;
	uint8_t next;

	if (!ip)
		return;
	if (net_host16(ip->payload_len) < r->left)
		r->left = net_host16(ip->payload_len);
	r->src = get_addr(&ip->src);
	next = ip->next;
	if (next == LINK_HOP_OPTIONS) {
		option = pull(r, sizeof(*option));
		if (!option || !pull(r, option->len * 8UL))
			return;
		next = option->next;
	}
	if (next == NET_PROTO_ICMP6)
		read_icmp(r, ip->hop_limit);
	if (next == LINK_UDP)
		read_udp(r);
}

unsigned int link_answers_read(const uint8_t *frame, size_t len, uint64_t token,
			       const uint8_t own_mac[6], struct sighting out[LINK_ANSWERS_MAX])
{
	struct reading r = { .at = frame, .left = len, .token = token, .out = out };

	r.eth = pull(&r, sizeof(*r.eth));
	if (!r.eth || r.eth->src[0] & 1 || net_mac_equal(r.eth->src, own_mac))
		return 0;
	r.to_us = net_mac_equal(r.eth->dst, own_mac);
	switch (net_host16(r.eth->type)) {
	case NET_ETH_IP6:
		read_ip6(&r);
		break;
	case NET_ETH_IP4:
		read_ip4(&r);
		break;
	case NET_ETH_ARP:
		read_arp(&r);
		break;
	}
	return r.n;
}
