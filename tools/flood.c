// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * flood.c - forge answers to a scan, as many and as nearly right as an attacker can who knows
 * everything but the key.
 *
 *	flood IFACE FRAMES TARGETS STRANGERS
 *
 * IFACE is a port of the bridge that the scanner is on: what it sends is seen there, what is sent
 * there reaches it. Of FRAMES frames the first ARP_SHARE-th go out when it first asks by ARP: replies
 * of STRANGERS, who are asked nothing. The others go out with its first SYN: SYN-ACKs, RSTs and ICMP
 * errors of TARGETS, ARP replies of STRANGERS. Most of them are addressed to the source ports of the
 * scan; half of these have a number that is right, but for another question.
 *
 * At the end print how many frames of each kind the scanner's device took, and how many of them
 * were addressed to the scan's ports.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "cursor.h"
#include "fleet.h"
#include "probe_arp.h"
#include "probe_tcp.h"
#include "ranges.h"
#include "targets.h"

enum {
	ARP_SHARE = 8,
	BATCH = 32,
	FRAMES_MAX = 100000000,
	WAIT_SECONDS = 30,  /* for the scan */
	FIRST_PORT = 61000, /* the first port that xscan chooses from */
	LAST_PORT = 65535,
	PORTS_BLOCK = 32, /* ports in a row, of which the scan has at least two */
	TARGET_PORTS = 64,
	TTL = 64,
};

enum kind { SYN_ACK, RESET, UNREACHABLE, ARP, KINDS };

static const char *const kind_names[KINDS] = { "syn-ack", "reset", "unreachable", "arp" };

struct forged_tcp {
	struct net_eth eth;
	struct net_ip4 ip;
	struct net_tcp tcp;
	struct net_tcp_mss mss;
} NET_WIRE;

struct forged_icmp {
	struct net_eth eth;
	struct net_ip4 ip;
	struct net_icmp icmp;
	struct net_ip4 quoted_ip;
	struct net_tcp_quote quoted_tcp;
} NET_WIRE;

union forged {
	struct forged_tcp tcp;
	struct forged_icmp icmp;
	struct probe_arp_frame arp;
};

struct flood {
	int ifindex;
	struct ranges targets;
	struct ranges strangers;
	struct probe_tcp_frame syn; /* a probe of the scan */
	union forged frames[BATCH];
	enum kind kinds[BATCH];
	bool aimed[BATCH];
	struct iovec iov[BATCH];
	struct mmsghdr messages[BATCH];
	uint64_t drawn; /* random numbers drawn */
	uint64_t sent[KINDS];
	uint64_t sent_aimed;
};

static int failed(const char *what, int code)
{
	fprintf(stderr, "flood: %s: %s\n", what, strerror(code));
	return -code;
}

static uint64_t draw(struct flood *f)
{
	return fleet_mix(f->drawn++);
}

static __be32 draw_address(struct flood *f, const struct ranges *from)
{
	return htonl(addr_to_ip4(ranges_at(from, draw(f) % ranges_count(from))));
}

/* Listening */

static int open_socket(const struct flood *f, uint16_t protocol)
{
	const struct sockaddr_ll addr = { .sll_family = AF_PACKET,
					  .sll_protocol = htons(protocol),
					  .sll_ifindex = f->ifindex };
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);

	if (fd >= 0 && bind(fd, (const struct sockaddr *)&addr, sizeof(addr))) {
		close(fd);
		fd = -1;
	}
	return fd;
}

static bool is_arp_request(const struct probe_tcp_frame *frame)
{
	const struct probe_arp_frame *arp = (const void *)frame;

	return frame->eth.type == net_be16(NET_ETH_ARP) && arp->arp.op == net_be16(NET_ARP_REQUEST);
}

static bool is_syn(const struct probe_tcp_frame *frame)
{
	return frame->eth.type == net_be16(NET_ETH_IP4) && frame->ip.version_ihl == 0x45 &&
	       frame->ip.proto == NET_PROTO_TCP && frame->tcp.flags == NET_TCP_SYN &&
	       net_host16(frame->tcp.src) >= FIRST_PORT;
}

/* Wait for a frame of the scanner, and keep it in f->syn. */
static int await(struct flood *f, bool (*is_it)(const struct probe_tcp_frame *))
{
	const struct timeval patience = { .tv_sec = 1 };
	time_t end = time(NULL) + WAIT_SECONDS;
	int fd = open_socket(f, ETH_P_ALL), code = -ETIMEDOUT;

	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)))
		return failed("cannot listen", errno);
	while (code && time(NULL) < end) {
		struct sockaddr_ll from;
		socklen_t len = sizeof(from);
		ssize_t n =
			recvfrom(fd, &f->syn, sizeof(f->syn), 0, (struct sockaddr *)&from, &len);

		if (n >= (ssize_t)sizeof(struct probe_arp_frame) &&
		    from.sll_pkttype != PACKET_OUTGOING && is_it(&f->syn))
			code = 0;
	}
	close(fd);
	return code ? failed("no scan", ETIMEDOUT) : 0;
}

/* Forging */

static void forge_eth(struct flood *f, struct net_eth *eth, uint16_t type)
{
	static const __u8 source[6] = { 2, 0, 0, 0, 0, 0x66 };

	memcpy(eth->dst, f->syn.eth.src, 6);
	memcpy(eth->src, source, 6);
	eth->type = net_be16(type);
}

static void forge_ip4(struct flood *f, struct net_ip4 *ip, __be32 source, uint8_t proto, size_t len)
{
	*ip = (struct net_ip4){
		.version_ihl = 0x45,
		.total_len = net_be16(sizeof(*ip) + len),
		.frag = net_be16(NET_IP4_DONT_FRAGMENT),
		.ttl = TTL,
		.proto = proto,
		.src = source,
		.dst = f->syn.ip.src,
	};
	ip->csum = csum_fold(csum_add_words(0, ip, sizeof(*ip) / 4));
}

/* A port that xscan may have chosen; in seven of eight cases, one that it has. */
static __be16 forge_source_port(struct flood *f, bool *aimed)
{
	uint16_t first = net_host16(f->syn.tcp.src);
	uint64_t random = draw(f);
	uint16_t port = FIRST_PORT + random % (LAST_PORT - FIRST_PORT + 1);

	*aimed = random >> 32 & 7 || (uint16_t)(port - first) < PORTS_BLOCK;
	return net_be16(*aimed ? first + (random >> 36 & 1) : port);
}

/* A wrong number; it may be right for another question. */
static uint32_t forge_cookie(struct flood *f)
{
	uint64_t random = draw(f);

	return random & 1 ? net_host32(f->syn.tcp.seq) : (uint32_t)(random >> 32);
}

/* A port among the first whose cookie is not known. */
static __be16 forge_target_port(struct flood *f)
{
	__be16 port = net_be16(1 + draw(f) % TARGET_PORTS);

	return port == f->syn.tcp.dst ? net_be16(TARGET_PORTS + 1) : port;
}

static size_t forge_tcp(struct flood *f, struct forged_tcp *frame, bool reset, bool *aimed)
{
	const size_t len = sizeof(frame->tcp) + sizeof(frame->mss);

	forge_eth(f, &frame->eth, NET_ETH_IP4);
	forge_ip4(f, &frame->ip, draw_address(f, &f->targets), NET_PROTO_TCP, len);
	frame->tcp = (struct net_tcp){
		.src = forge_target_port(f),
		.dst = forge_source_port(f, aimed),
		.seq = (__be32)draw(f),
		.ack = net_be32(forge_cookie(f) + 1),
		.data_offset = (len / 4) << 4,
		.flags = NET_TCP_ACK | (reset ? NET_TCP_RST : NET_TCP_SYN),
		.window = net_be16(PROBE_TCP_WINDOW),
	};
	frame->mss = (struct net_tcp_mss){ 2, 4, net_be16(PROBE_TCP_MSS) };
	frame->tcp.csum = csum_fold(csum_add_words(
		csum_pseudo_tcp(frame->ip.src, frame->ip.dst, len), &frame->tcp, len / 4));
	return sizeof(*frame);
}

static size_t forge_icmp(struct flood *f, struct forged_icmp *frame, bool *aimed)
{
	const size_t len = sizeof(*frame) - offsetof(struct forged_icmp, icmp);
	__be32 target = draw_address(f, &f->targets);

	forge_eth(f, &frame->eth, NET_ETH_IP4);
	forge_ip4(f, &frame->ip, target, NET_PROTO_ICMP, len);
	frame->icmp = (struct net_icmp){ .type = NET_ICMP_UNREACHABLE, .code = draw(f) % 16 };
	frame->quoted_ip = f->syn.ip;
	frame->quoted_ip.dst = target;
	frame->quoted_ip.csum = 0;
	frame->quoted_ip.csum =
		csum_fold(csum_add_words(0, &frame->quoted_ip, sizeof(frame->quoted_ip) / 4));
	frame->quoted_tcp = (struct net_tcp_quote){
		.src = forge_source_port(f, aimed),
		.dst = forge_target_port(f),
		.seq = net_be32(forge_cookie(f)),
	};
	frame->icmp.csum = csum_fold(csum_add_words(0, &frame->icmp, len / 4));
	return sizeof(*frame);
}

/*
 * Forge ARP replies of strangers only: ARP has no proof, and a scan listens to hosts it asked until
 * its end.
 */
static size_t forge_arp(struct flood *f, struct probe_arp_frame *frame)
{
	const __u8 *scanner = f->syn.eth.src;
	const struct probe_target target = { .addr = f->syn.ip.src,
					     .source = draw_address(f, &f->strangers) };
	struct probe_config config = { 0 };

	memcpy(config.source_mac, scanner, sizeof(config.source_mac));
	probe_arp_build(frame, &config, &target, 0);
	forge_eth(f, &frame->eth, NET_ETH_ARP);
	frame->arp.op = net_be16(NET_ARP_REPLY);
	memcpy(frame->arp.sender_mac, frame->eth.src, 6);
	memcpy(frame->arp.target_mac, scanner, 6);
	return sizeof(*frame);
}

static void forge(struct flood *f, unsigned int i, bool swept)
{
	enum kind kind = swept ? (enum kind)(draw(f) % KINDS) : ARP;
	union forged *frame = &f->frames[i];

	f->kinds[i] = kind;
	f->aimed[i] = false;
	if (kind == ARP)
		f->iov[i].iov_len = forge_arp(f, &frame->arp);
	else if (kind == UNREACHABLE)
		f->iov[i].iov_len = forge_icmp(f, &frame->icmp, &f->aimed[i]);
	else
		f->iov[i].iov_len = forge_tcp(f, &frame->tcp, kind == RESET, &f->aimed[i]);
}

/* Sending */

/* Send the first n frames. The device reports a full queue (ENOBUFS): send those frames again. */
static int send_all(struct flood *f, int fd, unsigned int n)
{
	const struct timespec moment = { .tv_nsec = 50000 };
	unsigned int done = 0, i;

	while (done < n) {
		int sent = sendmmsg(fd, f->messages + done, n - done, 0);

		if (sent < 0 && errno != ENOBUFS && errno != EINTR)
			return failed("cannot send", errno);
		if (sent < 0)
			nanosleep(&moment, NULL);
		else
			done += (unsigned int)sent;
	}
	for (i = 0; i < n; i++) {
		f->sent[f->kinds[i]]++;
		f->sent_aimed += f->aimed[i];
	}
	return 0;
}

static int send_frames(struct flood *f, uint64_t n, bool swept)
{
	int fd = open_socket(f, 0), on = 1, code = 0;
	unsigned int i, batch;

	/* Bypass the queueing discipline, which would hide the device's refusals. */
	if (fd < 0 || setsockopt(fd, SOL_PACKET, PACKET_QDISC_BYPASS, &on, sizeof(on)))
		return failed("cannot open a packet socket", errno);
	for (i = 0; i < BATCH; i++) {
		f->iov[i].iov_base = &f->frames[i];
		f->messages[i].msg_hdr = (struct msghdr){ .msg_iov = &f->iov[i], .msg_iovlen = 1 };
	}
	for (; n && !code; n -= batch) {
		batch = n < BATCH ? (unsigned int)n : BATCH;
		for (i = 0; i < batch; i++)
			forge(f, i, swept);
		code = send_all(f, fd, batch);
	}
	close(fd);
	return code;
}

static int run(struct flood *f, uint64_t frames)
{
	int kind, code = await(f, is_arp_request);

	/* Of an ARP request, all that matters is in the Ethernet header and the sender's address. */
	if (!code) {
		f->syn.ip.src = ((const struct probe_arp_frame *)&f->syn)->arp.sender_ip;
		code = send_frames(f, frames / ARP_SHARE, false);
	}
	if (!code)
		code = await(f, is_syn);
	if (!code)
		code = send_frames(f, frames - frames / ARP_SHARE, true);
	if (code)
		return code;
	fputs("flood:", stdout);
	for (kind = 0; kind < KINDS; kind++)
		printf(" %s %llu", kind_names[kind], (unsigned long long)f->sent[kind]);
	printf(" aimed %llu\n", (unsigned long long)f->sent_aimed);
	return 0;
}

static int parse(const char *list, struct ranges *ranges)
{
	struct err err;

	if (targets_parse(list, NULL, ranges, &err)) {
		fprintf(stderr, "flood: %s\n", err.text);
		return -EINVAL;
	}
	ranges_settle(ranges);
	return 0;
}

int main(int argc, char **argv)
{
	struct flood f = { 0 };
	long long frames = argc == 5 ? atoll(argv[2]) : 0;
	int status = 1;

	if (frames < 1 || frames > FRAMES_MAX) {
		fputs("usage: flood IFACE FRAMES TARGETS STRANGERS\n", stderr);
		return 2;
	}
	f.ifindex = (int)if_nametoindex(argv[1]);
	if (!f.ifindex)
		failed(argv[1], ENODEV);
	else if (!parse(argv[3], &f.targets) && !parse(argv[4], &f.strangers))
		status = run(&f, (uint64_t)frames) ? 1 : 0;
	ranges_free(&f.targets);
	ranges_free(&f.strangers);
	return status;
}
